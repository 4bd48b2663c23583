from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
counted = Table("counted", metadata, Column("id", Integer, primary_key=True), Column("x", Integer))
named = Table("named", metadata, Column("key", String, primary_key=True), Column("x", Integer))
numbers = iter(range(100))
made = Table(
    "made",
    metadata,
    Column("key", String, primary_key=True, default=lambda: "k%d" % next(numbers)),
    Column("x", Integer),
)
pair = Table(
    "pair",
    metadata,
    Column("a", Integer, primary_key=True),
    Column("b", Integer, primary_key=True),
    Column("x", Integer),
)
metadata.create_all(engine)
with engine.begin() as connection:

    def run(table, rows, *columns, **options):
        statement = insert(table).returning(*columns, sort_by_parameter_order=True)
        print(connection.execute(statement, rows, execution_options=options).all())

    run(counted, [{"x": 1}, {"x": 2}, {"x": 3}], counted.c.id, counted.c.x)
    run(counted, [{"id": 20, "x": 1}, {"id": 10, "x": 2}], counted.c.id)
    run(named, [{"key": "z", "x": 1}, {"key": "y", "x": 2}], named.c.x)
    run(named, [{"key": "q", "x": 1}, {"key": "p", "x": 2}], named.c.key, named.c.x)
    run(named, [{"key": "m%d" % at, "x": at} for at in range(5)], named.c.x, insertmanyvalues_page_size=2)
    run(made, [{"x": 1}, {"x": 2}], made.c.key, made.c.x)
    run(pair, [{"a": 2, "b": 1, "x": 1}, {"a": 1, "b": 2, "x": 2}], pair.c.x)
    run(named, [{"key": "alone", "x": 1}], named.c.x)
