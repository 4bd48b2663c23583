"""What definitions of schemas refuse, and in which words."""
from sqlalchemy import (
    CheckConstraint, Column, Computed, ForeignKey, ForeignKeyConstraint, Identity, Index, Integer, MetaData,
    PrimaryKeyConstraint, Sequence, String, Table, UniqueConstraint, create_engine,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import AddConstraint, CreateTable

metadata = MetaData()
known = Table("known", metadata, Column("id", Integer, primary_key=True))
for wrong in [
    lambda: Table("known", metadata, Column("id", Integer)),
    lambda: Table("known", metadata, extend_existing=True, keep_existing=True),
    lambda: Table("new", metadata, must_exist=True),
    lambda: Table("twice", metadata, Column("x", Integer), Column("x", Integer)),
    lambda: Table("option", metadata, postgresql_nothing=3),
    lambda: Table("option", metadata, nothing=3),
    lambda: Index("option", known.c.id, mysql_where=5),
    lambda: UniqueConstraint("x", oracle_bitmap=True),
    lambda: Table(),
    lambda: Table("lonely"),
    lambda: Table("key", metadata, Column("x", Integer), PrimaryKeyConstraint("nope")),
    lambda: Table("few", metadata, Column("x", Integer), ForeignKeyConstraint(["x"], ["known.id", "known.x"])),
    lambda: ForeignKey(5),
    lambda: Column("x", Integer, ForeignKey("known.id")).references(known.c.id),
    lambda: Column("x", Integer, name="y"),
    lambda: Column("x", Integer, type_=String),
    lambda: Column("x", Integer, Identity(), server_default="5"),
    lambda: Column("x", Integer, Computed("1"), server_default="5"),
    lambda: Table("both", MetaData(), Column("x", Integer, Identity(), Sequence("s"))),
    lambda: Column("x", Integer, Identity(), autoincrement=False),
    lambda: Column("x", Integer, default=lambda a, b: 3),
    lambda: CreateTable(Table("text", MetaData(), Column("x", String, primary_key=True, autoincrement=True))).compile(dialect=postgresql.dialect()),
    lambda: CheckConstraint(5),
    lambda: MetaData(5),
    lambda: MetaData(other=5),
    lambda: metadata.create_all(5),
    lambda: known.create(),
    lambda: metadata.remove(5),
    lambda: known.append_column(5),
    lambda: Sequence(),
    lambda: Computed(),
    lambda: AddConstraint(UniqueConstraint("x")),
    lambda: UniqueConstraint("x").table,
]:
    try:
        print(wrong())
    except Exception as error:
        print(type(error).__name__, error)
print(MetaData("store").schema, Table("t", MetaData("store")).key)
print(repr(Sequence("s", 1, 2, schema="q", metadata=metadata, optional=True, cache=5, cycle=True)))
options = Index("with_options", known.c.id, postgresql_using="gin", mysql_length=3).dialect_options
print(options["postgresql"]["using"], options["mysql"]["length"], options["sqlite"]["where"])
