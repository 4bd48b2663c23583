from sqlalchemy import (Column, DateTime, Integer, MetaData, String, Table, create_engine, delete, func, insert,
                        select, update)

metadata = MetaData()
books = Table(
    "books", metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(50), nullable=False),
    Column("copies", Integer, default=1),
    Column("added", DateTime, server_default=func.now()),
    Column("changes", Integer, onupdate=lambda: 7),
)
tags = Table("tags", metadata, Column("code", String, primary_key=True, server_default="none"), Column("n", Integer))
engine = create_engine("sqlite://")
metadata.create_all(engine)

with engine.begin() as connection:
    result = connection.execute(insert(books).values(title="Emma").return_defaults())
    print(result.inserted_primary_key, result.returned_defaults, result.returns_rows, result.all())
    print(result.lastrow_has_defaults(), result.prefetch_cols(), result.postfetch_cols())

    result = connection.execute(insert(books).values(title="Ivanhoe"))
    print(result.inserted_primary_key, result.returned_defaults, result.lastrow_has_defaults())
    print([column.name for column in result.postfetch_cols()], result.last_inserted_params())

    many = [{"title": "Dracula"}, {"title": "Middlemarch"}]
    result = connection.execute(insert(books).return_defaults(supplemental_cols=[books.c.title]), many)
    print(result.inserted_primary_key_rows, [row.title for row in result.returned_defaults_rows])
    print([row.title for row in result])
    try:
        result.returned_defaults
    except Exception as error:
        print(type(error).__name__, error)

    result = connection.execute(update(books).where(books.c.id == 1).values(copies=books.c.copies + 1).return_defaults())
    print(result.returned_defaults, result.rowcount, result.last_updated_params(), result.prefetch_cols())
    result = connection.execute(delete(books).where(books.c.id < 3).return_defaults(books.c.title))
    print(result.returned_defaults_rows, result.rowcount)

    # A key that the server makes comes back by itself.
    result = connection.execute(insert(tags).values(n=1))
    print(result.inserted_primary_key, result.returned_defaults)
    print(connection.scalar(select(func.count()).select_from(tags)))

for wrong in (
    lambda: insert(books).return_defaults().returning(books.c.id),
    lambda: str(insert(books).values(title="x").returning(books.c.id).return_defaults()),
    lambda: update(books).return_defaults(sort_by_parameter_order=True),
):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
