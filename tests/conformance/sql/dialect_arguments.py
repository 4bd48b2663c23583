from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, insert, select
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateTable

metadata = MetaData()
owners = Table("owners", metadata, Column("id", Integer, primary_key=True), Column("name", String), schema="old")
pets = Table("pets", metadata, Column("id", Integer, primary_key=True), Column("owner_id", ForeignKey("old.owners.id")))
statement = select(pets.c.id.label("a_label_of_some_length"), pets.c.owner_id.label("b")).where(pets.c.id == 5)

for dialect in (
    sqlite.dialect(paramstyle="named"),
    sqlite.dialect(paramstyle="numeric"),
    postgresql.dialect(paramstyle="format"),
    postgresql.dialect(paramstyle="named"),
    postgresql.dialect(paramstyle="numeric_dollar"),
    mysql.dialect(paramstyle="pyformat"),
    postgresql.dialect(label_length=12),
    mysql.dialect(max_identifier_length=14),
):
    print(dialect.name, dialect.paramstyle, dialect.positional, dialect.label_length)
    print(statement.compile(dialect=dialect))
    print(insert(pets).values(owner_id=3).compile(dialect=dialect))

engine = create_engine("sqlite://", label_length=12)
print(statement.compile(engine), engine.dialect.label_length)
for wrong in (dict(label_length=99999), dict(paramstyle="bogus")):
    try:
        create_engine("sqlite://", **wrong)
    except Exception as error:
        print(type(error).__name__, error)

print(select(owners).compile(schema_translate_map={"old": "new"}))
print(select(owners, pets).join(pets).compile(schema_translate_map={None: "new", "old": None}))
print(CreateTable(pets).compile(schema_translate_map={None: "new", "old": "older"}))
