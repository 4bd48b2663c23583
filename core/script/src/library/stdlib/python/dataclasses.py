class _Missing:
    def __repr__(self):
        return "<dataclasses._MISSING_TYPE object>"


MISSING = _Missing()
KW_ONLY = object()


class FrozenInstanceError(AttributeError):
    pass


class Field:
    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare = init, repr, hash, compare
        self.metadata = metadata or {}
        self.kw_only = kw_only


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True,
          metadata=None, kw_only=MISSING):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def fields(class_or_instance):
    found = getattr(class_or_instance, "__dataclass_fields__", None)
    if found is None:
        raise TypeError("must be called with a dataclass type or instance")
    return tuple(found.values())


def is_dataclass(obj):
    return hasattr(obj, "__dataclass_fields__")


def asdict(obj, *, dict_factory=dict):
    return dict_factory([(f.name, _plain(getattr(obj, f.name), dict_factory)) for f in fields(obj)])


def _plain(value, dict_factory):
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value, dict_factory=dict_factory)
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(item, dict_factory) for item in value)
    if isinstance(value, dict):
        return {key: _plain(item, dict_factory) for key, item in value.items()}
    return value


def astuple(obj):
    return tuple(getattr(obj, f.name) for f in fields(obj))


def replace(obj, /, **changes):
    for f in fields(obj):
        if f.init and f.name not in changes:
            changes[f.name] = getattr(obj, f.name)
    return obj.__class__(**changes)


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
              match_args=True, kw_only=False, slots=False):
    def wrap(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only)
    return wrap if cls is None else wrap(cls)


def _collect(cls, kw_only):
    found = {}
    for base in cls.__mro__[-1:0:-1]:
        found.update(getattr(base, "__dataclass_fields__", {}))
    for name, annotation in cls.__dict__.get("__annotations__", {}).items():
        if annotation is KW_ONLY:
            kw_only = True
            continue
        if getattr(annotation, "_name", None) == "ClassVar" or (
                isinstance(annotation, str) and annotation.startswith(("ClassVar", "typing.ClassVar"))):
            continue
        default = cls.__dict__.get(name, MISSING)
        made = default if isinstance(default, Field) else field(default=default)
        if isinstance(made.default, (list, dict, set)):
            raise ValueError(
                f"mutable default {type(made.default)} for field {name} is not allowed: use default_factory")
        made.name, made.type = name, annotation
        if made.kw_only is MISSING:
            made.kw_only = kw_only
        if isinstance(default, Field):
            if made.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, made.default)
        found[name] = made
    return found


def _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only):
    found = _collect(cls, kw_only)
    cls.__dataclass_fields__ = found
    every = list(found.values())
    positional = [f for f in every if f.init and not f.kw_only]
    optional_seen = False
    for f in positional:
        optional = f.default is not MISSING or f.default_factory is not MISSING
        if optional_seen and not optional:
            raise TypeError(f"non-default argument {f.name!r} follows default argument")
        optional_seen = optional_seen or optional
    if init:
        cls.__init__ = _make_init(cls, every, positional)
    if repr and "__repr__" not in cls.__dict__:
        def __repr__(self):
            shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in every if f.repr)
            return f"{self.__class__.__qualname__}({shown})"
        cls.__repr__ = __repr__
    compared = [f.name for f in every if f.compare]

    def key(self):
        return tuple(getattr(self, name) for name in compared)
    if eq and "__eq__" not in cls.__dict__:
        def __eq__(self, other):
            if other.__class__ is not self.__class__:
                return NotImplemented
            return key(self) == key(other)
        cls.__eq__ = __eq__
        if not (frozen or unsafe_hash) and "__hash__" not in cls.__dict__:
            cls.__hash__ = None
    if order:
        for name, compare in (("__lt__", lambda a, b: a < b), ("__le__", lambda a, b: a <= b),
                              ("__gt__", lambda a, b: a > b), ("__ge__", lambda a, b: a >= b)):
            setattr(cls, name, _make_order(compare, key))
    if frozen or unsafe_hash:
        cls.__hash__ = lambda self: hash(key(self))
    if frozen:
        def __setattr__(self, name, value):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")

        def __delattr__(self, name):
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        cls.__setattr__ = __setattr__
        cls.__delattr__ = __delattr__
    if match_args:
        cls.__match_args__ = tuple(f.name for f in positional)
    return cls


def _make_order(compare, key):
    def method(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compare(key(self), key(other))
    return method


def _make_init(cls, every, positional):
    function = f"{cls.__qualname__}.__init__()"
    names = [f.name for f in every if f.init]

    def __init__(self, *args, **kwargs):
        if len(args) > len(positional):
            most = len(positional) + 1
            raise TypeError(f"{function} takes {most} positional argument{'' if most == 1 else 's'} "
                            f"but {len(args) + 1} were given")
        values = {f.name: value for f, value in zip(positional, args)}
        for key, value in kwargs.items():
            if key not in names:
                raise TypeError(f"{function} got an unexpected keyword argument {key!r}")
            if key in values:
                raise TypeError(f"{function} got multiple values for argument {key!r}")
            values[key] = value
        missing = [f.name for f in every if f.init and f.name not in values
                   and f.default is MISSING and f.default_factory is MISSING]
        if missing:
            quoted = [repr(name) for name in missing]
            listed = quoted[0] if len(quoted) == 1 else (
                " and ".join(quoted) if len(quoted) == 2 else ", ".join(quoted[:-1]) + ", and " + quoted[-1])
            raise TypeError(f"{function} missing {len(missing)} required positional "
                            f"argument{'' if len(missing) == 1 else 's'}: {listed}")
        for f in every:
            if f.name in values:
                value = values[f.name]
            elif f.default_factory is not MISSING:
                value = f.default_factory()
            elif f.default is not MISSING:
                value = f.default
            else:
                continue
            object.__setattr__(self, f.name, value)
        post_init = getattr(self, "__post_init__", None)
        if post_init is not None:
            post_init()
    return __init__
