from sqlalchemy import (
    Column, Integer, MetaData, String, Table, and_, bindparam, case, cast, column,
    create_engine, desc, exists, extract, false, func, literal, null, or_, select, table,
    text, true, tuple_, type_coerce, union, values,
)

t = table("t", column("a", Integer), column("b", String))
u = table("u", column("a", Integer))
pairs = [
    (t.c.a, t.c.a), (t.c.a, t.c.b), (t.c.a == 5, t.c.a == 5), (t.c.a == 5, t.c.a == 6), (t.c.a == 5, t.c.a != 5), (t.c.a == t.c.b, t.c.b == t.c.a), (t.c.a + 1, 1 + t.c.a), (and_(t.c.a == 1, t.c.b == "x"), and_(t.c.b == "x", t.c.a == 1)), (or_(t.c.a == 1, t.c.b == "x"), or_(t.c.a == 1, t.c.b == "x")), (func.max(t.c.a), func.max(t.c.a)), (func.max(t.c.a), func.min(t.c.a)), (cast(t.c.a, String), cast(t.c.a, Integer)), (t.c.a.label("x"), t.c.a.label("x")), (t.c.a.label("x"), t.c.a.label("y")), (t.c.a.label(None), t.c.a.label(None)), (select(t), select(t)), (select(t), select(u)), (select(t).where(t.c.a == 1), select(t).where(t.c.a == 1)), (select(t).limit(1), select(t).limit(2)), (select(t).order_by(t.c.a), select(t).order_by(t.c.a.desc())), (select(t).subquery(), select(t).subquery()), (text("a"), text("a")), (bindparam("x"), bindparam("x")), (bindparam("x", 1), bindparam("x", 2)), (bindparam("x"), bindparam("y")), (null(), null()), (true(), false()), (literal(5), literal(5)), (literal(5), literal(5.0)), (case((t.c.a == 1, 2)), case((t.c.a == 1, 2))), (t.insert().values(a=1), t.insert().values(a=1)), (t.insert(), t.update()), (union(select(t), select(t)), union(select(t), select(t))), (exists(select(t)), exists(select(t))), (~exists(select(t)), exists(select(t))), (t.c.a.in_([1, 2]), t.c.a.in_([1, 2])), (t.c.a.in_([1, 2]), t.c.a.in_([1, 2, 3])), (t.c.a.between(1, 2), t.c.a.between(1, 2)), (t.alias("x"), t.alias("x")), (table("q", column("z")), table("q", column("z"))), (column("z"), column("z")), (tuple_(1, 2), tuple_(1, 2)), (t.c.b.like("x", escape="/"), t.c.b.like("x")), (func.x().over(order_by=t.c.a), func.x().over(order_by=t.c.a)), (desc(t.c.a), t.c.a.desc()), (extract("year", t.c.a), extract("month", t.c.a)), (select(t).with_for_update(), select(t)), (select(t).cte("x"), select(t).cte("x")), (type_coerce(t.c.a, String), type_coerce(t.c.a, String)),
]
for left, right in pairs:
    k1, k2 = left._generate_cache_key(), right._generate_cache_key()
    print(left.compare(right), k1 == k2 if k1 is not None else None, str(left).replace("\n", " "))
engine = create_engine("sqlite://", echo=True)
real = Table("t", MetaData(), Column("a", Integer), Column("b", String))
with engine.connect() as conn:
    real.create(conn)
    for n in (1, 2):
        conn.execute(select(real).where(real.c.a == n)).all()
        conn.execute(select(real).where(real.c.a.in_(range(n)))).all()
        conn.execute(select(real.c.a).limit(n)).all()
        conn.execute(real.insert().values(a=n))
        conn.execute(real.insert().values([{"a": n}, {"a": n}]))
        conn.execute(real.update().values(a=n))
        conn.execute(text("select :x"), {"x": n}).all()
        conn.execute(select(literal(n), func.coalesce(n, "x"))).all()
        conn.execute(select(real.c.a.op("+")(n)), ).all()
        conn.execute(select(real), execution_options={"compiled_cache": None}).all()
        conn.execute(select(values(column("z", Integer), name="v").data([(n,)]).cte("vv"))).all()
