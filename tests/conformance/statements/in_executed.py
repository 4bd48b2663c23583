import datetime
from sqlalchemy import (
    Column, Date, Integer, MetaData, String, Table, bindparam, create_engine, func,
    select, text, tuple_,
)

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
item = Table("item", metadata, Column("id", Integer, primary_key=True), Column("kind", String(5)), Column("due", Date))
metadata.create_all(engine)
with engine.connect() as conn:
    conn.execute(item.insert(), [{"id": n, "kind": "abc"[n % 3], "due": datetime.date(2024, 1, n)} for n in range(1, 7)])
    ids = select(item.c.id)
    print(conn.scalars(ids.where(item.c.id.in_([1, 3, 9]))).all())
    print(conn.scalars(ids.where(item.c.id.in_([2, 4]))).all())
    print(conn.scalars(ids.where(item.c.id.in_([]))).all())
    print(conn.scalars(ids.where(item.c.id.not_in([]))).all())
    print(conn.scalars(ids.where(item.c.kind.not_in(["a", "b"]))).all())
    print(conn.scalars(ids.where(item.c.due.in_([datetime.date(2024, 1, 2)]))).all())
    print(conn.scalars(ids.where(tuple_(item.c.id, item.c.kind).in_([(1, "b"), (2, "b")]))).all())
    print(conn.scalars(ids.where(tuple_(item.c.id, item.c.kind).in_([]))).all())
    stmt = ids.where(item.c.id.in_(bindparam("wanted", expanding=True)), item.c.kind == bindparam("k"))
    print(conn.scalars(stmt, {"wanted": [1, 2, 3], "k": "b"}).all())
    print(conn.scalars(stmt, {"wanted": [], "k": "b"}).all())
    raw = text("SELECT id FROM item WHERE kind IN :kinds ORDER BY id").bindparams(bindparam("kinds", expanding=True))
    print(conn.scalars(raw, {"kinds": ["a", "c"]}).all())
    print(conn.scalars(ids.where(item.c.id.in_(select(func.max(item.c.id)).group_by(item.c.kind))).order_by(item.c.id)).all())
    print(conn.execute(ids.where(item.c.id.in_([1, 2]), item.c.kind.in_(["b", "c"]), item.c.id < 100)).all())
