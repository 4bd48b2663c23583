from sqlalchemy import (
    Column, Integer, MetaData, String, Table, column, create_engine, distinct, func,
    select, table,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mssql
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import oracle
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


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

t = table("t", column("id", Integer), column("name", String), column("kind", String))
u = table("u", column("id", Integer), column("t_id", Integer))
s = select(t.c.id, t.c.name)
for x in [
    s.distinct(), s.distinct(t.c.name), s.distinct(t.c.name, t.c.id).order_by(t.c.name), s.distinct(func.lower(t.c.name)), s.distinct("name") , select(func.count(distinct(t.c.name))), select(distinct(t.c.name)), select(distinct(t.c.name).label("d")), select(t.c.name.distinct()), select(func.count(t.c.id.distinct()), func.sum(distinct(t.c.id + 1))),
    s.with_for_update(), s.with_for_update(nowait=True), s.with_for_update(read=True), s.with_for_update(skip_locked=True), s.with_for_update(read=True, nowait=True), s.with_for_update(of=t.c.id), s.with_for_update(of=t), s.with_for_update(of=[t.c.id, u.c.id], skip_locked=True).where(t.c.id == u.c.t_id), s.with_for_update(key_share=True), s.with_for_update(read=True, key_share=True), s.with_for_update(key_share=True, of=t, nowait=True), s.with_for_update(of=[t, u]), s.limit(1).with_for_update(), s.where(t.c.id == 1).order_by(t.c.id).with_for_update(), select(s.with_for_update().subquery()), select(t.alias("q")).with_for_update(of=t.alias("q")),
]:
    show(x)
for d in (oracle.dialect(), mssql.dialect()):
    print(d.name, s.with_for_update(nowait=True).compile(dialect=d))
    print(d.name, s.distinct().compile(dialect=d))
attempt(lambda: str(s.distinct("nothere").compile(dialect=postgresql.dialect())))
engine = create_engine("sqlite://", echo=True)
real = Table("real", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer))
with engine.connect() as conn:
    real.create(conn)
    conn.execute(real.insert(), [{"n": 1}, {"n": 1}, {"n": 2}])
    print(conn.execute(select(real.c.n).distinct().order_by(real.c.n)).scalars().all())
    print(conn.execute(select(func.count(distinct(real.c.n)))).scalar())
    print(conn.execute(select(real).with_for_update(nowait=True)).first())
