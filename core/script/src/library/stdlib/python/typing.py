TYPE_CHECKING = False


class _Form:
    def __init__(self, name, origin=None):
        self._name = name
        self.__origin__ = origin

    def __getitem__(self, params):
        if not isinstance(params, tuple):
            params = (params,)
        if self._name == "Optional":
            return _union((*params, None))
        if self._name == "Union":
            return _union(params)
        if self._name in ("Literal", "Annotated"):
            args = params
        else:
            args = tuple(_arg(param) for param in params)
        if self._name == "Callable" and isinstance(params[0], list):
            args = (*(_arg(param) for param in params[0]), *args[1:])
        alias = _Alias(self.__origin__ if self.__origin__ is not None else self, args, self._name)
        if self._name == "Annotated":
            alias.__metadata__ = params[1:]
            alias.__origin__ = params[0]
        return alias

    def __call__(self, *args, **kwargs):
        if self._name == "Any":
            raise TypeError("Any cannot be instantiated")
        if isinstance(self.__origin__, type):
            raise TypeError(f"Type {self._name} cannot be instantiated; use {self.__origin__.__name__}() instead")
        raise TypeError(f"Cannot instantiate {self!r}")

    def __instancecheck__(self, instance):
        return self.__subclasscheck__(type(instance))

    def __subclasscheck__(self, cls):
        if isinstance(self.__origin__, type):
            return issubclass(cls, self.__origin__)
        raise TypeError(f"{self!r} cannot be used with isinstance()")

    def __mro_entries__(self, bases):
        return (self.__origin__,) if isinstance(self.__origin__, type) else ()

    def __or__(self, other):
        return _union((self, other))

    def __ror__(self, other):
        return _union((other, self))

    def __repr__(self):
        return f"typing.{self._name}"


class _Alias:
    def __init__(self, origin, args, name=None):
        self.__origin__ = origin
        self.__args__ = args
        self._name = name

    def __getitem__(self, params):
        if not isinstance(params, tuple):
            params = (params,)
        given = iter(params)
        args = tuple(next(given, arg) if isinstance(arg, TypeVar) else arg for arg in self.__args__)
        return _Alias(self.__origin__, args, self._name)

    @property
    def __parameters__(self):
        return tuple(arg for arg in self.__args__ if isinstance(arg, TypeVar))

    def __call__(self, *args, **kwargs):
        if self._name and isinstance(self.__origin__, type):
            raise TypeError(f"Type {self._name} cannot be instantiated; use {self.__origin__.__name__}() instead")
        return self.__origin__(*args, **kwargs)

    def __instancecheck__(self, instance):
        return self.__subclasscheck__(type(instance))

    def __subclasscheck__(self, cls):
        if self._name == "Union":
            return any(issubclass(cls, arg) for arg in self.__args__)
        raise TypeError("Subscripted generics cannot be used with class and instance checks")

    def __mro_entries__(self, bases):
        return (self.__origin__,) if isinstance(self.__origin__, type) else ()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.__origin__, name)

    def __or__(self, other):
        return _union((self, other))

    def __ror__(self, other):
        return _union((other, self))

    def __eq__(self, other):
        if self._name == "Union":
            return set(self.__args__) == set(getattr(other, "__args__", ())) and (
                getattr(other, "_name", None) == "Union" or type(other).__name__ == "UnionType")
        return (isinstance(other, _Alias) and self.__origin__ == other.__origin__
                and self.__args__ == other.__args__)

    def __hash__(self):
        if self._name == "Union":
            return hash(frozenset(self.__args__))
        return hash(self.__args__)

    def __repr__(self):
        args = self.__args__
        if self._name == "Union" and len(args) == 2 and type(None) in args:
            inner = [arg for arg in args if arg is not type(None)]
            return f"typing.Optional[{_shown(inner[0])}]"
        if self._name == "Literal":
            return f"typing.Literal[{', '.join(map(repr, args))}]"
        if self._name == "Annotated":
            return f"typing.Annotated[{_shown(self.__origin__)}, {', '.join(map(repr, self.__metadata__))}]"
        if self._name == "Callable" and args[0] is not ...:
            inner = ", ".join(_shown(arg) for arg in args[:-1])
            return f"typing.Callable[[{inner}], {_shown(args[-1])}]"
        shown = ", ".join(_shown(arg) for arg in args) or "()"
        if self._name == "Optional" or self._name == "Union":
            shown = ", ".join(_shown(arg) for arg in args)
        if self._name:
            return f"typing.{self._name}[{shown}]"
        if isinstance(self.__origin__, TypeAliasType):
            return f"{self.__origin__}[{shown}]"
        return f"{self.__origin__.__module__}.{self.__origin__.__qualname__}[{shown}]"


