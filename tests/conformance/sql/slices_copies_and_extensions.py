"""Slices of slices, values that are asked for, copies of columns, and extensions of statements."""
from sqlalchemy import (
    Integer,
    bindparam,
    column,
    delete,
    from_dml_column,
    func,
    insert,
    select,
    table,
    text,
    update,
    values,
)
from sqlalchemy.dialects import mysql, postgresql

t = table("t", column("id", Integer), column("n", Integer), column("name"))
u = table("u", column("id", Integer), column("t_id", Integer))

print(select(t.c.id).slice(5, 12).slice(1, 3).compile(compile_kwargs={"literal_binds": True}))
print(select(t.c.id).offset(t.c.n).slice(2, 4))
print((t.c.n == bindparam("answer", callable_=lambda: 42)).compile(compile_kwargs={"literal_binds": True}))
print(text("SELECT :unset").compile(compile_kwargs={"literal_binds": True}))
print(select(func.generate(1).alias("g")))

print(insert(t).values(n=5, id=from_dml_column(t.c.n)))
print(update(t).values(n=from_dml_column(t.c.n)))
print(update(t).values(n=from_dml_column(t.c.id) + 1))

print(delete(t).using(t.join(u, t.c.id == u.c.t_id)).where(u.c.id == 3).compile(dialect=mysql.dialect()))
print(delete(t).using(u).where(t.c.id == u.c.t_id).compile(dialect=postgresql.dialect()))
print(select(t.c.id).ext(postgresql.distinct_on(t.c.n)).compile(dialect=postgresql.dialect()))
print(update(t).values(n=1).ext(mysql.limit(4)).compile(dialect=mysql.dialect()))
for wrong in (
    lambda: select(t).ext(mysql.limit(3)),
    lambda: select(t).distinct(t.c.n).ext(postgresql.distinct_on(t.c.n)),
):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)

twice = select(t.c.id, t.c.id, u.c.id).subquery()
print(select(twice, twice))
print(values(column("a", Integer), name="v").data([(1,), (2,)]))
