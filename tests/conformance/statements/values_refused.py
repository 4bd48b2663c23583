from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, bindparam, insert, delete, select, text, update
from sqlalchemy.dialects import mysql, oracle

metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String), Column("age", Integer, default=18), Column("seen", Integer, onupdate=1))
notes = Table("notes", metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id")), Column("text", String), Column("edited", Integer, onupdate=2))

attempts = [
    lambda: insert(users).values(3),
    lambda: insert(users).values(None),
    lambda: insert(users).values({1: 2}),
    lambda: insert(users).values([{"name": "x"}, ("y",)]),
    lambda: insert(users).values({notes.c.text: "x"}),
    lambda: insert(users).where(users.c.id == 1),
    lambda: insert(select(users)),
    lambda: insert(users).values(name="x").from_select(["name"], select(notes.c.text)),
    lambda: insert(users).from_select(["name"], select(notes.c.text)).values(age=1),
    lambda: insert(users).from_select(["name"], text("select 1")),
    lambda: insert(users).from_select(["name"], select(notes.c.text).union(select(notes.c.text))),
    lambda: insert(users).from_select(["name"], select(notes.c.text).union(select(notes.c.text)), include_defaults=False),
    lambda: update(users).values(),
    lambda: update(users).ordered_values(),
    lambda: update(users).values(name="x").ordered_values(("age", 1)),
    lambda: update(users).ordered_values(("age", 1)).ordered_values(("name", 1)),
    lambda: update(users).ordered_values(("age", 1), ("name", users.c.name + "!")),
    lambda: update(users).where(users.c.id == bindparam("name")).values(name="x"),
    lambda: update(users).where(users.c.id == bindparam("name")).compile(column_keys=["name"]),
    lambda: update(users).with_dialect_options(mysql_limit=3).values(name="x").compile(dialect=mysql.dialect()),
    lambda: insert(users).with_dialect_options(mysql_limit=3),
    lambda: delete(users).with_dialect_options(mysql_order=3),
    lambda: delete(users).with_dialect_options(limit=3),
    lambda: update(users).where(users.c.id == notes.c.user_id).values({users.c.name: "a", notes.c.text: "b"}).compile(dialect=mysql.dialect()),
    lambda: update(users.join(notes)).values({users.c.name: "a"}).compile(dialect=mysql.dialect()),
    lambda: update(users.join(notes)).values({users.c.name: "a"}),
    lambda: update(users).where(users.c.id == notes.c.user_id).values(name="a").compile(dialect=oracle.dialect()),
]
for attempt in attempts:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, "|", error)
