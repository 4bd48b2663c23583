import itertools, typing, sys, functools, operator
from typing import List, Optional, Dict, Any, Union, Callable, TYPE_CHECKING, Generic, TypeVar, cast
x: Optional[int] = None; y: List[Dict[str, Any]] = []
T = TypeVar("T")
class Box(Generic[T]):
    def __init__(self, v: T): self.v = v
print(Box(3).v, Box[int](4).v, TYPE_CHECKING, cast(int, "z"))
print(list(itertools.chain([1], [2, 3])), list(itertools.islice(itertools.count(5), 3)), list(itertools.product("ab", [1, 2])), list(itertools.groupby("aab"))[0][0], list(itertools.zip_longest([1], [2, 3])), list(itertools.permutations([1, 2, 3], 2))[:3], list(itertools.combinations("abc", 2)), list(itertools.accumulate([1, 2, 3])), list(itertools.repeat(1, 3)), [next(i) for i in [itertools.cycle("ab")] * 3])
print([(k, list(g)) for k, g in itertools.groupby([1, 1, 2], key=lambda v: v)])
print(operator.attrgetter("v")(Box(9)), operator.itemgetter(1)([5, 6]), operator.add(1, 2))
print(sys.version_info[0] >= 3, isinstance(sys.argv, list)); sys.stdout.write("written\n")
print(sorted([Box(2), Box(1)], key=operator.attrgetter("v"))[0].v)
