from decimal import Decimal
from sqlalchemy import (
    BigInteger, Column, Double, Float, Integer, MetaData, Numeric, SmallInteger, Table,
    create_engine, func, literal, select,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite


def show(stmt, **kw):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            compiled = stmt.compile(dialect=dialect, **kw)
            print(f"[{dialect.name}]", compiled)
            print("   ", compiled.params)
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")


def lit(stmt):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            print(f"[{dialect.name}]", stmt.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

t = Table("t", MetaData(), Column("i", Integer), Column("j", Integer), Column("f", Float), Column("n", Numeric(10, 2)), Column("d", Double), Column("b", BigInteger), Column("s", SmallInteger), Column("nf", Numeric(asdecimal=False)))
i, j, f, n = t.c.i, t.c.j, t.c.f, t.c.n
for e in [
    i.bitwise_and(5), i.bitwise_or(j), i.bitwise_xor(3), i.bitwise_not(), i.bitwise_lshift(1), i.bitwise_rshift(j), i.bitwise_and(5) == 5, i.bitwise_and(j).bitwise_or(1), i.bitwise_and(j.bitwise_or(1)), (i + 1).bitwise_and(j), i.bitwise_and(j + 1), i.bitwise_xor(j) + 1, i.bitwise_not() + 1, i.bitwise_not().bitwise_not(), (i == j).op("&")(1), i.bitwise_lshift(1).bitwise_rshift(2), -i.bitwise_and(1), i.bitwise_and(1).label("x"), i.bitwise_or(1).in_([1]), func.f(i).bitwise_and(1), i.bitwise_and(func.f(j)),
    i / 2, i / j, f / 2, n / 2, i / n, n / i, i / f, 5 / i, 5.0 / i, i / 2.0, t.c.b / t.c.s, t.c.d / 3, t.c.nf / 2, i // 2, i // j, f // 2, n // 3, i // 2.5, 7 // i, i % j, i % 5, f % 2, 7 % i, i * i, i + j + 1, i + f, i + n, n + f, i + 1.5, i + Decimal("1.5"), n * 2, n * 2.5, i - -5, i - (-j), -i, i, -(-i), -(i + j), -i * j, -i, i * (j + 1), i * j + 1, (i * j) / (i + j), i / (j / 2), i // (j // 2), (i / j) * 2, (i % j) + 1, i % (j + 1), (i + j) % 2, abs(i) if hasattr(type(i), "__abs__") else func.abs(i), i + "5", i + "abc", i + True, sum([i, j]), sum([i, j, f], 0), (i + 1) * 2 - 3, 1 + i + 1, 2 * (i + 1), i - (j - 1), i - j - 1, i + (j + 1), (i + j) + 1, (i - j) + 1, i - (j + 1),
]:
    show(e)
    print("   ", repr(e.type))
lit(select(-i, i - -5, -literal(5), literal(-5) - literal(-3), i * -1, n / Decimal("-2.5"), f // -1))
engine = create_engine("sqlite://", echo=True)
with engine.connect() as conn:
    print(conn.execute(select(literal(7) / 2, literal(7) // 2, literal(7) % 3, literal(-7) // 2, literal(7.0) / 2, literal(Decimal("7")) / 2, literal(6).bitwise_and(3), literal(6).bitwise_or(1), literal(1).bitwise_lshift(4))).one())
    attempt(lambda: conn.execute(select(literal(6).bitwise_xor(3))).one())
attempt(lambda: i ** 2)
attempt(lambda: i @ j)
attempt(lambda: i << 2)
attempt(lambda: i >> 2)
attempt(lambda: abs(i))
attempt(lambda: +i)
attempt(lambda: i & 1)
attempt(lambda: i ^ 1)
attempt(lambda: round(i))
attempt(lambda: int(i))
attempt(lambda: len(i))
