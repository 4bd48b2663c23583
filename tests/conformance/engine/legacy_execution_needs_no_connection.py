# oracle: sa=1.4
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, func, select, text

engine = create_engine("sqlite://")
metadata = MetaData(bind=engine)
pet = Table("pet", metadata, Column("id", Integer, primary_key=True), Column("name", String))
metadata.create_all()
print(engine.execute(pet.insert(), name="Rex").inserted_primary_key)
engine.execute(pet.insert(), {"name": "Tom"}, {"name": "Ida"})
engine.execute(pet.insert(), [{"name": "Kim"}, {"name": "Bo"}])
pet.insert().execute(name="Al")
pet.insert().values(name="Zoe").execute()
row = engine.execute("SELECT id, name FROM pet WHERE id = ?", 1).fetchone()
print(row, row["name"], row[0], row.name, row.keys(), row.items(), row.values(), dict(row), "name" in row)
for row in engine.execute(select([pet.c.id, pet.c.name]).where(pet.c.id < 3)):
    print(row["id"], row[pet.c.name], row)
connection = engine.connect()
print(connection.execute("SELECT * FROM pet WHERE name = ?", ("Tom",)).fetchall())
print(connection.execute(text("SELECT * FROM pet WHERE name = :n"), n="Ida").first())
print(connection.execute("INSERT INTO pet (name) VALUES (?)", "Max").rowcount)
connection.execute("INSERT INTO pet (name) VALUES (?)", [("Una",), ("Ole",)])
print(connection.scalar("SELECT count(*) FROM pet"), engine.scalar(select([func.count()]).select_from(pet)))
print(connection.in_transaction())
transaction = connection.begin()
connection.execute(pet.insert().values(name="undone"))
print(connection.in_transaction())
transaction.rollback()
with connection.begin():
    connection.execute(pet.insert().values(name="done"))
print(connection.execute("SELECT count(*) FROM pet").scalar(), engine.table_names(), engine.has_table("pet"))
with engine.begin() as connection:
    connection.execute(pet.delete().where(pet.c.name == "done"))
for wrong in [lambda: engine.execute("SELEC"), lambda: row["nosuch"], lambda: row.nosuch]:
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
print(pet.select().where(pet.c.id == 2).execute().first(), pet.delete().execute().rowcount)
