from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select
from sqlalchemy import exc


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

engine = create_engine("sqlite://", echo=True)
m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("v", String, unique=True))
m.create_all(engine)
conn = engine.connect()
print(conn.in_transaction(), conn.closed, conn.get_transaction())
conn.execute(t.insert().values(v="a"))
print(conn.in_transaction(), conn.in_nested_transaction())
conn.commit()
print(conn.in_transaction())
conn.execute(t.insert().values(v="gone"))
conn.rollback()
trans = conn.begin()
conn.execute(t.insert().values(v="b"))
print(trans.is_active, trans.is_valid)
nested = conn.begin_nested()
conn.execute(t.insert().values(v="c"))
print(conn.in_nested_transaction(), nested.is_active)
nested.rollback()
with conn.begin_nested() as sp:
    conn.execute(t.insert().values(v="d"))
    with conn.begin_nested():
        conn.execute(t.insert().values(v="e"))
try:
    with conn.begin_nested():
        conn.execute(t.insert().values(v="d"))
except exc.IntegrityError as err:
    print(err)
trans.commit()
print(trans.is_active)
attempt(lambda: trans.commit())
print(conn.execute(select(t.c.v).order_by(t.c.id)).scalars().all())
attempt(lambda: conn.begin())
conn.rollback()
try:
    with conn.begin():
        conn.execute(t.insert().values(v="x"))
        raise ValueError("stop")
except ValueError as err:
    print("caught", err)
with conn.begin():
    conn.execute(t.insert().values(v="y"))
    attempt(lambda: conn.commit())
with engine.begin() as c2:
    c2.execute(t.insert().values(v="z"))
    c2.rollback()
    attempt(lambda: c2.execute(select(t)))
conn.close()
print(conn.closed)
attempt(lambda: conn.execute(select(t)))
attempt(lambda: conn.execute("select 1"))
with engine.connect() as c3:
    attempt(lambda: c3.execute("select 1"))
    attempt(lambda: c3.execute(t))
    attempt(lambda: c3.execute(select(t), 5))
    attempt(lambda: c3.execute(t.c.v))
    print(c3.execute(select(t.c.v).order_by(t.c.id)).scalars().all())
    sp = c3.begin_nested()
    c3.rollback()
    attempt(lambda: sp.commit())
    c3.close()
    c3.close()
