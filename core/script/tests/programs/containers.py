import collections
import collections.abc
import copy
import functools
import itertools
import weakref
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, UserString, defaultdict, deque, namedtuple

c = Counter("abracadabra")
print(c, c.most_common(2), c["z"], sum(c.values()), c.total(), sorted(c.elements())[:4], c + Counter("aab"), c - Counter("aab"), c & Counter("ab"), c | Counter("z"), +Counter(a=1, b=-1), -Counter(a=-2))
c.update({"a": 10}); c.subtract("ab"); del c["c"]; del c["nope"]
print(c, Counter(a=1) == Counter(a=1, b=0), Counter(a=1) <= Counter(a=2), dict(c), Counter([1, 1, 2]).most_common(), repr(Counter()), isinstance(c, dict))
d = deque([1, 2, 3], maxlen=3)
d.append(4); d.appendleft(0)
print(d, list(reversed(d)), d[0], d[-1], len(d), 2 in d, d == deque([0, 2, 3]), deque("ab") + deque("c"), deque([1]) * 2, d.maxlen, d.index(3), copy.copy(d), deque([1, 2]) < deque([1, 3]))
d = deque(range(5)); d.rotate(2); d.extendleft([9]); d.remove(3); d.insert(1, 7)
print(d, d.pop(), d.popleft(), bool(deque()), d.count(0), [*itertools.islice(d, 2)])
o = OrderedDict([("a", 1), ("b", 2), ("c", 3)])
o.move_to_end("a"); o.move_to_end("c", last=False)
print(o, o.popitem(last=False), list(o), o == OrderedDict(b=2, a=1), OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1) == {"a": 1}, list(reversed(o)))
dd = defaultdict(list); dd["x"].append(1); nested = defaultdict(lambda: defaultdict(int)); nested["a"]["b"] += 1
print(dd, dd["y"], len(dd), nested["a"], dd.get("zz"), defaultdict(int, a=1) | {"b": 2}, dd.default_factory)
Point = namedtuple("Point", ["x", "y"], defaults=[0])
p = Point(1)
print(p, p.x, p._asdict(), p._replace(y=5), Point._fields, Point._field_defaults, p == (1, 0), Point._make([3, 4]), Point(y=2, x=1), *p, hash(p) == hash((1, 0)), p[1], len(p), isinstance(p, tuple), Point.__name__, namedtuple("R", "a class a", rename=True)._fields)


class Named(Point):
    __slots__ = ()

    @property
    def total(self):
        return self.x + self.y


print(Named(3, 4).total, Named(3, 4))
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
print(m["a"], m["b"], len(m), dict(m), m.get("z"), list(m), m.new_child({"c": 4}), m.parents, "b" in m, sorted(m.items()), m.maps)


class Upper(UserDict):
    def __setitem__(self, key, value):
        super().__setitem__(key.upper(), value)


u = Upper(a=1); u["b"] = 2; u.update(c=3)
print(u, u.data, "A" in u, len(u), list(u), dict(u), UserList([3, 1]) + [2], UserString("abc").upper(), isinstance(u, collections.abc.MutableMapping))
abc = collections.abc
print([isinstance(x, k) for x, k in [([], abc.Sequence), ((), abc.Sequence), ("", abc.Sequence), ({}, abc.Mapping), ({}, abc.Sequence), (set(), abc.Set), (iter([]), abc.Iterator), ([], abc.Iterable), (5, abc.Iterable), (len, abc.Callable), ([], abc.Hashable), (1, abc.Hashable), ({}.keys(), abc.KeysView), ((x for x in ()), abc.Generator), ([], abc.MutableSequence), ((), abc.MutableSequence), ([], abc.Sized), (d, abc.Sized), (frozenset(), abc.Set), (range(3), abc.Sequence)]])


class Stack(abc.MutableSequence):
    def __init__(self, *items):
        self._items = list(items)

    def __getitem__(self, at):
        return self._items[at]

    def __setitem__(self, at, value):
        self._items[at] = value

    def __delitem__(self, at):
        del self._items[at]

    def __len__(self):
        return len(self._items)

    def insert(self, at, value):
        self._items.insert(at, value)


