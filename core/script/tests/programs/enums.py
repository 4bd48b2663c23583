import enum
from enum import Enum, auto
class Color(Enum):
    RED = 1
    GREEN = "g"
    ALIAS = 1
    def describe(self): return f"{self.name}={self.value}"
print(Color.RED, repr(Color.RED), Color.GREEN.value, Color("g"), Color["RED"], list(Color), len(Color), Color.RED is Color.ALIAS, Color.RED.describe())
print(Color.RED == Color.RED, Color.RED != Color.GREEN, {Color.RED: 1}[Color.RED], isinstance(Color.RED, Color), Color.RED in Color)
try: Color("zz")
except ValueError as e: print(e)
class A(enum.Enum):
    one = auto(); two = auto()
print(A.two.value, [a.name for a in A])
class S(str, Enum):
    a = "x"
print(S.a == "x", S.a.value, S("x"), isinstance(S.a, str))
class N(enum.IntEnum):
    low = 1; high = 2
print(N.low < N.high, N.low + 1, int(N.high), N.low, repr(N.low))
print(Color.__members__.keys())
