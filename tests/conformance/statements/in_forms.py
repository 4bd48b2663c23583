from decimal import Decimal
import datetime
from sqlalchemy import (
    Date, Integer, Numeric, String, bindparam, column, false, literal, null, select,
    table, text, true, tuple_, union,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

t = table("t", column("id", Integer), column("name", String), column("d", Date), column("n", Numeric(8, 2)))
u = table("u", column("t_id", Integer), column("x", String))
stmts = [
    t.c.id.in_([1, 2, 3]), t.c.id.in_([]), t.c.id.not_in([]), t.c.id.not_in([1, 2]), t.c.name.in_(["a", "b"]), t.c.name.in_(["it's", "50%", None]),
    t.c.id.in_((1, 2)), t.c.id.in_({7}), t.c.id.in_(range(3)), t.c.id.in_(select(u.c.t_id)), t.c.id.not_in(select(u.c.t_id).where(u.c.x == "q")),
    t.c.id.in_([literal(1), t.c.id + 1]), t.c.id.in_([1, t.c.id]), t.c.id.in_([None]), t.c.id.in_([1, null()]), t.c.id.in_([true(), false()]),
    t.c.id.in_(bindparam("ids", expanding=True)), t.c.id.in_(bindparam("ids", value=[4, 5], expanding=True)), t.c.id.in_(bindparam("plain")),
    t.c.d.in_([datetime.date(2020, 1, 1), datetime.date(2021, 1, 1)]), t.c.n.in_([Decimal("1.5"), Decimal(2)]),
    tuple_(t.c.id, t.c.name).in_([(1, "a"), (2, "b")]), tuple_(t.c.id, t.c.name).in_([]), tuple_(t.c.id, t.c.name).not_in([(1, "a")]), tuple_(t.c.id, t.c.name).not_in([]),
    tuple_(t.c.id, t.c.name).in_(select(u.c.t_id, u.c.x)), t.c.id.in_(text("SELECT 1")), t.c.id.in_(select(u.c.t_id).scalar_subquery()),
    t.c.id.in_(select(u.c.t_id).subquery()), t.c.id.in_(u), t.c.id.in_(union(select(u.c.t_id), select(t.c.id))), (t.c.id + 1).in_([1]), ~t.c.id.in_([1]), ~(t.c.id.in_([])), t.c.id.in_([1]).is_(True),
]
for number, e in enumerate(stmts):
    print("--", number)
    try:
        print(e)
    except Exception as err:
        print(type(err).__name__, err)
        continue
    for d in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        for kw in ({"render_postcompile": True}, {"literal_binds": True}):
            try:
                compiled = e.compile(dialect=d, compile_kwargs=kw)
                print(d.name, str(compiled), compiled.params)
            except Exception as err:
                print(d.name, type(err).__name__, err)
for bad in (5, "abc", None, t.c.id, [[1]]):
    attempt(lambda: t.c.id.in_(bad))