def _arg(value):
    if value is None:
        return type(None)
    if isinstance(value, str):
        return ForwardRef(value)
    if isinstance(value, list):
        return tuple(value)
    return value


def _shown(value):
    if value is ...:
        return "..."
    if isinstance(value, type):
        return value.__qualname__ if value.__module__ == "builtins" else f"{value.__module__}.{value.__qualname__}"
    return repr(value)


def _union(params):
    args = []
    if not params:
        raise TypeError("Cannot take a Union of no types.")
    for param in params:
        param = _arg(param)
        parts = param.__args__ if isinstance(param, _Alias) and param._name == "Union" else (param,)
        for part in parts:
            if part not in args:
                args.append(part)
    if len(args) == 1:
        return args[0]
    return _Alias(Union, tuple(args), "Union")


class ForwardRef:
    def __init__(self, arg):
        self.__forward_arg__ = arg

    def __eq__(self, other):
        return isinstance(other, ForwardRef) and self.__forward_arg__ == other.__forward_arg__

    def __hash__(self):
        return hash(self.__forward_arg__)

    def __repr__(self):
        return f"ForwardRef({self.__forward_arg__!r})"


class TypeVar:
    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False, default=None):
        self.__name__ = name
        self.__constraints__ = constraints
        self.__bound__ = bound

    def __or__(self, other):
        return _union((self, other))

    def __repr__(self):
        return f"~{self.__name__}"


ParamSpec = TypeVarTuple = TypeVar


class Generic:
    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        found = []
        for base in cls.__dict__.get("__orig_bases__", ()):
            found.extend(arg for arg in getattr(base, "__args__", ()) if isinstance(arg, TypeVar))
        cls.__parameters__ = tuple(dict.fromkeys(found))

    def __class_getitem__(cls, params):
        if not isinstance(params, tuple):
            params = (params,)
        return _Alias(cls, params)


class _ProtocolMeta(type(Generic)):
    def __instancecheck__(cls, instance):
        if not cls.__dict__.get("_is_protocol"):
            return type.__instancecheck__(cls, instance)
        if not cls.__dict__.get("_is_runtime"):
            raise TypeError("Instance and class checks can only be used with @runtime_checkable protocols")
        return all(hasattr(instance, name) for name in _members(cls))

    def __subclasscheck__(cls, subclass):
        if not cls.__dict__.get("_is_protocol") or cls in subclass.__mro__:
            return type.__subclasscheck__(cls, subclass)
        return all(hasattr(subclass, name) for name in _members(cls))


def _members(cls):
    names = set()
    for base in cls.__mro__:
        if base.__dict__.get("_is_protocol"):
            names.update(base.__dict__.get("__annotations__", {}))
            names.update(name for name in base.__dict__ if not name.startswith("_") or name in _METHODS)
    return names


_METHODS = ("__call__", "__len__", "__iter__", "__next__", "__getitem__", "__contains__", "__int__", "__float__",
            "__index__", "__abs__", "__enter__", "__exit__")


class Protocol(Generic, metaclass=_ProtocolMeta):
    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        cls._is_protocol = Protocol in cls.__bases__
        if cls._is_protocol and "__init__" not in cls.__dict__:
            def __init__(self, *args, **kwargs):
                if type(self)._is_protocol:
                    raise TypeError("Protocols cannot be instantiated")
            cls.__init__ = __init__


class SupportsInt(Protocol):
    def __int__(self): ...


class SupportsFloat(Protocol):
    def __float__(self): ...


class SupportsIndex(Protocol):
    def __index__(self): ...


class SupportsAbs(Protocol):
    def __abs__(self): ...


class _NamedTupleMeta(type):
    def __new__(mcls, name, bases, namespace):
        from collections import namedtuple
        annotations = namespace.get("__annotations__", {})
        defaults = [namespace[key] for key in annotations if key in namespace]
        for key in annotations:
            if key not in namespace and any(other in namespace for other in list(annotations)[:list(
                    annotations).index(key)]):
                before = next(other for other in annotations if other in namespace)
                raise TypeError(f"Non-default namedtuple field {key} cannot follow default field {before}")
        made = namedtuple(name, list(annotations), defaults=defaults, module=namespace.get("__module__"))
        for key, value in namespace.items():
            if key not in annotations and key not in ("__module__", "__qualname__", "__dict__", "__weakref__"):
                setattr(made, key, value)
        made.__annotations__ = {key: _arg(value) for key, value in annotations.items()}
        made.__orig_bases__ = (NamedTuple,)
        return made


