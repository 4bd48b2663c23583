"""Types of the program's own where values are written into the SQL, and what they say of caching."""
import enum
import warnings

from sqlalchemy import Column, Enum, Integer, MetaData, String, Table, create_engine, func, literal, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.types import TypeDecorator, UserDefinedType


class Lower(TypeDecorator):
    impl = String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        print("bind", value, dialect.name)
        return value.lower()


class Tripled(TypeDecorator):
    impl = Integer
    cache_ok = True

    def process_literal_param(self, value, dialect):
        return value * 3


class Tagged(TypeDecorator):
    impl = String
    cache_ok = True

    def literal_processor(self, dialect):
        return lambda value: f"'<{dialect.name}:{value}>'"


class Point(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "POINT"

    def bind_expression(self, bindvalue):
        return func.make_point(bindvalue, type_=self)

    def literal_processor(self, dialect):
        return lambda value: "'%s %s'" % value


class Silent(TypeDecorator):
    impl = String


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


table = Table(
    "things", MetaData(), Column("id", Integer, primary_key=True), Column("low", Lower(20)), Column("three", Tripled),
    Column("tag", Tagged), Column("at", Point), Column("silent", Silent), Column("level", Enum(Level)),
)
for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
    for statement in [
        select(table.c.low).where(table.c.low == "ABC", table.c.low.in_(["X", "Y"])), select(table.c.id).where(table.c.three.in_([1, 2])),
        select(table.c.tag).where(table.c.tag == "x", table.c.tag.in_(["a", "b"])), select(table.c.id).where(table.c.at == (1, 2)),
        table.insert().values(low="ABC", three=4, tag="t"), table.update().values(three=3), select(literal("QQ", Lower)),
        select(table.c.id).where(table.c.level == Level.HIGH),
    ]:
        print(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))

print(Lower(20).length, Lower(20), repr(Point()))
try:
    class Nothing(TypeDecorator):
        pass

    Nothing()
except AssertionError as error:
    print(error)

engine = create_engine("sqlite://", echo=True)
table.create(engine)
statement = select(table.c.silent).where(table.c.silent == "x")
with engine.connect() as connection, warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    connection.execute(statement)
    connection.execute(statement)
    connection.execute(select(table.c.id).where(table.c.level == Level.LOW))
print([str(warning.message)[:40] for warning in caught])
