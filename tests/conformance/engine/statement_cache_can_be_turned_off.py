from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, literal, select

metadata = MetaData()
page = Table("page", metadata, Column("id", Integer, primary_key=True), Column("title", String))
engine = create_engine("sqlite://", echo=True)
metadata.create_all(engine)
with engine.begin() as connection:
    for title in ["one", "two", "three"]:
        connection.execute(insert(page), {"title": title})
        connection.execute(select(page).where(page.c.title == title)).one()
    connection.execute(select(page).where(page.c.id == 1).limit(2)).all()
    connection.execute(select(page).where(page.c.id == 2).limit(5)).all()
    connection.execute(select(page).where(page.c.id.in_([1, 2, 3]))).all()
    connection.execute(select(page).where(page.c.id.in_([1]))).all()
    connection.execute(insert(page).values([{"title": "x"}, {"title": "y"}]))
    connection.execute(select(page.c.id), execution_options={"compiled_cache": None}).all()
    connection.execute(select(page.c.id)).all()
    engine.clear_compiled_cache()
    connection.execute(select(page.c.id)).all()

without = engine.execution_options(compiled_cache=None)
with without.connect() as connection:
    print(connection.scalar(select(page.c.title)), connection.scalar(select(page.c.title)))
never = create_engine("sqlite://", query_cache_size=0)
with never.connect() as connection:
    print(connection.scalar(select(literal(1))), connection.scalar(select(literal(1))))
small = create_engine("sqlite://", query_cache_size=2)
with small.connect() as connection:
    for number in [1, 2, 3, 4, 5, 1, 5]:
        connection.execute(select(*[literal(0).label("c%d" % at) for at in range(number)]))
