from sqlalchemy import (
    Integer, String, and_, case, column, create_engine, exists, func, literal, or_,
    select, table, union_all,
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

t = table("t", column("a", Integer), column("b", Integer), column("s", String))
expr = t.c.a
for n in range(6):
    expr = (expr + n) * 2
print(expr)
cond = t.c.a == 0
for n in range(1, 6):
    cond = or_(cond, and_(t.c.a == n, ~cond)) if n % 2 else and_(cond, t.c.b == n)
print(cond)
s = select(t)
for n in range(4):
    s = select(s.subquery())
print(s)
s = select(t.c.a.label("x"))
for n in range(3):
    q = s.subquery(f"lvl{n}")
    s = select((q.c.x + n).label("x")).where(q.c.x > n)
show(s)
lit(s)
u = select(t.c.a)
for n in range(3):
    u = union_all(select(t.c.a).where(t.c.b == n), u)
print(u)
show(u)
e = exists(select(t.c.a).where(t.c.a == 1))
for n in range(3):
    x = t.alias(f"t{n}")
    e = exists(select(x.c.a).where(x.c.b == n, e))
show(select(t.c.s).where(e))
f = t.c.s
for name in ("lower", "trim", "upper"):
    f = getattr(func, name)(f)
print(select(f), select(f + f, f.label("f")).where(f == "x"))
c = case((t.c.a == 0, "zero"), else_="big")
for n in range(1, 4):
    c = case((t.c.a == n, str(n)), else_=c)
show(select(c.label("words")))
ctes = [select(t.c.a).where(t.c.a > 0).cte("c0")]
for n in range(1, 4):
    ctes.append(select(ctes[-1].c.a).where(ctes[-1].c.a > n).cte(f"c{n}"))
show(select(ctes[-1].c.a, ctes[0].c.a.label("first")).where(ctes[0].c.a == ctes[-1].c.a, ctes[0].c.a != 99))
big = and_(*[t.c.a == n for n in range(30)])
print(big.compile().params)
long = t.c.a
for n in range(400):
    long = long + n
compiled = select(long).compile()
print(len(str(compiled)), len(compiled.params), str(compiled)[:60])
both = t.c.a == 1
for n in range(200):
    both = both | (t.c.b == n)
print(len(str(both)), str(both)[-30:])
nots = t.c.a == 1
for n in range(5):
    nots = ~nots
print(nots, ~~~t.c.a.in_([1]), ~~and_(t.c.a == 1, t.c.b == 2), ~and_(~or_(t.c.a == 1, t.c.b == 2), t.c.b == 3), sep="\n")
engine = create_engine("sqlite://", echo=True)
with engine.connect() as conn:
    v = literal(0)
    for n in range(50):
        v = v + 1
    print(conn.scalar(select(v)))
    s = select(literal(1).label("x"))
    for n in range(10):
        s = select((s.subquery().c.x + 1).label("x"))
    print(conn.scalar(s))
