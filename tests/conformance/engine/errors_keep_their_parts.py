import sqlite3

from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, create_engine, insert, select, text
from sqlalchemy import exc

engine = create_engine("sqlite://")
metadata = MetaData()
user = Table("user", metadata, Column("id", Integer, primary_key=True), Column("name", String, unique=True, nullable=False))
metadata.create_all(engine)


def show(action):
    try:
        action()
    except exc.StatementError as error:
        print(type(error).__name__, error.code, error.args)
        print(error.statement, error.params, repr(error.orig), error.ismulti, error.hide_parameters)
        print(error.__cause__ is error.orig, isinstance(error, exc.DBAPIError), error.connection_invalidated)
        error.add_detail("seen by the script")
        print(error)


with engine.begin() as connection:
    connection.execute(insert(user), {"name": "ed"})
    show(lambda: connection.execute(insert(user), {"name": "ed"}))
    show(lambda: connection.execute(insert(user), [{"name": "al"}, {"name": "al"}]))
    show(lambda: connection.execute(insert(user), {"name": None}))
    show(lambda: connection.execute(text("SELECT nothing FROM nowhere")))
    show(lambda: connection.execute(insert(user), [{"name": "x"}, {"nme": "y"}]))
    show(lambda: connection.execute(select(user).where(user.c.id == bindparam("wanted"))))
    try:
        connection.execute(insert(user), {"name": "ed"})
    except exc.IntegrityError as error:
        print(isinstance(error.orig, sqlite3.IntegrityError), isinstance(error.orig, sqlite3.Error))
made = exc.StatementError("something", "SELECT 1", {"a": 1}, ValueError("v"))
made.add_detail("more")
print(made)
print(exc.IntegrityError("INSERT", (1,), ValueError("v")))
print(exc.InvalidRequestError("wrong", code="abcd"), exc.ArgumentError("wrong").code)
print([cls.__name__ for cls in exc.IntegrityError.__mro__[:-2]])
print(issubclass(exc.NoSuchColumnError, KeyError), issubclass(exc.NoResultFound, exc.InvalidRequestError))
hidden = create_engine("sqlite://", hide_parameters=True)
with hidden.connect() as connection:
    show(lambda: connection.execute(text("SELECT :secret FROM nowhere"), {"secret": "s3"}))
