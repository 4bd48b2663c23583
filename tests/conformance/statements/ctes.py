from sqlalchemy import Column, Integer, MetaData, String, Table, func, literal, select
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

metadata = MetaData()
orders = Table("orders", metadata, Column("id", Integer, primary_key=True), Column("region", String(10)), Column("product", String(10)), Column("amount", Integer))
parts = Table("parts", metadata, Column("part", String), Column("sub_part", String), Column("quantity", Integer))
regional = select(orders.c.region, func.sum(orders.c.amount).label("total")).group_by(orders.c.region).cte("regional_sales")
top = select(regional.c.region).where(regional.c.total > select(func.sum(regional.c.total) / 10).scalar_subquery()).cte("top_regions")
stmt = select(orders.c.region, orders.c.product, func.sum(orders.c.amount).label("sales")).where(orders.c.region.in_(select(top.c.region))).group_by(orders.c.region, orders.c.product)
show(stmt)
print(select(regional))
print(select(regional.c.total).where(regional.c.region == "N"))
anon = select(orders.c.id).where(orders.c.amount > 5).cte()
print(select(anon))
print(select(anon, regional).where(anon.c.id == regional.c.total))
included = select(parts.c.sub_part, parts.c.part, parts.c.quantity).where(parts.c.part == "our part").cte("included_parts", recursive=True)
incl, p = included.alias(), parts.alias()
included = included.union_all(select(p.c.sub_part, p.c.part, p.c.quantity).where(p.c.part == incl.c.sub_part))
show(select(included.c.sub_part, func.sum(included.c.quantity).label("total")).group_by(included.c.sub_part))
numbers = select(literal(1).label("n")).cte("numbers", recursive=True)
numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < 10))
show(select(numbers))
lit(select(numbers.c.n).where(numbers.c.n > 3))
two = regional.alias("r2")
print(select(regional.c.region, two.c.total).where(regional.c.region == two.c.region))
print(select(two))
a = select(orders.c.id).where(orders.c.amount == 1).cte("a")
b = select(orders.c.id).where(orders.c.amount == 2).cte("b")
show(select(b.c.id, a.c.id, literal(9)).where(b.c.id == a.c.id, a.c.id != 3))
print(select(a).union(select(b)))
sub = select(a.c.id).subquery()
print(select(sub.c.id).where(sub.c.id == 8))
print(regional, a)
other = select(parts.c.part).cte("a")
attempt(lambda: str(select(a, other)))
print(a.c.id, a.name, a.recursive, repr(a.element is not None))
