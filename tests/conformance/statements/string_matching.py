from sqlalchemy import Integer, String, column, table
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

person = table("person", column("name", String), column("nick", String), column("age", Integer))
name, nick = person.c.name, person.c.nick
exprs = [
    name.like("a%"), name.not_like("a%"), name.ilike("A%"), name.not_ilike("A%"),
    name.like("a/%b", escape="/"), name.ilike("a/%b", escape="/"), name.not_ilike("x", escape="^"),
    name.contains("mid"), name.startswith("pre"), name.endswith("suf"),
    ~name.contains("mid"), ~name.startswith("pre"), ~name.endswith("suf"),
    name.contains("50%", autoescape=True), name.startswith("a_b", autoescape=True),
    name.endswith("x/y%", autoescape=True), name.contains("a^b%c", autoescape=True, escape="^"),
    name.contains(nick), name.startswith(nick), name.endswith(nick + "!"),
    name.icontains("Mid"), name.istartswith("Pre"), name.iendswith("Suf"),
    ~name.icontains("Mid"), name.icontains("5%", autoescape=True), name.istartswith(nick),
    name.contains("x", escape="#"), ~name.like("a%"), ~name.ilike("b%"),
    name.match("word"), ~name.match("word"), name.regexp_match("^a.*"), ~name.regexp_match("^a"),
    name.regexp_match("^a", flags="i"), name.regexp_replace("a", "b"), name.regexp_replace("a", "b", flags="g"),
    name.collate("NOCASE") == "x", name.between("a", "m"), name.op("GLOB")("a*"),
]
for number, e in enumerate(exprs):
    print("--", number)
    show(e)
