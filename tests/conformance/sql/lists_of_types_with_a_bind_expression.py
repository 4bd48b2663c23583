"""A type that changes its values in SQL changes each of those in an IN as well."""
from sqlalchemy import Column, Integer, MetaData, String, Table, TypeDecorator, bindparam, create_engine, func, select


class Lower(TypeDecorator):
    impl = String
    cache_ok = True

    def bind_expression(self, value):
        return func.lower(value)

    def column_expression(self, column):
        return func.upper(column)


metadata = MetaData()
words = Table("words", metadata, Column("id", Integer, primary_key=True), Column("word", Lower(20)))

engine = create_engine("sqlite://", echo=True)
metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(words.insert(), [{"word": "Ant"}, {"word": "BEE"}, {"word": "cow"}])
    found = select(words.c.id, words.c.word).where(words.c.word.in_(["ANT", "bee"]))
    print(found)
    print(connection.execute(found).all())
    print(connection.execute(select(words.c.id).where(words.c.word.not_in(["ANT"]))).all())
    chosen = select(words.c.id).where(words.c.word.in_(bindparam("chosen")))
    print(connection.execute(chosen, {"chosen": ["COW", "Bee"]}).scalars().all())
print(found.compile(engine, compile_kwargs={"literal_binds": True}))
print(found.compile(engine, compile_kwargs={"render_postcompile": True}))
