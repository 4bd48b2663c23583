from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, select, text

metadata = MetaData()
words = Table("words", metadata, Column("id", Integer, primary_key=True), Column("word", String))
engine = create_engine("sqlite://")
connection = engine.connect()
metadata.create_all(connection)
connection.execute(insert(words), [{"word": "one"}, {"word": "two"}, {"word": "three"}])


def read():
    return connection.execute(select(words).order_by(words.c.id))


def attempt(run):
    try:
        print(run())
    except Exception as error:
        print(type(error).__name__, error)


result = read()
print(result.all(), result.all(), result.first(), result.fetchone(), result.closed)
result = read()
print(result.fetchmany(2), result.fetchall(), result.fetchmany(3), result.scalars().all(), result.closed)
result = read()
print(result.first(), result.closed)
attempt(result.first)
result = read()
result.close()
attempt(result.all)

print(read().splice_horizontally(read()).first(), len(read().splice_vertically(read()).all()))
frozen = read().columns("word").freeze()
print(frozen().all(), frozen().scalars().first(), frozen.data)
changed = connection.execute(insert(words).values(word="four"))
for name in ("all", "first", "scalar", "keys", "freeze", "mappings"):
    attempt(lambda: getattr(changed, name)())
row = read().first()
attempt(lambda: row.index("nothing"))
print(row.index("one"), row.count("one"))
many = [{"word": "five"}, {"word": "six"}]
other = create_engine("sqlite://", use_insertmanyvalues=False)
with other.connect() as second:
    metadata.create_all(second)
    second.commit()
    attempt(lambda: second.execute(insert(words).returning(words.c.id), many))
attempt(lambda: connection.begin_twophase())
connection.rollback()
attempt(lambda: connection.begin_twophase())
attempt(lambda: connection.recover_twophase())
attempt(lambda: connection.execute(text("select 1"), other=1))
connection.execution_options(isolation_level="AUTOCOMMIT").execution_options(isolation_level="READ UNCOMMITTED")
print(connection.get_isolation_level())
