# params() gives values to the names in text() wherever it stands.
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select, text

metadata = MetaData()
meal = Table("meal", metadata, Column("id", Integer, primary_key=True), Column("name", String))
engine = create_engine("sqlite://", echo=True)
metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(meal.insert(), [{"name": "rice"}, {"name": "curry"}, {"name": "cake"}])
    statement = select(meal).where(text("name LIKE :pattern"))
    print(connection.execute(statement.params(pattern="c%")).all())
    print(connection.execute(statement.params({"pattern": "c%"}).order_by(text("name"))).all())
    both = statement.where(text("id > :least"))
    print(connection.execute(both.params(pattern="c%").params(least=2)).all())
    print(both.params(pattern="c%").compile().params)
    print(connection.execute(both.params(pattern="c%"), {"least": 1}).all())
    print(connection.execute(select(both.params(least=2, pattern="%").subquery())).all())
