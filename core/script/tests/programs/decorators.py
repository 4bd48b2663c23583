import functools
def deco(f):
    @functools.wraps(f)
    def w(*a, **k):
        print("before", f.__name__); r = f(*a, **k); print("after"); return r
    return w
def param(n):
    def d(f):
        def w(*a): return [f(*a) for _ in range(n)]
        return w
    return d
@deco
@param(2)
def hi(x): return x
print(hi(5), hi.__name__)
@deco
def named(a):
    "docs"
    return a
print(named(1), named.__name__, named.__doc__, named.__wrapped__ is not None)
def cls_deco(c):
    c.extra = 1; return c
@cls_deco
class C: pass
print(C.extra)
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(30))
p = functools.partial(int, base=2); print(p("101"))
print(functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), functools.reduce(lambda a, b: a + b, [], 5))
class CountCalls:
    def __init__(self, f): self.f = f; self.n = 0
    def __call__(self, *a): self.n += 1; return self.f(*a)
@CountCalls
def counted(x): return x
counted(1); counted(2); print(counted.n)
class M:
    @deco
    def meth(self, v): return v
    @property
    @deco
    def prop(self): return 7
print(M().meth(3), M().prop)
