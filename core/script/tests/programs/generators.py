def count(n):
    i = 0
    while i < n:
        got = yield i
        if got: print("got", got)
        i += 1
    return "end"
g = count(3)
print(next(g), g.send("hey"), next(g))
try: next(g)
except StopIteration as s: print("stop", s.value)
print(next(g, "default"))
def deleg():
    r = yield from count(2)
    print("result", r)
    yield from [10, 20]
    return "x"
print(list(deleg()))
def throwing():
    while True:
        try: yield 1
        except ValueError as e: yield f"caught {e}"
t = throwing(); next(t); print(t.throw(ValueError("v")), next(t)); t.close()
def outer():
    try: yield from throwing()
    finally: print("outer done")
o = outer(); next(o); print(o.throw(ValueError("deep"))); o.close()
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
import itertools
print(list(itertools.islice(fib(), 10)))
ge = (x * x for x in range(5) if x % 2)
print(next(ge), list(ge), list(ge))
def tree(t):
    if t:
        yield from tree(t[0]); yield t[1]; yield from tree(t[2])
print(list(tree((((), 1, ()), 2, ((), 3, ())))))
def bad():
    raise StopIteration
    yield
try: list(bad())
except RuntimeError as e: print(e, repr(e.__cause__))
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
print(list(It()), [*It(), 9], max(It()), sum(It()), tuple(It()), dict(zip("ab", It())))
for x in It():
    if x == 2: break
else: print("no")
print(x)
a, b, *c = count(5); print(a, b, c)
print({**{"a": 1}, "b": 2}, [*range(3)], {*"aab"} == {"a", "b"}, (*[1], 2))
class Old:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * 10
print(list(Old()), 20 in Old())
def ctx():
    try: yield "res"
    finally: print("released")
for r in ctx(): print(r)
gen = ctx(); print(type(gen).__name__, next(gen)); gen.close()
try: count(1).send(1)
except TypeError as e: print(e)
def infinite():
    while True: yield from "ab"
print([x for x, _ in zip(infinite(), range(5))])
print(list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, 2])), list(enumerate("ab", 1)), list(reversed([1, 2, 3])))
matrix = [[1, 2], [3, 4]]
print([[r[i] for r in matrix] for i in range(2)], {k: v for k, v in zip("ab", [1, 2])}, {x % 3 for x in range(9)})
print([x for x in range(20) if x % 2 if x % 3 == 0], [(x, y) for x in range(2) for y in "ab"])
