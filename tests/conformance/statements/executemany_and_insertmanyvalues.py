from sqlalchemy import (
    Column, Integer, MetaData, String, Table, bindparam, create_engine, delete, func,
    insert, select, text, update,
)


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

engine = create_engine("sqlite://", echo=True, insertmanyvalues_page_size=3)
metadata = MetaData()
pt = Table("pt", metadata, Column("id", Integer, primary_key=True), Column("x", Integer), Column("y", Integer, server_default="0"))
nopk = Table("nopk", metadata, Column("a", String(5)), Column("b", Integer))
metadata.create_all(engine)
with engine.begin() as conn:
    print(conn.execute(insert(pt), [{"x": n} for n in range(5)]).rowcount)
    r = conn.execute(insert(pt).returning(pt.c.id), [{"x": n} for n in range(7)])
    print(r.scalars().all())
    r = conn.execute(insert(pt).returning(pt.c.id, pt.c.x, pt.c.y, sort_by_parameter_order=True), [{"x": n * 2} for n in range(4)])
    print(r.all())
    r = conn.execute(insert(nopk).returning(nopk.c.a, nopk.c.b), [{"a": "q", "b": n} for n in range(4)])
    print(r.all())
    r = conn.execute(insert(pt).values(x=func.abs(bindparam("k"))).returning(pt.c.x), [{"k": -1}, {"k": 2}, {"k": -3}, {"k": 4}])
    print(r.all())
    r = conn.execute(insert(pt).returning(pt.c.id), [{"id": 100 + n, "x": n} for n in range(4)])
    print(r.all())
    r = conn.execute(insert(pt).returning(pt.c.id, sort_by_parameter_order=True), [{"id": 200 + n, "x": n} for n in range(4)])
    print(r.all())
    r = conn.execute(insert(pt).returning(pt.c.id), {"x": 5})
    print(r.all())
    r = conn.execute(insert(pt).returning(pt.c.id).execution_options(insertmanyvalues_page_size=2), [{"x": 5}, {"x": 6}, {"x": 7}])
    print(r.all())
    print(conn.execute(update(pt).where(pt.c.x == bindparam("old")).values(y=bindparam("new")), [{"old": 1, "new": 11}, {"old": 2, "new": 22}]).rowcount)
    print(conn.execute(delete(pt).where(pt.c.id == bindparam("which")), [{"which": 1}, {"which": 2}, {"which": 999}]).rowcount)
    conn.execute(text("INSERT INTO nopk (a, b) VALUES (:a, :b)"), [{"a": "t", "b": 1}, {"a": "u", "b": 2}])
    conn.exec_driver_sql("INSERT INTO nopk (a, b) VALUES (?, ?)", [("d", 8), ("e", 9)])
    print(conn.execute(select(func.count()).select_from(nopk)).scalar_one())
    conn.execute(insert(pt), [])
    conn.execute(insert(nopk), [{"a": "x" * 5, "b": n} for n in range(30)])
    attempt(lambda: conn.execute(update(pt).where(pt.c.x == bindparam("old")).values(y=1).returning(pt.c.id), [{"old": 1}, {"old": 2}]).all())
