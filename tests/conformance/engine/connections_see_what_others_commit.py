from sqlalchemy import create_engine, text

engine = create_engine("sqlite:///forgotten.db")
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE t (x INTEGER)"))


def forget():
    connection = engine.connect()
    connection.execute(text("INSERT INTO t VALUES (1)"))
    connection.rollback()
    print(engine.pool.checkedout())


forget()
print(engine.pool.checkedout())
with engine.connect() as first, engine.connect() as second:
    print(first.scalar(text("SELECT count(*) FROM t")))
    first.execute(text("INSERT INTO t VALUES (2)"))
    print(second.scalar(text("SELECT count(*) FROM t")))
    first.commit()
    print(second.scalar(text("SELECT count(*) FROM t")))
    second.execution_options(logging_token="second")
    second.rollback()
    print(second.scalar(text("SELECT count(*) FROM t")))

memory = create_engine("sqlite://")
one, two = memory.connect(), memory.connect()
one.execute(text("CREATE TABLE t (x INTEGER)"))
one.execute(text("INSERT INTO t VALUES (1)"))
print(two.scalar(text("SELECT count(*) FROM t")))
one.close()
print(two.scalar(text("SELECT count(*) FROM t")))
two.close()
memory.dispose()
with memory.connect() as connection:
    try:
        connection.execute(text("SELECT * FROM t"))
    except Exception as error:
        print(error)
