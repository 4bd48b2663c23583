class V:
    def __init__(self, x): self.x = x
    def __repr__(self): return f"V({self.x})"
    def __add__(self, o): return V(self.x + (o.x if isinstance(o, V) else o))
    def __radd__(self, o): return V(o + self.x)
    def __iadd__(self, o): self.x += 100; return self
    def __mul__(self, o): return NotImplemented
    def __rmul__(self, o): return V(o * self.x)
    def __neg__(self): return V(-self.x)
    def __invert__(self): return "inv"
    def __eq__(self, o): return isinstance(o, V) and self.x == o.x
    def __lt__(self, o): return self.x < o.x
    def __hash__(self): return hash(self.x)
    def __and__(self, o): return ("and", o)
    def __or__(self, o): return ("or", o)
    def __rshift__(self, o): return ("rshift", o)
    def __matmul__(self, o): return "mm"
    def __getitem__(self, k): return ("get", k)
    def __setitem__(self, k, v): print("set", k, v)
    def __delitem__(self, k): print("del", k)
    def __contains__(self, k): return k == 1
    def __len__(self): return 3
    def __bool__(self): return False
    def __enter__(self): print("enter"); return self
    def __exit__(self, t, v, tb): print("exit", t and t.__name__, v); return True
    def __format__(self, s): return f"fmt<{s}>"
    def __int__(self): return int(self.x)
    def __index__(self): return 2
    def __abs__(self): return "abs"
    def __round__(self, n=None): return ("round", n)
    def __divmod__(self, o): return "dm"
a, b = V(1), V(2)
print(a + b, a + 5, 5 + a, 3 * a, -a, ~a, a == V(1), a != b, a < b, a > b, a & 1, a | 2, a >> 3, a @ a)
try: a * 3
except TypeError as e: print(e)
try: a <= b
except TypeError as e: print(e)
a += 1; print(a)
print(a[1], a[1:2], a[1:2:3], a[..., 1], a[:], 1 in a, 2 not in a, len(a), bool(a), not a, f"{a:xyz}", f"{a}", format(a))
a["k"] = 5; del a["z"]
with a as q: raise ValueError("boom")
print(int(a), [10, 20, 30][a], abs(a), round(a), round(a, 2), divmod(a, 1))
print(1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, "a" < "b", [1, 2] < [1, 3], (1,) == (1,), not 1 > 2)
print(7 // 2, -7 // 2, 7 % 3, -7 % 3, 2 ** 10, 2 ** -1, 7 / 2, 1 << 5, 0xff & 0x0f, 5 ^ 3, ~5, +5)
print(10 ** 20, 2 ** 100 % 97, -(2 ** 63), 2 ** 63 - 1, 9223372036854775807 + 1, 12345678901234567890 // 7)
print("ab" * 3, [1] * 3, (1, 2) + (3,), "%s-%d" % ("x", 5), "a" "b")
x = [1, 2]; y = x; x += [3]; print(y, x is y)
s = {1, 2} | {3}; s &= {2, 3}; print(s, {1, 2} - {1}, {1} ^ {2}, {1} <= {1, 2})
print({"a": 1} | {"b": 2}, None or "d", 0 or [] or "z", 1 and 2, "" and 1, 1 if [] else 2)
print(1 is None, None is None, 1 is not None, "x" in "xyz", 3 not in [1, 2])
for expr in ("1 + 'a'", "'a' + 1", "[] + ()", "1 / 0", "1 // 0", "1 % 0", "1.0 / 0", "None + 1", "1 < 'a'", "[] < {}", "-'a'", "~1.5", "'a' * 'b'", "5 in 5", "1[0]", "(1)()", "[1][5]", "[1]['a']", "{}['k']", "'abc'[10]", "int('x')", "[].nope", "None.x", "a.b.c", "2 ** 'x'", "1 << -1", "float('q')"):
    try: print(expr, "=", eval(expr))
    except Exception as e: print(expr, "->", type(e).__name__ + ":", e)
class Lo:
    def __eq__(self, o): return "eq!"
    def __ne__(self, o): return "ne!"
print(Lo() == 1, Lo() != 1, 1 == Lo())
try: hash(Lo())
except TypeError as e: print(e)
class Num(int):
    def __add__(self, o): return Num(int(self) + o + 1000)
n = Num(5); print(n, n + 1, n * 2, type(n * 2).__name__, isinstance(n, int), n == 5, repr(n), hash(n) == hash(5))
class MyList(list):
    def first(self): return self[0]
m = MyList([3, 4]); m.append(5); print(m, m.first(), len(m), m == [3, 4, 5], sorted(m, reverse=True), [x for x in m])
class MyDict(dict):
    def __missing__(self, k): return "missing " + k
md = MyDict(a=1); print(md["a"], md["b"], md, dict(md), "a" in md, list(md.items()))
class MyStr(str):
    def shout(self): return self.upper() + "!"
print(MyStr("abc").shout(), MyStr("a") + "b", MyStr("q") == "q", {MyStr("k"): 1}["k"])
