import datetime
from sqlalchemy import (
    Column, Date, DateTime, Integer, Interval, MetaData, String, Table, Time, cast,
    create_engine, extract, func, literal, select, type_coerce,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite


def show(stmt, **kw):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            compiled = stmt.compile(dialect=dialect, **kw)
            print(f"[{dialect.name}]", compiled)
            print("   ", compiled.params)
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")


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

t = Table("t", MetaData(), Column("d", Date), Column("dt", DateTime), Column("tz", DateTime(timezone=True)), Column("tm", Time), Column("iv", Interval), Column("i", Integer))
day, delta = datetime.date(2024, 5, 6), datetime.timedelta(days=2, hours=3)
for e in [
    t.c.d + delta, t.c.d - delta, t.c.d - day, t.c.d + t.c.iv, t.c.d - t.c.d, t.c.d + 5, t.c.d + t.c.tm, t.c.d - 1, day - t.c.d, t.c.dt - t.c.dt, t.c.dt + delta, t.c.dt - delta, delta + t.c.dt, t.c.dt - datetime.datetime(2024, 1, 1), t.c.dt - t.c.d, t.c.tm + delta, t.c.tm - t.c.tm, t.c.tm + t.c.d, t.c.iv + t.c.iv, t.c.iv + t.c.dt, t.c.iv + t.c.d, t.c.iv * 2, t.c.iv / 2, t.c.iv - delta, 2 * t.c.iv, t.c.iv + t.c.tm, -t.c.iv, t.c.d == day, t.c.d < day, t.c.dt > datetime.datetime(2024, 5, 6, 7, 8, 9, 10), t.c.tm == datetime.time(1, 2), t.c.iv == delta, t.c.dt.between(datetime.datetime(2024, 1, 1), func.now()), t.c.dt == func.now(), func.now() - t.c.dt, func.now() - delta, func.current_date() - 7, func.date(t.c.dt) == day, extract("year", t.c.d) == 2024, extract("epoch", t.c.dt - t.c.dt), cast(t.c.dt, Date) == day, cast("2024-05-06", Date), func.date_trunc("month", t.c.dt), func.strftime("%Y", t.c.dt) == "2024", t.c.d.in_([day]), t.c.dt == "2024-05-06", literal(day), literal(delta), literal(datetime.datetime(2024, 1, 1)) + delta, literal(day) - day,
]:
    show(select(e))
    print("   ", repr(e.type))
lit(select(t.c.i).where(t.c.d == day, t.c.dt > datetime.datetime(2024, 5, 6, 7, 8, 9, 10), t.c.tm < datetime.time(1, 2, 3, 4)))
lit(select(t.c.dt + delta))
engine = create_engine("sqlite://", echo=True)
ev = Table("ev", MetaData(), Column("id", Integer, primary_key=True), Column("d", Date), Column("dt", DateTime), Column("tm", Time), Column("iv", Interval))
with engine.connect() as conn:
    ev.create(conn)
    conn.execute(ev.insert(), [dict(d=day, dt=datetime.datetime(2024, 5, 6, 7, 8), tm=datetime.time(9, 10, 11, 12), iv=delta), dict(d=None, dt=None, tm=None, iv=None)])
    print(conn.execute(select(ev)).all())
    print(conn.execute(select(extract("year", ev.c.d), extract("month", ev.c.dt), extract("dow", ev.c.d), extract("doy", ev.c.d), extract("hour", ev.c.dt), extract("minute", ev.c.tm)).where(ev.c.id == 1)).all())
    print(conn.execute(select(ev.c.id).where(ev.c.d > datetime.date(2024, 1, 1), ev.c.dt < datetime.datetime(2025, 1, 1), ev.c.iv == delta)).all())
    print(conn.execute(select(func.max(ev.c.d), func.min(ev.c.dt), func.date(ev.c.dt), func.strftime("%d.%m.%Y", ev.c.d))).all())
    print(conn.execute(select(cast(ev.c.d, String), type_coerce(ev.c.d, String), literal(day), literal(datetime.time(5)))).first())
    print(conn.scalar(select(func.current_timestamp())), conn.scalar(select(func.now())))
    attempt(lambda: conn.execute(ev.insert().values(d="2024-01-01")))
    attempt(lambda: conn.execute(ev.insert().values(dt=datetime.date(2024, 1, 1))))
    attempt(lambda: conn.execute(select(ev.c.id).where(ev.c.d == "2024-01-01")).all())
