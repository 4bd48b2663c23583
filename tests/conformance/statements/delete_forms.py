from sqlalchemy import (
    Column, ForeignKey, Integer, MetaData, String, Table, delete, exists, or_, select,
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

metadata = MetaData()
log = Table("log", metadata, Column("id", Integer, primary_key=True), Column("level", String(10)), Column("source_id", ForeignKey("source.id")))
source = Table("source", metadata, Column("id", Integer, primary_key=True), Column("name", String(10)))
show(delete(log))
show(log.delete().where(log.c.id == 1))
show(delete(log).where(log.c.level == "debug", log.c.id < 100))
show(delete(log).where(log.c.level.in_(["a", "b"])))
show(delete(log).where(log.c.source_id == source.c.id, source.c.name == "old"))
show(delete(log).where(log.c.source_id.in_(select(source.c.id).where(source.c.name == "old"))))
show(delete(log).where(exists().where(source.c.id == log.c.source_id)))
show(delete(log).where(log.c.id == 5).returning(log.c.id, log.c.level))
show(delete(log).where(log.c.id == 5).returning(log))
show(delete(log).filter_by(level="x"))
show(delete(log).where(or_(log.c.id == 1, log.c.id == 2)).where(log.c.level != None))
al = log.alias("l2")
show(delete(al).where(al.c.id == 3))
show(delete(log).where(log.c.id == al.c.id + 1))
show(delete(log).with_dialect_options(mysql_limit=3))
show(delete(log).with_hint("USE INDEX (x)", dialect_name="mysql"))
show(delete(log).prefix_with("QUICK", dialect="mysql"))
cte = select(source.c.id).where(source.c.name == "gone").cte("gone")
show(delete(log).where(log.c.source_id.in_(select(cte.c.id))))
show(delete(log).where(log.c.source_id == cte.c.id).returning(log.c.id))
lit(delete(log).where(log.c.level == "x'y"))
print(delete(log).whereclause, delete(log).where(log.c.id == 1).whereclause, delete(log).table.name)
attempt(lambda: delete("log"))
