from decimal import Decimal
import datetime
import uuid
from sqlalchemy import (
    Boolean, Column, Date, DateTime, Float, Integer, Interval, LargeBinary, MetaData,
    Numeric, String, Table, Text, Uuid,
)

t = Table("t", MetaData(),
    Column("i", Integer), Column("s", String(10)), Column("f", Float), Column("n", Numeric(10, 2)),
    Column("b", Boolean), Column("d", Date), Column("dt", DateTime), Column("iv", Interval),
    Column("bin", LargeBinary), Column("tx", Text), Column("u", Uuid),
)
exprs = [
    t.c.i == 5, t.c.i != 5, t.c.i < 5, t.c.i <= 5, t.c.i > 5, t.c.i >= 5,
    5 == t.c.i, 5 < t.c.i, 5 >= t.c.i,
    t.c.i == None, t.c.i != None, t.c.s == None, t.c.i.is_(None), t.c.i.is_not(None),
    t.c.b == True, t.c.b == False, t.c.b != True, t.c.b.is_(True), t.c.b.is_not(False), t.c.b,
    ~t.c.b, t.c.i + 1, 1 + t.c.i, t.c.i - 1, 1 - t.c.i, t.c.i * 2, 2 * t.c.i, t.c.i / 2, 2 / t.c.i,
    t.c.i // 2, 2 // t.c.i, t.c.i % 3, 10 % t.c.i, -t.c.i, -(t.c.i + 1), t.c.f / 2, t.c.f // 2,
    t.c.s + "x", "x" + t.c.s, t.c.s.concat("y"), t.c.s + t.c.tx, t.c.s % 5,
    t.c.d == datetime.date(2024, 1, 2), t.c.dt > datetime.datetime(2024, 1, 2, 3, 4, 5),
    t.c.dt + datetime.timedelta(days=1), t.c.dt - t.c.dt, t.c.d - t.c.d, t.c.iv * 2,
    t.c.n + Decimal("1.5"), t.c.u == uuid.UUID(int=5), t.c.bin == b"ab",
    t.c.i == t.c.f, t.c.i.in_([1, 2]), t.c.s.not_in(["a"]),
]
for e in exprs:
    compiled = e.compile()
    print(str(compiled), "|", compiled.params, "|", repr(e.type))
