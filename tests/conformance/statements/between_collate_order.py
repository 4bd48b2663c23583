import datetime
from sqlalchemy import (
    Date, Integer, String, and_, asc, between, case, cast, collate, column, desc, exists,
    func, literal, literal_column, not_, null, nulls_first, nulls_last, nullsfirst,
    nullslast, select, table, text,
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

t = table("t", column("i", Integer), column("s", String), column("d", Date))
i, s, d = t.c.i, t.c.s, t.c.d
for e in [
    i.between(1, 5), ~i.between(1, 5), i.between(i - 1, i + 1), i.between(1, 5, symmetric=True), ~i.between(1, 5, symmetric=True), between(i, 1, 2), between(5, i, i + 1), between(i, 1, 2, symmetric=True), not_(between(i, 1, 2)), and_(i.between(1, 2), i.between(3, 4)), i.between(1, 2) & (s == "x"), d.between(datetime.date(2024, 1, 1), func.current_date()), i.between(select(func.min(i)).scalar_subquery(), 5), (i == 1).between(True, False), i.between(1, 2).label("b"), i.between(null(), 3), (i + 1).between(-1, +2), i.between(i.between(1, 2), 3), func.f(i).between(1, 2), case((i == 1, i.between(2, 3)), else_=False),
    s.collate("NOCASE"), collate(s, "utf8mb4_bin"), s.collate("en_US") == "x", s.collate("en_US").like("x%"), ("x" == s.collate("C")), (s + "a").collate("C"), s.collate("C") + "a", func.lower(s).collate("C"), s.collate("C").collate("D"), s.collate("Mixed Case"), s.collate("C").in_(["a"]), s.collate("C").between("a", "b"), collate(literal("x"), "C"), s.collate("C").label("z"), cast(s, String).collate("C"), cast(s, String(collation="C")), s.collate("C").is_(None), func.max(s.collate("C")), ~(s.collate("C") == "x"), s.collate("C.utf8"), s.like("x").collate("C"),
    asc(i), desc(i), nulls_first(i), nulls_last(desc(i)), i.asc().nulls_first(), i.desc().nulls_last(), (i + 1).desc(), func.max(i).desc(), s.collate("C").desc(), desc(s.collate("C")), i.label("q").desc(), desc("i"), asc("i"), nulls_last("i"), (i == 1).desc(), i.in_([1]).desc(), case((i == 1, 2)).asc(), select(i).scalar_subquery().desc(), text("i").desc() if hasattr(text("i"), "desc") else null(), literal_column("i").desc(), desc(desc(i)), i.desc().desc(), nullsfirst(i), nullslast(i), null().desc(), literal(1).desc(), exists(select(i)).desc(), func.random().asc(), i.is_(None).asc(), (~(i == 1)).desc(), (i > 1).desc().nulls_first(),
]:
    try:
        show(select(i).order_by(e))
    except Exception as err:
        print(type(err).__name__, err)
print(select(i).order_by(i, desc(s), text("d")), select(i).order_by(*[i, s]), select(i).order_by(None), "", sep="\n")
attempt(lambda: str(select(i).order_by([i, s])))
attempt(lambda: str(select(i).order_by(5)))
attempt(lambda: str(select(i, s.label("z")).order_by(desc("z"), asc("i"), "s")))
attempt(lambda: str(select(i, s.label("z")).group_by("z", "i").order_by(nulls_last(desc("z")))))
attempt(lambda: str(select(i).group_by("zz")))
lit(select(i).where(s.collate("NOCASE") == "it's").order_by(s.collate("NOCASE").desc()))
