from sqlalchemy import (
    Integer, String, case, cast, column, exists, func, join, literal, select, table, text,
    true, tuple_,
)

t = table("t", column("id", Integer))
u = table("u", column("id", Integer))
v = table("v", column("id", Integer))
ta = t.alias("ta")
for s in [
    select(t.c.id, u.c.id), select(u.c.id, t.c.id), select(t.c.id).where(u.c.id == 1), select(t.c.id).select_from(u), select(t.c.id).select_from(u, v), select(t.c.id).select_from(u).select_from(v), select(u.c.id).select_from(t.join(u, true())), select(t.c.id, v.c.id).select_from(t.join(u, t.c.id == u.c.id)), select(literal(1)).select_from(t), select(literal(1)).where(t.c.id == 5), select(literal(1)).order_by(t.c.id), select(literal(1)).group_by(t.c.id), select(literal(1)).having(t.c.id > 1), select(t.c.id).order_by(u.c.id), select(func.max(t.c.id), u.c.id + v.c.id), select(t.c.id, ta.c.id), select(ta.c.id).where(t.c.id == ta.c.id), select(t.c.id).select_from(ta), select(case((t.c.id == u.c.id, v.c.id))), select(t.c.id).join(u, t.c.id == u.c.id).where(v.c.id == 3), select(t.c.id, u.c.id).join(v, v.c.id == t.c.id), select(t.c.id).select_from(select(u.c.id).subquery()), select(t.c.id).where(t.c.id == select(u.c.id).scalar_subquery()), select(t.c.id).select_from(text("raw")), select(text("1"), t.c.id), select(func.foo(t.c.id)).select_from(func.bar(u.c.id)), select(func.foo(t.c.id)).select_from(func.bar(u.c.id).alias("b")), select(t).select_from(t).select_from(t), select(t).select_from(t, t), select(t).select_from(t.join(u, true()), t), select(t, t.join(u, true())), select(u, t.join(u, true())), select(t.c.id).select_from(join(t, u, true()), join(t, v, true())), select(column("free")).where(t.c.id == 1), select(t.c.id).with_only_columns(u.c.id), select(t.c.id).where(t.c.id == 1).with_only_columns(u.c.id), select(t.c.id).select_from(t).with_only_columns(u.c.id), select(t.c.id).with_only_columns(u.c.id, maintain_column_froms=True), select(t.c.id).add_columns(u.c.id).where(v.c.id == ta.c.id), select(exists(select(t.c.id))), select(exists(select(t.c.id).where(t.c.id == u.c.id)), u.c.id), select(tuple_(t.c.id, u.c.id) == tuple_(1, 2)), select(t.c.id.label("x"), u.c.id.label("y")).where(column("x") == 1), select(func.row_number().over(order_by=u.c.id)), select(func.count().filter(u.c.id > 1)), select(cast(t.c.id, String) + cast(u.c.id, String)), select(t.c.id.collate("x")), select(t.c.id.in_([u.c.id, 5])), select(t.c.id).where(t.c.id.in_(select(u.c.id).where(u.c.id == v.c.id))),
]:
    print(s)
    print("   ", [type(f).__name__ for f in s.get_final_froms()], [type(f).__name__ for f in s.columns_clause_froms])
