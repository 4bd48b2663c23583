from decimal import Decimal
import datetime
from sqlalchemy import (
    Column, Date, Integer, MetaData, Numeric, String, Table, bindparam, case,
    create_engine, func, literal, select, tuple_, union,
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


def rp(stmt):
    compiled = stmt.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    print(compiled)
    print("   ", compiled.params, compiled.positiontup)


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("s", String), Column("d", Date), Column("n", Numeric(6, 2)))
for st in [
    select(t.c.id).where(t.c.id.in_([1, 2]), t.c.s.in_(["a", "b"])), select(t.c.id).where(t.c.id.in_([1, 2]), t.c.id.in_([3]), t.c.id.in_([])), select(t.c.id).where(t.c.id.in_(bindparam("p", [5, 6], expanding=True)), t.c.id.in_(bindparam("p", [5, 6], expanding=True))),
    select(t.c.id).where(t.c.s == bindparam("x", "q", literal_execute=True)), select(t.c.id).where(t.c.d.in_(bindparam("x", [datetime.date(2024, 1, 1)], expanding=True, literal_execute=True))), select(t.c.id).where(t.c.id == 1, t.c.id.in_([7, 8]), t.c.s == "z").limit(3).offset(2), select(t.c.id).where(tuple_(t.c.id, t.c.s).in_([(1, "a"), (2, "b")]), t.c.id == 5), select(func.coalesce(t.c.id, 1)).where(t.c.n.in_([Decimal("1.5"), Decimal("2.25")])),
    union(select(t.c.id).where(t.c.id.in_([1])), select(t.c.id).where(t.c.id.in_([2, 3]))).limit(4), select(select(t.c.id).where(t.c.id.in_([1, 2])).cte("c")).where(literal(9).in_([8, 9])), t.delete().where(t.c.id.in_([1, 2])), t.update().where(t.c.id.in_([1, 2]), t.c.s == "w").values(s="new"), t.insert().from_select(["id"], select(t.c.id).where(t.c.id.in_([4, 5]))), select(t.c.id).where(t.c.id.in_([1, 2])).order_by(case((t.c.id.in_([3, 4]), 1), else_=2)),
]:
    show(st)
    show(st, compile_kwargs={"render_postcompile": True})
    rp(st)
engine = create_engine("sqlite://", echo=True)
with engine.connect() as conn:
    t.create(conn)
    conn.execute(t.insert(), [{"s": "a", "d": datetime.date(2024, 1, 1), "n": 1}, {"s": "b", "d": datetime.date(2024, 1, 2), "n": 2}])
    lx = select(t.c.id).where(t.c.s == bindparam("x", literal_execute=True), t.c.id > bindparam("low"))
    print(conn.execute(lx, {"x": "b", "low": 0}).all())
    print(conn.execute(lx, {"x": "it's", "low": 0}).all())
    print(conn.execute(select(t.c.id).where(t.c.d.in_(bindparam("ds", expanding=True, literal_execute=True))), {"ds": [datetime.date(2024, 1, 2)]}).all())
    two = select(t.c.id).where(t.c.id.in_(bindparam("p", expanding=True)), t.c.id.not_in(bindparam("q", expanding=True)))
    print(conn.execute(two, {"p": [1, 2, 3], "q": [1]}).all(), conn.execute(two, {"p": (1, 2), "q": []}).all(), conn.execute(two, {"p": [], "q": [9]}).all())
    attempt(lambda: conn.execute(two, {"p": [1]}).all())
    attempt(lambda: conn.execute(two, {"p": 5, "q": []}).all())
    attempt(lambda: conn.execute(t.delete().where(t.c.id.in_(bindparam("p", expanding=True))), [{"p": [1]}, {"p": [2, 3]}]))
    attempt(lambda: conn.execute(select(t.c.id).where(t.c.id == bindparam("need"))))
    attempt(lambda: conn.execute(select(t.c.id).where(t.c.id == bindparam("need")), {"need": 1, "extra": 2}).all())
