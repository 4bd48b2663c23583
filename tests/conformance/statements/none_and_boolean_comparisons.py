from sqlalchemy import (
    Boolean, Integer, JSON, String, and_, bindparam, case, cast, column, exists, false,
    func, literal, literal_column, not_, null, or_, select, table, true,
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

t = table("t", column("i", Integer), column("b", Boolean), column("s", String), column("j", JSON))
i, b, s = t.c.i, t.c.b, t.c.s
for e in [
    i == None, i != None, None == i, None != i, i == null(), i != null(), null() == i, i.is_(null()), i.is_not(null()), i.is_(true()), i.is_(False), i == True, True == b, b == False, b != False, b != None, b == true(), b != false(), b.is_(True), b.is_(None), b == 1, b == 0, b.is_(b), i.is_(i), b == bindparam("x"), b == b, b == (i == 1), b == literal(True), b.is_distinct_from(True), b.is_distinct_from(None), b.is_not_distinct_from(False), i.is_distinct_from(5), i.is_distinct_from(null()), i.is_not_distinct_from(i + 1),
    null() == None, null() != null(), null().is_(None), true() == True, true() & b, true() | b, false() & b, false() | b, ~true(), ~false(), ~null(), true() == b, b & b, b | b, ~b, ~~b, ~(b == True), ~(b == False), ~(b.is_(True)), ~(b != True), and_(b, True), and_(b, null()), or_(b, null()), and_(None == i, b), not_(None == i), not_(True), not_(False), not_(b, ) , and_(True, False), or_(True, False), and_(i == 1, *[True]), func.coalesce(b, False), func.coalesce(b, False) == True, ~func.coalesce(b, False), ~func.foo(), ~cast(i, Boolean), cast(i, Boolean) & b, func.foo(type_=Boolean) | b, ~func.foo(type_=Boolean), case((b, 1), (~b, 2)), case((i == 1, True), else_=False) & b, ~literal(True), literal(True) & b, ~literal_column("x"), ~literal_column("x", Boolean), ~exists(select(i)), b.op("x")(True), i + None, s + None, i.between(None, 5), i.in_([None]), i, ~i.label("q"), ~b.label("q"), ~(i == 1).label("q"), b.label("q") & b, b.desc(), s.collate("x") == None, func.max(b), ~func.max(b), ~select(b).scalar_subquery(), select(b).scalar_subquery() & b, ~select(i).scalar_subquery(),
]:
    show(e)
for w in (b, ~b, true(), false(), and_(b, true()), or_(b, false()), b == True, b.is_(True), literal(True), null(), not_(false()), func.foo(type_=Boolean), cast(i, Boolean), case((i == 1, True))):
    show(select(i).where(w))
show(select(i).having(b).group_by(i))
show(select(b, ~b, b == True, true(), ~false(), literal(False)))
show(select(t.alias("x").c.i).select_from(t.join(t.alias("x"), true())))
attempt(lambda: select(i).where(None).compile())
attempt(lambda: select(i).where(5))
attempt(lambda: select(i).where(True, b).compile())
attempt(lambda: and_(None, b))
attempt(lambda: i < None)
attempt(lambda: s.like(None))
