def counter():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    def get(): return n
    return inc, get
inc, get = counter()
inc(); inc()
print(get())
fs = [lambda i=i: i for i in range(3)]
print([f() for f in fs])
fs = [lambda: i for i in range(3)]
print([f() for f in fs])
x = "global"
def a():
    x = "a"
    def b():
        def c():
            return x
        return c
    return b()()
print(a())
def setg():
    global x, new
    x = "changed"; new = 1
setg(); print(x, new)
def param(p):
    def inner(): return p
    p += 1
    return inner
print(param(1)())
def unbound():
    try:
        print(late)
    except UnboundLocalError as e:
        print(e)
    late = 1
unbound()
def free():
    def inner(): return v
    try:
        inner()
    except NameError as e:
        print(type(e).__name__, e)
    v = 1
    print(inner())
free()
class K:
    y = 5
    def m(self):
        try:
            return y
        except NameError as e:
            return str(e)
    z = [y for _ in range(2)] if False else y
print(K().m(), K.z)
def cls(v):
    class C:
        w = v
        v2 = v + 1
        def get(self): return v
    return C
print(cls(3).w, cls(3)().get(), cls(3).v2)
def shadow(v):
    class C:
        v = "own"
        def get(self): return v
    return C.v, C().get()
print(shadow(1))
def comp():
    k = 10
    return [k + i for i in range(3)], {i: k for i in range(2)}, {k}, list(k for _ in range(2))
print(comp())
print([y := 1, y ** 2], y)
def wal():
    vals = [last := i for i in range(5)]
    return last, vals
print(wal())
print(any((hit := n) > 3 for n in range(10)), hit)
del x
try: x
except NameError as e: print(e)
