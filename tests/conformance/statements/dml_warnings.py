import warnings

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, insert, select, update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.exc import SAWarning

metadata = MetaData()
seats = Table("seats", metadata, Column("row", String, primary_key=True), Column("number", Integer))
plan = Table("plan", metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
guests = Table("guests", metadata, Column("id", Integer, primary_key=True), Column("seat", ForeignKey("seats.row")))


def heard(run):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        run()
    return [(warning.category.__name__, str(warning.message)) for warning in seen]


print(heard(lambda: str(insert(seats).values(number=4))))
print(heard(lambda: str(insert(plan).values(b=4))))
print(heard(lambda: str(insert(seats).values(row="A"))))
for package in (sqlite, postgresql, mysql):
    statement = package.insert(seats).values(row="A")
    values = {"number": 1, "colour": "red"}
    if package is mysql:
        statement = statement.on_duplicate_key_update(values)
    else:
        statement = statement.on_conflict_do_update(index_elements=["row"], set_=values)
    print(heard(lambda: print(statement)))
print(heard(lambda: update(seats).with_dialect_options(other_limit=3)))

engine = create_engine("sqlite://")
metadata.create_all(engine)
with engine.connect() as connection:
    apart = select(seats, guests).where(guests.c.id > 0)
    print([category for category, _ in heard(lambda: connection.execute(apart))])
    print("cartesian product" in str(heard(lambda: connection.execute(apart.where(seats.c.number < 4)))))
    print(heard(lambda: connection.execute(apart.where(guests.c.seat == seats.c.row))))
    print(heard(lambda: connection.execute(select(seats.join(guests)))))
    warnings.simplefilter("error", SAWarning)
    try:
        connection.execute(select(seats.c.row, plan.c.a))
    except SAWarning as warning:
        print("refused:", str(warning)[:50])
with create_engine("sqlite://", enable_from_linting=False).connect() as connection:
    metadata.create_all(connection)
    print(heard(lambda: connection.execute(apart)))
