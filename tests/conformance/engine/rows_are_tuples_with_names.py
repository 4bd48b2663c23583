from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, select, text

engine = create_engine("sqlite://")
metadata = MetaData()
item = Table("item", metadata, Column("id", Integer, primary_key=True), Column("name", String), Column("count", Integer))
other = Table("other", metadata, Column("id", Integer, primary_key=True), Column("item_id", Integer))
metadata.create_all(engine)


def attempt(action):
    try:
        print(repr(action()))
    except Exception as error:
        print(type(error).__name__, error)


with engine.begin() as connection:
    connection.execute(insert(item), [{"name": "cup", "count": 3}, {"name": "jug", "count": 1}])
    connection.execute(insert(other), {"item_id": 2})
    row = connection.execute(select(item)).first()
    print(row, row[0], row[-1], row[1:], row.name, row.count, len(row), row._fields, list(row))
    print(row == (1, "cup", 3), row < (2,), hash(row) == hash((1, "cup", 3)), "cup" in row, row.index("cup"))
    number, name, count = row
    print(number, name, count, row._asdict(), tuple(row))
    match row:
        case (1, found, _):
            print("matched", found)
    attempt(lambda: row.nosuch)
    attempt(lambda: row["name"])
    attempt(lambda: row[7])
    attempt(lambda: setattr(row, "name", "x"))
    attempt(lambda: delattr(row, "name"))
    mapping = row._mapping
    print(mapping, mapping["name"], mapping[item.c.count], mapping.get("nosuch", "none"), len(mapping))
    print(mapping.keys(), mapping.values(), mapping.items())
    print("name" in mapping, item.c.id in mapping, other.c.id in mapping, dict(mapping), {**mapping})
    attempt(lambda: mapping["nosuch"])
    attempt(lambda: mapping[other.c.id])
    joined = select(item.c.id, other.c.id, other.c.item_id).where(item.c.id == other.c.item_id)
    row = connection.execute(joined).one()
    print(row, row._fields, row._mapping[other.c.id], row._mapping[item.c.id])
    row = connection.execute(text("SELECT id, name FROM item WHERE id = 2")).one()
    print(row.name, row._mapping)
    attempt(lambda: row._mapping[item.c.id])
    print(dict(connection.execute(select(item.c.id, item.c.name)).all()))
    print(sorted(connection.execute(select(item.c.name, item.c.id)), reverse=True))
