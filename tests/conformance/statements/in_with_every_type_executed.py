from decimal import Decimal
import datetime
import enum
import uuid
from sqlalchemy import (
    Boolean, Column, Date, DateTime, Enum, Float, Integer, JSON, LargeBinary, MetaData,
    Numeric, Table, Uuid, case, create_engine, func, literal, select, tuple_,
)


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

class Shade(enum.Enum):
    light = 1
    dark = 2
engine = create_engine("sqlite://", echo=True)
t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("d", Date), Column("dt", DateTime), Column("n", Numeric(8, 2)), Column("b", Boolean), Column("e", Enum(Shade)), Column("u", Uuid), Column("f", Float), Column("j", JSON), Column("bin", LargeBinary))
rows = [dict(d=datetime.date(2024, 1, n), dt=datetime.datetime(2024, 1, n, n), n=Decimal(n) / 4, b=bool(n % 2), e=Shade(n % 2 + 1), u=uuid.UUID(int=n), f=n / 3, j={"n": n}, bin=bytes([n])) for n in range(1, 5)]
with engine.connect() as conn:
    t.create(conn)
    conn.execute(t.insert(), rows)
    for name in ("d", "dt", "n", "b", "e", "u", "f", "bin"):
        col = t.c[name]
        print(name, conn.scalars(select(t.c.id).where(col.in_([rows[0][name], rows[2][name]])).order_by(t.c.id)).all())
        print(name, conn.scalars(select(t.c.id).where(col.not_in([rows[1][name]])).order_by(t.c.id)).all())
        print(name, conn.scalars(select(t.c.id).where(col == rows[3][name])).all())
    print(conn.scalars(select(t.c.id).where(tuple_(t.c.d, t.c.e).in_([(rows[0]["d"], rows[0]["e"]), (rows[1]["d"], Shade.dark)]))).all())
    print(conn.scalars(select(t.c.id).where(t.c.n.between(Decimal("0.3"), Decimal("0.8")))).all())
    print(conn.scalars(select(t.c.id).where(t.c.b, t.c.e.is_not(None)).order_by(t.c.dt.desc())).all())
    print(conn.scalars(select(t.c.id).where(t.c.id.in_([1, None, 3]))).all())
    print(conn.scalars(select(t.c.id).where(t.c.id.in_({1: "a", 2: "b"}.keys()))).all())
    print(conn.scalars(select(t.c.id).where(literal(2).in_([t.c.id, 7]))).all(), conn.scalars(select(t.c.id).where(t.c.id.in_([t.c.id]))).all(), conn.scalars(select(t.c.id).where(t.c.d.in_(select(func.max(t.c.d))))).all())
    print(conn.scalars(select(t.c.id).where((t.c.id % 2).in_([0]))).all(), conn.scalars(select(t.c.id.in_([1, 2]))).all(), conn.execute(select(t.c.id, case((t.c.id.in_([1, 3]), "odd"), else_="even"))).all())
    print(conn.scalars(select(t.c.id).where(t.c.id.in_(range(1000, 1100)))).all())
    attempt(lambda: conn.scalars(select(t.c.id).where(t.c.e.in_(["nope"]))).all())
    attempt(lambda: conn.scalars(select(t.c.id).where(t.c.d.in_(["2024-01-01"]))).all())
