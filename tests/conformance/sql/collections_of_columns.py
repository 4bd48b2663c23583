from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, func, select


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


metadata = MetaData()
shelf = Table("shelf", metadata, Column("id", Integer, primary_key=True), Column("room", String))
book = Table(
    "book",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String),
    Column("shelf_id", ForeignKey("shelf.id")),
)
c = book.c
print(c, c.keys(), [key for key, _ in c.items()], len(c), bool(c), "title" in c, "nothing" in c)
print(c["id", "title"], c[1:].keys(), c[0], c.get("title"), c.get("nothing"), c == book.columns)
attempt(lambda: c.nothing)
attempt(lambda: c["nothing"])
attempt(lambda: c[7])
attempt(lambda: c[-1])
attempt(lambda: c.id in c)
attempt(lambda: c.contains_column("id"))
attempt(lambda: setattr(c, "extra", 1))
attempt(lambda: hash(c))
print(select(c["title", "id"]), select(c), sep="\n")

copies = select(c.id, c.id, c.title.label("name"), func.max(c.shelf_id)).subquery("copies")
print(copies.c.keys(), copies.c.name, copies.c[3], repr(copies.c.id))
print(copies.c.corresponding_column(c.title), copies.corresponding_column(c.id), copies.c.contains_column(c.id))
print(book.alias("b").c.corresponding_column(c.title), book.alias("b").alias("again").corresponding_column(c.id))
joined = book.join(shelf)
print(joined.c.keys(), joined.c.shelf_room, joined.primary_key, joined.foreign_keys)
print(select(c.id, shelf.c.id, c.id).selected_columns.keys(), select(c.id + 1, c.id + 2).selected_columns.keys())
attempt(lambda: select(c.id, c.title.label("id")).subquery().c.keys())
print([column.name for column in book.primary_key], len(book.primary_key), c.id in list(book.primary_key))
