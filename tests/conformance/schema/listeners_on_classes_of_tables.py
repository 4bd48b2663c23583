# Every table, column and constraint is seen as it becomes part of something.
from sqlalchemy import *
from sqlalchemy import event


@event.listens_for(Column, "before_parent_attach")
def column_comes(column, table):
    print("column", column.name, "of", table.name)


@event.listens_for(Table, "after_parent_attach")
def table_is_there(table, metadata):
    print("table", table.name, len(table.c), table.metadata is metadata)


metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
users.append_column(Column("age", Integer))
print(event.contains(Table, "after_parent_attach", table_is_there))
event.remove(Table, "after_parent_attach", table_is_there)
print(event.contains(Table, "after_parent_attach", table_is_there))

event.remove(Column, "before_parent_attach", column_comes)
engine = create_engine("sqlite://")


@event.listens_for(Table, "after_create")
def created(target, connection, **kw):
    print("created", target.name, kw["checkfirst"])


@event.listens_for(Table, "column_reflect")
def rename(inspector, table, info):
    info["key"] = "k_" + info["name"]


metadata.create_all(engine)
found = Table("users", MetaData(), autoload_with=engine)
print(found.c.keys())
event.remove(Table, "column_reflect", rename)
own = [("column_reflect", lambda inspector, table, info: info.update(key=info["name"].upper()))]
print(Table("users", MetaData(), autoload_with=engine, listeners=own).c.keys())
