//! What the built-in types do, in the words of `PYTHONHASHSEED=0 python3.11`.

use crate::object::{Object, Unwind};
use crate::vm::{Host, Vm};

struct Nowhere;

impl Host for Nowhere {
    fn write_stdout(&mut self, _text: &str) {}
    fn wall_clock(&mut self) -> (i64, u32) {
        (0, 0)
    }
    fn monotonic(&mut self) -> f64 {
        0.0
    }
    fn seed(&mut self) -> u64 {
        0
    }
}

/// The repr of an expression's value, or the exception it raises.
fn shown(vm: &mut Vm, expression: &str) -> String {
    let main = vm.globals();
    let value = vm.run_source(expression, &main, true).and_then(|value| vm.repr(&value));
    match value {
        Ok(text) => text.as_str().to_owned(),
        Err(Unwind::Raised(raised)) => {
            vm.format_exception_only(&Object::Instance(raised.exception)).trim_end().to_owned()
        }
        Err(Unwind::Interrupted) => "interrupted".to_owned(),
    }
}

fn check(cases: &[(&str, &str)]) {
    let mut vm = Vm::new(Box::new(Nowhere));
    for (expression, expected) in cases {
        assert_eq!(shown(&mut vm, expression), *expected, "{expression}");
    }
}

#[test]
fn format_specifications() {
    check(&[
        (r#"format(42, "+06d")"#, "'+00042'"),
        (r##"format(255, "#010b")"##, "'0b11111111'"),
        (r#"format(1234567, "015,")"#, "'000,001,234,567'"),
        (r#"format(0xffff, "_x")"#, "'ffff'"),
        (r#"format(1234.5, ",.2f")"#, "'1,234.50'"),
        (r#"format(3.14159, "10.3")"#, "'      3.14'"),
        (r#"format(1e-10, "g")"#, "'1e-10'"),
        (r##"format(1e5, "#.0e")"##, "'1.e+05'"),
        (r#"format("abc", "*^7")"#, "'**abc**'"),
        (r#"format(True, "")"#, "'True'"),
        (r#"format(True, "d")"#, "'1'"),
        (r#"format(2.5, ".0f")"#, "'2'"),
        (r#"format(0.5, ".0f")"#, "'0'"),
        (r#"format(1e20, ".3")"#, "'1e+20'"),
        (r#"format(1234.0, ".2")"#, "'1.2e+03'"),
        (r#"format(123.456, "=+10.1f")"#, "'+    123.5'"),
        (r#"format(-0.001, "z.1f")"#, "'0.0'"),
        (r#"format("a", "d")"#, "ValueError: Unknown format code 'd' for object of type 'str'"),
        (r#"format(1.5, "d")"#, "ValueError: Unknown format code 'd' for object of type 'float'"),
        (r#"format([1], "5")"#, "TypeError: unsupported format string passed to list.__format__"),
        (r#"format("a", "=5")"#, "ValueError: '=' alignment not allowed in string format specifier"),
        (r#"format(1, ".2")"#, "ValueError: Precision not allowed in integer format specifier"),
        (r#"format(1, ",x")"#, "ValueError: Cannot specify ',' with 'x'."),
    ]);
}

#[test]
fn percent_formats() {
    check(&[
        (r#""%5d|%-5d|%05d" % (1, 2, 3)"#, "'    1|2    |00003'"),
        (r#""%+d % d" % (1, 2)"#, "'+1  2'"),
        (r#""%#x %#o" % (255, 8)"#, "'0xff 0o10'"),
        (r#""%(a)5.1f|" % {"a": 2.25}"#, "'  2.2|'"),
        (r#""%*d %.*f" % (5, 3, 2, 3.14159)"#, "'    3 3.14'"),
        (r#""%.3s|" % None"#, "'Non|'"),
        (r#""%5s%%" % 1"#, "'    1%'"),
        (r#""%s" % [1, 2]"#, "'[1, 2]'"),
        (r#""%s" % (1, 2)"#, "TypeError: not all arguments converted during string formatting"),
        (r#""%s %s" % (1,)"#, "TypeError: not enough arguments for format string"),
        (r#""%d" % "a""#, "TypeError: %d format: a real number is required, not str"),
        (r#""%z" % 1"#, "ValueError: unsupported format character 'z' (0x7a) at index 1"),
        (r#""%(a)s" % 1"#, "TypeError: format requires a mapping"),
    ]);
}

#[test]
fn replacement_fields() {
    check(&[
        (r#""{1} {0} {0!r:>4}".format("a", 2)"#, r#""2 a  'a'""#),
        (r#""{0[1]} {a[k]} {b.real}".format([1, 2], a={"k": 3}, b=4)"#, "'2 3 4'"),
        (r#""{:>{w}}|{{}}".format("a", w=3)"#, "'  a|{}'"),
        (r#""{".format()"#, "ValueError: Single '{' encountered in format string"),
        (
            r#""{} {0}".format(1)"#,
            "ValueError: cannot switch from automatic field numbering to manual field specification",
        ),
        (r#""{}".format()"#, "IndexError: Replacement index 0 out of range for positional args tuple"),
        (r#""{!x}".format(1)"#, "ValueError: Unknown conversion specifier x"),
    ]);
}

#[test]
fn rounding() {
    check(&[
        ("[round(x) for x in (0.5, 1.5, 2.5, -2.5)]", "[0, 2, 2, -2]"),
        ("round(2.675, 2)", "2.67"),
        ("round(0.125, 2)", "0.12"),
        ("round(5.015, 2)", "5.01"),
        ("round(1250, -2)", "1200"),
        ("round(1350, -2)", "1400"),
        ("round(2500.0, -3)", "2000.0"),
        ("round(500.0, -3)", "0.0"),
        ("round(6e3, -4)", "10000.0"),
        ("round(1e308, -308)", "1e+308"),
        ("round(12345, -10)", "0"),
    ]);
}

#[test]
fn numbers() {
    check(&[
        ("-7 // 2, -7 % 3, 7 // -2, 7 % -3", "(-4, 2, -4, -2)"),
        ("-7.5 // 2, -7.5 % 2", "(-4.0, 0.5)"),
        ("10 ** 30 // 7, -10 ** 30 % 7", "(142857142857142857142857142857, 6)"),
        ("(2 ** 53 + 1) / 3", "3002399751580331.0"),
        ("2 ** -1, 2 ** 100, (-2) ** 3", "(0.5, 1267650600228229401496703205376, -8)"),
        ("1 << 70, -1 >> 3, ", "(1180591620717411303424, -1)"),
        ("5", "5"),
        ("divmod(-7, 2), divmod(7.5, -2)", "((-4, 1), (-4.0, -0.5))"),
        (
            "0.1 + 0.2, 1e16, 1e22, 1e-5, 123456789.123",
            "(0.30000000000000004, 1e+16, 1e+22, 1e-05, 123456789.123)",
        ),
        ("10 ** 30 == 1e30, 2 ** 53 + 1 == float(2 ** 53)", "(False, False)"),
        ("True + True, True & False, ", "(2, False)"),
        ("True", "True"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("5 % 0", "ZeroDivisionError: integer modulo by zero"),
        ("0 ** -1", "ZeroDivisionError: 0.0 cannot be raised to a negative power"),
        ("1 << -1", "ValueError: negative shift count"),
        (r#"int("z", 36), int("-0b11", 0), int(" 1_000 ")"#, "(35, -3, 1000)"),
        (r#"int("12x")"#, "ValueError: invalid literal for int() with base 10: '12x'"),
        (r#"int("077", 0)"#, "ValueError: invalid literal for int() with base 0: '077'"),
        (r#"float("1e400"), float(" -.5 ")"#, "(inf, -0.5)"),
    ]);
}

#[test]
fn operand_errors() {
    check(&[
        (r#""a" + 1"#, r#"TypeError: can only concatenate str (not "int") to str"#),
        (r#"1 + "a""#, "TypeError: unsupported operand type(s) for +: 'int' and 'str'"),
        ("[1] + (2,)", r#"TypeError: can only concatenate list (not "tuple") to list"#),
        (r#""a" * "b""#, "TypeError: can't multiply sequence by non-int of type 'str'"),
        ("None < 1", "TypeError: '<' not supported between instances of 'NoneType' and 'int'"),
        (r#"-"a""#, "TypeError: bad operand type for unary -: 'str'"),
        ("[1][5]", "IndexError: list index out of range"),
        (r#""abc"["x"]"#, "TypeError: string indices must be integers, not 'str'"),
        (r#"[1]["x"]"#, "TypeError: list indices must be integers or slices, not str"),
        (r#"{}["k"]"#, "KeyError: 'k'"),
        ("5[0]", "TypeError: 'int' object is not subscriptable"),
        ("len(5)", "TypeError: object of type 'int' has no len()"),
        ("{1, []}", "TypeError: unhashable type: 'list'"),
        (r#"(1,) < ("a",)"#, "TypeError: '<' not supported between instances of 'int' and 'str'"),
    ]);
}

#[test]
fn sets_in_cpythons_order() {
    check(&[
        ("{3, 1, 2, 9, 17, 25, 33}", "{1, 2, 3, 33, 17, 9, 25}"),
        (r#"set("spam and eggs")"#, "{' ', 'd', 's', 'n', 'g', 'm', 'a', 'p', 'e'}"),
        (
            r#"{"name", "id", "email"} | {"users", "addresses"}"#,
            "{'id', 'addresses', 'name', 'users', 'email'}",
        ),
        (
            "set(range(40)) - set(range(0, 40, 3))",
            "{1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31, 32, 34, 35, 37, 38}",
        ),
        ("{1.5, (1, 2), frozenset([1])}", "{1.5, frozenset({1}), (1, 2)}"),
        ("[s := set(range(6)), s.discard(2), s.add(10), s.add(18), list(s)][-1]", "[0, 1, 3, 4, 5, 10, 18]"),
        (r#"set("abcdef") ^ set("defghi")"#, "{'c', 'a', 'g', 'h', 'b', 'i'}"),
    ]);
}

#[test]
fn hashes() {
    check(&[
        (
            r#"hash("abc"), hash(b"abc"), hash("日本")"#,
            "(-4594863902769663758, -4594863902769663758, 6243316497235261705)",
        ),
        (r#"hash((1, "a", 2.5))"#, "-8030008116423961961"),
        ("hash(frozenset([1, 2, 3]))", "-272375401224217160"),
        ("hash(2 ** 100), hash(-1), hash(1.0)", "(549755813888, -2, 1)"),
        ("hash(range(3))", "-8338477496398685190"),
    ]);
}

#[test]
fn texts() {
    check(&[
        (r#"" a  b c ".split(None, 1), " a  b c ".rsplit(None, 1)"#, "(['a', 'b c '], [' a  b', 'c'])"),
        (r#""a,b,c".rsplit(",", 1)"#, "['a,b', 'c']"),
        (r#""a\nb\r\nc\x85d".splitlines(True)"#, r#"['a\n', 'b\r\n', 'c\x85', 'd']"#),
        (r#""abc".rpartition("x")"#, "('', '', 'abc')"),
        (r#""abc".replace("", "-", 2)"#, "'-a-bc'"),
        (r#""they're bill's".title()"#, r#""They'Re Bill'S""#),
        (r#""abc".center(6), "ab".center(5)"#, "(' abc  ', '  ab ')"),
        (r#""日本語".find("語"), "日本語"[::-1]"#, "(2, '語本日')"),
        (r#""abc".find("", 4)"#, "-1"),
        (r#""a".join([1])"#, "TypeError: sequence item 0: expected str instance, int found"),
        (r#""abc".translate(str.maketrans("ab", "xy", "c"))"#, "'xy'"),
        (r#""-5".zfill(4)"#, "'-005'"),
        (r#""01\t012\t0123".expandtabs(4)"#, "'01  012 0123'"),
        (r#""a".split("")"#, "ValueError: empty separator"),
    ]);
}

#[test]
fn containers() {
    check(&[
        (
            r#"sorted([(1, "b"), (0, "z"), (1, "a")], key=lambda t: t[0], reverse=True)"#,
            "[(1, 'b'), (1, 'a'), (0, 'z')]",
        ),
        ("[a := [1], a.append(a), a][-1]", "[1, [...]]"),
        ("list(reversed({1: 2, 3: 4}.items()))", "[(3, 4), (1, 2)]"),
        ("{1: 2}.keys() & {1}, {1: 2}.keys() | {5}", "({1}, {1, 5})"),
        (
            "dict([(1, 2, 3)])",
            "ValueError: dictionary update sequence element #0 has length 3; 2 is required",
        ),
        (r#"{"a": 1} | {"a": 2, "b": 3}"#, "{'a': 2, 'b': 3}"),
        ("slice(None, None, -2).indices(5)", "(4, -1, -2)"),
        ("list(zip([1, 2], [1], strict=True))", "ValueError: zip() argument 2 is shorter than argument 1"),
        (r#"sum(["a"])"#, "TypeError: unsupported operand type(s) for +: 'int' and 'str'"),
        (r#"max([], default=None), max("abc", key=lambda c: -ord(c))"#, "(None, 'a')"),
        ("range(10)[2:8:2], range(5, 0, -2)[-1]", "(range(2, 8, 2), 1)"),
        ("[1, 2].index(5)", "ValueError: 5 is not in list"),
        (r#"int | None, list[int], dict[str, "X"]"#, "(int | None, list[int], dict[str, 'X'])"),
    ]);
}

#[test]
fn exceptions() {
    check(&[
        (
            r#"ValueError("x"), ValueError(), ValueError(1, 2)"#,
            "(ValueError('x'), ValueError(), ValueError(1, 2))",
        ),
        (r#"str(KeyError("k")), str(KeyError("a", "b"))"#, r#"("'k'", "('a', 'b')")"#),
        (
            r#"str(OSError(2, "No", "f")), OSError(2, "No")"#,
            r#"("[Errno 2] No: 'f'", FileNotFoundError(2, 'No'))"#,
        ),
        ("StopIteration(5).value, SystemExit(3).code", "(5, 3)"),
        ("str(ValueError(1, 2))", "'(1, 2)'"),
    ]);
}
