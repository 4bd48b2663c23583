from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.exc import IntegrityError

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
tag = Table("tag", metadata, Column("name", String(20), primary_key=True), Column("n", Integer, default=1))
metadata.create_all(engine)


def attempt(action):
    try:
        print(repr(action()))
    except Exception as error:
        print(type(error).__name__, error)


with engine.begin() as connection:
    connection.execute(insert(tag), {"name": "a"})
    outer = connection.begin_nested()
    print(connection.in_nested_transaction(), connection.get_nested_transaction() is outer)
    connection.execute(insert(tag), {"name": "b"})
    inner = connection.begin_nested()
    connection.execute(insert(tag), {"name": "c"})
    inner.rollback()
    print(inner.is_active, connection.get_nested_transaction() is outer)
    attempt(inner.commit)
    outer.commit()
    attempt(outer.commit)
    outer.rollback()
    try:
        with connection.begin_nested():
            connection.execute(insert(tag), {"name": "a"})
    except IntegrityError as error:
        print(error.orig)
    with connection.begin_nested() as savepoint:
        connection.execute(insert(tag), {"name": "d"})
        savepoint.rollback()
        attempt(lambda: connection.execute(select(tag)))
    print(connection.scalars(select(tag.c.name).order_by(tag.c.name)).all())

with engine.connect() as connection:
    first = connection.begin_nested()
    second = connection.begin_nested()
    connection.rollback()
    print(first.is_active, second.is_active, connection.in_nested_transaction())
    attempt(second.commit)
