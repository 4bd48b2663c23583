from sqlalchemy import (
    Column, Integer, MetaData, String, Table, create_engine, desc, except_, func,
    intersect, select, union, union_all,
)


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
a = Table("a", metadata, Column("id", Integer, primary_key=True), Column("x", String(5)))
b = Table("b", metadata, Column("id", Integer, primary_key=True), Column("x", String(5)))
metadata.create_all(engine)
with engine.begin() as conn:
    conn.execute(a.insert(), [{"x": c} for c in "pqrs"])
    conn.execute(b.insert(), [{"x": c} for c in "rstu"])
    sa, sb = select(a.c.x), select(b.c.x)
    print(conn.execute(union(sa, sb).order_by("x")).scalars().all())
    print(conn.execute(union_all(sa, sb).order_by("x")).scalars().all())
    print(conn.execute(intersect(sa, sb).order_by("x")).scalars().all())
    print(conn.execute(except_(sa, sb).order_by("x")).scalars().all())
    print(conn.execute(union(sa, sb).order_by(desc("x")).limit(2).offset(1)).all())
    sub = union_all(sa.where(a.c.id > 2), sb.where(b.c.id < 3)).subquery()
    print(conn.execute(select(sub.c.x, func.count()).group_by(sub.c.x).order_by(sub.c.x)).all())
    print(conn.execute(union(sa.subquery().select(), sb.limit(1).subquery().select()).order_by("x")).scalars().all())
    attempt(lambda: conn.execute(union(sa.limit(1), sb)).all())
    print(conn.execute(select(a.c.id).where(a.c.x.in_(intersect(sa, sb))).order_by(a.c.id)).scalars().all())
    row = conn.execute(union(select(a.c.id.label("key"), a.c.x), select(b.c.id, b.c.x)).order_by("key", "x")).first()
    print(row.key, row.x, row._fields)
