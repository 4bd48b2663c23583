from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, func, insert, select
from sqlalchemy.types import TypeDecorator


class Caseless(TypeDecorator):
    impl = String
    cache_ok = True

    class comparator_factory(String.Comparator):
        def __eq__(self, other):
            return func.lower(self.expr) == func.lower(other)

        def shouted(self):
            return func.upper(self.expr)


class Meters(Integer):
    class comparator_factory(Integer.Comparator):
        def __add__(self, other):
            return self.op("plus")(other)

        def in_km(self):
            return self.expr / 1000


class Doubled(TypeDecorator):
    impl = Integer
    cache_ok = True

    def coerce_compared_value(self, op, value):
        return self.impl_instance if op.__name__ == "lt" else self

    def process_bind_param(self, value, dialect):
        return value * 2


walk = Table(
    "walk",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("path", Caseless(20)),
    Column("length", Meters),
    Column("steps", Doubled),
)
print(select(walk.c.id).where(walk.c.path == "Ridge"))
print(walk.c.path.shouted(), "|", walk.c.path != "x", "|", walk.c.path + "!")
print(walk.c.length + 5, "|", walk.c.length - 5, "|", walk.c.length.in_km(), "|", repr(walk.c.length.type))
try:
    walk.c.id.in_km()
except AttributeError as err:
    print(err)
print(type(walk.c.id.comparator).__name__, type(walk.c.path.comparator).__name__)

engine = create_engine("sqlite://")
with engine.begin() as conn:
    walk.create(conn)
    conn.execute(insert(walk), [{"path": "Ridge", "length": 900, "steps": 10}, {"path": "LAKE", "length": 4000, "steps": 60}])
    print(conn.execute(select(walk.c.path, walk.c.steps).where(walk.c.path == "lake")).all())
    print(conn.execute(select(walk.c.path).where(walk.c.steps == 10)).scalars().all())
    print(conn.execute(select(walk.c.path).where(walk.c.steps < 21)).scalars().all())
