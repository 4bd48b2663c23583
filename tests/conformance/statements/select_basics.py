from sqlalchemy import (
    Column, Integer, MetaData, String, Table, false, func, literal, null, select, text,
    true,
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

metadata = MetaData()
city = Table("city", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(30), nullable=False),
    Column("country", String(2)),
    Column("population", Integer),
)
print(select(city))
print(select(city.c.name, city.c.population))
print(select(city).where(city.c.name == "Oslo"))
print(select(city).where(city.c.name == "Oslo").where(city.c.population > 1000))
print(select(city).where(city.c.name == "Oslo", city.c.country != "SE"))
print(select(city.c.name.label("n"), (city.c.population / 1000).label("thousands")).order_by("n"))
print(select(city.c.name).order_by(city.c.population.desc(), city.c.name))
print(select(city.c.country, func.count()).group_by(city.c.country).having(func.count() > 2))
print(select(func.count("*")).select_from(city))
print(select(func.count()).select_from(city))
print(select(func.count(city.c.id)))
print(select(city.c.country).distinct())
print(select(city).limit(10))
print(select(city).offset(5))
print(select(city).limit(10).offset(5))
print(select(city).filter_by(name="Rome", country="IT"))
print(select(literal(1), literal("x"), null(), true(), false()))
print(select(text("1"), text("'hello'")))
print(select(city.c.name + ", " + city.c.country))
print(select(("Hello " + city.c.name).label("greeting")))
stmt = select(city).where(city.c.name == "Oslo", city.c.population.between(10, 20)).limit(3)
show(stmt)
lit(stmt)
show(select(city).offset(2))
show(select(city.c.name).distinct().order_by(city.c.name).limit(5).offset(10))
