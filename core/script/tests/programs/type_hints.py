import collections.abc
import typing
from typing import (TYPE_CHECKING, Annotated, Any, Callable, ClassVar, Deque, Dict, Final, Generic, Iterable, List, Literal, Mapping, NamedTuple, NewType, Optional, Protocol,
                    Sequence, Set, Tuple, Type, TypedDict, TypeVar, Union, cast, get_args, get_origin, get_type_hints, overload, runtime_checkable)

T = TypeVar("T")
K = TypeVar("K", bound=int)
print(List[int], Dict[str, Any], Optional[int], Union[int, str], Union[int, None], Tuple[int, ...], Callable[[int], str], Callable[..., Any], Type[int], Literal["a", 1], Any, Annotated[int, "x"], ClassVar[int], Final[int], List, Sequence[int], Mapping[str, int], Set[int])
print(T, K, K.__bound__, Optional[List[int]], Union[int, Union[str, int]], list[int], dict[str, list[int]], int | None, Optional["Later"], Iterable[T], Deque[int], Tuple[()])
print(get_origin(List[int]), get_args(Dict[str, int]), get_origin(Union[int, str]) is Union, get_args(Optional[int]), get_origin(list[int]), get_args(Callable[[int], str]), get_args(Literal[1, 2]), get_origin(int), get_args(int), get_origin(Sequence[int]) is collections.abc.Sequence, get_origin(Annotated[int, 1]) is Annotated)
UserId = NewType("UserId", int)
print(UserId(5), UserId.__name__, UserId, cast(str, 5), TYPE_CHECKING)


class Employee(NamedTuple):
    name: str
    id: int = 3

    def label(self):
        return f"{self.name}#{self.id}"


print(Employee("Ann"), Employee("Bob", 4).label(), Employee._fields, Employee.__annotations__, Employee._field_defaults, isinstance(Employee("x"), tuple), NamedTuple("P", [("x", int)])(1))


class Movie(TypedDict, total=False):
    title: str
    year: int


print(Movie(title="x"), Movie.__annotations__, Movie.__total__, type(Movie(title="a")), TypedDict("Q", {"a": int})(a=1))


@runtime_checkable
class Named(Protocol):
    name: str

    def hello(self) -> str: ...


class Dog:
    name = "rex"

    def hello(self):
        return "woof"


print(isinstance(Dog(), Named), isinstance(5, Named))


class Box(Generic[T]):
    item: T

    def __init__(self, item: T) -> None:
        self.item = item


print(Box(1).item, Box[int]("x").item, Box[int], Box.__parameters__, Box[int].__origin__ is Box)


def f(a: int, b: "Optional[str]" = None, *args: Any) -> List["Dog"]:
    return []


print(get_type_hints(f), f.__annotations__, get_type_hints(Box), get_type_hints(Movie))


class Meta:
    x: Annotated[int, "meta"] = 1


print(get_type_hints(Meta), get_type_hints(Meta, include_extras=True), Annotated[int, "a"].__metadata__, List[int] == List[int], hash(List[int]) == hash(List[int]), {List[int]: 1}[List[int]])
print(typing.Iterator[int], typing.Pattern, typing.AnyStr, typing.NoReturn, typing.Generator[int, None, str], typing.Counter[str], typing.IO, typing.Hashable, typing.SupportsInt)
print(isinstance([], list), isinstance([], typing.List), issubclass(dict, typing.Mapping), isinstance(3, typing.Union[int, str]), isinstance(3, int | str), isinstance({}, collections.abc.Mapping))
for attempt in [lambda: isinstance([], List[int]), lambda: Optional[1], lambda: Any(), lambda: List[int]([1]), lambda: Union[()], lambda: typing.assert_never(3), lambda: Movie(5)]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
