from sqlalchemy import (
    Integer, String, case, cast, column, desc, exists, func, literal_column, select,
    table, text, union,
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


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

t = table("t", column("id", Integer), column("name", String), column("n", Integer))
lab = (t.c.n + 1).label("plus")
f = func.lower(t.c.name).label("low")
for s in [
    select(lab).order_by(lab), select(lab).order_by(lab.desc()), select(lab).order_by("plus"), select(lab).order_by(desc("plus"), "plus"), select(lab).order_by(lab + 5), select(lab).order_by(-lab), select(lab).order_by(func.abs(lab)), select(t.c.id).order_by(lab), select(lab).group_by(lab), select(lab).group_by("plus"), select(lab).group_by(lab).having(lab > 3), select(lab).where(lab > 3), select(f, func.count()).group_by(f).order_by(f), select(f).distinct().order_by(f.desc()), select(t.c.id, f).order_by(f.nulls_first()), select(t.c.name.label("id")).order_by(t.c.id), select(t.c.name.label("n")).order_by("n"), select(t.c.name.label("n")).order_by(t.c.n), select(t.c.id).order_by("name"), select(t.c.id.label("a"), t.c.n.label("b")).order_by("a", desc("b")), select(lab, lab), select(lab, lab.element.label("other")).order_by("other"), select(case((t.c.n > 1, "x"), else_="y").label("cs")).order_by("cs").group_by("cs"), select(func.count().label("c")).having(func.count() > 1).order_by(func.count()), select(func.count().label("c"), t.c.name).group_by(t.c.name).order_by(func.count().label("c")), select(lab.label("twice")).order_by("twice"), select(t.c.n.label("x y")).order_by("x y"), select(t.c.n.label("Sel")).order_by("Sel"), select(t).order_by("id", "n"), select(t.alias("q").c.id).order_by("id"), select(lab).order_by(lab.collate("x")), select(exists(select(t.c.id)).label("ex")).order_by("ex"), select(select(t.c.id).scalar_subquery().label("sq")).order_by("sq"), select(lab).order_by(case((lab > 1, lab), else_=0)), select(lab).order_by(cast(lab, String)), select(func.row_number().over(order_by=lab).label("rn"), lab).order_by("rn"), select(lab, func.sum(t.c.n).over(partition_by=lab)), select(literal_column("1").label("one")).order_by("one"), select(t.c.id, t.c.id.label("dup")).order_by(t.c.id), union(select(lab), select(t.c.n)).order_by("plus"), union(select(lab), select(t.c.n)).order_by(lab), select(select(lab).subquery().c.plus).order_by("plus"), select(lab).order_by(text("plus DESC")), select(lab).order_by(literal_column("plus")), select(lab).order_by(column("plus")), select(lab).order_by(lab, lab.desc()), select(lab.element).order_by(lab), select(t.c.n.label(None)).order_by(t.c.n.label(None)),
]:
    show(s)
for bad in ("nope", "t.id", "id desc", "lower(name)", ""):
    attempt(lambda: str(select(lab).order_by(bad)))
    attempt(lambda: str(select(lab).group_by(bad)))
