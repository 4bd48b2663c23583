import io
import string
import textwrap
from collections import Counter, OrderedDict, defaultdict, deque
from contextlib import redirect_stdout
from pprint import pformat, pprint
from types import SimpleNamespace

out = io.StringIO()
print("a", 1, file=out, sep="-")
out.write("second\n")
print(repr(out.getvalue()), out.tell(), out.seek(0), out.read(3), out.readline(), out.readlines(), list(io.StringIO("x\ny")))
with redirect_stdout(io.StringIO()) as caught:
    print("inside")
print("caught", repr(caught.getvalue()))
data = io.BytesIO(b"abc\ndef")
print(data.read(2), data.readline(), data.read(), data.getvalue(), data.write(b"!"), data.getvalue())
with io.StringIO("text") as f:
    print(f.read(), f.closed)
try:
    f.read()
except ValueError as error:
    print(error)
print(string.ascii_letters, string.digits, string.punctuation, repr(string.whitespace), string.hexdigits, string.capwords("hello big world"))
t = string.Template("$who owes ${what} $$5 $missing")
print(t.safe_substitute(who="Ann", what="tea"), t.substitute({"who": 1, "what": 2}, missing=3))
for attempt in [lambda: t.substitute(who=1), lambda: string.Template("a $ b").substitute(), lambda: string.Template("x\n $1").substitute()]:
    try:
        print(attempt())
    except (KeyError, ValueError) as error:
        print(type(error).__name__, error)
text = "The quick brown fox jumped over the lazy dog, well-known for state-of-the-art naps -- and a verylongwordthatdoesnotfitanywhere."
print(textwrap.fill(text, 30))
print(textwrap.wrap(text, 20, break_long_words=False, initial_indent="* ", subsequent_indent="  "), textwrap.wrap(""), textwrap.wrap("a b  c\td", 3))
print(textwrap.shorten(text, 40), "|", textwrap.shorten(text, 25, placeholder="..."), textwrap.wrap(text, 25, max_lines=2))
print(textwrap.dedent("""\
    SELECT *
      FROM t

    WHERE x
"""), textwrap.indent("a\n\nb\n", "> "), textwrap.dedent("\tx\n\t  y"), sep="|")
rows = [{"id": n, "name": "x" * n, "tags": ["a", "b"]} for n in (1, 20, 30)]
pprint(rows)
pprint({"z": 1, "a": {"nested": list(range(30)), "other": ("t",) * 3}}, width=60)
pprint([1, [2, [3, [4]]]], depth=2)
print(pformat({"b": 1, "a": 2}, sort_dicts=False), pformat(list(range(40)), compact=True, width=50), pformat([[1] * 10] * 3, indent=4, width=40), sep="\n")
pprint("word " * 30)
pprint(["line one\nline two", "word " * 20, b"bytes" * 3])
pprint({1, 2, 3}), pprint(set("abcdefghijklmnop" * 2), width=20), pprint(frozenset([1])), pprint(())
pprint(OrderedDict((f"key{n}", n) for n in range(10)))
pprint(defaultdict(list, {f"key{n}": [n] * 5 for n in range(5)}))
pprint(Counter("mississippi" * 10)), pprint(deque(range(40)))
pprint(SimpleNamespace(name="n" * 40, value="v" * 40))
pprint(("only" * 25,)), pprint([("a" * 30, "b" * 30, "c" * 30)])
