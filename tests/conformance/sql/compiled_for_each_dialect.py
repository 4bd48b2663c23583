from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, String, Table, delete, func, insert, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateTable

metadata = MetaData()
event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(50), nullable=False),
    Column("order", Integer),
    Column("public", Boolean, default=False),
    Column("starts", DateTime, server_default=func.now()),
)

statements = [
    select(event.c.title).where(event.c.order > 3, event.c.public == True).limit(5),  # noqa: E712
    select(event).where(event.c.title.ilike("%party%")).order_by(event.c.starts.desc().nulls_last()),
    insert(event).values(title="x", order=1),
    update(event).where(event.c.id == 7).values(title=event.c.title + "!"),
    delete(event).where(event.c.id.in_([1, 2])),
]
for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
    print("--", dialect.name)
    print(str(CreateTable(event).compile(dialect=dialect)).strip())
    for statement in statements:
        print(statement.compile(dialect=dialect))

stmt = select(event.c.id).where(event.c.title == "it's", event.c.order.in_([1, 2]))
print(stmt.compile(compile_kwargs={"literal_binds": True}))
compiled = stmt.compile()
print(compiled.params)
print(str(compiled) == str(stmt))
