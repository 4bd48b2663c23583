import sqlite3

from sqlalchemy import create_engine, text

engine = create_engine("sqlite://")
raw = engine.raw_connection()
try:
    cursor = raw.cursor()
    cursor.execute("CREATE TABLE song (id INTEGER PRIMARY KEY, title TEXT)")
    cursor.execute("INSERT INTO song (title) VALUES (?)", ("Hey",))
    print(cursor.lastrowid, cursor.rowcount, cursor.description)
    cursor.executemany("INSERT INTO song (title) VALUES (?)", [("You",), ("There",)])
    print(cursor.rowcount)
    cursor.execute("SELECT id, title AS name FROM song")
    print([column[0] for column in cursor.description], cursor.fetchone(), cursor.fetchmany(1), cursor.fetchall())
    raw.commit()
    cursor.close()
finally:
    raw.close()

with engine.connect() as connection:
    beneath = connection.connection.dbapi_connection
    print(type(beneath), beneath is connection.connection.driver_connection, connection.connection.is_valid)
    print(beneath.execute("SELECT count(*) FROM song").fetchone(), beneath.in_transaction)
    connection.info["note"] = "kept with the connection"
    connection.execute(text("DELETE FROM song"))
    print(beneath.in_transaction)
with engine.connect() as connection:
    print(connection.info, connection.scalar(text("SELECT count(*) FROM song")))

plain = sqlite3.connect(":memory:")
plain.execute("CREATE TABLE t (x INTEGER, y TEXT)")
plain.executemany("INSERT INTO t VALUES (?, ?)", [(1, "a"), (2, "b")])
plain.commit()
for row in plain.execute("SELECT * FROM t WHERE x > :least", {"least": 1}):
    print(row)
for wrong in ["SELEC", "INSERT INTO nosuch VALUES (1)"]:
    try:
        plain.execute(wrong)
    except sqlite3.OperationalError as error:
        print(type(error).__name__, error)
plain.close()
try:
    plain.execute("SELECT 1")
except sqlite3.ProgrammingError as error:
    print(error)
