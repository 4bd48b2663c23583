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
        alias = _Alias(self.__origin__ if self.__origin__ is not None else self, args, self._name)
        if self._name == "Annotated":
            alias.__metadata__ = params[1:]
            alias.__origin__ = params[0]
        return alias

    def __call__(self, *args, **kwargs):
        if isinstance(self.__origin__, type):
            return self.__origin__(*args, **kwargs)
        raise TypeError(f"Cannot instantiate typing.{self._name}")

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
        return self.__origin__(*args, **kwargs)

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
        return (isinstance(other, _Alias) and self.__origin__ == other.__origin__
                and self.__args__ == other.__args__)

    def __hash__(self):
        return hash(self.__args__)

    def __repr__(self):
        args = self.__args__
        if self._name == "Union" and len(args) == 2 and type(None) in args:
            inner = [arg for arg in args if arg is not type(None)]
            return f"typing.Optional[{_shown(inner[0])}]"
        shown = ", ".join(_shown(arg) for arg in args)
        if self._name:
            return f"typing.{self._name}[{shown}]"
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
    if value is type(None):
        return "None"
    if value is ...:
        return "..."
    if isinstance(value, type):
        return value.__qualname__ if value.__module__ == "builtins" else f"{value.__module__}.{value.__qualname__}"
    return repr(value)


def _union(params):
    args = []
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
    def __class_getitem__(cls, params):
        if not isinstance(params, tuple):
            params = (params,)
        return _Alias(cls, params)


class Protocol(Generic):
    pass


class NamedTuple:
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(**kw)

    def __new__(cls, typename, fields):
        from collections import namedtuple
        return namedtuple(typename, [name for name, _ in fields])


class TypedDict(dict):
    def __init_subclass__(cls, total=True, **kw):
        super().__init_subclass__(**kw)


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


Any = _Form("Any")
Union = _Form("Union")
Optional = _Form("Optional")
Literal = _Form("Literal")
Annotated = _Form("Annotated")
ClassVar = _Form("ClassVar")
Final = _Form("Final")
Callable = _Form("Callable")
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
Iterable = _Form("Iterable")
Iterator = _Form("Iterator")
Generator = _Form("Generator")
Sequence = _Form("Sequence")
MutableSequence = _Form("MutableSequence")
Collection = _Form("Collection")
Mapping = _Form("Mapping")
MutableMapping = _Form("MutableMapping")
AbstractSet = _Form("AbstractSet")
Awaitable = _Form("Awaitable")
AsyncIterator = _Form("AsyncIterator")
AsyncGenerator = _Form("AsyncGenerator")
Coroutine = _Form("Coroutine")
Hashable = _Form("Hashable")
Sized = _Form("Sized")
ContextManager = _Form("ContextManager")
DefaultDict = _Form("DefaultDict")
OrderedDict = _Form("OrderedDict")
Deque = _Form("Deque")
Counter = _Form("Counter")
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
    return cls


def dataclass_transform(**kwargs):
    return lambda cls: cls


def get_origin(tp):
    return getattr(tp, "__origin__", None)


def get_args(tp):
    return getattr(tp, "__args__", ())


def get_type_hints(obj, globalns=None, localns=None, include_extras=False):
    hints = {}
    for base in reversed(getattr(obj, "__mro__", (obj,))):
        hints.update(getattr(base, "__dict__", {}).get("__annotations__", {}) if isinstance(base, type)
                     else base.__annotations__)
    return {name: eval(hint) if isinstance(hint, str) else hint for name, hint in hints.items()}
