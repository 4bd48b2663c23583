import sys

__all__ = ["pprint", "pformat", "pp", "PrettyPrinter", "isreadable", "isrecursive", "saferepr"]


class _Key:
    """Sorts keys that cannot be compared by their types."""

    def __init__(self, obj):
        self.obj = obj

    def __lt__(self, other):
        try:
            return self.obj < other.obj
        except TypeError:
            return (str(type(self.obj)), id(self.obj)) < (str(type(other.obj)), id(other.obj))


class PrettyPrinter:
    def __init__(self, indent=1, width=80, depth=None, stream=None, *, compact=False, sort_dicts=True,
                 underscore_numbers=False):
        if int(indent) < 0:
            raise ValueError("indent must be >= 0")
        if depth is not None and depth <= 0:
            raise ValueError("depth must be > 0")
        if not width:
            raise ValueError("width must be != 0")
        self._indent, self._width, self._depth = indent, width, depth
        self._stream, self._compact, self._sort_dicts = stream, compact, sort_dicts
        self._underscores = underscore_numbers

    def pprint(self, object):
        (self._stream or sys.stdout).write(self.pformat(object) + "\n")

    def pformat(self, object):
        parts = []
        self._write(object, parts.append, 0, 0, set(), 0)
        return "".join(parts)

    def isrecursive(self, object):
        return "<Recursion on" in self.pformat(object)

    def isreadable(self, object):
        return not self.isrecursive(object)

    def _repr(self, object, open, level):
        kind = type(object)
        shape = kind.__repr__
        if kind is int and self._underscores:
            return f"{object:_d}"
        if shape is dict.__repr__:
            ends, empty = "{}", "{}"
        elif shape is list.__repr__:
            ends, empty = "[]", "[]"
        elif shape is tuple.__repr__:
            ends, empty = "()", "()"
        else:
            return repr(object)
        if not object:
            return empty
        if self._depth and level >= self._depth:
            return ends[0] + "..." + ends[1]
        if id(object) in open:
            return _recursion(object)
        open.add(id(object))
        level += 1
        if ends == "{}":
            items = sorted(object.items(), key=lambda item: _Key(item[0])) if self._sort_dicts else object.items()
            inner = ", ".join(f"{self._repr(k, open, level)}: {self._repr(v, open, level)}" for k, v in items)
        else:
            inner = ", ".join(self._repr(item, open, level) for item in object)
            if ends == "()" and len(object) == 1:
                inner += ","
        open.discard(id(object))
        return ends[0] + inner + ends[1]

    def _write(self, object, write, indent, allowance, open, level):
        if id(object) in open:
            write(_recursion(object))
            return
        text = self._repr(object, open, level)
        if len(text) <= self._width - indent - allowance:
            write(text)
            return
        method = self._method(object)
        if method is None:
            write(text)
            return
        open.add(id(object))
        method(object, write, indent, allowance + 1, open, level + 1)
        open.discard(id(object))

    def _method(self, object):
        kind = type(object)
        for known, method in ((dict, self._dict), (list, self._list), (tuple, self._tuple), (set, self._set),
                              (frozenset, self._set), (str, self._str), (bytes, None)):
            if kind.__repr__ is known.__repr__ and isinstance(object, known):
                return method
        if hasattr(kind, "__dataclass_fields__") and hasattr(kind.__repr__, "of_dataclass"):
            return self._dataclass
        for name, method in (("OrderedDict", self._ordered), ("defaultdict", self._default), ("Counter", self._counter),
                             ("deque", self._deque), ("mappingproxy", self._proxy), ("SimpleNamespace", self._namespace)):
            if kind.__name__ == name and kind.__module__ in ("collections", "builtins", "types"):
                return method

    def _dataclass(self, object, write, indent, allowance, open, level):
        name = object.__class__.__name__
        indent += len(name) + 1
        items = [(f.name, getattr(object, f.name)) for f in object.__dataclass_fields__.values() if f.repr]
        write(name + "(")
        self._attributes(items, write, indent, allowance - 1, open, level)
        write(")")

    def _namespace(self, object, write, indent, allowance, open, level):
        write("namespace(")
        self._attributes(object.__dict__.items(), write, indent + 10, allowance - 1, open, level)
        write(")")

    def _attributes(self, items, write, indent, allowance, open, level):
        items = list(items)
        for at, (name, value) in enumerate(items):
            last = at == len(items) - 1
            write(f"{name}=")
            self._write(value, write, indent + len(name) + 1, allowance if last else 1, open, level)
            if not last:
                write(",\n" + " " * indent)

    def _ordered(self, object, write, indent, allowance, open, level):
        name = type(object).__name__
        write(name + "(")
        self._write(list(object.items()), write, indent + len(name) + 1, allowance, open, level)
        write(")")

    def _default(self, object, write, indent, allowance, open, level):
        indent += len(type(object).__name__) + 1
        write(f"{type(object).__name__}({self._repr(object.default_factory, open, level)},\n{' ' * indent}")
        self._dict(object, write, indent, allowance + 1, open, level)
        write(")")

    def _counter(self, object, write, indent, allowance, open, level):
        name = type(object).__name__
        write(name + "({" + " " * (self._indent - 1))
        self._pairs(object.most_common(), write, indent + len(name) + 1, allowance + 1, open, level)
        write("})")

    def _deque(self, object, write, indent, allowance, open, level):
        name = type(object).__name__
        write(name + "(")
        indent += len(name) + 1
        if object.maxlen is None:
            self._items(object, "[]", write, indent, allowance, open, level)
            write(")")
        else:
            self._items(object, "[]", write, indent, 1, open, level)
            write(f",\n{' ' * indent}maxlen={self._repr(object.maxlen, open, level)})")

    def _proxy(self, object, write, indent, allowance, open, level):
        write("mappingproxy(")
        self._write(object.copy(), write, indent + 13, allowance, open, level)
        write(")")

    def _dict(self, object, write, indent, allowance, open, level):
        write("{" + " " * (self._indent - 1))
        items = sorted(object.items(), key=lambda item: _Key(item[0])) if self._sort_dicts else list(object.items())
        self._pairs(items, write, indent, allowance, open, level)
        write("}")

    def _pairs(self, items, write, indent, allowance, open, level):
        indent += self._indent
        for at, (key, value) in enumerate(items):
            last = at == len(items) - 1
            shown = self._repr(key, open, level)
            write(shown + ": ")
            self._write(value, write, indent + len(shown) + 2, allowance if last else 1, open, level)
            if not last:
                write(",\n" + " " * indent)

    def _list(self, object, write, indent, allowance, open, level):
        self._items(object, "[]", write, indent, allowance - 1, open, level)

    def _tuple(self, object, write, indent, allowance, open, level):
        self._items(object, ("(", ",)" if len(object) == 1 else ")"), write, indent, allowance - 1, open, level)

    def _set(self, object, write, indent, allowance, open, level):
        kind = type(object)
        ends = ("{", "}") if kind is set else (kind.__name__ + "({", "})")
        inner = indent if kind is set else indent + len(kind.__name__) + 1
        self._items(sorted(object, key=_Key), ends, write, inner, allowance - 1, open, level)

    def _items(self, items, ends, write, indent, allowance, open, level):
        write(ends[0])
        if self._indent > 1:
            write(" " * (self._indent - 1))
        indent += self._indent
        allowance += len(ends[1])
        items, between = list(items), ",\n" + " " * indent
        width = most = self._width - indent + 1
        separator = ""
        for at, item in enumerate(items):
            last = at == len(items) - 1
            if last:
                most -= allowance
                width -= allowance
            if self._compact:
                shown = self._repr(item, open, level)
                length = len(shown) + 2
                if width < length:
                    width = most
                    if separator:
                        separator = between
                if width >= length:
                    width -= length
                    write(separator + shown)
                    separator = ", "
                    continue
            write(separator)
            separator = between
            self._write(item, write, indent, allowance if last else 1, open, level)
        write(ends[1])

    def _str(self, object, write, indent, allowance, open, level):
        lines = object.splitlines(True)
        if not lines:
            write(repr(object))
            return
        alone = level == 1
        if alone:
            indent += 1
            allowance += 1
        allowance -= 1
        most = last_most = self._width - indent
        chunks = []
        for at, line in enumerate(lines):
            if at == len(lines) - 1:
                last_most -= allowance
            shown = repr(line)
            if len(shown) <= (last_most if at == len(lines) - 1 else most):
                chunks.append(shown)
                continue
            import re
            words = re.findall(r"\S*\s*", line)
            words.pop()
            current = ""
            for place, word in enumerate(words):
                longer = current + word
                limit = most
                if place == len(words) - 1 and at == len(lines) - 1:
                    limit -= allowance
                if len(repr(longer)) > limit:
                    if current:
                        chunks.append(repr(current))
                    current = word
                else:
                    current = longer
            if current:
                chunks.append(repr(current))
        if len(chunks) == 1:
            write(chunks[0])
            return
        text = ("\n" + " " * indent).join(chunks)
        write(f"({text})" if alone else text)


def _recursion(object):
    return f"<Recursion on {type(object).__name__} with id={id(object)}>"


def pprint(object, stream=None, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True,
           underscore_numbers=False):
    PrettyPrinter(indent, width, depth, stream, compact=compact, sort_dicts=sort_dicts,
                  underscore_numbers=underscore_numbers).pprint(object)


def pformat(object, indent=1, width=80, depth=None, *, compact=False, sort_dicts=True, underscore_numbers=False):
    return PrettyPrinter(indent, width, depth, compact=compact, sort_dicts=sort_dicts,
                         underscore_numbers=underscore_numbers).pformat(object)


def pp(object, *args, sort_dicts=False, **kwargs):
    pprint(object, *args, sort_dicts=sort_dicts, **kwargs)


def saferepr(object):
    return PrettyPrinter()._repr(object, set(), 0)


def isreadable(object):
    return PrettyPrinter().isreadable(object)


def isrecursive(object):
    return PrettyPrinter().isrecursive(object)
