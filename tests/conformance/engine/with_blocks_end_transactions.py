import contextlib

from sqlalchemy import Column, Integer, MetaData, Table, create_engine, exc, insert, select, text

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("v", Integer, unique=True))
metadata.create_all(engine)


def attempt(action):
    try:
        print(repr(action()))
    except Exception as error:
        print(type(error).__name__, error)


connection = engine.connect()
transaction = connection.begin()
with transaction:
    connection.execute(insert(t), {"v": 1})
print(transaction.is_active, connection.in_transaction())
with contextlib.suppress(ValueError):
    with connection.begin() as transaction:
        connection.execute(insert(t), {"v": 2})
        raise ValueError("not after all")
print(transaction.is_active, connection.scalars(select(t.c.v)).all())
connection.commit()
with connection.begin() as transaction:
    transaction.commit()
    attempt(lambda: connection.execute(select(t)))
    attempt(connection.commit)
with connection.begin_nested():
    with connection.begin_nested():
        connection.execute(insert(t), {"v": 3})
    connection.execute(insert(t), {"v": 4})
connection.commit()
attempt(lambda: connection.execute(insert(t), [{"v": 5}, {"v": 5}]))
print(connection.scalars(select(t.c.v)).all())
connection.rollback()
print(connection.scalars(select(t.c.v)).all())
connection.close()
connection.close()
for method in [connection.rollback, connection.in_transaction, connection.begin_nested, connection.get_transaction]:
    attempt(method)
attempt(lambda: connection.info)
attempt(lambda: connection.exec_driver_sql("SELECT 1"))
manager = engine.begin()
attempt(lambda: manager.execute(text("SELECT 1")))
with manager as connection:
    try:
        with connection.begin_nested():
            connection.execute(insert(t), {"v": 1})
    except exc.IntegrityError as error:
        print(error.orig)
    connection.execute(insert(t), {"v": 100})
with engine.connect() as connection:
    print(connection.scalars(select(t.c.v)).all())
