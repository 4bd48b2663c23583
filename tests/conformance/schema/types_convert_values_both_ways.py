import enum
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    Time,
    create_engine,
    insert,
    select,
    text,
)


class Colour(enum.Enum):
    RED = "#f00"
    BLUE = "#00f"


engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
sample = Table(
    "sample",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("flag", Boolean),
    Column("ratio", Float),
    Column("amount", Numeric(10, 2)),
    Column("day", Date),
    Column("moment", DateTime),
    Column("clock", Time),
    Column("span", Interval),
    Column("data", JSON),
    Column("raw", LargeBinary),
    Column("colour", Enum(Colour)),
    Column("word", String(10)),
)
metadata.create_all(engine)

with engine.begin() as connection:
    connection.execute(
        insert(sample).values(
            flag=True,
            ratio=0.1,
            amount=Decimal("1234.50"),
            day=date(2024, 2, 29),
            moment=datetime(2024, 2, 29, 12, 30),
            clock=time(23, 59, 59, 500000),
            span=timedelta(days=1, hours=2),
            data={"list": [1, 2.5, None], "nested": {"ok": True}},
            raw=b"\x00\xff",
            colour=Colour.BLUE,
            word="naïve",
        )
    )
    connection.execute(insert(sample).values(id=2))

with engine.connect() as connection:
    row = connection.execute(select(sample).order_by(sample.c.id)).first()
    for name, value in row._mapping.items():
        print(f"{name:8}{value!r}")
    print(connection.execute(select(sample).where(sample.c.id == 2)).one())
    print(connection.execute(select(sample.c.word).where(sample.c.colour == Colour.BLUE)).scalar_one())
    print(connection.execute(text("select flag, day, span, data, colour from sample where id = 1")).one())
