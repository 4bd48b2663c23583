# A SELECT becomes a view, or a table.
from sqlalchemy import *
from sqlalchemy.dialects import postgresql

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))
sponges = CreateView(select(users).where(users.c.name.like("%sponge%")), "sponges", metadata=metadata)
print(repr(sponges.table), sponges.materialized, sorted(metadata.tables))
print(sponges)
metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(users.insert(), [{"name": "spongebob"}, {"name": "sandy"}])
    print(connection.execute(select(sponges.table)).all())
    loud = CreateTableAs(select(users.c.id, func.upper(users.c.name).label("up")), "loud", temporary=True)
    connection.execute(loud)
    print(connection.execute(select(loud.table.c.up).order_by(loud.table.c.id)).all())
    connection.execute(select(users.c.name).into("names", if_not_exists=True))
    print(connection.exec_driver_sql("select count(*) from names").scalar())
print(inspect(engine).get_view_names())
sponges.table.drop(engine)
metadata.drop_all(engine)
print(DropView(sponges.table, if_exists=True))

stored = MetaData()
CreateView(select(users.c.id, users.c.name.label("nm")), "vv", metadata=stored, or_replace=True, materialized=True, postgresql_with={"fillfactor": 70})
shown = create_mock_engine("postgresql://", lambda ddl, *args, **kw: print(ddl.compile(dialect=postgresql.dialect())))
stored.create_all(shown)
stored.drop_all(shown)
