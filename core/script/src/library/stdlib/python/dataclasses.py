import abc
import types

__all__ = ["dataclass", "field", "Field", "FrozenInstanceError", "InitVar", "KW_ONLY", "MISSING", "fields",
           "asdict", "astuple", "make_dataclass", "replace", "is_dataclass"]


class _MISSING_TYPE:
    pass


MISSING = _MISSING_TYPE()


class _KW_ONLY_TYPE:
    pass


KW_ONLY = _KW_ONLY_TYPE()


class FrozenInstanceError(AttributeError):
    pass


class InitVar:
    def __init__(self, type):
        self.type = type

    def __class_getitem__(cls, type):
        return InitVar(type)

    def __repr__(self):
        name = self.type.__name__ if isinstance(self.type, type) else repr(self.type)
        return f"dataclasses.InitVar[{name}]"


class Field:
    def __init__(self, default, default_factory, init, repr, hash, compare, metadata, kw_only):
        self.name = None
        self.type = None
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare = init, repr, hash, compare
        self.metadata = types.MappingProxyType({} if metadata is None else metadata)
        self.kw_only = kw_only
        self._field_type = None

    def __repr__(self):
        return (f"Field(name={self.name!r},type={self.type!r},default={self.default!r},"
                f"default_factory={self.default_factory!r},init={self.init!r},repr={self.repr!r},hash={self.hash!r},"
                f"compare={self.compare!r},metadata={self.metadata!r},kw_only={self.kw_only!r},"
                f"_field_type={self._field_type})")


class _DataclassParams:
    def __init__(self, init, repr, eq, order, unsafe_hash, frozen):
        self.init, self.repr, self.eq = init, repr, eq
        self.order, self.unsafe_hash, self.frozen = order, unsafe_hash, frozen

    def __repr__(self):
        return (f"_DataclassParams(init={self.init!r},repr={self.repr!r},eq={self.eq!r},order={self.order!r},"
                f"unsafe_hash={self.unsafe_hash!r},frozen={self.frozen!r})")


def field(*, default=MISSING, default_factory=MISSING, init=True, repr=True, hash=None, compare=True,
          metadata=None, kw_only=MISSING):
    if default is not MISSING and default_factory is not MISSING:
        raise ValueError("cannot specify both default and default_factory")
    return Field(default, default_factory, init, repr, hash, compare, metadata, kw_only)


def fields(class_or_instance):
    found = getattr(class_or_instance, "__dataclass_fields__", None)
    if found is None:
        raise TypeError("must be called with a dataclass type or instance")
    return tuple(f for f in found.values() if f._field_type == "_FIELD")


def is_dataclass(obj):
    return hasattr(obj if isinstance(obj, type) else type(obj), "__dataclass_fields__")


def _is_instance(obj):
    return hasattr(type(obj), "__dataclass_fields__")


def asdict(obj, *, dict_factory=dict):
    if not _is_instance(obj):
        raise TypeError("asdict() should be called on dataclass instances")
    return _plain(obj, lambda value: dict_factory(
        [(f.name, _plain_item(getattr(value, f.name), dict_factory)) for f in fields(value)]))


def _plain_item(value, dict_factory):
    return asdict(value, dict_factory=dict_factory) if _is_instance(value) else _plain(
        value, lambda inner: asdict(inner, dict_factory=dict_factory))


def astuple(obj, *, tuple_factory=tuple):
    if not _is_instance(obj):
        raise TypeError("astuple() should be called on dataclass instances")

    def made(value):
        return tuple_factory([_plain(getattr(value, f.name), made) for f in fields(value)])
    return made(obj)


def _plain(value, of_dataclass):
    """A copy in which dataclasses are what the function makes of them."""
    if _is_instance(value):
        return of_dataclass(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[_plain(item, of_dataclass) for item in value])
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(item, of_dataclass) for item in value)
    if isinstance(value, dict):
        items = [(_plain(key, of_dataclass), _plain(item, of_dataclass)) for key, item in value.items()]
        if hasattr(value, "default_factory"):
            return type(value)(value.default_factory, items)
        return type(value)(items)
    import copy
    return copy.deepcopy(value)


def replace(obj, /, **changes):
    if not _is_instance(obj):
        raise TypeError("replace() should be called on dataclass instances")
    for f in obj.__dataclass_fields__.values():
        if f._field_type == "_FIELD_CLASSVAR":
            continue
        if not f.init:
            if f.name in changes:
                raise ValueError(f"field {f.name} is declared with init=False, it cannot be specified with replace()")
            continue
        if f.name not in changes:
            if f._field_type == "_FIELD_INITVAR" and f.default is MISSING:
                raise ValueError(f"InitVar {f.name!r} must be specified with replace()")
            changes[f.name] = getattr(obj, f.name)
    return obj.__class__(**changes)


def dataclass(cls=None, /, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False,
              match_args=True, kw_only=False, slots=False, weakref_slot=False):
    def wrap(cls):
        return _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot)
    return wrap if cls is None else wrap(cls)


