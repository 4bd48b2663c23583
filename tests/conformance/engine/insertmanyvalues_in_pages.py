from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, create_engine, insert, select, update

engine = create_engine("sqlite://", echo=True, insertmanyvalues_page_size=3)
metadata = MetaData()
word = Table("word", metadata, Column("id", Integer, primary_key=True), Column("text", String, nullable=False))
metadata.create_all(engine)
with engine.begin() as connection:
    words = [{"text": "w%d" % number} for number in range(7)]
    print(connection.execute(insert(word).returning(word.c.id), words).scalars().all())
    result = connection.execute(
        insert(word).returning(word.c.id), words, execution_options={"insertmanyvalues_page_size": 5}
    )
    print(result.rowcount, len(result.all()))
    print(connection.execute(insert(word), [{"text": "x"}] * 12).rowcount)
    many = [{"text": "long %d" % number} for number in range(120)]
    paged = {"insertmanyvalues_page_size": 110}
    print(len(connection.execute(insert(word).returning(word.c.id), many, execution_options=paged).all()))
    print(connection.execute(insert(word), {"text": "y" * 400}).inserted_primary_key)
    print(len(connection.execute(select(word.c.id).where(word.c.id.in_(range(150)))).all()))
    change = update(word).where(word.c.id == bindparam("which")).returning(word.c.id)
    try:
        connection.execute(change, [{"which": 1, "text": "a"}, {"which": 2, "text": "b"}])
    except Exception as error:
        print(type(error).__name__, error)
    try:
        connection.execute(insert(word).returning(word.c.id), [{"id": 1, "text": "a"}, {"id": 2, "text": "b"}])
    except Exception as error:
        print(type(error).__name__, error)
plain = create_engine("sqlite://", use_insertmanyvalues=False)
metadata.create_all(plain)
with plain.begin() as connection:
    try:
        connection.execute(insert(word).returning(word.c.id), words[:2])
    except Exception as error:
        print(type(error).__name__, error)
