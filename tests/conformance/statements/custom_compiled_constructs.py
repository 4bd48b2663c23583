from sqlalchemy import (
    Column, DateTime, Integer, MetaData, Numeric, String, Table, case, cast,
    create_engine, insert, literal, select, table,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql.expression import ClauseElement, ColumnElement, Executable, FunctionElement, FromClause
from sqlalchemy.schema import DDLElement


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

class utcnow(FunctionElement):
    type = DateTime()
    inherit_cache = True
@compiles(utcnow)
def _default(element, compiler, **kw):
    return "CURRENT_TIMESTAMP"
@compiles(utcnow, "postgresql")
def _pg(element, compiler, **kw):
    return "TIMEZONE('utc', CURRENT_TIMESTAMP)"
class greatest(FunctionElement):
    type = Numeric()
    name = "greatest"
    inherit_cache = True
@compiles(greatest)
def _greatest(element, compiler, **kw):
    return compiler.visit_function(element)
@compiles(greatest, "sqlite")
@compiles(greatest, "mysql")
def _case(element, compiler, **kw):
    arg1, arg2 = list(element.clauses)
    return compiler.process(case((arg1 > arg2, arg1), else_=arg2), **kw)
class InsertFromSelect(Executable, ClauseElement):
    inherit_cache = False
    def __init__(self, table, select):
        self.table, self.select = table, select
@compiles(InsertFromSelect)
def _ifs(element, compiler, **kw):
    return "INSERT INTO %s %s" % (compiler.process(element.table, asfrom=True, **kw), compiler.process(element.select, **kw))
class Shout(ColumnElement):
    inherit_cache = True
    type = String()
    def __init__(self, inner):
        self.inner = inner
@compiles(Shout)
def _shout(element, compiler, **kw):
    return "SHOUT(%s!)" % compiler.process(element.inner, **kw)
class AddNote(DDLElement):
    def __init__(self, name):
        self.name = name
@compiles(AddNote)
def _note(element, compiler, **kw):
    return "ADD NOTE " + compiler.preparer.quote(element.name)
class Nothing(ColumnElement):
    inherit_cache = True

t = Table("t", MetaData(), Column("a", Integer), Column("b", Integer), Column("s", String), Column("at", DateTime, default=utcnow()))
show(select(utcnow(), t.c.at < utcnow()))
show(select(greatest(t.c.a, t.c.b).label("g"), greatest(t.c.a, 5)).where(greatest(t.c.a, t.c.b) > 3))
show(InsertFromSelect(t, select(t).where(t.c.a > 5)))
show(select(Shout(t.c.s), Shout(t.c.s + "x").label("q")).where(Shout(literal("z")) == "w").order_by(Shout(t.c.s).desc()))
show(insert(t).values(a=1))
for d in (sqlite.dialect(), postgresql.dialect()):
    print(AddNote("my note").compile(dialect=d))
attempt(lambda: str(Nothing()))
attempt(lambda: str(select(Nothing())))
attempt(lambda: str(utcnow()) + " " + str(greatest(1, 2)))
@compiles(Nothing, "mysql")
def _only_mysql(element, compiler, **kw):
    return "NOTHING"
attempt(lambda: str(select(Nothing()).compile(dialect=mysql.dialect())))
attempt(lambda: str(select(Nothing()).compile(dialect=sqlite.dialect())))
@compiles(String, "sqlite")
def _string(type_, compiler, **kw):
    return "TEXT_OF_%s" % (type_.length or "any")
print(CreateTable(t).compile(dialect=sqlite.dialect()), cast(t.c.a, String(5)).compile(dialect=sqlite.dialect()), cast(t.c.a, String(5)).compile(dialect=postgresql.dialect()))
engine = create_engine("sqlite://", echo=True)
with engine.connect() as conn:
    t.create(conn)
    conn.execute(t.insert(), [{"a": 1, "b": 2}, {"a": 5, "b": 3}])
    conn.execute(InsertFromSelect(t, select(t)))
    print(conn.execute(select(greatest(t.c.a, t.c.b))).scalars().all())
    conn.execute(select(utcnow()))
