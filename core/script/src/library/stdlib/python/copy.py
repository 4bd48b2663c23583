class Error(Exception):
    pass


error = Error
_ATOMIC = (type(None), int, float, bool, str, bytes, type, range, property, type(Ellipsis), type(NotImplemented))


def copy(x):
    cls = type(x)
    if issubclass(cls, type) or cls in _ATOMIC or cls in (tuple, frozenset):
        return x
    if cls in (list, dict, set):
        return x.copy()
    custom = getattr(cls, "__copy__", None)
    if custom is not None:
        return custom(x)
    if _is_code(x):
        return x
    return _rebuilt(x, lambda value: value)


def deepcopy(x, memo=None):
    if memo is None:
        memo = {}
    if id(x) in memo:
        return memo[id(x)]
    cls = type(x)
    if issubclass(cls, type) or cls in _ATOMIC:
        return x
    made = _deep(x, cls, memo)
    if made is not x:
        memo[id(x)] = made
        # What was copied must live as long as its identity is remembered.
        memo.setdefault(id(memo), []).append(x)
    return made


def _deep(x, cls, memo):
    if cls is list:
        made = memo[id(x)] = []
        for item in x:
            made.append(deepcopy(item, memo))
        return made
    if cls is dict:
        made = memo[id(x)] = {}
        for key, value in x.items():
            made[deepcopy(key, memo)] = deepcopy(value, memo)
        return made
    if cls is tuple:
        items = [deepcopy(item, memo) for item in x]
        if id(x) in memo:
            return memo[id(x)]
        return x if all(a is b for a, b in zip(items, x)) else tuple(items)
    if cls in (set, frozenset):
        return cls(deepcopy(item, memo) for item in x)
    custom = getattr(x, "__deepcopy__", None)
    if custom is not None:
        return custom(memo)
    if _is_code(x):
        return x
    return _rebuilt(x, lambda value: deepcopy(value, memo), memo)


def _is_code(x):
    return type(x).__name__ in ("function", "builtin_function_or_method", "method", "module") and callable(x)


def _rebuilt(x, copied, memo=None):
    cls = x.__class__
    getstate = getattr(x, "__getstate__", None) if "__getstate__" in _names(cls) else None
    if isinstance(x, BaseException):
        made = cls(*copied(x.args))
    elif isinstance(x, tuple):
        made = tuple.__new__(cls, [copied(item) for item in tuple.__iter__(x)])
    elif isinstance(x, (int, float, str, bytes)):
        made = next(base for base in (int, float, str, bytes) if isinstance(x, base)).__new__(cls, x)
    elif isinstance(x, (set, frozenset)):
        made = cls.__new__(cls, [copied(item) for item in x])
        if isinstance(x, set):
            set.update(made, [copied(item) for item in x])
    elif hasattr(cls, "__getnewargs__"):
        made = cls.__new__(cls, *copied(x.__getnewargs__()))
    elif cls.__new__ is object.__new__ or isinstance(x, (list, dict)) or "__new__" in _names(cls):
        if not hasattr(x, "__dict__") and not any("__slots__" in base.__dict__ for base in cls.__mro__):
            return x
        made = cls.__new__(cls)
    else:
        # An immutable value of the library.
        return x
    if memo is not None:
        memo[id(x)] = made
    if isinstance(x, list):
        list.extend(made, [copied(item) for item in list.__iter__(x)])
    elif isinstance(x, dict):
        for key, value in dict.items(x):
            dict.__setitem__(made, copied(key), copied(value))
    if getstate is not None:
        state = copied(getstate())
    else:
        state = copied(dict(x.__dict__)) if hasattr(x, "__dict__") else {}
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
    elif state:
        made.__dict__.update(state)
    for base in cls.__mro__:
        slots = base.__dict__.get("__slots__", ())
        for slot in (slots,) if isinstance(slots, str) else slots:
            if slot not in ("__dict__", "__weakref__") and hasattr(x, slot) and not (state and slot in state):
                object.__setattr__(made, slot, copied(getattr(x, slot)))
    return made


def _names(cls):
    return {name for base in cls.__mro__ if base is not object and base.__module__ != "builtins"
            for name in base.__dict__}


