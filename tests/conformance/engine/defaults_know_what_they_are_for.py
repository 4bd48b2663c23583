# A default that takes an argument is told of the row; its errors are the statement's.
import json
from sqlalchemy import *


def doubled(context):
    given = context.get_current_parameters()
    print(context.current_column.name, context.isinsert, context.dialect.name, given)
    return (given.get("a") or 0) * 2


def counted(context):
    return context.connection.scalar(select(func.count()).select_from(items))


engine = create_engine("sqlite://", json_serializer=lambda value: json.dumps(value, sort_keys=True), echo=True)
metadata = MetaData()
items = Table("items", metadata, Column("id", Integer, primary_key=True), Column("a", Integer, default=7), Column("b", Integer, default=doubled), Column("c", Integer, default=counted), Column("d", Integer, onupdate=doubled), Column("j", JSON))
broken = Table("broken", metadata, Column("id", Integer, primary_key=True), Column("x", Integer, default=lambda: int("no number")))
metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(items.insert(), {"j": {"b": 1, "a": [2]}})
    connection.execute(items.insert(), [{"a": 1}, {"a": 2}])
    connection.execute(items.update().where(items.c.id == 1).values(a=50))
    print(connection.execute(select(items)).all())
with engine.connect() as connection:
    for parameters in ({"id": 1}, [{"id": 1}, {"id": 2}]):
        try:
            connection.execute(broken.insert(), parameters)
        except Exception as error:
            print(type(error).__name__, error, repr(error.orig), error.params)
Index("late", items.c.b).create(engine)
items.indexes.copy().pop().create(engine, checkfirst=True)
