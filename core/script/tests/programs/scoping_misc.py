import sys
x: int = 5
y: "str"
print(__annotations__, __name__)
class A:
    a: int = 1
    b: "list[int]"
    c: dict[str, int] = {}
print(A.__annotations__, A.a)
l = [5, 3, 1]
l[0], l[1] = l[1], l[0]; print(l)
l[1:2] = [9, 9]; print(l, l[::-1], l[-2:], l[::2]); del l[0]; print(l); del l[:1]; print(l)
a = b = c = 1; print(a, b, c)
(a, [b, *c]), d = (1, [2, 3, 4]), 5; print(a, b, c, d)
for i, (j, k) in enumerate([(1, 2), (3, 4)]): print(i, j, k)
for z in []: pass
else: print("else ran")
n = 3
while n:
    n -= 1
    if n == 1: continue
else: print("while else", n)
d = {}
d["x"] = d["y"] = 1; d["x"] += 5; print(d); del d["x"]; print(d)
class O: pass
o = O(); o.v = 1; o.v += 2; o.v *= 3; print(o.v)
print((lambda a, *b, c=3, **d: (a, b, c, d))(1, 2, e=4))
print(1 if False else 2 if False else 3)
print(*[1, 2], *"ab", sep="-", end="!\n")
t = 1,
print(t, (), (1,), [], {}, set(), {1: 2}, ...)
print(0x1F, 0b101, 0o17, 1_000, 1e3, .5, 1j if False else 0, "\x41\u00e9\n\t\\", r"\n", b"\x00a", "a\
b")
print(bool(""), int("12"), float("1.5"), str(5), list("ab"), tuple([1]), set([1]), dict(a=1), bytes(2))
print(max(3, 1), min([2, 1]), sum([1, 2], 10), abs(-3), round(2.5), round(3.14159, 2), pow(2, 5), divmod(7, 2), sorted([3, 1], key=lambda v: -v), any([0, 1]), all([]), len("abc"))
print(isinstance(True, int), type(1), type(None), type("a").__name__, id(o) == id(o), callable(print), repr("a'b"), chr(65), ord("a"), hex(255), bin(5), oct(8))
print("a,b".split(","), " x ".strip(), "abc".replace("b", "z"), "-".join(["a", "b"]), "Abc".lower(), "abc".upper(), "abc".startswith("a"), "abc".find("c"), "abc"[1], "a b c".split(), "title case".title(), "x".center(5, "*"))
print(globals()["x"], "A" in globals(), (lambda: locals())())
def lo():
    q = 1; w = 2
    return sorted(locals())
print(lo())
exec("dyn = 5"); print(dyn, eval("dyn + 1"))
if True:
    pass
elif False: print("no")
else: print("no")
print([1, 2, 3] == [1, 2, 3], [1, [2]] != [1, [3]], {"a": [1]} == {"a": [1]})
print(hash("a") == hash("a"), hash(1) == hash(1.0) == hash(True))
lst = [1]; lst.append(lst); print(lst)
print("a" if 1 else "b", not None, 3 > 2 > 1)
i = 10
def default(v=i): return v
i = 20; print(default())
assert True
print(sorted({"b": 1, "a": 2}.items()), list({"b": 1}.keys()), {"a": 1}.get("z", 5), {"a": 1}.pop("a"), {}.setdefault("k", []))
global_var = 1
def mod():
    global global_var
    global_var += 1
    return global_var
print(mod(), global_var)
