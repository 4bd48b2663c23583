from sqlalchemy import Date, Integer, String, case, column, func, over, select, table
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

t = table("t", column("id", Integer), column("dept", String), column("pay", Integer), column("day", Date))
rn = func.row_number()
stmts = [
    rn.over(), rn.over(order_by=t.c.pay), rn.over(partition_by=t.c.dept), rn.over(partition_by=t.c.dept, order_by=t.c.pay.desc()),
    rn.over(partition_by=[t.c.dept, t.c.day], order_by=[t.c.pay.desc(), t.c.id]), rn.over(order_by="pay") , over(rn, order_by=t.c.id),
    func.sum(t.c.pay).over(order_by=t.c.id, rows=(None, 0)), func.sum(t.c.pay).over(order_by=t.c.id, rows=(-2, 0)), func.sum(t.c.pay).over(order_by=t.c.id, rows=(-1, 1)),
    func.sum(t.c.pay).over(order_by=t.c.id, rows=(0, None)), func.sum(t.c.pay).over(order_by=t.c.id, rows=(None, None)), func.sum(t.c.pay).over(order_by=t.c.id, rows=(1, 5)),
    func.sum(t.c.pay).over(order_by=t.c.id, rows=(-5, -1)), func.sum(t.c.pay).over(order_by=t.c.id, range_=(None, 0)), func.sum(t.c.pay).over(order_by=t.c.id, range_=(-10, 10)),
    func.sum(t.c.pay).over(order_by=t.c.id, groups=(-1, 1)), func.sum(t.c.pay).over(order_by=t.c.id, groups=(None, 0)),
    func.rank().over(order_by=t.c.pay), func.dense_rank().over(order_by=t.c.pay), func.percent_rank().over(order_by=t.c.pay), func.cume_dist().over(order_by=t.c.pay),
    func.lag(t.c.pay).over(order_by=t.c.day), func.lead(t.c.pay, 2, 0).over(order_by=t.c.day), func.first_value(t.c.pay).over(partition_by=t.c.dept), func.ntile(4).over(order_by=t.c.pay),
    func.count().over(), func.count(t.c.id).filter(t.c.pay > 5).over(partition_by=t.c.dept), func.sum(t.c.pay).over(partition_by=t.c.dept) / func.sum(t.c.pay).over(),
    (func.sum(t.c.pay).over(partition_by=t.c.dept) * 100).label("pct"), rn.over(order_by=t.c.id).label("rn") + 1, rn.over(order_by=t.c.id).desc(), rn.over(partition_by=func.lower(t.c.dept), order_by=case((t.c.pay > 3, 1), else_=2)),
    func.max(t.c.pay).over(order_by=t.c.id, rows=(None, 0)).label("running"), rn.over(order_by=t.c.dept.label("dd")),
]
for e in stmts:
    show(select(e))
inner = select(t.c.id, rn.over(partition_by=t.c.dept, order_by=t.c.pay.desc()).label("rn")).subquery()
show(select(inner.c.id).where(inner.c.rn <= 3))
lit(select(func.sum(t.c.pay).over(order_by=t.c.id, rows=(-2, 3))))
attempt(lambda: rn.over(rows=(1, 2), range_=(1, 2)))
attempt(lambda: str(rn.over(order_by=t.c.id, rows=("a", 2))))
attempt(lambda: str(rn.over(order_by=t.c.id, rows=5)))
