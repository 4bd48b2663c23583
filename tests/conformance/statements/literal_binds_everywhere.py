from decimal import Decimal
import datetime
import enum
import uuid
from sqlalchemy import (
    BigInteger, Boolean, Column, Date, DateTime, Enum, Float, Integer, Interval, JSON,
    LargeBinary, MetaData, Numeric, String, Table, Text, Time, Unicode, Uuid, bindparam,
    case, cast, func, literal, select, text, tuple_,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite


def lit(stmt):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            print(f"[{dialect.name}]", stmt.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

class Mood(enum.Enum):
    happy = 1
    sad = 2
t = Table("t", MetaData(),
    Column("i", Integer), Column("s", String), Column("f", Float), Column("n", Numeric(10, 2)), Column("b", Boolean),
    Column("d", Date), Column("dt", DateTime), Column("tm", Time), Column("iv", Interval), Column("bin", LargeBinary), Column("u", Uuid),
    Column("e", Enum(Mood)), Column("es", Enum("x", "y")), Column("j", JSON), Column("un", Unicode(5)), Column("tx", Text), Column("bi", BigInteger),
)
for e in [
    t.c.i == 5, t.c.i == -5, t.c.i - (-5), t.c.i - -t.c.i, t.c.s == "plain", t.c.s == "it's", t.c.s == "50%", t.c.s == "back\\slash", t.c.s == 'dou"ble', t.c.s == "a:b", t.c.s == "line\nbreak", t.c.s == "", t.c.s == "%(x)s",
    t.c.f == 1.5, t.c.f == 1e20, t.c.f == 3, t.c.n == Decimal("3.10"), t.c.n == 2, t.c.n == 1.5, t.c.b == True, t.c.b.is_(False), t.c.b == bindparam("q", True), t.c.d == datetime.date(2024, 2, 3), t.c.dt == datetime.datetime(2024, 2, 3, 4, 5, 6, 789), t.c.dt == datetime.datetime(2024, 2, 3), t.c.tm == datetime.time(1, 2, 3),
    t.c.iv == datetime.timedelta(days=1, seconds=5), t.c.bin == b"\x00ab", t.c.u == uuid.UUID("12345678123456781234567812345678"), t.c.e == Mood.sad, t.c.es == "y", t.c.j == {"a": [1, None]}, t.c.un == "é☃", t.c.tx == "x", t.c.bi == 2**40,
    t.c.s.in_(["a", "b'c", "%"]), t.c.i.in_([1, 2]), t.c.i.in_([]), t.c.s.like("a%"), t.c.s.contains("x%y", autoescape=True), t.c.s.startswith("q"), t.c.i.between(1, 9), t.c.s == None, t.c.d.in_([datetime.date(2024, 1, 1)]), t.c.dt + datetime.timedelta(hours=3), literal(5) + 6, literal("a") + "b", func.coalesce(t.c.s, "z", None), t.c.e.in_([Mood.happy]), t.c.s.regexp_match("^a'"), case((t.c.i == 1, "a%")), cast("x", String), literal(None), literal(True), literal(datetime.date(2020, 1, 1)), bindparam("v", 7), tuple_(t.c.i, t.c.s).in_([(1, "a")]), text(":x").bindparams(x="y'z"), literal(1.0), literal(Decimal("1.10")), literal(b"q"),
]:
    lit(e)
lit(select(t.c.i).limit(5).offset(2))
lit(t.insert().values(s="x", i=5, b=True, d=datetime.date(2024, 1, 1)))
lit(t.update().values(s=None).where(t.c.i == 4))
attempt(lambda: str((t.c.i == bindparam("novalue")).compile(compile_kwargs={"literal_binds": True})))
attempt(lambda: str(literal(object()).compile(compile_kwargs={"literal_binds": True})))
attempt(lambda: str((t.c.i == "text").compile(compile_kwargs={"literal_binds": True})))
attempt(lambda: str((t.c.e == "zzz").compile(compile_kwargs={"literal_binds": True})))
