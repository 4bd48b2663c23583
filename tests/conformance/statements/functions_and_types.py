from sqlalchemy import (
    DateTime, Float, Integer, Numeric, Sequence, String, column, func, select, table,
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

t = table("t", column("i", Integer), column("s", String(20)), column("n", Numeric(10, 2)), column("f", Float), column("dt", DateTime))
for f in [
    func.now(), func.current_timestamp(), func.current_date(), func.current_time(), func.localtime(), func.localtimestamp(), func.current_user(), func.session_user(), func.user(), func.sysdate(),
    func.count(), func.count("*"), func.count(t.c.i), func.count(t.c.i.distinct()), func.sum(t.c.n), func.sum(t.c.i), func.max(t.c.s), func.min(t.c.dt), func.avg(t.c.i), func.abs(t.c.i),
    func.coalesce(t.c.s, "none"), func.coalesce(None, t.c.i, 5), func.nullif(t.c.i, 0), func.lower(t.c.s), func.upper(t.c.s), func.length(t.c.s), func.char_length(t.c.s), func.concat(t.c.s, "-", t.c.i),
    func.random(), func.rand(), func.round(t.c.f, 2), func.substr(t.c.s, 1, 3), func.trim(t.c.s), func.replace(t.c.s, "a", "b"), func.my_func(1, "two", None, True, 2.5), func.pkg.sub.fn(t.c.i), func.MixedCase(1), func.UPPER("x"), func.Count(t.c.i),
    func.date(t.c.dt), func.strftime("%Y-%m", t.c.dt), func.group_concat(t.c.s, ","), func.array_agg(t.c.i), func.string_agg(t.c.s, ", "), func.aggregate_strings(t.c.s, ";"), func.next_value(Sequence("seq")), func.ifnull(t.c.i, 1),
    func.json_object("a", 1), func.foo(t.c.i, type_=String), func.foo(type_=Integer), func.rank(), func.percentile_cont(0.5), func.char(t.c.i), func.pow(t.c.i, 2), func.grouping_sets(t.c.i), func.rollup(t.c.i, t.c.s), func.cube(t.c.i),
    func.mode(), func.unnest(t.c.i), func.generate_series(1, 5), func.xyz_(5), func.user_defined.thing(), getattr(func, "if")(1, 2), getattr(func, "weird name")(1),
]:
    print(str(f), "|", repr(f.type), "|", f.compile().params, "|", f.name)
for f in [func.now(), func.current_timestamp(), func.localtime(), func.sysdate(), func.char_length(t.c.s), func.aggregate_strings(t.c.s, ","), func.random(), func.coalesce(t.c.s, "x%"), func.rollup(t.c.i), func.concat(t.c.s, "z"), func.count(), func.max(t.c.n), func.localtimestamp(), func.user(), func.strftime("%Y", t.c.dt)]:
    show(select(f))
print(select(func.lower(t.c.s), func.lower(t.c.s), func.max(t.c.i).label("m"), func.count()).group_by(func.lower(t.c.s)))
print(select(func.sum(t.c.i) + func.sum(t.c.n), func.sum(t.c.i) / func.count(), func.length(t.c.s) > 5))
print(func.lower(t.c.s).label("x").type, (func.foo() + 5).type, (func.foo() == 5).type, func.lower("A") + "b", func.foo(func.bar(func.baz())))
print(func.foo().scalar_table_valued("x"), func.foo().alias("f").column, func.foo().clauses, list(func.foo(1, 2).clauses)[0].value, func.foo().packagenames, func.a.b.foo().packagenames)
