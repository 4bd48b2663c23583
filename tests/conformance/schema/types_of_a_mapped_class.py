# Enums, decimals, intervals, JSON and their kin through the ORM and through Core.
import datetime, decimal, enum
from sqlalchemy import *
from sqlalchemy import types
from sqlalchemy.orm import *
from sqlalchemy.dialects import postgresql, sqlite, mysql
class Colour(enum.Enum):
    red = "r"
    green = "g"
class StrEnum(str, enum.Enum):
    a = "A"
    b = "B"
e = create_engine("sqlite://", echo=True)
class Base(DeclarativeBase):
    pass
class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True)
    colour: Mapped[Colour]
    se: Mapped[StrEnum | None] = mapped_column(Enum(StrEnum, values_callable=lambda x: [i.value for i in x]))
    price: Mapped[decimal.Decimal] = mapped_column(Numeric(10, 2))
    data: Mapped[dict] = mapped_column(JSON)
    span: Mapped[datetime.timedelta | None]
    when: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    f: Mapped[float | None]
    b: Mapped[bytes | None]
    j2: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
Base.metadata.create_all(e)
with Session(e) as s:
    s.add(Thing(colour=Colour.red, se=StrEnum.b, price=decimal.Decimal("3.14159"), data={"a": [1, None, "x"]}, span=datetime.timedelta(hours=5), when=datetime.datetime(2024, 1, 2, 3, 4), f=2, b=b"x"))
    s.add(Thing(colour="green", price=5, data=[1]))
    s.commit()
    for t in s.scalars(select(Thing).order_by(Thing.id)):
        print(t.colour, t.se, t.price, t.data, t.span, t.when, t.f, t.b, t.j2)
    print(s.scalars(select(Thing.id).where(Thing.colour == Colour.red)).all(), s.scalars(select(Thing.id).where(Thing.colour.in_([Colour.red, Colour.green]))).all())
    print(s.scalars(select(Thing.id).where(Thing.span > datetime.timedelta(hours=1))).all(), s.scalars(select(Thing.id).where(Thing.when < datetime.datetime(2025, 1, 1))).all())
    print(s.scalars(select(Thing.price * 2)).all(), s.scalars(select(func.sum(Thing.price))).all())
    try:
        s.add(Thing(colour="blue", price=1, data={})); s.flush()
    except Exception as x: print(type(x).__name__, str(x)[:300]); s.rollback()
    print(s.execute(select(type_coerce(Thing.data, String))).scalars().all())
    print(s.execute(select(cast(Thing.price, String), cast("5", Integer), cast(Thing.colour, String))).all())
t2 = Table("t2", MetaData(), Column("d", sqlite.DATE(storage_format="%(day)02d/%(month)02d/%(year)04d", regexp=r"(?P<day>\d+)/(?P<month>\d+)/(?P<year>\d+)")), Column("dt", sqlite.DATETIME(truncate_microseconds=True)), Column("j", JSON), Column("n", Numeric(asdecimal=False)), Column("n2", Numeric(10, 3)), Column("fd", Float(asdecimal=True, decimal_return_scale=4)), Column("u", Uuid(as_uuid=False)), Column("e", Enum("x", "y", validate_strings=True, create_constraint=True, name="ck_e")), Column("bo", Boolean(create_constraint=True)))
t2.create(e)
with e.begin() as c:
    c.execute(t2.insert(), {"d": datetime.date(2024, 5, 6), "dt": datetime.datetime(2024, 1, 2, 3, 4, 5, 678), "j": JSON.NULL, "n": decimal.Decimal("1.5"), "n2": 2, "fd": 1.23456, "u": "12345678-1234-1234-1234-123456789abc", "e": "x", "bo": True})
    c.execute(t2.insert(), {"j": None, "e": None}); c.execute(t2.insert(), {"j": [1, {"k": "é"}]})
    print(c.execute(select(t2)).all())
    print(c.exec_driver_sql("select * from t2").all())
    for bad in ({"e": "zz"}, {"d": "2024-01-01"}, {"bo": "x"}, {"j": object()}, {"u": 5}):
        try: c.execute(t2.insert(), bad)
        except Exception as x: print(type(x).__name__, str(x).split(" at 0x")[0][:200])
    try: c.execute(text("INSERT INTO t2 (bo) VALUES (7)"))
    except Exception as x: print(type(x).__name__, str(x)[:100])
    print(c.execute(select(t2.c.j["k"].as_string(), t2.c.d).where(t2.c.d == datetime.date(2024, 5, 6))).all())
