from sqlalchemy import Boolean, Integer, and_, column, false, not_, or_, select, table, text, true
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

t = table("t", *(column(n, Integer) for n in "abcd"), column("ok", Boolean))
a, b, c, d, ok = t.c.a, t.c.b, t.c.c, t.c.d, t.c.ok
for e in [
    and_(a == 1, b == 2), or_(a == 1, b == 2), and_(a == 1, or_(b == 2, c == 3)), or_(a == 1, and_(b == 2, c == 3)),
    (a == 1) & (b == 2), (a == 1) | (b == 2) & (c == 3), ((a == 1) | (b == 2)) & (c == 3),
    ~(a == 1), ~and_(a == 1, b == 2), ~or_(a == 1, b == 2), not_(a == 1), not_(and_(a == 1, b == 2)), not_(ok), ~ok,
    not_(not_(a == 1)), ~(~(a < 5)), ~(~ok), ~(a < b), ~(a + b), ~(a == None), ~a.in_([1, 2]), ~a.between(1, 2), ~a.is_(None),
    and_(a == 1), or_(a == 1), and_(true()), or_(false()), and_(true(), a == 1), or_(true(), a == 1),
    and_(false(), a == 1), or_(false(), a == 1), and_(a == 1, True), or_(a == 1, False), and_(a == 1, False),
    and_(true(), true()), or_(false(), false()), ~true(), ~false(), and_(and_(a == 1, b == 2), c == 3),
    or_(or_(a == 1, b == 2), c == 3), and_(a == 1, and_(b == 2, and_(c == 3, d == 4))), or_(and_(a == 1, b == 2), and_(c == 3, d == 4)),
    and_(ok, a == 1), or_(~ok, ok), and_(or_(a == 1), or_(b == 1)), ~and_(or_(a == 1, b == 2), ~ok), and_(text("x = 1"), text("y = 2 OR z = 3")),
    and_(*[a == 1]), or_(false(), *[]), and_(true(), *[]), (a == 1) == (b == 2), (a == 1).is_(True), (a > 1) != ok,
]:
    print(e)
show(select(a).where(true()))
show(select(a).where(false()))
show(select(a).where(or_(ok, ~ok)))
show(select(a).where(and_(ok, true())))
show(select(a).where(ok == True, ok.is_(False), ok != False))
try:
    and_()
    print(repr(str(and_())))
except Exception as err:
    print(type(err).__name__, err)
