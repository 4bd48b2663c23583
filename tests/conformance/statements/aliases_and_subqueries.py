from sqlalchemy import (
    Column, ForeignKey, Integer, MetaData, Numeric, String, Table, func, literal, select,
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

metadata = MetaData()
emp = Table("emp", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)), Column("boss_id", ForeignKey("emp.id")), Column("pay", Numeric(8, 2)))
boss = emp.alias("boss")
print(select(emp.c.name, boss.c.name).join(boss, emp.c.boss_id == boss.c.id))
print(select(emp.c.name, boss.c.name.label("boss_name")).where(emp.c.boss_id == boss.c.id))
anon1, anon2 = emp.alias(), emp.alias()
print(select(anon1.c.id, anon2.c.id).where(anon1.c.id == anon2.c.boss_id))
print(select(anon2.c.id, anon1.c.id).where(anon1.c.id == anon2.c.boss_id))
rich = select(emp.c.id, emp.c.name).where(emp.c.pay > 1000).subquery()
print(rich)
print(select(rich))
print(select(rich.c.name).where(rich.c.id < 9))
named = select(emp.c.boss_id, func.count(emp.c.id).label("n")).group_by(emp.c.boss_id).subquery("counts")
print(select(emp.c.name, named.c.n).join(named, named.c.boss_id == emp.c.id))
print(select(emp.c.name, func.coalesce(named.c.n, 0)).outerjoin(named, named.c.boss_id == emp.c.id).order_by(named.c.n.desc()))
nested = select(select(rich.c.name).subquery().c.name)
print(nested)
print(select(emp, rich).join(rich, rich.c.id == emp.c.id))
expr_sub = select(emp.c.pay * 2, func.max(emp.c.pay), func.max(emp.c.id), literal(5)).subquery()
print(expr_sub.c.keys())
print(select(expr_sub))
dup = select(emp.c.id, boss.c.id, emp.c.id).subquery()
print(dup.c.keys())
print(select(dup))
avg = select(func.avg(emp.c.pay)).scalar_subquery()
print(select(emp.c.name).where(emp.c.pay > avg))
print(select(emp.c.name, avg.label("average")))
print(select(emp.c.name, avg))
print(rich.alias("again"), select(rich.alias("again").c.id), sep="\n")
print(select(emp.alias("we ird").c.id, emp.alias("select").c.name))
print(select(emp.c.id).alias("old").select())
print(boss.c.name, boss.c.name.table.name, boss.name, boss.original is emp, type(rich.name).__name__)
print(emp.c.name.key, rich.c.contains_column(emp.c.name), rich.corresponding_column(emp.c.name))
show(select(rich.c.name, named.c.n).where(rich.c.id == named.c.boss_id))
