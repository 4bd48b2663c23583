__all__ = ["OrderedDict", "defaultdict", "namedtuple", "Counter", "deque", "ChainMap", "UserDict", "UserList"]


class OrderedDict(dict):
    def move_to_end(self, key, last=True):
        value = self.pop(key)
        if last:
            self[key] = value
            return
        rest = list(self.items())
        self.clear()
        self[key] = value
        self.update(rest)

    def popitem(self, last=True):
        if not self:
            raise KeyError("dictionary is empty")
        key = list(self)[-1] if last else next(iter(self))
        return key, self.pop(key)

    def copy(self):
        return self.__class__(self)

    def __repr__(self):
        if not self:
            return f"{self.__class__.__name__}()"
        return f"{self.__class__.__name__}({list(self.items())!r})"


class defaultdict(dict):
    def __init__(self, default_factory=None, /, *args, **kwargs):
        if default_factory is not None and not callable(default_factory):
            raise TypeError("first argument must be callable or None")
        super().__init__(*args, **kwargs)
        self.default_factory = default_factory

    def __missing__(self, key):
        if self.default_factory is None:
            raise KeyError(key)
        value = self[key] = self.default_factory()
        return value

    def copy(self):
        return self.__class__(self.default_factory, self)

    def __repr__(self):
        return f"defaultdict({self.default_factory!r}, {dict(self)!r})"


