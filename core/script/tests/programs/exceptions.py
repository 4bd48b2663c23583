import sys
def f():
    try:
        return "try"
    finally:
        print("finally")
print(f())
def g():
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: break
            print("body", i)
        finally:
            print("fin", i)
    else:
        print("no else")
    return "done"
print(g())
def h():
    try:
        1 / 0
    except ZeroDivisionError as e:
        return f"caught {e}"
    else:
        return "else"
    finally:
        print("h fin")
print(h())
def override():
    try: return 1
    finally: return 2
print(override())
class MyErr(Exception):
    def __init__(self, code, msg="m"):
        super().__init__(msg); self.code = code
try:
    raise MyErr(5, "hello")
except MyErr as e:
    print(e, e.code, e.args, repr(e))
try: e
except NameError as x: print("gone:", x)
try:
    try:
        raise KeyError("k")
    except KeyError as k:
        raise ValueError("v") from k
except ValueError as v:
    print(repr(v.__cause__), repr(v.__context__), v.__suppress_context__)
try:
    try: raise KeyError("k")
    except KeyError: raise ValueError("v2")
except ValueError as v:
    print(v.__cause__, repr(v.__context__), v.__suppress_context__)
try:
    try: raise KeyError("k")
    except KeyError: raise ValueError("v3") from None
except ValueError as v:
    print(v.__cause__, v.__suppress_context__)
try:
    try: raise IndexError("re")
    except IndexError: raise
except LookupError as e: print(type(e), e)
try: raise
except RuntimeError as e: print(e)
try: raise 5
except TypeError as e: print(e)
try: raise ValueError
except ValueError as e: print(repr(e), e.args)
try: raise ValueError("a", 2)
except (KeyError, ValueError) as e: print(e, e.args)
try: assert 1 == 2, "msg"
except AssertionError as e: print("AE", e)
try: assert False
except AssertionError as e: print("AE", repr(e))
try: {}["x"]
except KeyError as e: print(e, repr(e), e.args)
def nested():
    try:
        try: raise ValueError("inner")
        finally: print("cleanup")
    except ValueError as e:
        print("outer", e)
        try: raise TypeError("second")
        except TypeError as e2: print(e2, repr(e2.__context__))
    print(sys.exc_info())
nested()
class CM:
    def __init__(self, n, swallow=False): self.n = n; self.s = swallow
    def __enter__(self): print("in", self.n); return self.n
    def __exit__(self, t, v, tb): print("out", self.n, t.__name__ if t else None); return self.s
with CM(1) as a, CM(2) as b:
    print(a, b)
with CM(1, True), CM(2):
    raise ValueError
def ret():
    with CM(3):
        return "value"
print(ret())
for i in range(3):
    with CM(i):
        if i == 1: break
try:
    with CM("x"): raise KeyError("through")
except KeyError as e: print("got", e)
try:
    with 5: pass
except TypeError as e: print(e)
def gen():
    try:
        yield 1
        yield 2
    except GeneratorExit:
        print("closed"); raise
    finally: print("gen fin")
it = gen(); next(it); it.close()
def deep(n): return deep(n + 1)
try: deep(0)
except RecursionError as e: print(e)
try: raise Exception from 5
except TypeError as e: print(e)
try:
    try: 1/0
    except int: pass
except TypeError as e: print(e)
while True:
    try: break
    finally: print("loop fin")
else: print("never")
print(issubclass(MyErr, Exception), MyErr.__mro__[1].__name__)
try:
    x = [1, 2, 3]
    a, b = x
except ValueError as e: print(e)
try: a, b, c, *d = (1, 2)
except ValueError as e: print(e)
try: a, b = 5
except TypeError as e: print(e)
try: int("zz")
except ValueError as e: print(e)
e = ValueError("x"); e.add_note("note") ; print(e.__notes__)
try: sys.exit(3)
except SystemExit as e: print("exit", e.code)
print(str(Exception()), str(Exception(1)), str(Exception(1, 2)), repr(Exception("a")))
try:
    raise ExceptionGroup if False else OSError(2, "No such file")
except OSError as e: print(e, e.errno, e.strerror)
