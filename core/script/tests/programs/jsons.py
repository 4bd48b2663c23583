import json
from collections import OrderedDict, namedtuple
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, IntEnum


class Level(IntEnum):
    low = 1


data = {"a": [1, 2.5, None, True, False], "b": {"c": "é\n\"\\\t\u2028/😀"}, "d": [], "e": {}, 1: "int", 1.5: "float",
        None: 0, True: 1}
print(json.dumps(data))
print(json.dumps(data, ensure_ascii=False))
print(json.dumps(data, indent=2))
print(json.dumps([1, {"x": [2]}], indent="\t"), json.dumps([1, [2]], indent=0))
print(json.dumps({"b": 1, "a": {"d": 1, "c": 2}}, sort_keys=True, separators=(",", ":")))
print(json.dumps((1, 2)), json.dumps("x"), json.dumps(None), json.dumps(1e100), json.dumps(1e16), json.dumps(0.1), json.dumps(-0.0))
print(json.dumps([float("nan"), float("inf"), float("-inf")]), json.dumps(10 ** 30), json.dumps(Level.low), json.dumps({Level.low: 1}))
print(json.dumps(OrderedDict(z=1, a=2)), json.dumps(namedtuple("P", "x y")(1, 2)), json.dumps("\x7f\x00\x1f"))
print(json.dumps({"when": date(2024, 1, 2), "cost": Decimal("1.50")}, default=str))
print(json.dumps({(1, 2): 3, "a": 1, "b": 2}, skipkeys=True))


class Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, (date, datetime)):
            return o.isoformat()
        if isinstance(o, set):
            return sorted(o)
        return super().default(o)


print(json.dumps({"at": datetime(2024, 1, 2, 3, 4), "tags": {3, 1, 2}}, cls=Encoder, indent=4))
print(Encoder(sort_keys=True).encode({"b": {2, 1}, "a": 1}), "".join(json.JSONEncoder().iterencode([1, "a"])))
print(json.loads('{"a": [1, 2.5, -3e2, null, true, false], "b": "\\u00e9\\n\\ud83d\\ude00\\/"}'))
print(json.loads(" [ 1 , { } , [ ] ] "), json.loads(b'{"x": 1}'), json.loads('"x"'), json.loads("1E3"), json.loads("-0"), json.loads("12345678901234567890123"))
print(json.loads("[NaN, Infinity, -Infinity]"), json.loads("0.1"), json.loads('{"a": 1, "a": 2}'))
print(json.loads('{"a": 1.10, "b": 2}', parse_float=Decimal, parse_int=str))
print(json.loads('{"a": {"b": 1}}', object_hook=lambda d: sorted(d.items())))
print(json.loads('{"b": 1, "a": 2}', object_pairs_hook=OrderedDict), json.JSONDecoder().raw_decode('[1] rest'))
bad = ["", "[", "[1,", "[1 2]", "{", '{"a"', '{"a" 1}', '{"a": }', "{1: 2}", '{"a": 1,}', '"abc', '"\\x"', '"\\u12"', '"a\nb"', "nul", "1 2",
       "[1,]", "{'a': 1}", "tru", "-", "01", '{"a": 1 "b": 2}', "\n\n  x", '["a\tb"]', "\ufeff1"]
for text in bad:
    try:
        print(json.loads(text))
    except json.JSONDecodeError as error:
        print(repr(text), error, error.pos, error.lineno, error.colno, error.msg)
print(json.loads('"a\tb"', strict=False) == "a\tb", issubclass(json.JSONDecodeError, ValueError))
loop = []
loop.append(loop)
for attempt in [lambda: json.dumps({1, 2}), lambda: json.dumps({(1,): 2}), lambda: json.dumps(loop), lambda: json.dumps(float("nan"), allow_nan=False),
                lambda: json.dumps([float("inf")], allow_nan=False, indent=1), lambda: json.dumps(object), lambda: json.loads(5),
                lambda: json.dumps({1: 1, "a": 2}, sort_keys=True), lambda: json.dumps(b"x"), lambda: json.loads("[" * 100000)]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)


class Color(str, Enum):
    RED = "red"


print(json.dumps({Color.RED: Color.RED}), json.dumps([Color.RED]))
