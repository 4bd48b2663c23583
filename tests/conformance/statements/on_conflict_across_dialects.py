from sqlalchemy import Column, Integer, MetaData, String, Table, UniqueConstraint, Index, create_engine, bindparam
from sqlalchemy.dialects import mssql, mysql, postgresql, sqlite

metadata = MetaData()
unique = UniqueConstraint("name", name="one_name")
pets = Table("pets", metadata, Column("id", Integer, primary_key=True), Column("name", String), Column("age", Integer), unique)
index = Index("by_age", pets.c.age, unique=True, postgresql_where=pets.c.age > 3)
abroad = Table("pets", metadata, Column("id", Integer, primary_key=True), Column("name", String), schema="abroad")


def show(statement):
    for package in (sqlite, postgresql, mysql, mssql):
        try:
            print(package.__name__.rpartition(".")[2], "|", statement.compile(dialect=package.dialect()))
        except Exception as error:
            print(package.__name__.rpartition(".")[2], "|", type(error).__name__, error)


show(sqlite.insert(pets).values(name="Rex").on_conflict_do_nothing())
show(sqlite.insert(pets).values(name="Rex").on_conflict_do_update(index_elements=["name"], set_={"age": 4}))
show(postgresql.insert(pets).values(name="Rex").on_conflict_do_update(constraint=unique, set_={"age": 4}))
show(postgresql.insert(pets).values(name="Rex").on_conflict_do_nothing(constraint=pets.primary_key))
upsert = postgresql.insert(abroad).values(name="Rex")
show(upsert.on_conflict_do_update(index_elements=[abroad.c.id], set_={"name": upsert.excluded.name + abroad.c.name}))

for wrong in (
    lambda: sqlite.insert(pets).on_conflict_do_update(constraint="x", set_={"age": 1}),
    lambda: sqlite.insert(pets).on_conflict_do_nothing(["id"], None, 3),
    lambda: postgresql.insert(pets).on_conflict_do_nothing("one_name", constraint="x"),
):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)

engine = create_engine("sqlite://")
with engine.connect() as connection:
    pets.create(connection)
    rows = [{"id": 1, "name": "Rex", "age": 1}, {"id": 2, "name": "Tom", "age": 2}]
    insert = sqlite.insert(pets)
    fixed = insert.on_conflict_do_update(index_elements=["id"], set_={"age": 9}).returning(pets.c.id, pets.c.age)
    print(connection.execute(fixed, rows).all(), connection.execute(fixed, rows).all())
    given = insert.on_conflict_do_update(index_elements=["id"], set_={"age": bindparam("new_age")}).returning(pets.c.age)
    print(connection.execute(given, [{**row, "new_age": row["id"] * 10} for row in rows]).all())
