from collections import OrderedDict, defaultdict, namedtuple, Counter, deque
d = defaultdict(list); d["a"].append(1); d["b"]; print(dict(d), d)
od = OrderedDict([("x", 1), ("y", 2)]); od["z"] = 3; print(list(od), od)
P = namedtuple("P", ["x", "y"]); p = P(1, y=2); print(p, p.x, p[1], p._asdict(), p._replace(x=9), p == (1, 2), P._fields)
a, b = p; print(a, b, isinstance(p, tuple))
Q = namedtuple("Q", "a b c"); print(Q(1, 2, 3))
c = Counter("abracadabra"); print(c.most_common(2), c["a"], c["zz"])
q = deque([1, 2]); q.append(3); q.appendleft(0); print(q, q.pop(), q.popleft(), list(q), len(q))
