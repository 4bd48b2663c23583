import os.path, sys as system
from collections import OrderedDict as OD, defaultdict
from functools import *
print(system.version_info[:2], os.path.join("a", "b"), OD is not None, reduce(lambda a, b: a + b, [1, 2]))
for stmt in ("import nope", "import os.nope", "from sys import nope", "from . import x", "nope", "from nope.sub import z"):
    try: exec(stmt)
    except Exception as e: print(stmt, "->", type(e).__name__, e)
try: system.nope
except AttributeError as e: print(e)
import typing as t
print(t.List[int], t.Optional[str], t.Dict[str, int], t.Union[int, str], list[int], int | None, t.Any)
print(t.Optional[int].__args__, t.List[int].__origin__, list[int].__args__, t.get_origin(t.Dict[str, int]), t.get_args(t.List["X"]))
def f(a: t.Optional[int] = None) -> t.List[int]: ...
print(f.__annotations__)
