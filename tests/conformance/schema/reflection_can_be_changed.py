"""Reflected tables where the program has its own say: overridden columns, keys, parts, copies."""
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, Unicode, create_engine, event, inspect
from sqlalchemy.schema import CreateTable

engine = create_engine("sqlite://")
with engine.begin() as connection:
    connection.exec_driver_sql("CREATE TABLE author (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL DEFAULT 'x', code CHAR(3) UNIQUE)")
    connection.exec_driver_sql(
        "CREATE TABLE book (a INTEGER, b INTEGER, author_id INTEGER REFERENCES author(id) ON DELETE CASCADE, title TEXT, "
        "total INTEGER GENERATED ALWAYS AS (a + b) STORED, PRIMARY KEY (a, b))"
    )
    connection.exec_driver_sql("CREATE UNIQUE INDEX ix_part ON book (title, a) WHERE a > 5")
    connection.exec_driver_sql("CREATE TABLE bare (x)")

book = Table("book", MetaData(), autoload_with=engine)
print(repr(book), sorted(book.metadata.tables))
print(CreateTable(book))
for index in book.indexes:
    print(repr(index), index.dialect_options["sqlite"]["where"])

part = Table(
    "book", MetaData(), Column("title", Unicode(9), key="t"), Column("author_id", BigInteger),
    autoload_with=engine, include_columns=["a", "title", "author_id"],
)
print(repr(part), part.c.keys())

metadata = MetaData()
author = Table("author", metadata, Column("extra", Integer), autoload_with=engine)
print(author.c.keys())
again = Table("author", metadata, Column("name", Text), autoload_with=engine, extend_existing=True)
print(again is author, repr(again.c.name))
Table("author", metadata, autoload_with=engine, extend_existing=True, autoload_replace=False)
print(repr(author.c.name))

renamed = MetaData()


@event.listens_for(renamed, "column_reflect")
def prefix(inspector, table, column_info):
    column_info["key"] = f"{table.name}_{column_info['name']}"


renamed.reflect(engine, only=["author"])
print(renamed.tables["author"].c.keys(), renamed.tables["author"].primary_key.columns.keys())

inspector = inspect(engine)
print(inspector.get_pk_constraint("bare"), inspector.get_pk_constraint("book"))
for missing in (lambda: inspector.has_sequence("s"), inspector.get_materialized_view_names, lambda: inspector.get_columns("nowhere")):
    try:
        print(missing())
    except Exception as error:
        print(type(error).__name__, error)

metadata.remove(author)
print(list(metadata.tables), author.metadata is metadata)
