import time

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, event, insert, select

engine = create_engine("sqlite://")
metadata = MetaData()
pet = Table("pet", metadata, Column("id", Integer, primary_key=True), Column("name", String))


@event.listens_for(engine, "before_cursor_execute")
def before(conn, cursor, statement, parameters, context, executemany):
    conn.info.setdefault("started", []).append(time.time())
    context.number = len(conn.info["started"])
    print("before", " ".join(statement.split()), parameters, executemany)


@event.listens_for(engine, "after_cursor_execute")
def after(conn, cursor, statement, parameters, context, executemany):
    elapsed = time.time() - conn.info["started"].pop()
    print("after", elapsed >= 0, context.number, cursor.rowcount)


def transactions(name):
    def listener(connection, *more):
        print(name, connection.in_transaction(), more)

    return listener


for name in ["begin", "commit", "rollback", "savepoint", "release_savepoint", "rollback_savepoint"]:
    event.listen(engine, name, transactions(name))
metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(insert(pet), [{"name": "Rex"}, {"name": "Tom"}])
    with connection.begin_nested():
        connection.execute(insert(pet), {"name": "Ida"})
    connection.begin_nested().rollback()
    print(connection.execute(insert(pet).returning(pet.c.id), [{"name": "x"}, {"name": "y"}]).all())
with engine.connect() as connection:
    print(connection.scalars(select(pet.c.name)).all())
print(event.contains(engine, "before_cursor_execute", before))
event.remove(engine, "before_cursor_execute", before)
event.remove(engine, "after_cursor_execute", after)
with engine.connect() as connection:
    print(connection.scalar(select(pet.c.name)))
