import enum
import json
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique


class Status(str, Enum):
    ACTIVE = "active"
    CLOSED = "closed"

    @property
    def label(self):
        return self.value.title()

    @classmethod
    def default(cls):
        return cls.ACTIVE


print(Status.ACTIVE, repr(Status.ACTIVE), f"{Status.ACTIVE}", "%s" % Status.ACTIVE, Status.ACTIVE == "active", Status.ACTIVE.label, Status.default())
print(Status.ACTIVE + "!", Status.ACTIVE.upper(), hash(Status.ACTIVE) == hash(Status.ACTIVE), {Status.ACTIVE: 1}, sorted(Status), json.dumps(Status.CLOSED))


class Level(IntEnum):
    LOW = 1
    HIGH = 10


print(Level.HIGH, repr(Level.HIGH), f"{Level.HIGH:>4}", Level.HIGH > Level.LOW, Level(10), Level.LOW + 1, [1, 2][Level.LOW], sum(Level), max(Level), str(Level.LOW))


class Color(StrEnum):
    RED = auto()
    DARK_BLUE = auto()


print(Color.RED, repr(Color.DARK_BLUE), f"{Color.RED}", Color("red") is Color.RED, Color.RED == "red", list(Color))


class Perm(Flag):
    READ = auto()
    WRITE = auto()
    EXEC = auto()
    RW = READ | WRITE


print(Perm.READ, repr(Perm.RW), Perm.RW, Perm.READ | Perm.EXEC, repr(Perm.READ | Perm.EXEC), Perm.READ in Perm.RW, list(Perm), list(Perm.RW), len(Perm.RW), bool(Perm(0)), Perm(0), repr(Perm(0)))
print(~Perm.READ, Perm.RW & Perm.WRITE, Perm.RW ^ Perm.READ, Perm(7), repr(Perm(7)), Perm.RW.value, Perm.RW.name, Perm.__members__)


class Bits(IntFlag):
    A = 1
    B = 2


print(Bits.A, repr(Bits.A | Bits.B), Bits.A | 8, repr(Bits.A | 8), repr(Bits(0)), ~Bits.A, Bits.A + 1, Bits(3) == 3, f"{Bits.B}")


class Planet(Enum):
    EARTH = (5.97, 6.37)
    MARS = (0.64, 3.39)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius

    @property
    def density(self):
        return round(self.mass / self.radius, 3)


print(Planet.EARTH, Planet.EARTH.value, Planet.MARS.density, repr(Planet.MARS), Planet((0.64, 3.39)))


class Coded(Enum):
    ONE = "o", 1
    TWO = "t", 2

    def __new__(cls, code, number):
        member = object.__new__(cls)
        member._value_ = code
        member.number = number
        return member

    @classmethod
    def _missing_(cls, value):
        return next((member for member in cls if member.number == value), None)


print(Coded("t"), Coded(1), Coded.TWO.number, repr(Coded.ONE))


class Auto(Enum):
    def _generate_next_value_(name, start, count, last_values):
        return f"{name.lower()}-{count}"

    FIRST = auto()
    SECOND = auto()


print([member.value for member in Auto], Auto.FIRST.name, Auto["SECOND"], "FIRST" in Auto.__members__, Auto.SECOND.__class__)
Made = Enum("Made", "ONE TWO")
Other = Enum("Other", {"X": "x", "Y": "y"})
Third = IntEnum("Third", ["P", "Q"], start=5)
print(Made.ONE, repr(Made.TWO), list(Other), Other("y"), list(Third), Made, Perm, Level)
print(Status.__members__, type(Status), type(Status.ACTIVE), isinstance(Status.ACTIVE, str), Status.ACTIVE.name, Status._member_names_, len(Status), list(reversed(Status)))


class Mixed(Enum):
    A = 1
    B = 1
    C = auto()
    _private = 9

    def __str__(self):
        return f"<{self.name}>"


print(Mixed.B, Mixed.A is Mixed.B, Mixed.C.value, list(Mixed), f"{Mixed.A}", Mixed.A != Mixed.C, Mixed.A == 1, Mixed._private.value)
for attempt in [lambda: Status("zz"), lambda: Status["zz"], lambda: Level(3), lambda: Perm(16), lambda: setattr(Status, "ACTIVE", 1), lambda: Status.NOPE, lambda: unique(Mixed),
                lambda: setattr(Status.ACTIVE, "value", 3), lambda: Mixed.A < Mixed.C, lambda: Coded(99), lambda: Perm("x"), lambda: 3 in Mixed,
                lambda: Auto.FIRST.nope, lambda: StrEnum("S", {"a": 1})]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)


class Shape(Enum):
    SQUARE = 4

    def area(self, side):
        return side ** 2

    @staticmethod
    def kinds():
        return len(Shape)


print(Shape.SQUARE.area(3), Shape.kinds(), Shape.SQUARE.value, Shape(4).name, isinstance(Shape.SQUARE, Shape), Shape.SQUARE in Shape)
match Level(10):
    case Level.LOW:
        print("low")
    case Level.HIGH:
        print("high")
print(enum.EnumMeta is enum.EnumType, type(Shape), Shape.__name__, Shape.SQUARE.__objclass__ if hasattr(Shape.SQUARE, "__objclass__") else "")