def make_dataclass(cls_name, fields, *, bases=(), namespace=None, **options):
    annotations, namespace = {}, dict(namespace or {})
    for item in fields:
        if isinstance(item, str):
            name, kind = item, "typing.Any"
        elif len(item) == 2:
            name, kind = item
        elif len(item) == 3:
            name, kind, namespace[item[0]] = item
        else:
            raise TypeError(f"Invalid field: {item!r}")
        if not isinstance(name, str) or not name.isidentifier():
            raise TypeError(f"Field names must be valid identifiers: {name!r}")
        if name in annotations:
            raise TypeError(f"Field name duplicated: {name!r}")
        annotations[name] = kind
    namespace["__annotations__"] = annotations
    cls = types.new_class(cls_name, bases, {}, lambda ns: ns.update(namespace))
    cls.__module__ = "types"
    return dataclass(cls, **options)


def _kind(annotation):
    if getattr(annotation, "_name", None) == "ClassVar" or isinstance(annotation, str) and annotation.startswith(
            ("ClassVar", "typing.ClassVar", "t.ClassVar")):
        return "_FIELD_CLASSVAR"
    if isinstance(annotation, InitVar) or annotation is InitVar or isinstance(
            annotation, str) and annotation.startswith(("InitVar", "dataclasses.InitVar")):
        return "_FIELD_INITVAR"
    return "_FIELD"


def _collect(cls, kw_only):
    found = {}
    for base in cls.__mro__[-1:0:-1]:
        found.update(base.__dict__.get("__dataclass_fields__", {}))
    annotations = cls.__dict__.get("__annotations__", {})
    marked = False
    for name, annotation in annotations.items():
        if annotation is KW_ONLY or annotation in ("KW_ONLY", "dataclasses.KW_ONLY"):
            if marked:
                raise TypeError(f"{name!r} is KW_ONLY, but KW_ONLY has already been specified")
            marked = kw_only = True
            continue
        default = cls.__dict__.get(name, MISSING)
        made = default if isinstance(default, Field) else field(default=default)
        made.name, made.type, made._field_type = name, annotation, _kind(annotation)
        if made._field_type != "_FIELD" and made.default_factory is not MISSING:
            raise TypeError(f"field {name} cannot have a default factory")
        if made._field_type == "_FIELD" and made.default is not MISSING and type(made.default).__hash__ is None:
            raise ValueError(f"mutable default {type(made.default)} for field {name} is not allowed: "
                             "use default_factory")
        if made.kw_only is MISSING:
            made.kw_only = kw_only
        if isinstance(default, Field):
            if made.default is MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, made.default)
        found[name] = made
    for name, value in cls.__dict__.items():
        if isinstance(value, Field) and name not in annotations:
            raise TypeError(f"{name!r} is a field but has no type annotation")
    return found


def _process(cls, init, repr, eq, order, unsafe_hash, frozen, match_args, kw_only, slots, weakref_slot):
    if order and not eq:
        raise ValueError("eq must be true if order is true")
    parents = [base.__dict__["__dataclass_params__"] for base in cls.__mro__[1:]
               if "__dataclass_params__" in base.__dict__]
    if any(parent.frozen for parent in parents) and not frozen:
        raise TypeError("cannot inherit non-frozen dataclass from a frozen one")
    if frozen and parents and not any(parent.frozen for parent in parents):
        raise TypeError("cannot inherit frozen dataclass from a non-frozen one")
    found = _collect(cls, kw_only)
    has_hash = cls.__dict__.get("__hash__", MISSING)
    has_hash = not (has_hash is MISSING or has_hash is None and "__eq__" in cls.__dict__)
    cls.__dataclass_fields__ = found
    cls.__dataclass_params__ = _DataclassParams(init, repr, eq, order, unsafe_hash, frozen)
    every = [f for f in found.values() if f._field_type != "_FIELD_CLASSVAR"]
    real = [f for f in every if f._field_type == "_FIELD"]
    positional = [f for f in every if f.init and not f.kw_only]
    if init:
        optional = False
        for f in positional:
            if f.default is not MISSING or f.default_factory is not MISSING:
                optional = True
            elif optional:
                raise TypeError(f"non-default argument {f.name!r} follows default argument")
        _set_new(cls, "__init__", _make_init(cls, every, positional))
    if repr:
        _set_new(cls, "__repr__", _make_repr([f for f in real if f.repr]))
    compared = [f.name for f in real if f.compare]

    def key(self):
        return tuple([getattr(self, name) for name in compared])
    if eq:
        def __eq__(self, other):
            if other.__class__ is not self.__class__:
                return NotImplemented
            return key(self) == key(other)
        _set_new(cls, "__eq__", __eq__)
    if order:
        for name, compare in (("__lt__", lambda a, b: a < b), ("__le__", lambda a, b: a <= b),
                              ("__gt__", lambda a, b: a > b), ("__ge__", lambda a, b: a >= b)):
            if name in cls.__dict__:
                raise TypeError(f"Cannot overwrite attribute {name} in class {cls.__name__}. "
                                "Consider using functools.total_ordering")
            _set_new(cls, name, _make_order(compare, key))
    if unsafe_hash and has_hash:
        raise TypeError(f"Cannot overwrite attribute __hash__ in class {cls.__name__}")
    if unsafe_hash or eq and frozen and not has_hash:
        hashed = [f.name for f in real if (f.compare if f.hash is None else f.hash)]
        cls.__hash__ = lambda self: hash(tuple([getattr(self, name) for name in hashed]))
    elif eq and not has_hash:
        cls.__hash__ = None
    if frozen:
        names = {f.name for f in real}

        def __setattr__(self, name, value):
            if type(self) is cls or name in names:
                raise FrozenInstanceError(f"cannot assign to field {name!r}")
            super(cls, self).__setattr__(name, value)

        def __delattr__(self, name):
            if type(self) is cls or name in names:
                raise FrozenInstanceError(f"cannot delete field {name!r}")
            super(cls, self).__delattr__(name)
        for method in (__setattr__, __delattr__):
            if method.__name__ in cls.__dict__:
                raise TypeError(f"Cannot overwrite attribute {method.__name__} in class {cls.__name__}")
            _set_new(cls, method.__name__, method)
    if match_args and "__match_args__" not in cls.__dict__:
        cls.__match_args__ = tuple(f.name for f in positional)
    abc.update_abstractmethods(cls)
    if slots:
        cls = _with_slots(cls, [f.name for f in real], weakref_slot)
    return cls


