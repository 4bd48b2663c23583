from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, event, func, insert, select, text, update

metadata = MetaData()
fruits = Table("fruits", metadata, Column("id", Integer, primary_key=True), Column("name", String), Column("price", Integer))
engine = create_engine("sqlite://")


class Spread:
    def __init__(self):
        self.seen = []

    def step(self, value):
        self.seen.append(value)

    def finalize(self):
        return max(self.seen) - min(self.seen)


def shout(word):
    print("shouting", word)
    return word.upper() + "!"


@event.listens_for(engine, "connect")
def add_functions(connection, record):
    connection.create_function("shout", 1, shout)
    connection.create_function("fail", 0, lambda: 1 / 0)
    connection.create_aggregate("spread", 1, Spread)
    connection.create_collation("by_length", lambda a, b: len(a) - len(b))


metadata.create_all(engine)
with engine.connect() as connection:
    rows = [{"name": "fig", "price": 3}, {"name": "banana", "price": 1}, {"name": "kiwi", "price": 9}]
    connection.execute(insert(fruits), rows)
    print(connection.scalars(select(func.shout(fruits.c.name)).order_by(fruits.c.id)).all())
    print(connection.scalar(select(func.spread(fruits.c.price))))
    print(connection.scalars(select(fruits.c.name).order_by(fruits.c.name.collate("by_length"))).all())
    print(connection.execute(update(fruits).where(fruits.c.price > 2).values(name=func.shout(fruits.c.name))).rowcount)
    print(connection.scalars(select(fruits.c.name).order_by(fruits.c.id)).all())
    try:
        connection.execute(text("select fail()"))
    except Exception as error:
        print(type(error).__name__, error.orig)

    # These two are there on every connection.
    print(connection.scalars(select(fruits.c.name).where(fruits.c.name.regexp_match("^[FK].*!$"))).all())
    print(connection.scalars(select(fruits.c.name).where(~fruits.c.name.regexp_match("!"))).all())
    print(connection.scalar(text("select 'abc' regexp 'b'")), connection.scalar(text("select floor(-2.5)")))
    try:
        connection.scalar(text("select 'abc' regexp '('"))
    except Exception as error:
        print(type(error).__name__, error.orig)
