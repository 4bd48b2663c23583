# Columns without a type take that of the column they refer to, whichever
# table comes first, and whoever says that they refer to it.
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Integer, MetaData, String, Table, create_engine
from sqlalchemy.schema import CreateTable

metadata = MetaData()
doc = Table("doc", metadata, Column("no", Integer, primary_key=True), Column("lang", String(5), primary_key=True))
page = Table(
    "page",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("no"),
    Column("lang"),
    ForeignKeyConstraint(["no", "lang"], ["doc.no", "doc.lang"]),
)
print(repr(page.c.no.type), repr(page.c.lang.type))
early = Table(
    "early",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("no"),
    Column("word", ForeignKey("late.word")),
    ForeignKeyConstraint(["no"], ["late.no"]),
)
print(repr(early.c.no.type), repr(early.c.word.type))
late = Table("late", metadata, Column("no", Integer, primary_key=True), Column("word", String(7), unique=True))
print(repr(early.c.no.type), repr(early.c.word.type))
added = Table("added", metadata, Column("no"), Column("id", Integer, primary_key=True))
added.append_constraint(ForeignKeyConstraint([added.c.no], [late.c.no]))
print(repr(added.c.no.type))
engine = create_engine("sqlite://")
metadata.create_all(engine)
for table in metadata.sorted_tables:
    print(CreateTable(table).compile(engine))