class _NamedTupleForm:
    def __mro_entries__(self, bases):
        return (_NamedTupleBase,)

    def __call__(self, typename, fields=None, /, **kwargs):
        items = list(kwargs.items()) if fields is None else list(fields)
        return _NamedTupleMeta(typename, (), {"__annotations__": dict(items), "__module__": "__main__"})

    def __repr__(self):
        return "<function NamedTuple at 0x0>"


class _TypedDictMeta(type):
    def __new__(mcls, name, bases, namespace, total=True):
        made = type.__new__(mcls, name, (dict,), namespace)
        annotations, required, optional = {}, set(), set()
        for base in bases:
            annotations.update(base.__dict__.get("__annotations__", {}))
            required |= base.__dict__.get("__required_keys__", set())
            optional |= base.__dict__.get("__optional_keys__", set())
        own = {key: _arg(value) for key, value in namespace.get("__annotations__", {}).items()}
        for key, value in own.items():
            kind = getattr(value, "_name", None)
            (required if kind == "Required" or total and kind != "NotRequired" else optional).add(key)
        made.__annotations__ = {**annotations, **own}
        made.__required_keys__, made.__optional_keys__ = frozenset(required), frozenset(optional)
        made.__total__ = total
        return made

    def __call__(cls, *args, **kwargs):
        return dict(*args, **kwargs)

    def __instancecheck__(cls, instance):
        raise TypeError("TypedDict does not support instance and class checks")

    __subclasscheck__ = __instancecheck__


class _TypedDictForm:
    def __mro_entries__(self, bases):
        return (_TypedDictBase,)

    def __call__(self, typename, fields=None, /, *, total=True, **kwargs):
        return _TypedDictMeta(typename, (), {"__annotations__": dict(fields or kwargs), "__module__": "__main__"},
                              total=total)

    def __repr__(self):
        return "<function TypedDict at 0x0>"


_NamedTupleBase = type.__new__(_NamedTupleMeta, "NamedTuple", (), {})
_TypedDictBase = type.__new__(_TypedDictMeta, "TypedDict", (dict,), {})
NamedTuple, TypedDict = _NamedTupleForm(), _TypedDictForm()


class NewType:
    def __init__(self, name, tp):
        self.__name__ = name
        self.__supertype__ = tp

    def __call__(self, value):
        return value

    def __or__(self, other):
        return _union((self, other))

    def __repr__(self):
        return f"__main__.{self.__name__}"


class TypeAliasType:
    def __init__(self, name, value, *, type_params=()):
        self.__name__ = name
        self.__value__ = value
        self.__type_params__ = self.__parameters__ = tuple(type_params)

    def __getitem__(self, params):
        return _Alias(self, params if isinstance(params, tuple) else (params,))

    def __call__(self, *args, **kwargs):
        raise TypeError("Type alias is not callable")

    def __or__(self, other):
        return _union((self, other))

    def __ror__(self, other):
        return _union((other, self))

    def __repr__(self):
        return self.__name__


Any = _Form("Any")
Union = _Form("Union")
Optional = _Form("Optional")
Literal = _Form("Literal")
Annotated = _Form("Annotated")
ClassVar = _Form("ClassVar")
Final = _Form("Final")
Self = _Form("Self")
NoReturn = _Form("NoReturn")
Never = _Form("Never")
TypeAlias = _Form("TypeAlias")
Required = _Form("Required")
NotRequired = _Form("NotRequired")
Unpack = _Form("Unpack")
Concatenate = _Form("Concatenate")
List = _Form("List", list)
Dict = _Form("Dict", dict)
Set = _Form("Set", set)
FrozenSet = _Form("FrozenSet", frozenset)
Tuple = _Form("Tuple", tuple)
Type = _Form("Type", type)
import collections as _collections
import collections.abc as _abc

