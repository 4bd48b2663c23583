# Enumerations of every kind as column types and as plain values.
import enum

from sqlalchemy import Column, Enum, Integer, MetaData, Table, create_engine, insert, select


class Status(enum.Enum):
    OPEN = "open"
    CLOSED = "closed"

    @property
    def label(self):
        return self.value.title()


class Size(enum.IntEnum):
    SMALL = enum.auto()
    LARGE = enum.auto()


class Color(enum.StrEnum):
    RED = enum.auto()
    BLUE = enum.auto()


class Access(enum.Flag):
    READ = enum.auto()
    WRITE = enum.auto()
    ALL = READ | WRITE


engine = create_engine("sqlite://")
metadata = MetaData()
boxes = Table(
    "boxes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("status", Enum(Status), default=Status.OPEN),
    Column("size", Enum(Size)),
    Column("color", Enum(Color, values_callable=lambda members: [member.value for member in members])),
    Column("access", Integer),
)
metadata.create_all(engine)
with engine.begin() as conn:
    conn.execute(insert(boxes), [
        {"size": Size.LARGE, "color": Color.BLUE, "access": Access.ALL.value},
        {"size": Size.SMALL, "color": "red", "access": int(Access.READ.value)},
    ])
    for row in conn.execute(select(boxes).order_by(boxes.c.id)):
        print(row, row.status.label, row.size + 1, f"{row.color}", Access(row.access))
    print(conn.scalars(select(boxes.c.id).where(boxes.c.status == Status.OPEN, boxes.c.color == Color.BLUE)).all())
print(list(Access), Access.READ in Access.ALL, ~Access.READ, repr(Access(0)), [size.name for size in Size], max(Size))
for attempt in [lambda: Status("gone"), lambda: Status["GONE"], lambda: Access(8), lambda: Size(9)]:
    try:
        print(attempt())
    except (ValueError, KeyError) as error:
        print(type(error).__name__, error)
try:
    with engine.begin() as conn:
        conn.execute(insert(boxes), {"status": "neither"})
except Exception as error:
    print(type(error).__name__, str(error).splitlines()[0])
