words = ["banana", "Apple", "cherry"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len, reverse=True), max(words, key=len), min(words))
words.sort(); print(words); words.reverse(); print(words)
people = [("a", 3), ("b", 1), ("c", 2)]
people.sort(key=lambda p: p[1]); print(people)
class K:
    def __init__(self, v): self.v = v
    def __lt__(self, o): return self.v < o.v
    def __repr__(self): return f"K{self.v}"
print(sorted([K(3), K(1), K(2)]), sorted([K(1), K(2)], reverse=True))
try: sorted([1, "a"])
except TypeError as e: print(e)
print("a-b-c".split("-", 1), "a\nb".splitlines(), "x".join("abc"), "abc".index("b"), "aXbX".count("X"), "abc".isalpha(), "12".isdigit(), "  a ".lstrip(), "a,b".partition(","), "abc".zfill(5), "Hello".swapcase(), "hello world".capitalize(), "abc".endswith(("c", "d")), "%-10s|" % "hi", "{:,}".format(1234567), "tab\there".expandtabs(4), "é".encode(), b"abc".decode(), "a" * 3, "abc"[::-1], "b" in "abc", ord("é"))
print([1, 2, 3].index(2), [1, 1].count(1), [1, 2].copy(), [3, 4].pop(0), list(range(5))[1:-1], [0] * 3, [1] + [2], (1, 2).index(2))
l = [1, 2]; l.insert(1, 9); l.extend([5]); l.remove(9); print(l, l.pop(), l)
d = {"b": 1, "a": 2}; print(sorted(d), list(d.values()), d.items(), max(d, key=d.get), {v: k for k, v in d.items()}, d.popitem(), dict.fromkeys("ab", 0), dict([("k", 1)], z=2), list(reversed(d)))
s = {3, 1}; s.add(2); s.discard(9); print(sorted(s), s.issubset({1, 2, 3}), s.union([7]) == {1, 2, 3, 7}, frozenset([1]) | {2}, len(s))
print(*zip(*[(1, 2), (3, 4)]), list(zip([1, 2], "ab", strict=True)), dict(enumerate("ab")), [*map(str, range(3))], all(x > 0 for x in [1, 2]), sum([[1], [2]], []))
print(int("ff", 16), int(3.9), int("-5"), float("1e3"), round(-2.5), round(1234.567, -2), 7.0, 1e22, 1e-7, 0.1, 100.0, 1/3, str(1.0), complex if False else "", 5 .bit_length(), (255).to_bytes(2, "big"), 3.0.is_integer())
print(bool([0]), bool({}), bool(0.0), bool("0"), type(None)(), isinstance(3, (str, int)), getattr("a", "upper")(), setattr, hash((1, 2)) == hash((1, 2)))
import sys
print("x", end=""); print("y", "z", sep=","); print(); print(None, True, 1.5, "s", [None], {"k": (1,)}); print("a", file=sys.stdout)
