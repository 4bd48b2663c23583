import _re
from enum import IntFlag

__all__ = ["match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "compile", "purge",
           "escape", "error", "Pattern", "Match", "A", "I", "L", "M", "S", "X", "U", "ASCII", "IGNORECASE",
           "LOCALE", "MULTILINE", "DOTALL", "VERBOSE", "UNICODE", "NOFLAG", "RegexFlag"]


class error(Exception):
    __module__ = "re"

    def __init__(self, msg, pattern=None, pos=None):
        self.msg, self.pattern, self.pos = msg, pattern, pos
        self.lineno = self.colno = None
        if pattern is not None and pos is not None:
            self.lineno = pattern.count("\n", 0, pos) + 1
            self.colno = pos - pattern.rfind("\n", 0, pos)
            msg = f"{msg} at position {pos}"
            if "\n" in pattern:
                msg += f" (line {self.lineno}, column {self.colno})"
        super().__init__(msg)


class RegexFlag(IntFlag):
    NOFLAG = 0
    ASCII = A = 256
    IGNORECASE = I = 2
    LOCALE = L = 4
    UNICODE = U = 32
    MULTILINE = M = 8
    DOTALL = S = 16
    VERBOSE = X = 64
    DEBUG = 128

    def __repr__(self):
        names = [f"re.{name}" for name in ("ASCII", "IGNORECASE", "LOCALE", "UNICODE", "MULTILINE", "DOTALL",
                                           "VERBOSE", "DEBUG") if self._value_ & _VALUES[name]]
        return "|".join(names) or "re.NOFLAG"

    def __str__(self):
        return repr(self)


_VALUES = {member.name: member.value for member in RegexFlag}
NOFLAG = RegexFlag.NOFLAG
A = ASCII = RegexFlag.ASCII
I = IGNORECASE = RegexFlag.IGNORECASE
L = LOCALE = RegexFlag.LOCALE
U = UNICODE = RegexFlag.UNICODE
M = MULTILINE = RegexFlag.MULTILINE
S = DOTALL = RegexFlag.DOTALL
X = VERBOSE = RegexFlag.VERBOSE
DEBUG = RegexFlag.DEBUG


class Match:
    def __init__(self, pattern, string, pos, endpos, spans):
        self.re, self.string, self.pos, self.endpos = pattern, string, pos, endpos
        self._spans = spans

    def _place(self, group):
        if isinstance(group, str):
            group = self.re.groupindex.get(group, -1)
        elif not isinstance(group, int):
            group = -1
        if not 0 <= group < len(self._spans):
            raise IndexError("no such group")
        return group

    def _text(self, place, default=None):
        start, end = self._spans[place]
        return default if start < 0 else self.string[start:end]

    def group(self, *groups):
        if len(groups) > 1:
            return tuple(self._text(self._place(group)) for group in groups)
        return self._text(self._place(groups[0]) if groups else 0)

    def __getitem__(self, group):
        return self._text(self._place(group))

    def groups(self, default=None):
        return tuple(self._text(place, default) for place in range(1, len(self._spans)))

    def groupdict(self, default=None):
        return {name: self._text(place, default) for name, place in self.re.groupindex.items()}

    def span(self, group=0):
        return self._spans[self._place(group)]

    def start(self, group=0):
        return self.span(group)[0]

    def end(self, group=0):
        return self.span(group)[1]

    def expand(self, template):
        return "".join(part if isinstance(part, str) else self._text(part, "") for part in
                       _template(self.re, template))

    @property
    def lastindex(self):
        closed = [(end, -start, -place) for place, (start, end) in enumerate(self._spans) if place and end >= 0]
        if not closed:
            return None
        # The group that closed last: of those that end there, the outermost.
        return -max(closed)[2]

    @property
    def lastgroup(self):
        last = self.lastindex
        for name, place in self.re.groupindex.items():
            if place == last:
                return name

    @property
    def regs(self):
        return self._spans

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        return f"<re.Match object; span={self.span()!r}, match={self.group()!r}>"


class Pattern:
    def __init__(self, pattern, flags, program, groups, groupindex):
        self.pattern, self.flags, self.groups, self.groupindex = pattern, flags, groups, groupindex
        self._program = program

    def _find(self, string, pos, endpos, mode):
        if isinstance(string, bytes):
            raise TypeError("cannot use a string pattern on a bytes-like object")
        end = None if not isinstance(string, str) else len(string)
        pos = max(0, pos if end is None else min(pos, end))
        endpos = end if endpos is None or end is None else max(0, min(endpos, end))
        spans = _re.find(self._program, string, pos, 0 if endpos is None else endpos, mode)
        return None if spans is None else Match(self, string, pos, endpos, spans)

    def match(self, string, pos=0, endpos=None):
        return self._find(string, pos, endpos, "match")

    def fullmatch(self, string, pos=0, endpos=None):
        return self._find(string, pos, endpos, "fullmatch")

    def search(self, string, pos=0, endpos=None):
        return self._find(string, pos, endpos, "search")

    def _all(self, string, pos=0, endpos=None, most=0):
        if isinstance(string, bytes):
            raise TypeError("cannot use a string pattern on a bytes-like object")
        end = len(string) if isinstance(string, str) else 0
        endpos = end if endpos is None else min(endpos, end)
        return [Match(self, string, pos, endpos, spans)
                for spans in _re.find_all(self._program, string, pos, endpos, most)]

    def finditer(self, string, pos=0, endpos=None):
        return iter(self._all(string, pos, endpos))

    def findall(self, string, pos=0, endpos=None):
        found = self._all(string, pos, endpos)
        if self.groups == 0:
            return [match.group() for match in found]
        if self.groups == 1:
            return [match._text(1, "") for match in found]
        return [match.groups("") for match in found]

    def split(self, string, maxsplit=0):
        parts, at = [], 0
        for match in self._all(string, most=maxsplit) if maxsplit >= 0 else ():
            parts.append(string[at:match.start()])
            parts.extend(match.groups())
            at = match.end()
        parts.append(string[at:])
        return parts

    def subn(self, repl, string, count=0):
        if callable(repl):
            replace = repl
        else:
            template = _template(self, repl)
            if all(isinstance(part, str) for part in template):
                text = "".join(template)

                def replace(match):
                    return text
            else:
                def replace(match):
                    return "".join(part if isinstance(part, str) else match._text(part, "") for part in template)
        parts, at = [], 0
        found = self._all(string, most=count)
        for match in found:
            parts.append(string[at:match.start()])
            text = replace(match)
            if text is not None:
                parts.append(text)
            at = match.end()
        parts.append(string[at:])
        return "".join(parts), len(found)

    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __eq__(self, other):
        if not isinstance(other, Pattern):
            return NotImplemented
        return self.pattern == other.pattern and self.flags == other.flags

    def __hash__(self):
        return hash((self.pattern, self.flags))

    def __repr__(self):
        shown = repr(self.pattern)[:200]
        flags = RegexFlag(self.flags & ~32)
        return f"re.compile({shown}, {flags!r})" if flags else f"re.compile({shown})"