class Counter(dict):
    def __init__(self, iterable=None, /, **kwds):
        super().__init__()
        self.update(iterable, **kwds)

    def __missing__(self, key):
        return 0

    def update(self, iterable=None, /, **kwds):
        if iterable is not None:
            if isinstance(iterable, dict):
                for key, count in iterable.items():
                    self[key] = self[key] + count
            else:
                for key in iterable:
                    self[key] = self[key] + 1
        for key, count in kwds.items():
            self[key] = self[key] + count

    def subtract(self, iterable=None, /, **kwds):
        for key, count in Counter(iterable, **kwds).items():
            self[key] = self[key] - count

    def most_common(self, n=None):
        ranked = sorted(self.items(), key=lambda item: item[1], reverse=True)
        return ranked if n is None else ranked[:n]

    def elements(self):
        for key, count in self.items():
            for _ in range(count):
                yield key

    def total(self):
        return sum(self.values())

    def copy(self):
        return Counter(self)

    def __add__(self, other):
        return self._combined(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self._combined(other, lambda a, b: a - b)

    def __or__(self, other):
        return self._combined(other, max)

    def __and__(self, other):
        return self._combined(other, min)

    def _combined(self, other, function):
        result = Counter()
        for key in list(self) + [key for key in other if key not in self]:
            count = function(self[key], other[key])
            if count > 0:
                result[key] = count
        return result

    def __repr__(self):
        if not self:
            return "Counter()"
        items = ", ".join(f"{key!r}: {count!r}" for key, count in self.most_common())
        return f"Counter({{{items}}})"


class deque:
    def __init__(self, iterable=(), maxlen=None):
        self._items = []
        self.maxlen = maxlen
        self.extend(iterable)

    def append(self, item):
        self._items.append(item)
        if self.maxlen is not None and len(self._items) > self.maxlen:
            del self._items[0]

    def appendleft(self, item):
        self._items.insert(0, item)
        if self.maxlen is not None and len(self._items) > self.maxlen:
            del self._items[-1]

    def extend(self, iterable):
        for item in iterable:
            self.append(item)

    def extendleft(self, iterable):
        for item in iterable:
            self.appendleft(item)

    def pop(self):
        if not self._items:
            raise IndexError("pop from an empty deque")
        return self._items.pop()

    def popleft(self):
        if not self._items:
            raise IndexError("pop from an empty deque")
        return self._items.pop(0)

    def rotate(self, n=1):
        if self._items:
            n %= len(self._items)
            self._items[:] = self._items[-n:] + self._items[:-n] if n else self._items

    def clear(self):
        self._items.clear()

    def remove(self, value):
        if value not in self._items:
            raise ValueError("deque.remove(x): x not in deque")
        self._items.remove(value)

    def count(self, value):
        return self._items.count(value)

    def index(self, value):
        return self._items.index(value)

    def insert(self, at, value):
        self._items.insert(at, value)

    def reverse(self):
        self._items.reverse()

    def copy(self):
        return deque(self._items, self.maxlen)

    def __len__(self):
        return len(self._items)

    def __iter__(self):
        return iter(self._items)

    def __reversed__(self):
        return reversed(self._items)

    def __contains__(self, value):
        return value in self._items

    def __getitem__(self, at):
        if not -len(self._items) <= at < len(self._items):
            raise IndexError("deque index out of range")
        return self._items[at]

    def __setitem__(self, at, value):
        self._items[at] = value

    def __delitem__(self, at):
        del self._items[at]

    def __eq__(self, other):
        return isinstance(other, deque) and self._items == other._items

    def __repr__(self):
        if self.maxlen is None:
            return f"deque({self._items!r})"
        return f"deque({self._items!r}, maxlen={self.maxlen})"


class ChainMap:
    def __init__(self, *maps):
        self.maps = list(maps) or [{}]

    def __getitem__(self, key):
        for mapping in self.maps:
            if key in mapping:
                return mapping[key]
        raise KeyError(key)

    def __setitem__(self, key, value):
        self.maps[0][key] = value

    def __contains__(self, key):
        return any(key in mapping for mapping in self.maps)

    def __iter__(self):
        merged = {}
        for mapping in reversed(self.maps):
            merged.update(mapping)
        return iter(merged)

    def __len__(self):
        return len(list(iter(self)))

    def get(self, key, default=None):
        return self[key] if key in self else default

    def keys(self):
        return list(self)

    def new_child(self, m=None):
        return ChainMap({} if m is None else m, *self.maps)


class UserDict(dict):
    @property
    def data(self):
        return self


class UserList(list):
    @property
    def data(self):
        return self


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    names = tuple(str(name) for name in field_names)
    for name in names:
        if not name.isidentifier():
            raise ValueError(f"Type names and field names must be valid identifiers: {name!r}")
        if name.startswith("_") and not rename:
            raise ValueError(f"Field names cannot start with an underscore: {name!r}")
    if len(set(names)) != len(names):
        double = [name for at, name in enumerate(names) if name in names[:at]][0]
        raise ValueError(f"Encountered duplicate field name: {double!r}")
    defaults = tuple(defaults or ())
    required = len(names) - len(defaults)

    def __new__(cls, *args, **kwargs):
        if len(args) > len(names):
            raise TypeError(
                f"{typename}.__new__() takes {len(names) + 1} positional arguments "
                f"but {len(args) + 1} were given")
        values = dict(zip(names, args))
        for key, value in kwargs.items():
            if key not in names:
                raise TypeError(f"{typename}.__new__() got an unexpected keyword argument {key!r}")
            if key in values:
                raise TypeError(f"{typename}.__new__() got multiple values for argument {key!r}")
            values[key] = value
        missing = [name for name in names[:required] if name not in values]
        if missing:
            quoted = [repr(name) for name in missing]
            listed = quoted[0] if len(quoted) == 1 else (
                " and ".join(quoted) if len(quoted) == 2 else ", ".join(quoted[:-1]) + ", and " + quoted[-1])
            plural = "" if len(missing) == 1 else "s"
            raise TypeError(
                f"{typename}.__new__() missing {len(missing)} required positional argument{plural}: {listed}")
        for name, default in zip(names[required:], defaults):
            values.setdefault(name, default)
        return tuple.__new__(cls, tuple(values[name] for name in names))

    def __repr__(self):
        parts = ", ".join(f"{name}={value!r}" for name, value in zip(names, self))
        return f"{self.__class__.__name__}({parts})"

    def _asdict(self):
        return dict(zip(names, self))

    def _replace(self, **kwargs):
        unknown = [key for key in kwargs if key not in names]
        if unknown:
            raise ValueError(f"Got unexpected field names: {unknown!r}")
        return self._make(kwargs.get(name, value) for name, value in zip(names, self))

    def _make(cls, iterable):
        return cls(*iterable)

    namespace = {
        "__new__": __new__,
        "__repr__": __repr__,
        "_asdict": _asdict,
        "_replace": _replace,
        "_make": classmethod(_make),
        "_fields": names,
        "_field_defaults": dict(zip(names[required:], defaults)),
        "__match_args__": names,
        "__slots__": (),
    }
    for at, name in enumerate(names):
        namespace[name] = property(lambda self, at=at: tuple.__getitem__(self, at))
    made = type(typename, (tuple,), namespace)
    made.__module__ = module or "__main__"
    return made
