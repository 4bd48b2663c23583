from sqlalchemy import create_engine, text

engine = create_engine("sqlite://")

with engine.begin() as conn:
    conn.execute(text("create table fruit (id integer primary key, name varchar, price float)"))
    conn.execute(
        text("insert into fruit (name, price) values (:name, :price)"),
        [dict(name="apple", price=0.5), dict(name="pear", price=0.75), dict(name="quince", price=2)],
    )

    result = conn.execute(text("select id, name, price from fruit order by id"))
    print(result.keys(), result.rowcount)
    print(result.fetchone(), result.fetchmany(1), result.fetchall(), result.fetchone())

    row = conn.execute(text("select * from fruit where id = 2")).one()
    number, name, price = row
    print(row, number, name, price, row[1], row[-1], row.name, len(row), row[:2])
    print(row._mapping["price"], dict(row._mapping), row._fields, row._asdict())
    print(row == (2, "pear", 0.75), tuple(row), 0.75 in row, row.index("pear"), type(row).__name__)

    for mapping in conn.execute(text("select name, price from fruit where price < 1")).mappings():
        print(mapping, mapping["name"])
    print(conn.execute(text("select name from fruit order by price desc")).scalars().all())
    print(conn.execute(text("select count(*), max(price) from fruit")).first())
    print(conn.scalars(text("select id from fruit")).first(), conn.scalar(text("select 41 + 1")))
    for part in conn.execute(text("select id from fruit")).partitions(2):
        print(part)
    print(conn.execute(text("select id from fruit where id > 9")).first())
    print([(a, b) for a, b in conn.execute(text("select name, length(name) from fruit"))])

    try:
        row.colour
    except AttributeError as error:
        print(error)
    try:
        row._mapping["colour"]
    except KeyError as error:
        print(type(error).__name__, error)
    empty = conn.execute(text("update fruit set price = price * 2"))
    print(empty.rowcount, empty.returns_rows)
    empty.fetchall()
