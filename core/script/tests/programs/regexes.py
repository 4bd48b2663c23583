import re

print(re.match(r"(\w+) (\w+)", "Hello World!").groups(), re.match("x", "abc"), re.search(r"\d+", "ab12cd345").group())
print(re.findall(r"\d+", "1, 22, 333"), re.findall(r"(\w)=(\d)", "a=1 b=2"), re.findall("(a)|b", "ab"), re.findall("", "abc"))
print(re.sub(r"(\w+)@(\w+)", r"\2 at \1", "me@home you@work"), re.sub("a", lambda m: m.group().upper(), "banana", count=2), re.subn("x*", "-", "abxd"))
print(re.sub(r"(?P<first>\w)(?P<rest>\w*)", r"\g<rest>\g<first>\g<0>", "hello big"), re.sub("b", r"\n\\", "abc"), re.sub(r"\s+", " ", " a \n b "))
print(re.split(r"[,;]\s*", "a, b;c"), re.split("(-)", "a-b-c"), re.split("x*", "axbc"), re.split(",", "a,b,c", 1), re.split(r"\b", "hi there"))
m = re.search(r"(?P<year>\d{4})-(?P<month>\d\d)(-(?P<day>\d\d))?", "on 2024-05 we")
print(m, m.groupdict(), m.span(), m.start("month"), m.end(1), m["year"], m.groups("?"), m.lastgroup, m.lastindex, m.group("year", 2), m.span("day"))
print(m.string, m.pos, m.endpos, m.re.pattern, m.expand(r"\g<month>/\1"), bool(m))
p = re.compile(r"a.c", re.I | re.DOTALL)
print(p, repr(p.pattern), p.flags, p.groups, p.search("xA\nC"), p.fullmatch("abcd"), p.fullmatch("aXc"), re.compile("x"), re.compile("x", re.M))
print(re.I, re.I | re.M, re.IGNORECASE, int(re.X), re.RegexFlag(0), re.compile(p) is p)
print([m.span() for m in re.finditer(r"a+?|b{2}", "aabbb")], re.findall("^\\w+$", "one\ntwo\n", re.M), re.findall(r"\w+$", "one\ntwo\n"), re.findall(r"\Aone|two\Z", "one\ntwo"))
print(re.findall(r"(?i)straße|ÉTÉ", "STRASSE Straße été"), re.findall(r"[^\W\d_]+", "héllo wörld_1"), re.findall(r"(?a:\w+)", "héllo"), re.findall(r"\d", "1٣"))
print(re.findall(r"(?<=\$)\d+", "$5 6 $77"), re.findall(r"\d+(?!\d|%)", "5% 66 7"), re.findall(r"(?<!a)b", "ab bb"), re.findall(r"(?=(\w\w))", "abcd"))
print(re.match(r"(a)?b(?(1)c|d)", "abc"), re.match(r"(a)?b(?(1)c|d)", "bd"), re.match(r"(.)(.)\2\1", "abba"), re.match(r"(?P<q>['\"]).*?(?P=q)", "'x' 'y'"))
print(re.findall(r"(?:ab|a)(?:c|bcd)", "abcd"), re.match(r"(a|ab)(c|bcd)(d*)", "abcd").groups(), re.match("(?>a*)a", "aaa"), re.match("a*+b", "aaab"), re.match("(a*)*", "aa"), re.match("(a|b)*", "abab").groups())
print(re.findall(r"""
    (\d+)   # number
    \s*     # space
    ([a-z]+|\#)
""", "12 ab 7#", re.VERBOSE))
print(re.escape("a.b*c [x] -_é#"), re.findall(r"[]a-]", "a-]b"), re.findall(r"[\w.-]+@[\w-]+\.\w+", "x.y@z-1.com, bad@, a@b.c"))
print(re.findall(r"\x41|\u0042|\103|\t", "ABC\t"), re.findall(r"a{,2}b", "aaab"), re.findall("a{b", "a{b"), re.findall(r"x{2}", "xxxxx"), re.findall("(?s).+", "a\nb"))
print(re.sub(r"(?<!^)(?=[A-Z])", "_", "CamelCaseName").lower(), re.sub("_([a-z])", lambda m: m[1].upper(), "snake_case_name"))
print(p.sub("-", "abcABC", 1), p.findall("abc aXc"), p.split("1abc2"), [x.group() for x in p.finditer("abc abc")], re.compile("b").search("abcb", 2), re.compile("^b").match("ab", 1), re.compile("b").match("ab", 1, 1))
print(re.match("((a)(b)?)+", "aba").groups(), re.match("(?:(a)|b)*", "ab").groups(), re.match("(a)|(b)", "b").groups(), re.match(r"(\d+)(?:px|em)?$", "12px").group(1))
print(re.findall(r"[A-Z]{2,3}?", "ABCDE"), re.findall("(?i)[a-c]+", "xABCabc"), re.sub("", "-", "ab"), re.sub("a|", "x", "bab"), re.findall(r"\B.", "abc d"))
bad = ["(", ")", "a)", "*", "a**", "[", "[z-a]", "\\", "(?P<1a>x)", "(?P<a>x)(?P<a>y)", "\\1", "(?P=x)", "(?<=a+)b", "(?z)", "a{3,2}", "\\q", "(?", "(?P", "x(?i)",
       "(?(2)a|b)", "(a\\1)", "[\\d-z]", "\\x1", "a\n(", "+", "(?P<>x)", "(?P<n", "(*)", "x{1}{2}", "a???", "(?:", "(?#"]
for text in bad:
    try:
        re.compile(text)
        print(repr(text), "fine")
    except re.error as error:
        print(repr(text), error, error.pos, error.lineno, error.colno)
for attempt in [lambda: re.sub("a", r"\1", "a"), lambda: re.sub("a", r"\g<x>", "a"), lambda: re.sub("a", r"\q", "a"), lambda: m.group(9), lambda: m["no"], lambda: re.match("a", 5), lambda: re.compile(5),
                lambda: re.match("a", None), lambda: re.sub("(a)", r"\g<2>", "a")]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