s = Stack(1, 2)
s.append(3); s += [4]; s.reverse()
print(list(s), s.pop(), 3 in s, s.index(3), s.count(2), list(reversed(s)))


class Lazy(abc.Mapping):
    def __getitem__(self, key):
        if key not in ("a", "b"):
            raise KeyError(key)
        return key * 2

    def __iter__(self):
        return iter("ab")

    def __len__(self):
        return 2


print(dict(Lazy()), Lazy().get("z", 0), "a" in Lazy(), list(Lazy().items()), Lazy() == {"a": "aa", "b": "bb"}, list(Lazy().values()))
try:
    abc.Mapping()
except TypeError as error:
    print(error)


class Node:
    def __init__(self, value, children=()):
        self.value, self.children = value, list(children)

    def __repr__(self):
        return f"Node({self.value}, {self.children})"


tree = Node(1, [Node(2), Node(3)])
tree.children.append(tree.children[0])
shallow, deep = copy.copy(tree), copy.deepcopy(tree)
print(shallow.children is tree.children, deep.children[0] is tree.children[0], deep.children[0] is deep.children[2], deep)
loop = [1]; loop.append(loop); again = copy.deepcopy(loop)
print(again[1] is again, copy.deepcopy({"a": [1, (2, [3])]}), copy.copy(c) == c, copy.deepcopy(dd), copy.deepcopy(p), copy.copy([1]), copy.deepcopy(functools.reduce) is functools.reduce)
r = weakref.ref(tree)
print(r() is tree, weakref.ref(tree) == r, isinstance(r, weakref.ref))
del tree, shallow
print(r())
cache = weakref.WeakValueDictionary(); keep = Node(5); cache["k"] = keep; cache["gone"] = Node(6)
print(len(cache), "k" in cache, "gone" in cache, cache["k"].value, list(cache))


@functools.lru_cache(maxsize=2)
def square(n):
    return n * n


print(square(2), square(2), square(3), square(4), square(2), square.cache_info(), square.__name__, square.__wrapped__(5))


@functools.singledispatch
def show(value):
    return "other"


@show.register
def _(value: int):
    return "int"


@show.register(list)
@show.register(tuple)
def _(value):
    return "many"


print(show(1), show([]), show(()), show("x"), show(True), show.dispatch(int)(1))


class Temp:
    @functools.cached_property
    def slow(self):
        print("computed")
        return 42

    @functools.singledispatchmethod
    def f(self, arg):
        return "f other"

    @f.register
    def _(self, arg: int):
        return "f int"

    def power(self, base, exp):
        return base ** exp

    square = functools.partialmethod(power, exp=2)


t = Temp()
print(t.slow, t.slow, t.f(1), t.f("a"), t.square(5), functools.partial(int, base=2)("101"), functools.partial(print, "a"), functools.reduce(lambda a, b: a * b, [1, 2, 3], 10))
print(list(itertools.chain.from_iterable([[1], [2]])), list(itertools.batched([1], 1)) if hasattr(itertools, "batched") else "3.11", list(itertools.starmap(pow, [(2, 3)])), list(itertools.compress("abc", [1, 0, 1])), list(itertools.dropwhile(lambda x: x < 2, [1, 2, 1])), list(itertools.takewhile(lambda x: x < 2, [1, 2, 1])), list(itertools.filterfalse(None, [0, 1])), list(itertools.pairwise("abc")), [list(x) for x in itertools.tee([1, 2])], list(itertools.combinations_with_replacement("ab", 2)), list(itertools.product([0, 1], repeat=2)), itertools.count(3, 2), list(itertools.accumulate([1, 2, 3], initial=10)), itertools.repeat(1, 3), list(zip(itertools.count(), "ab")), list(itertools.islice(range(10), 1, 8, 3)))
for attempt in [lambda: deque().pop(), lambda: Point(), lambda: Point(1, 2, 3), lambda: namedtuple("X", "1a"), lambda: dd.default_factory(1, 2, 3), lambda: d[99], lambda: deque([1]).remove(5), lambda: functools.reduce(max, []), lambda: p._replace(z=1), lambda: setattr(p, "x", 2), lambda: ChainMap()["x"], lambda: OrderedDict().popitem(), lambda: weakref.ref(5), lambda: defaultdict(5), lambda: Counter(a="x").total()]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
