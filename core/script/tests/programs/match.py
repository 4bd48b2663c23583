class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x = x; self.y = y
def m(v):
    match v:
        case 0: return "zero"
        case 1 | 2: return "small"
        case -1: return "neg"
        case "hi": return "greeting"
        case None: return "none"
        case True: return "true"
        case [1, x]: return f"pair {x}"
        case [1, *rest]: return f"rest {rest}"
        case (a, b, c) if a == c: return f"aba {a} {b}"
        case {"type": "p", "v": [x, *_], **rest}: return f"map {x} {rest}"
        case {"k": val}: return f"k {val}"
        case Point(0, y=yy): return f"p0 {yy}"
        case Point(x, y) as p: return f"point {x} {y} {type(p).__name__}"
        case int(n): return f"int {n}"
        case str() as s: return f"str {s}"
        case float(): return "float"
        case [[a, b], {"z": z}]: return f"nested {a}{b}{z}"
        case []: return "empty"
        case _: return "other"
for v in (0, 2, -1, "hi", None, [1, 5], [1, 2, 3], [7, 8, 7], {"type": "p", "v": [9, 8], "e": 1}, {"k": 3, "o": 4}, Point(0, 2), Point(3, 4), 99, "zz", 1.5, [[1, 2], {"z": 3}], [], (1, 2), object, [5, 6], True):
    print(m(v))
import sys
class Color: RED = 1
match 1:
    case Color.RED: print("red")
match (1, 2):
    case x, y: print(x, y)
match {"a": 1}:
    case {}: print("any map")
match [1, 2, 3, 4]:
    case [first, *_, last]: print(first, last)
