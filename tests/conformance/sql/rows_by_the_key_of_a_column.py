"""A row is asked for a column by its name in the program, and by its name in the database."""
from sqlalchemy import Column, Integer, MetaData, String, Table, column, create_engine, quoted_name, select

metadata = MetaData()
people = Table("people", metadata, Column("id", Integer, primary_key=True), Column("Full Name", String, key="name"))

engine = create_engine("sqlite://")
metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(people.insert(), {"name": "Ed"})
    result = connection.execute(select(people))
    print(list(result.keys()))
    row = result.one()
    print(row.name, row._mapping["name"], row._mapping["Full Name"], getattr(row, "Full Name"))
    print("name" in row._mapping, row._mapping.keys())
    print(connection.execute(select(people)).columns("name").all())
    labelled = connection.execute(select(people.c.name.label("who"))).one()
    print(labelled.who)
    print(hasattr(labelled, "name"))

print(select(column(quoted_name("lower", True)), column(quoted_name("MixedCase", False)), column("MixedCase")))
