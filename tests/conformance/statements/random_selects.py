from sqlalchemy import (
    Column, ForeignKey, Integer, MetaData, String, Table, create_engine, exists, func,
    literal, select, union_all,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
import random


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

rnd = random.Random(99)
m = MetaData()
a = Table("a", m, Column("id", Integer, primary_key=True), Column("x", Integer), Column("s", String))
b = Table("b", m, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")), Column("y", Integer))
def source(depth):
    kind = rnd.randrange(6)
    if depth == 0 or kind < 2:
        return rnd.choice([a, b])
    if kind == 2:
        return rnd.choice([a, b]).alias(rnd.choice([None, "al", "Al2"]))
    if kind == 3:
        return build(depth - 1).subquery(rnd.choice([None, "sub"]))
    if kind == 4:
        return build(depth - 1).cte(rnd.choice([None, None]))
    return union_all(select(a.c.id, a.c.x), select(b.c.id, b.c.y)).subquery()
def build(depth):
    src = source(depth)
    cols = [rnd.choice(list(src.c)) for _ in range(rnd.randint(1, 3))]
    cols = list({c.key: c for c in cols}.values())
    stmt = select(*cols)
    first = cols[0]
    if rnd.random() < 0.5:
        stmt = stmt.where(first == rnd.randint(1, 9))
    if rnd.random() < 0.3:
        other = rnd.choice([a, b])
        stmt = stmt.where(exists().where(other.alias("ex").c.id == first))
    if rnd.random() < 0.3:
        stmt = stmt.where(first.in_(select(rnd.choice([a.c.id, b.c.a_id, b.c.y]))))
    if rnd.random() < 0.3:
        stmt = stmt.add_columns(rnd.choice([(first + 1).label("plus"), func.max(first).label("mx"), literal("q").label("lit"), func.row_number().over(order_by=first).label("rn")]))
    if rnd.random() < 0.2:
        stmt = stmt.group_by(first).having(func.count() > rnd.randint(0, 2))
    if rnd.random() < 0.2:
        stmt = stmt.distinct()
    if rnd.random() < 0.4:
        stmt = stmt.order_by(rnd.choice([first, first.desc(), first.desc().nulls_last()]))
    if rnd.random() < 0.3:
        stmt = stmt.limit(rnd.randint(1, 5))
    if rnd.random() < 0.2:
        stmt = stmt.offset(rnd.randint(0, 3))
    return stmt
engine = create_engine("sqlite://")
m.create_all(engine)
with engine.connect() as conn:
    for n in range(80):
        stmt = build(3)
        print("--", n)
        show(stmt)
        lit(stmt)
        conn.execute(stmt).all()
