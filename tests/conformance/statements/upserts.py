from sqlalchemy import (
    Column, DateTime, Integer, MetaData, String, Table, bindparam, func, insert, select,
    text, true,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

metadata = MetaData()
kv = Table("kv", metadata, Column("key", String(20), primary_key=True), Column("value", String(50)), Column("hits", Integer), Column("seen", DateTime, onupdate=func.now()))
lite, pg, my = sqlite.insert(kv), postgresql.insert(kv), mysql.insert(kv)
def p(stmt, dialect):
    c = stmt.compile(dialect=dialect)
    print(c)
    print("   ", c.params)
for ins, d in ((lite, sqlite.dialect()), (pg, postgresql.dialect())):
    print("--", d.name)
    v = ins.values(key="a", value="b")
    p(v.on_conflict_do_nothing(), d)
    p(v.on_conflict_do_nothing(index_elements=["key"]), d)
    p(v.on_conflict_do_nothing(index_elements=[kv.c.key, "value"]), d)
    p(v.on_conflict_do_update(index_elements=[kv.c.key], set_={"value": "z"}), d)
    p(v.on_conflict_do_update(index_elements=["key"], set_=dict(value=v.excluded.value, hits=kv.c.hits + 1)), d)
    p(v.on_conflict_do_update(index_elements=["key"], set_={kv.c.value: "q", "hits": None}, where=kv.c.hits < 5), d)
    p(v.on_conflict_do_update(index_elements=["key"], index_where=kv.c.hits > 2, set_={"value": v.excluded.value + "!"}), d)
    p(v.on_conflict_do_update(index_elements=["key"], index_where=text("hits > 2"), set_={"hits": 3, "value": func.lower(v.excluded.value)}), d)
    p(v.on_conflict_do_update(index_elements=["key"], set_=v.excluded), d)
    p(v.on_conflict_do_update(index_elements=["key"], set_={"value": "z"}).returning(kv.c.hits), d)
    p(ins.values([{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]).on_conflict_do_update(index_elements=["key"], set_={"value": ins.excluded.value}), d)
    p(ins.from_select(["key"], select(kv.c.value).where(true())).on_conflict_do_nothing(), d)
    p(ins.on_conflict_do_update(index_elements=["key"], set_={"value": bindparam("vv")}), d)
    p(v.on_conflict_do_update(index_elements=["key"], set_={"unknown_col": 4}), d)
    attempt(lambda: v.on_conflict_do_update(index_elements=["key"], set_=[("hits", 3)]))
    attempt(lambda: str(v.on_conflict_do_update(index_elements=["key"], set_={}).compile(dialect=d)))
    attempt(lambda: str(v.on_conflict_do_update(index_elements=["key"], set_={"value": "z"}).on_conflict_do_nothing().compile(dialect=d)))
    attempt(lambda: str(v.on_conflict_do_update(set_={"value": "z"}).compile(dialect=d)))
print("-- postgresql only")
p(pg.values(key="a").on_conflict_do_nothing(constraint="kv_pkey"), postgresql.dialect())
p(pg.values(key="a").on_conflict_do_update(constraint="My Constraint", set_={"value": "z"}), postgresql.dialect())
p(pg.values(key="a").on_conflict_do_update(constraint=kv.primary_key, set_={"value": "z"}), postgresql.dialect())
attempt(lambda: pg.on_conflict_do_update(constraint="x", index_elements=["key"], set_={"value": 1}))
print("-- mysql")
d = mysql.dialect()
p(my.values(key="a", value="b").on_duplicate_key_update(value="z"), d)
p(my.values(key="a", value="b").on_duplicate_key_update(value=my.inserted.value, hits=kv.c.hits + 1), d)
p(my.values(key="a", value="b").on_duplicate_key_update({"hits": my.inserted.hits + 1, "value": func.concat(my.inserted.value, "x")}), d)
p(my.values(key="a", value="b").on_duplicate_key_update([("value", "first"), ("hits", 2)]), d)
p(my.values([{"key": "a"}, {"key": "b"}]).on_duplicate_key_update(value=None), d)
p(my.from_select(["key"], select(kv.c.value)).on_duplicate_key_update(value="q"), d)
attempt(lambda: my.values(key="a").on_duplicate_key_update())
attempt(lambda: my.values(key="a").on_duplicate_key_update({"a": 1}, value=3))
attempt(lambda: str(my.values(key="a").on_duplicate_key_update(value="x")))
attempt(lambda: str(lite.values(key="a").on_conflict_do_nothing()))
attempt(lambda: str(pg.values(key="a").on_conflict_do_nothing().compile(dialect=mysql.dialect())))
attempt(lambda: str(insert(kv).on_conflict_do_nothing()))
print(repr(lite.excluded.value), lite.excluded.keys())
