from sqlalchemy import (
    Column, Integer, MetaData, String, Table, Text, bindparam, func, insert, literal,
    select,
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
note = Table("note", metadata, Column("id", Integer, primary_key=True), Column("title", String(20)), Column("body", Text), Column("rank", Integer))
show(insert(note))
show(insert(note).values(title="a"))
show(insert(note).values(title="a", rank=None))
show(note.insert().values({"title": "x", "rank": 3}))
show(insert(note).values({note.c.title: "x", note.c.body: "y"}))
show(insert(note).values(("pos", "b")))
show(insert(note).values((7, "t", "b", 2)))
show(insert(note).values([{"title": "a", "rank": 1}, {"title": "b", "rank": 2}]))
show(insert(note).values([(1, "a", "x", 4), (2, "b", "y", 5)]))
show(insert(note).values(rank=note.c.rank + 1, title=func.lower("ABC")))
show(insert(note).values(title=select(func.max(note.c.title)).scalar_subquery()))
show(insert(note).values(title="a").values(body="b"))
show(insert(note).values({}))
show(insert(note).values())
show(insert(note).from_select(["title", "body"], select(note.c.body, note.c.title).where(note.c.id > 5)))
show(insert(note).from_select([note.c.title], select(literal("z"))))
show(insert(note).values(title=bindparam("t"), body=bindparam("b", "dflt")))
show(insert(note).returning(note.c.id))
show(insert(note).values(title="r").returning(note.c.id, note.c.title.label("tt"), func.length(note.c.title)))
show(insert(note).values(title="r").returning(note))
show(insert(note).prefix_with("OR IGNORE", dialect="sqlite").prefix_with("IGNORE", dialect="mysql").values(title="p"))
show(insert(note), column_keys=["title", "rank"])
lit(insert(note).values(title="it's 5% \\ ok", rank=None))
lit(insert(note).values([{"title": "a"}, {"title": "b"}]))
attempt(lambda: str(insert(note).values(nothere=5)))
attempt(lambda: str(insert(note).values([{"title": "a"}, {"body": "b"}])))
attempt(lambda: str(insert(note).values([{"title": "a"}]).values(body="b")))
attempt(lambda: str(insert(note).values(("a",), {"b": 1})))
attempt(lambda: insert(note).values("abc"))
attempt(lambda: str(insert(note).from_select(["title"], select(note.c.id)).values(body="x")))
attempt(lambda: str(insert(note).from_select(["nope"], select(note.c.id))))
attempt(lambda: insert("note"))
