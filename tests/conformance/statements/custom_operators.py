from sqlalchemy import (
    Boolean, Integer, String, and_, case, cast, column, func, literal, literal_column,
    null, or_, select, table, tuple_,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import operators


def show(stmt, **kw):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            compiled = stmt.compile(dialect=dialect, **kw)
            print(f"[{dialect.name}]", compiled)
            print("   ", compiled.params)
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

t = table("t", column("a", Integer), column("b", Integer), column("s", String), column("flag", Boolean))
a, b, s = t.c.a, t.c.b, t.c.s
for e in [
    a.op("%%")(5), a.op("%")(5), a.op("||")("x"), a.op("-->")(b), a.op("&&")(b), a.op("is like")("q"), a.op("+")(1).op("+")(2), (a + 1).op("foo")(b + 2), a.op("foo", precedence=10)(b + 2), (a + 1).op("foo", precedence=1)(b * 2), a.op("foo")(b) * 3, a.op("foo")(b) == 3, a.op("foo")(None), a.op("=")(None), a.op("foo")(select(b).scalar_subquery()), a.op("foo")(func.x(b)),
    a.bool_op("@>")(b), ~a.bool_op("@>")(b), a.op("@>", is_comparison=True)(b), and_(a.op("x")(b), b.op("y")(a)), or_(a.bool_op("x")(b), b == 1), a.op("x", return_type=String)(b) + "z", a.op("x", return_type=Boolean)(b), ~a.op("x", return_type=Boolean)(b), a.op("x", return_type=Integer)(b).in_([1]), a.op("x")(b).label("z"), a.op("x")(b).desc(), a.op("x")(b).is_(None), a.op("x")(b).between(1, 2), -a.op("x")(b),
    s.op("COLLATE")(literal_column("nocase")), s.op("~")("^a"), s.op("REGEXP")("a'b"), a.op("<->")(b).op("<")(5), func.f(a).op("!!")(1), literal(5).op("//")(a), null(), a.op("in")(tuple_(1, 2)), a.op("?")(5), a.op(":x")(5), a.op("%(y)s")(1), cast(a, String).op("q")("r"), case((a == 1, 2)).op("q")(3), a.op("DIV")(2) + a.op("DIV")(3),
]:
    show(e)
    print("   ", repr(e.type))
print(operators.custom_op("x").precedence, operators.is_comparison(operators.eq), operators.is_commutative(operators.add), operators.is_ordering_modifier(operators.desc_op))
print((a == 1).operator is operators.eq, (a == 1).negate is operators.ne, (a + 1).left is a, (a + 1).right.value, (a.op("x")(b)).operator.opstring, (a + 1).modifiers)
print(a.operate(operators.add, 5), a.operate(operators.lt, b), a.reverse_operate(operators.sub, 5), operators.eq(a, 5))
attempt(lambda: bool(a == b))
attempt(lambda: bool(a == a))
attempt(lambda: bool(a > 1))
attempt(lambda: bool(and_(a == 1, b == 2)))
attempt(lambda: 1 < a < 5)
attempt(lambda: a and b)
attempt(lambda: a.op())
attempt(lambda: list(a))
attempt(lambda: a == object())
attempt(lambda: str(a == [1, 2]))
attempt(lambda: str(a > None))
attempt(lambda: str(a.is_(5)))
attempt(lambda: a + object())