def _set_new(cls, name, method):
    if name not in cls.__dict__:
        method.__name__ = name
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        method.__module__ = cls.__module__
        setattr(cls, name, method)


def _with_slots(cls, names, weakref_slot):
    if "__slots__" in cls.__dict__:
        raise TypeError(f"{cls.__name__} already specifies __slots__")
    inherited = {slot for base in cls.__mro__[1:-1] for slot in base.__dict__.get("__slots__", ())}
    namespace = {key: value for key, value in cls.__dict__.items()
                 if key not in names and key not in ("__dict__", "__weakref__")}
    namespace["__slots__"] = tuple(name for name in names if name not in inherited) + (
        ("__weakref__",) if weakref_slot else ())
    made = type(cls)(cls.__name__, cls.__bases__, namespace)
    made.__qualname__ = cls.__qualname__
    return made


def _make_repr(shown):
    names = [f.name for f in shown]
    open = set()

    def __repr__(self):
        if id(self) in open:
            return "..."
        open.add(id(self))
        try:
            text = ", ".join([f"{name}={getattr(self, name)!r}" for name in names])
        finally:
            open.discard(id(self))
        return f"{self.__class__.__qualname__}({text})"
    __repr__.of_dataclass = True
    return __repr__


def _make_order(compare, key):
    def method(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compare(key(self), key(other))
    return method


def _make_init(cls, every, positional):
    """A function with the parameters of the fields, compiled from its source."""
    me = "self" if all(f.name != "self" for f in every) else "__dataclass_self__"
    values, parameters, lines = {}, [me], []

    def parameter(f):
        if f.default is not MISSING:
            values[f"_default_{f.name}"] = f.default
            return f"{f.name}=_default_{f.name}"
        return f.name + ("=_FACTORY" if f.default_factory is not MISSING else "")
    parameters.extend(parameter(f) for f in positional)
    named = [f for f in every if f.init and f.kw_only]
    if named:
        parameters.append("*")
        parameters.extend(parameter(f) for f in named)
    for f in every:
        if f._field_type == "_FIELD_INITVAR":
            continue
        value = f.name
        if f.default_factory is not MISSING:
            values[f"_factory_{f.name}"] = f.default_factory
            value = f"_factory_{f.name}()"
            if f.init:
                value += f" if {f.name} is _FACTORY else {f.name}"
        elif not f.init:
            continue
        lines.append(f"_set({me}, {f.name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        given = ", ".join(f.name for f in every if f._field_type == "_FIELD_INITVAR")
        lines.append(f"{me}.__post_init__({given})")
    body = "".join(f"        {line}\n" for line in lines or ["pass"])
    arguments = ", ".join(["_FACTORY", "_set", *values])
    exec(f"def _create({arguments}):\n    def __init__({', '.join(parameters)}):\n{body}    return __init__\n")
    frozen = cls.__dataclass_params__.frozen
    made = _create(_FACTORY, object.__setattr__ if frozen else setattr, *values.values())
    made.__annotations__ = {**{f.name: f.type for f in every if f.init}, "return": None}
    return made


class _HAS_DEFAULT_FACTORY_CLASS:
    def __repr__(self):
        return "<factory>"


_FACTORY = _HAS_DEFAULT_FACTORY_CLASS()
