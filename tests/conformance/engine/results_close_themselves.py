from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, delete, insert, select, text, update

engine = create_engine("sqlite://")
metadata = MetaData()
note = Table("note", metadata, Column("id", Integer, primary_key=True), Column("body", String))
metadata.create_all(engine)


def attempt(action):
    try:
        print(repr(action()))
    except Exception as error:
        print(type(error).__name__, error)


with engine.begin() as connection:
    result = connection.execute(insert(note), {"body": "one"})
    print(result.inserted_primary_key, result.rowcount, result.lastrowid, result.is_insert, result.returns_rows)
    print(result.last_inserted_params(), result.closed)
    attempt(result.all)
    attempt(result.keys)
    attempt(result.scalars)
    result = connection.execute(insert(note), [{"body": "two"}, {"body": "three"}])
    print(result.rowcount, result.lastrowid)
    attempt(lambda: result.inserted_primary_key)
    print(connection.execute(insert(note).returning(note.c.id), [{"body": "x"}, {"body": "y"}]).all())
    attempt(lambda: connection.execute(insert(note).returning(note.c.id), {"body": "z"}).inserted_primary_key)
    print(connection.execute(update(note).where(note.c.id > 2).values(body="new")).rowcount)
    print(connection.execute(delete(note).where(note.c.id == 1)).rowcount)
    result = connection.execute(text("UPDATE note SET body = 'raw' WHERE id = 2"))
    print(result.rowcount)
    attempt(lambda: result.inserted_primary_key)
    attempt(lambda: connection.exec_driver_sql("SELECT 1").inserted_primary_key)
    result = connection.execute(select(note))
    print(result.first(), result.closed)
    attempt(result.first)
    attempt(result.all)
    print(result.keys())
    with connection.execute(select(note)) as result:
        print(result.fetchone())
    attempt(result.fetchone)
    scalars = connection.execute(select(note.c.body)).scalars()
    scalars.close()
    print(scalars.closed)
    attempt(scalars.all)
    print(connection.execute(select(note)).rowcount)
