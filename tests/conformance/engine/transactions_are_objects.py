from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, func, insert, select

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
pet = Table("pet", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
metadata.create_all(engine)


def attempt(action):
    try:
        print(repr(action()))
    except Exception as error:
        print(type(error).__name__, error)


with engine.connect() as connection:
    print(connection.in_transaction(), connection.get_transaction(), connection.closed)
    connection.execute(insert(pet), {"name": "Rex"})
    transaction = connection.get_transaction()
    print(type(transaction).__name__, transaction.is_active, transaction.is_valid)
    print(transaction is connection.get_transaction(), transaction.connection is connection)
    attempt(connection.begin)
    transaction.commit()
    print(transaction.is_active, connection.in_transaction())
    attempt(transaction.commit)
    transaction.rollback()
    second = connection.begin()
    connection.execute(insert(pet), {"name": "Tom"})
    second.close()
    print(connection.scalar(select(func.count()).select_from(pet)))
    connection.rollback()
    connection.rollback()

with engine.connect() as connection, connection.begin() as transaction:
    connection.execute(insert(pet), {"name": "Ida"})
    transaction.rollback()
    attempt(lambda: connection.execute(select(pet)))
    attempt(connection.begin)
    attempt(connection.begin_nested)

try:
    with engine.begin() as connection:
        connection.execute(insert(pet), {"name": "Kim"})
        raise ValueError("changed my mind")
except ValueError as error:
    print(error)
attempt(lambda: connection.execute(select(pet)))
attempt(connection.begin)
attempt(connection.commit)
print(connection.closed, connection.invalidated)