Match.__module__ = Pattern.__module__ = "re"
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a", "b": "\b", "\\": "\\"}


def _template(pattern, template):
    """The texts and numbers of groups that a replacement is made of."""
    if not isinstance(template, str):
        raise TypeError(f"expected str instance, {type(template).__name__} found")
    parts, at = [], 0
    while True:
        found = template.find("\\", at)
        if found < 0 or found == len(template) - 1:
            if found >= 0:
                raise error("bad escape (end of pattern)", template, found)
            parts.append(template[at:])
            return parts
        parts.append(template[at:found])
        letter = template[found + 1]
        at = found + 2
        if letter == "g":
            if template[at:at + 1] != "<":
                raise error("missing <", template, at)
            end = template.find(">", at)
            if end < 0:
                raise error("missing >, unterminated name" if at + 1 < len(template) else "missing group name",
                            template, at + 1)
            name = template[at + 1:end]
            if not name:
                raise error("missing group name", template, at + 1)
            if name.isdecimal():
                group = int(name)
                if group > pattern.groups:
                    raise error(f"invalid group reference {group}", template, at + 1)
            elif not name.isidentifier():
                raise error(f"bad character in group name {name!r}", template, at + 1)
            elif name not in pattern.groupindex:
                raise IndexError(f"unknown group name {name!r}")
            else:
                group = pattern.groupindex[name]
            parts.append(group)
            at = end + 1
        elif letter == "0":
            digits = letter
            while len(digits) < 3 and template[at:at + 1] and template[at] in "01234567":
                digits += template[at]
                at += 1
            parts.append(chr(int(digits, 8) & 0xff))
        elif letter.isdigit():
            digits = letter
            if template[at:at + 1].isdigit():
                digits += template[at]
                at += 1
                if all(digit in "01234567" for digit in digits + template[at:at + 1]) and template[at:at + 1]:
                    digits += template[at]
                    at += 1
                    if int(digits, 8) > 255:
                        raise error(f"octal escape value \\{digits} outside of range 0-0o377", template, found)
                    parts.append(chr(int(digits, 8)))
                    continue
            group = int(digits)
            if group > pattern.groups:
                raise error(f"invalid group reference {group}", template, found + 1)
            parts.append(group)
        elif letter in _ESCAPES:
            parts.append(_ESCAPES[letter])
        elif letter.isascii() and letter.isalpha():
            raise error(f"bad escape \\{letter}", template, found)
        else:
            parts.append("\\" + letter)


_cache = {}


def compile(pattern, flags=0):
    if isinstance(pattern, Pattern):
        if flags:
            raise ValueError("cannot process flags argument with a compiled pattern")
        return pattern
    if isinstance(pattern, bytes):
        raise TypeError("patterns are text here: regular expressions over bytes are not supported")
    flags = int(flags)
    try:
        return _cache[pattern, flags]
    except (KeyError, TypeError):
        pass
    made = _re.compile(pattern, flags)
    if len(made) == 2:
        raise error(made[0], pattern, made[1])
    program, groups, names, known = made
    found = _cache[str(pattern), flags] = Pattern(pattern, known, program, groups, names)
    return found


def purge():
    _cache.clear()


def match(pattern, string, flags=0):
    return compile(pattern, flags).match(string)


def fullmatch(pattern, string, flags=0):
    return compile(pattern, flags).fullmatch(string)


def search(pattern, string, flags=0):
    return compile(pattern, flags).search(string)


def findall(pattern, string, flags=0):
    return compile(pattern, flags).findall(string)


def finditer(pattern, string, flags=0):
    return compile(pattern, flags).finditer(string)


def split(pattern, string, maxsplit=0, flags=0):
    return compile(pattern, flags).split(string, maxsplit)


def sub(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).sub(repl, string, count)


def subn(pattern, repl, string, count=0, flags=0):
    return compile(pattern, flags).subn(repl, string, count)


def escape(pattern):
    return "".join("\\" + c if c in "()[]{}?*+-|^$\\.&~# \t\n\r\v\f" else c for c in pattern)
