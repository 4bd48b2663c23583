from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, create_engine, func, insert, select, text

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("v", String(10), default="none"))
metadata.create_all(engine)


def attempt(action):
    try:
        print(repr(action()))
    except Exception as error:
        print(type(error).__name__, error)


with engine.connect() as connection:
    connection.execute(text("INSERT INTO t (v) VALUES (:a), (:b)"), {"a": "x", "b": "y"})
    print(connection.execute(text("SELECT v FROM t ORDER BY v")).scalars().all())
    print(connection.execute(text("SELECT id, id * 2 AS twice FROM t")).mappings().all())
    print(connection.execute(text("SELECT :p AS p").bindparams(p=5)).scalar())
    attempt(lambda: connection.execute(text("SELECT v FROM t WHERE id = :x"), {"x": 1, "extra": 2}).all())
    attempt(lambda: connection.execute(select(t).where(t.c.id == 1), {"nope": 5}).all())
    attempt(lambda: connection.execute(insert(t), {"nope": 5}))
    attempt(lambda: connection.execute(insert(t), {}).inserted_primary_key)
    attempt(lambda: connection.execute(insert(t)).inserted_primary_key)
    attempt(lambda: connection.execute(insert(t), [{"v": "a"}, {}]))
    attempt(lambda: connection.execute(select(t.c.v).where(t.c.id == bindparam("which", 1))).scalar())
    attempt(lambda: connection.execute(select(t.c.v).where(t.c.id == bindparam("which", 1)), {"which": 2}).scalar())
    attempt(lambda: connection.execute(func.lower("ABC")).scalar())
    attempt(lambda: connection.scalar(func.max(3, 7)))
    for wrong in [t, t.c.v, None, t.c.v == "x"]:
        attempt(lambda: connection.execute(wrong))
    attempt(lambda: connection.execute(insert(t), [{"v": "long " * 100}] * 12).rowcount)
    attempt(lambda: connection.execute(insert(t), {"id": 2**70}))
    connection.rollback()
    attempt(lambda: connection.execute(select(t).where(t.c.id == bindparam("missing"))))
