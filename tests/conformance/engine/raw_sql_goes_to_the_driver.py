from sqlalchemy import create_engine, text

engine = create_engine("sqlite://", echo=True)


def attempt(action):
    try:
        print(repr(action()))
    except Exception as error:
        print(type(error).__module__, type(error).__name__, error)


with engine.begin() as connection:
    connection.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
    print(connection.exec_driver_sql("INSERT INTO t (name) VALUES (?)", ("a",)).lastrowid)
    print(connection.exec_driver_sql("INSERT INTO t (name) VALUES (?)", [("b",), ("c",)]).rowcount)
    print(connection.exec_driver_sql("SELECT id, name FROM t WHERE id < ?", (3,)).all())
    print(connection.exec_driver_sql("SELECT count(*), max(id) AS top FROM t").mappings().one())
    print(connection.exec_driver_sql("PRAGMA table_info(t)").scalars(1).all())
    attempt(lambda: connection.exec_driver_sql("SELECT ?", 5))
    attempt(lambda: connection.exec_driver_sql("SELECT ?", [5]))
    attempt(lambda: connection.exec_driver_sql("SELECT ?"))
    attempt(lambda: connection.exec_driver_sql("SELECT ?", [(1,), (2,)]))
    attempt(lambda: connection.exec_driver_sql("SELECT 1; SELECT 2"))
    attempt(lambda: connection.exec_driver_sql("SELECT nothing"))
    attempt(lambda: connection.exec_driver_sql("INSERT INTO t (name) VALUES (?)", [("x",), ("a",)]))
    attempt(lambda: connection.execute("SELECT 1"))
    attempt(lambda: connection.scalar("SELECT 1"))
    attempt(lambda: connection.execute(42))
    attempt(lambda: connection.execute(text("SELECT :x"), 5))
    attempt(lambda: connection.execute(text("SELECT :x"), [1, 2]))
    attempt(lambda: connection.execute(text("SELECT :x"), {}))
    attempt(lambda: connection.execute(text("SELECT :x"), [{"x": 1}, {"x": 2}]))
