from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, case, create_engine, insert, literal, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import UnsupportedCompilationError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable, DDLElement
from sqlalchemy.sql.expression import ClauseElement, ColumnElement, Executable, FunctionElement


class coalesced(FunctionElement):
    type = Integer()
    name = "larger"
    inherit_cache = True


@compiles(coalesced)
def larger(element, compiler, **kw):
    return "GREATEST(%s)" % compiler.process(element.clauses, **kw)


@compiles(coalesced, "sqlite")
def larger_sqlite(element, compiler, **kw):
    one, two = element.clauses
    return compiler.process(case((one > two, one), else_=two), **kw)


class Stars(ColumnElement):
    inherit_cache = True
    type = String()

    def __init__(self, inner, count):
        self.inner, self.count = inner, count


@compiles(Stars)
def stars(element, compiler, **kw):
    return f"STARS({compiler.process(element.inner, **kw)}, {element.count})"


class Refill(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, table, select):
        self.table, self.select = table, select


@compiles(Refill)
def refill(element, compiler, **kw):
    table = compiler.preparer.format_table(element.table)
    return f"INSERT INTO {table} {compiler.process(element.select, **kw)}"


class Note(DDLElement):
    def __init__(self, text):
        self.text = text


@compiles(Note)
def note(element, compiler, **kw):
    return "-- " + compiler.dialect.name + ": " + element.text


class Silent(ColumnElement):
    inherit_cache = True


@compiles(String, "mysql")
def string(type_, compiler, **kw):
    return "TINYTEXT" if type_.length is None else compiler.visit_VARCHAR(type_, **kw)


shop = Table("shop", MetaData(), Column("a", Integer), Column("b", Integer), Column("name", String), Column("code", String(3)))
query = select(coalesced(shop.c.a, shop.c.b).label("top"), coalesced(shop.c.a, 7)).where(coalesced(shop.c.b, 1) > 3)
for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
    print(query.compile(dialect=dialect))
    print(select(Stars(shop.c.name + "!", 5).label("s"), shop.c.a).compile(dialect=dialect))
    print(Refill(shop, select(shop).where(shop.c.a > 5)).compile(dialect=dialect))
    print(Note("hello").compile(dialect=dialect))
    print(CreateTable(shop).compile(dialect=dialect))
print(Stars(literal("x"), 2) == "y", "|", coalesced(1, 2))
try:
    print(select(Silent()))
except UnsupportedCompilationError as err:
    print(str(err).partition(" can't ")[2])

engine = create_engine("sqlite://", echo=True)
with engine.begin() as conn:
    shop.create(conn)
    conn.execute(insert(shop), [{"a": 1, "b": 9}, {"a": 8, "b": 2}])
    conn.execute(Refill(shop, select(shop).where(shop.c.a > 5)))
    for low in (1, 3):
        print(conn.execute(select(coalesced(shop.c.a, shop.c.b)).where(coalesced(shop.c.a, low) > low)).scalars().all())
