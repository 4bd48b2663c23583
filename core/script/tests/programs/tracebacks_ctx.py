from contextlib import contextmanager, suppress, closing, ExitStack, nullcontext
@contextmanager
def session(fail=False):
    print("open")
    try:
        yield "s"
        print("commit")
    except ValueError as e:
        print("rollback", e); raise
    finally:
        print("close")
with session() as s: print(s)
try:
    with session(): raise ValueError("bad")
except ValueError as e: print("outer", e)
with suppress(KeyError): {}["x"]
@contextmanager
def swallow():
    try: yield
    except Exception as e: print("swallowed", e)
with swallow(): raise RuntimeError("q")
class Res:
    def close(self): print("res closed")
with closing(Res()) as r: print(type(r).__name__)
with nullcontext(3) as v: print(v)
@session()
def decorated(): print("inside")
decorated()
