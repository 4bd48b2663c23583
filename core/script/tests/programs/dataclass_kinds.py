import copy
import dataclasses
from dataclasses import KW_ONLY, FrozenInstanceError, InitVar, asdict, astuple, dataclass, field, fields, is_dataclass, make_dataclass, replace
from typing import ClassVar, List, Optional


@dataclass
class Item:
    name: str
    price: float = 0.0
    tags: List[str] = field(default_factory=list, repr=False)
    count: ClassVar[int] = 0

    @property
    def label(self):
        return f"{self.name}!"


print(Item("a"), Item("a", 1.5, ["x"]) == Item("a", 1.5, ["x"]), Item("b").label, Item("a") != Item("b"), Item("a") == ("a", 0.0, []))
print([f.name for f in fields(Item)], fields(Item)[1].default, fields(Item)[0].type, asdict(Item("a", 2, ["t"])), astuple(Item("a")), replace(Item("a"), price=3.0), is_dataclass(Item), is_dataclass(Item("a")), Item.__match_args__)


@dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    note: str = field(default="", compare=False)


print(sorted([Version(2), Version(1, 5)]), Version(1) < Version(1, 1), hash(Version(1)) == hash(Version(1, note="x")), {Version(1): "v"}[Version(1)], max(Version(3), Version(1)))


@dataclass(kw_only=True)
class Options:
    debug: bool = False
    level: int


@dataclass
class Mixed:
    a: int
    _: KW_ONLY
    b: int = 2
    c: Optional[int] = None


@dataclass
class Base:
    x: int
    y: int = 1


@dataclass
class Derived(Base):
    z: int = 2
    y: int = 9

    def __post_init__(self):
        self.total = self.x + self.y + self.z


@dataclass
class Scaled:
    value: int
    scale: InitVar[int] = 10
    result: int = field(init=False)

    def __post_init__(self, scale):
        self.result = self.value * scale


@dataclass(slots=True)
class Slim:
    a: int
    b: str = "b"


@dataclass(repr=False, eq=False)
class Bare:
    a: int


@dataclass(unsafe_hash=True)
class Hashed:
    a: int
    b: list = field(default_factory=list, hash=False)


print(Options(level=3), Mixed(1), Mixed(1, b=5), Derived(1), Derived(1).total, Derived(1, 2, 3), Scaled(3), Scaled(3, 2), Scaled(3, scale=4).result, Slim(1), Slim.__slots__, Bare(1) == Bare(1), hash(Hashed(1)) == hash((1,)))
Made = make_dataclass("Made", [("x", int), "y", ("z", int, field(default=5))], namespace={"double": lambda self: self.x * 2})
print(Made(1, 2), Made(4, 5).double(), Made.__name__, dataclasses.MISSING is not None, repr(fields(Base)[1])[:40], Base.__dataclass_params__)


@dataclass
class Tree:
    value: int
    left: Optional["Tree"] = None
    children: list = field(default_factory=list, metadata={"help": "kids"})


tree = Tree(1, Tree(2), [Tree(3)])
print(tree, asdict(tree), copy.deepcopy(tree) == tree, fields(Tree)[2].metadata["help"], astuple(tree), asdict(tree, dict_factory=lambda items: sorted(k for k, v in items)))
tree.left = tree
print(tree)
for attempt in [lambda: Item(), lambda: Item(1, 2, 3, 4), lambda: Item("a", colour="x"), lambda: setattr(Version(1), "major", 2), lambda: delattr(Version(1), "major"), lambda: Options(True, 3), lambda: Options(), lambda: Mixed(1, 2), lambda: hash(Item("a")),
                lambda: Version(1) < 5, lambda: fields(int), lambda: replace(Scaled(1), result=3), lambda: asdict(5), lambda: Item("a") < Item("b"), lambda: Item("a", name="b"),
                lambda: make_dataclass("Bad", [("a", int, 1), ("b", int)]), lambda: make_dataclass("Bad", [("a", list, [])]), lambda: field(default=1, default_factory=int), lambda: dataclass(order=True, eq=False)(Item)]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
try:
    @dataclass
    class NotFrozen(Version):
        extra: int = 1
except TypeError as error:
    print(error)
match Item("pen", 2.0):
    case Item(name, price):
        print("matched", name, price)
