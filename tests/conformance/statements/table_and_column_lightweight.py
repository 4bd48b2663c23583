from sqlalchemy import Integer, String, column, func, literal_column, select, text
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql import table as tbl, column as col


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

t = tbl("acct", col("id", Integer), col("name", String), col("untyped"))
print(t, t.c.keys(), repr(t.c.untyped.type), t.name, t.fullname, t.schema, t.primary_key, t.foreign_keys, repr(t), sep="\n")
print(t.select(), t.insert(), t.update(), t.delete(), t.select().where(t.c.id == 4), sep="\n")
show(t.insert().values(name="x"))
show(t.update().where(t.c.id == 1).values(name="y"))
show(t.join(tbl("other", col("acct_id")), text("1 = 1")).select())
u = tbl("other", col("acct_id", Integer), schema="sch")
show(select(t.c.name, u.c.acct_id).join(u, t.c.id == u.c.acct_id))
show(select(col("a"), col("b") + 5, col("c").label("d")).where(col("a") == "x", col("b").in_([1, 2])))
show(select(col("a")).select_from(tbl("t")))
show(select(text("*")).select_from(tbl("t")))
show(select(literal_column("*")).select_from(tbl("t"), tbl("u")))
show(select(func.count(text("*"))).select_from(tbl("t")))
show(select(literal_column("'a'", String) + "b", literal_column("5", Integer) + 1, literal_column("x") + "y", literal_column("p").in_([1]), literal_column("50% off")))
show(select(column("x", Integer).label("y")).order_by("y"))
print(col("x") == 5, col("x", String) + "a", col("x") + "a", col("x") + 5, col("x").like("a"), col("x").is_(None), col("x", Integer) / 2, sep="\n")
print(repr(col("x")), col("x").name, col("x").key, col("x").table, col("x").is_literal, literal_column("x").is_literal, t.c.id.table is t, repr((col("x") + 5).type), repr((col("x") + "a").type), repr((col("x") == 5).right.type))
print(tbl("A b", col("C d")).select(), tbl("t", col("x"), schema="s p").select(), tbl("t", schema="q"), sep="\n")
a = t.alias()
show(select(a.c.id, t.c.id).where(a.c.name == t.c.name))
show(select(t.c.id, t.c.id.label("z"), t.alias("qq").c.id))
attempt(lambda: t.c.nope)
attempt(lambda: tbl("x", "y"))
attempt(lambda: tbl("x", col("y"), foo=1))
attempt(lambda: tbl("x", col("y")).append_column(col("y")) if hasattr(t, "append_column") else None)
attempt(lambda: col())
attempt(lambda: t.c.id.foreign_keys)
attempt(lambda: t.join(u))
attempt(lambda: t.insert().values(zz=4).compile())
print(t.insert().values(untyped=object).compile().params["untyped"] is object)
t2 = tbl("t2")
print(t2.insert(), t2.select(), sep="|")