Callable = _Form("Callable", _abc.Callable)
AbstractSet = _Form("AbstractSet", _abc.Set)
AsyncGenerator = _Form("AsyncGenerator", _abc.AsyncGenerator)
AsyncIterable = _Form("AsyncIterable", _abc.AsyncIterable)
AsyncIterator = _Form("AsyncIterator", _abc.AsyncIterator)
Awaitable = _Form("Awaitable", _abc.Awaitable)
ByteString = _Form("ByteString", _abc.ByteString)
Collection = _Form("Collection", _abc.Collection)
Container = _Form("Container", _abc.Container)
Coroutine = _Form("Coroutine", _abc.Coroutine)
Generator = _Form("Generator", _abc.Generator)
Hashable = _Form("Hashable", _abc.Hashable)
ItemsView = _Form("ItemsView", _abc.ItemsView)
Iterable = _Form("Iterable", _abc.Iterable)
Iterator = _Form("Iterator", _abc.Iterator)
KeysView = _Form("KeysView", _abc.KeysView)
Mapping = _Form("Mapping", _abc.Mapping)
MutableMapping = _Form("MutableMapping", _abc.MutableMapping)
MutableSequence = _Form("MutableSequence", _abc.MutableSequence)
MutableSet = _Form("MutableSet", _abc.MutableSet)
Reversible = _Form("Reversible", _abc.Reversible)
Sequence = _Form("Sequence", _abc.Sequence)
Sized = _Form("Sized", _abc.Sized)
ValuesView = _Form("ValuesView", _abc.ValuesView)
ContextManager = _Form("ContextManager")
AsyncContextManager = _Form("AsyncContextManager")
DefaultDict = _Form("DefaultDict", _collections.defaultdict)
OrderedDict = _Form("OrderedDict", _collections.OrderedDict)
Deque = _Form("Deque", _collections.deque)
Counter = _Form("Counter", _collections.Counter)
ChainMap = _Form("ChainMap", _collections.ChainMap)
Pattern = _Form("Pattern")
Match = _Form("Match")
LiteralString = _Form("LiteralString")
TypeGuard = _Form("TypeGuard")
AnyStr = TypeVar("AnyStr", bytes, str)
Text = str


def cast(typ, val):
    return val


def overload(func):
    return func


def final(f):
    return f


def no_type_check(f):
    return f


def runtime_checkable(cls):
    if not getattr(cls, "_is_protocol", False):
        raise TypeError(f"@runtime_checkable can be only applied to protocol classes, got {cls!r}")
    cls._is_runtime = True
    return cls


for _class in (SupportsInt, SupportsFloat, SupportsIndex, SupportsAbs):
    runtime_checkable(_class)


class IO(Generic):
    pass


class TextIO(IO):
    pass


class BinaryIO(IO):
    pass


def override(method):
    method.__override__ = True
    return method


def assert_never(arg, /):
    raise AssertionError(f"Expected code to be unreachable, but got: {arg!r}")


def assert_type(val, typ, /):
    return val


def reveal_type(obj, /):
    return obj


def is_typeddict(tp):
    return isinstance(tp, _TypedDictMeta)


def dataclass_transform(**kwargs):
    return lambda cls: cls


def get_origin(tp):
    if getattr(tp, "_name", None) == "Annotated" and isinstance(tp, _Alias):
        return Annotated
    if tp is Generic:
        return Generic
    return getattr(tp, "__origin__", None)


def get_args(tp):
    if getattr(tp, "_name", None) == "Annotated" and isinstance(tp, _Alias):
        return (tp.__origin__, *tp.__metadata__)
    args = getattr(tp, "__args__", ())
    if get_origin(tp) is _abc.Callable and args and args[0] is not ...:
        return list(args[:-1]), args[-1]
    return args


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    hints = {}
    for base in reversed(getattr(obj, "__mro__", (obj,))):
        found = base.__dict__.get("__annotations__", {}) if isinstance(base, type) else getattr(
            base, "__annotations__", {})
        hints.update(found)
    names = {**(globalns or {}), **(localns or {})}
    return {name: _resolved(hint, names, include_extras) for name, hint in hints.items()}


def _resolved(hint, names, extras):
    if hint is None:
        return type(None)
    if isinstance(hint, ForwardRef):
        hint = hint.__forward_arg__
    if isinstance(hint, str):
        return _resolved(names[hint] if hint in names else _evaluated(hint), names, extras)
    if isinstance(hint, _Alias):
        if hint._name == "Annotated":
            inner = _resolved(hint.__origin__, names, extras)
            if not extras:
                return inner
            made = _Alias(inner, (inner, *hint.__metadata__), "Annotated")
            made.__metadata__ = hint.__metadata__
            return made
        if hint._name in ("Required", "NotRequired") and not extras:
            return _resolved(hint.__args__[0], names, extras)
        if hint._name != "Literal":
            args = tuple(_resolved(arg, names, extras) if isinstance(arg, (ForwardRef, _Alias)) else arg
                         for arg in hint.__args__)
            return _Alias(hint.__origin__, args, hint._name)
    return hint


def _evaluated(text):
    import _frames
    return _frames.evaluate(text)
