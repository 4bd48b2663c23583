from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, select

engine = create_engine("sqlite://")
metadata = MetaData()
city = Table("city", metadata, Column("id", Integer, primary_key=True), Column("name", String), Column("zone", String))
metadata.create_all(engine)


def attempt(action):
    try:
        print(repr(action()))
    except Exception as error:
        print(type(error).__name__, error)


with engine.begin() as connection:
    names = ["Oslo", "Rome", "Bern", "Lima", "Cairo"]
    connection.execute(insert(city), [{"name": name, "zone": name[1]} for name in names])
    query = select(city).order_by(city.c.id)

    def run():
        return connection.execute(query)

    print(run().all())
    print(run().first(), run().fetchone(), run().fetchmany(2), run().fetchmany(), run().fetchall()[-1])
    print(run().scalars().all(), run().scalars("name").all(), run().scalars(city.c.zone).first())
    print(run().scalar(), connection.scalar(query), connection.scalars(query).all())
    print(run().mappings().first(), run().columns("zone", 0).all()[:2])
    print(run().columns("zone").unique().all(), run().scalars(2).unique().all())
    print([len(part) for part in run().partitions(2)], [len(part) for part in run().partitions()])
    print(run().keys(), "name" in run().keys(), type(run()).__name__, type(run().scalars()).__name__)
    result = run()
    print(next(result), [row.name for row in result], result.fetchone(), result.all(), result.closed)
    result = run()
    for row in result:
        if row.name == "Rome":
            break
    print(result.all())
    frozen = run().freeze()
    print(frozen().scalars().all() == frozen().scalars().all(), len(run().merge(run()).all()))
    attempt(lambda: run().one())
    attempt(lambda: run().scalar_one_or_none())
    attempt(lambda: connection.execute(query.where(city.c.id == 99)).one())
    attempt(lambda: connection.execute(query.where(city.c.id == 99)).scalar_one_or_none())
    attempt(lambda: connection.execute(query.where(city.c.id == 2)).one())
    attempt(lambda: run().scalars("nosuch").all())
    attempt(lambda: run().scalars(9))
    attempt(lambda: run().scalars().fetchone())
