from sqlalchemy import (
    Column, Integer, MetaData, String, Table, and_, between, case, create_engine, delete,
    exists, func, literal, or_, select, union_all, update,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite

engine = create_engine("sqlite://", echo=True)
m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("a", Integer), Column("s", String))
m.create_all(engine)
c1 = select(t.c.id, (t.c.a + 100).label("x")).where(t.c.a > 1).cte("c1")
c2 = select(c1.c.id, literal("second").label("w")).where(c1.c.x < 150).cte("c2")
sub = select(func.max(t.c.a) + 7).where(t.c.s != "sub").scalar_subquery()
main = (
    select(literal("first").label("f"), c2.c.id, c2.c.w, sub.label("mx"), case((t.c.a == 3, "three"), else_="other").label("cs"))
    .join(t, and_(t.c.id == c2.c.id, t.c.s == "on"))
    .where(t.c.a.in_([3, 4, 5]), t.c.s.like("o%"), exists().where(c1.c.x == 103))
    .group_by(t.c.id, c2.c.id, c2.c.w).having(func.count() < 50)
    .order_by(case((t.c.a > 4, 0), else_=1), t.c.id).limit(9).offset(0)
)
for d in (sqlite.dialect(), mysql.dialect(), postgresql.dialect()):
    compiled = main.compile(dialect=d, compile_kwargs={"render_postcompile": True})
    print(compiled)
    print(compiled.params)
    print(compiled.positiontup)
with engine.begin() as conn:
    conn.execute(t.insert(), [{"a": n, "s": "on" if n % 2 else "off"} for n in range(8)])
    print(conn.execute(main).all())
    ins = t.insert().from_select(["a", "s"], select(c1.c.x + 1000, literal("from cte")).where(c1.c.id == 4))
    conn.execute(ins)
    upd = update(t).where(t.c.id.in_(select(c2.c.id).where(c2.c.w == "second")), t.c.s == "on").values(a=t.c.a + 5, s=select(literal("sub") + "query").scalar_subquery())
    print(conn.execute(upd).rowcount)
    dele = delete(t).where(t.c.a > 1000, t.c.id.in_(select(c1.c.id).where(c1.c.x > 9)))
    print(conn.execute(dele).rowcount)
    print(conn.execute(union_all(select(t.c.id, literal("u1")).where(t.c.a == 1), select(t.c.id, literal("u2")).where(t.c.a.in_([2, 3]))).order_by(t.c.id).limit(2)).all())
    win = select(t.c.id, func.sum(t.c.a + 1).filter(t.c.a > 2).over(partition_by=t.c.a % 2, order_by=t.c.id + 3, rows=(-1, 1))).where(t.c.id < 4)
    print(conn.execute(win).all())
    print(conn.execute(select(func.coalesce(t.c.s, "d"), t.c.a * 2 - 1).where(between(t.c.a, 1, 6), or_(t.c.s == "off", t.c.a == 0)).order_by((t.c.a * 3).desc()), ).all())
