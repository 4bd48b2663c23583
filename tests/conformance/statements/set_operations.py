from sqlalchemy import (
    Integer, String, column, desc, except_, except_all, exists, intersect, intersect_all,
    literal, select, table, text, union, union_all, values,
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

t = table("t", column("id", Integer), column("name", String))
u = table("u", column("id", Integer), column("name", String))
s1, s2, s3 = select(t.c.id, t.c.name), select(u.c.id, u.c.name), select(t.c.id, t.c.name).where(t.c.id == 5)
stmts = [
    union(s1, s2), union_all(s1, s2), intersect(s1, s2), intersect_all(s1, s2), except_(s1, s2), except_all(s1, s2),
    s1.union(s2), s1.union_all(s2, s3), s1.intersect(s2), s1.except_(s2), s1.except_all(s3), s1.intersect_all(s3),
    union(s1, s2).order_by("name"), union(s1, s2).order_by(t.c.name).limit(5).offset(2), union(s1, s2).order_by(desc("id")),
    union(s1.limit(2), s2.order_by(u.c.id)), union(s1.order_by(t.c.id).limit(1), s2), union(union(s1, s2), s3), union_all(s1, union(s2, s3)),
    except_(union(s1, s2), s3), union(s1, except_(s2, s3)), union(union_all(s1, s2).limit(3), s3),
    select(union(s1, s2).subquery()), select(union(s1, s2).subquery("both").c.name), select(union(s1, s2).alias("al").c.id),
    union(select(t.c.id), select(u.c.id)).scalar_subquery(), select(t).where(t.c.id.in_(union(select(t.c.id), select(u.c.id)))),
    select(t.c.name).where(exists(union(select(t.c.id), select(u.c.id)))),
    union(s1, s2).cte("c").select(), union(s1), union_all(s3), union(s1, select(literal(1), literal("x"))), union(s1, s2).group_by("name") ,
    union(s1, s2).with_for_update(), union(select(t.c.id.label("x")), select(u.c.id)).order_by("x"), union(s1, s2).fetch(3), union(s1.subquery().select(), s2),
    union(s1, values(column("a", Integer), column("b", String), name="v").data([(1, "z")]).select()),
]
for number, stmt in enumerate(stmts):
    print("--", number)
    show(stmt)
both = union(s1, s2)
print(both.selected_columns.keys(), both.exported_columns.keys(), both.selects == [s1, s2] or len(both.selects))
attempt(lambda: str(union(s1, select(u.c.id))))
attempt(lambda: union())
attempt(lambda: union(t, s1))
attempt(lambda: union(text("SELECT 1"), s2))
attempt(lambda: union(s1, s2).union(s3))
attempt(lambda: str(union(s1, s2).where(t.c.id == 1)))
