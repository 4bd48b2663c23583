from sqlalchemy import Column, Integer, MetaData, Table, create_engine, delete, insert, select, text, update

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
s = Table("s", metadata, Column("id", Integer, primary_key=True), schema="per_user")
with engine.connect() as connection:
    connection.execute(text("ATTACH DATABASE ':memory:' AS other"))
    connection.execution_options(schema_translate_map={None: "other", "per_user": "main"})
    metadata.create_all(connection)
    metadata.create_all(connection)
    print(connection.execute(text("SELECT name FROM other.sqlite_master")).scalars().all())
    print(connection.execute(text("SELECT name FROM main.sqlite_master")).scalars().all())
    connection.execute(insert(t), [{"x": 1}, {"x": 2}])
    connection.execute(insert(s))
    print(connection.execute(insert(t).returning(t.c.id), [{"x": 3}, {"x": 4}]).all())
    print(connection.execute(select(t, s.c.id).join_from(t, s, t.c.id == s.c.id)).all())
    print(connection.execute(select(t.c.x).where(t.c.x.in_([1, 2]))).scalars().all())
    connection.execute(update(t).where(t.c.id == 1).values(x=5))
    connection.execute(delete(t).where(t.c.x == 2))
    t.drop(connection)
    metadata.drop_all(connection)
with engine.connect() as connection:
    connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER)"))
    once = {"schema_translate_map": {None: "main"}}
    print(connection.execute(select(t), execution_options=once).all())
    print(connection.execute(select(t)).all())
    print(connection.execute(select(t).execution_options(yield_per=5)).fetchmany())
