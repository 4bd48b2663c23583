from sqlalchemy import (
    Boolean, Column, Integer, MetaData, String, Table, and_, case, cast, create_engine,
    false, func, literal, or_, select, true,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
import random


def lit(stmt):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            print(f"[{dialect.name}]", stmt.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")

rnd = random.Random(20240517)
t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("a", Integer), Column("b", Integer), Column("s", String), Column("f", Boolean))
def number(depth):
    if depth == 0 or rnd.random() < 0.25:
        return rnd.choice([t.c.a, t.c.b, literal(rnd.randint(-3, 9)), t.c.id])
    kind = rnd.randrange(8)
    left = number(depth - 1)
    if kind < 4:
        right = number(depth - 1)
        return [left + right, left - right, left * right, left % right][kind]
    if kind == 4:
        return -left
    if kind == 5:
        return func.coalesce(left, rnd.randint(0, 5))
    if kind == 6:
        return case((boolean(depth - 1), left), else_=number(depth - 1))
    return cast(left, Integer)
def string(depth):
    if depth == 0 or rnd.random() < 0.4:
        return rnd.choice([t.c.s, literal("x"), func.lower(t.c.s)])
    return rnd.choice([string(depth - 1) + string(depth - 1), func.upper(string(depth - 1)), string(depth - 1).concat("y"), cast(number(depth - 1), String)])
def boolean(depth):
    if depth == 0 or rnd.random() < 0.1:
        return rnd.choice([t.c.f, t.c.a == 1, t.c.s.is_(None), t.c.b > t.c.a, true(), false()])
    kind = rnd.randrange(12)
    if kind < 2:
        return and_(boolean(depth - 1), boolean(depth - 1), boolean(depth - 1))
    if kind < 4:
        return or_(boolean(depth - 1), boolean(depth - 1))
    if kind < 6:
        return ~boolean(depth - 1)
    if kind < 8:
        left, right = number(depth - 1), number(depth - 1)
        return rnd.choice([left == right, left != right, left < right, left >= right])
    if kind == 8:
        return number(depth - 1).in_([1, 2, rnd.randint(3, 9)])
    if kind == 9:
        return number(depth - 1).between(number(depth - 1), 5)
    if kind == 10:
        return rnd.choice([string(depth - 1).like("x%"), string(depth - 1).startswith("y"), string(depth - 1) == string(depth - 1)])
    return number(depth - 1).is_not(None)
engine = create_engine("sqlite://")
with engine.connect() as conn:
    t.create(conn)
    conn.execute(t.insert(), [{"a": n - 3, "b": n * n % 5, "s": "xyXY"[n % 4] * n, "f": n % 2 == 0} for n in range(1, 9)] + [{"a": None, "b": None, "s": None, "f": None}])
    for n in range(120):
        e = boolean(4)
        print(n, e)
        lit(e)
        print(conn.scalars(select(t.c.id).where(e).order_by(t.c.id)).all())
