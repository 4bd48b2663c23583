from _weakref import ref, getweakrefcount

__all__ = ["ref", "proxy", "WeakKeyDictionary", "WeakValueDictionary", "WeakSet", "WeakMethod", "finalize",
           "ReferenceType"]

ReferenceType = ref


class _Proxy:
    def __init__(self, obj):
        object.__setattr__(self, "_ref", ref(obj))

    def __getattr__(self, name):
        return getattr(_alive(self), name)

    def __setattr__(self, name, value):
        setattr(_alive(self), name, value)

    def __repr__(self):
        return repr(_alive(self))

    def __str__(self):
        return str(_alive(self))

    def __eq__(self, other):
        return _alive(self) == other


def _alive(proxy):
    found = object.__getattribute__(proxy, "_ref")()
    if found is None:
        raise ReferenceError("weakly-referenced object no longer exists")
    return found


def proxy(object, callback=None, /):
    return _Proxy(object)


class WeakMethod:
    def __init__(self, meth, callback=None):
        self._object, self._function = ref(meth.__self__), meth.__func__

    def __call__(self):
        found = self._object()
        return None if found is None else self._function.__get__(found, type(found))


class _Weak:
    def keys(self):
        return (key for key, _ in self.items())

    def values(self):
        return (value for _, value in self.items())

    def __iter__(self):
        return self.keys()

    def __len__(self):
        return sum(1 for _ in self.items())

    def __bool__(self):
        return len(self) > 0

    def __contains__(self, key):
        return self.get(key, self) is not self

    def __getitem__(self, key):
        found = self.get(key, self)
        if found is self:
            raise KeyError(key)
        return found

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key, *default):
        if key not in self:
            if default:
                return default[0]
            raise KeyError(key)
        value = self[key]
        del self[key]
        return value

    def update(self, other=(), /, **kwargs):
        for key, value in (other.items() if hasattr(other, "items") else other):
            self[key] = value
        for key, value in kwargs.items():
            self[key] = value

    def clear(self):
        self._data.clear()

    def __repr__(self):
        return f"<{type(self).__name__} at {hex(id(self))}>"


class WeakValueDictionary(_Weak):
    def __init__(self, other=(), /, **kw):
        self._data = {}
        self.update(other, **kw)

    def __setitem__(self, key, value):
        self._data[key] = ref(value)

    def __delitem__(self, key):
        del self._data[key]

    def get(self, key, default=None):
        found = self._data.get(key)
        value = None if found is None else found()
        return default if value is None else value

    def items(self):
        for key, reference in list(self._data.items()):
            value = reference()
            if value is None:
                self._data.pop(key, None)
            else:
                yield key, value
            del value


class WeakKeyDictionary(_Weak):
    def __init__(self, dict=None):
        self._data = {}
        self.update(dict or ())

    def __setitem__(self, key, value):
        self._data[ref(key)] = value

    def __delitem__(self, key):
        del self._data[ref(key)]

    def get(self, key, default=None):
        try:
            return self._data.get(ref(key), default)
        except TypeError:
            return default

    def items(self):
        for reference, value in list(self._data.items()):
            key = reference()
            if key is None:
                self._data.pop(reference, None)
            else:
                yield key, value
            del key


class WeakSet:
    def __init__(self, data=None):
        self._keys = WeakKeyDictionary()
        for item in data or ():
            self.add(item)

    def add(self, item):
        self._keys[item] = True

    def discard(self, item):
        if item in self._keys:
            del self._keys[item]

    def remove(self, item):
        del self._keys[item]

    def __contains__(self, item):
        return item in self._keys

    def __iter__(self):
        return iter(self._keys)

    def __len__(self):
        return len(self._keys)

    def clear(self):
        self._keys.clear()


class finalize:
    """Knows whether its object lives; what it would call at the end, it calls when asked."""

    def __init__(self, obj, func, /, *args, **kwargs):
        self._ref, self._call, self.atexit = ref(obj), (func, args, kwargs), True

    def __call__(self, _=None):
        if self._call is not None:
            (func, args, kwargs), self._call = self._call, None
            return func(*args, **kwargs)

    def detach(self):
        call, self._call = self._call, None
        return call and (self._ref(), *call)

    @property
    def alive(self):
        return self._call is not None and self._ref() is not None
