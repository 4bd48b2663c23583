from dataclasses import dataclass, field, asdict, replace, fields
@dataclass
class P:
    x: int
    y: int = 0
    tags: list = field(default_factory=list)
p = P(1); print(p, p == P(1), p != P(2), asdict(p), replace(p, x=5), [f.name for f in fields(P)])
@dataclass(frozen=True, order=True)
class F:
    a: int
    b: str = field(default="z", repr=False)
print(F(1) < F(2), hash(F(1)) == hash(F(1)), F(1))
try: F(1).a = 2
except Exception as e: print(type(e).__name__, e)
try: P()
except TypeError as e: print(e)
@dataclass
class Q(P):
    z: int = 3
    def __post_init__(self): self.total = self.x + self.z
print(Q(1).total, Q(1, z=9))
