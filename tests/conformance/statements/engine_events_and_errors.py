from sqlalchemy import (
    CheckConstraint, Column, ForeignKey, Integer, MetaData, String, Table, create_engine,
    func, select, text,
)
from sqlalchemy import event
from sqlalchemy import exc


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

engine = create_engine("sqlite://")
log = []
@event.listens_for(engine, "connect")
def on_connect(dbapi_connection, record):
    cur = dbapi_connection.cursor()
    cur.execute("PRAGMA foreign_keys=ON")
    cur.close()
    log.append("connect")
@event.listens_for(engine, "before_cursor_execute")
def before(conn, cursor, statement, parameters, context, executemany):
    log.append(("before", statement.replace("\n", " "), parameters, executemany))
@event.listens_for(engine, "after_cursor_execute")
def after(conn, cursor, statement, parameters, context, executemany):
    log.append(("after", cursor.rowcount))
@event.listens_for(engine, "begin")
def on_begin(conn):
    log.append("begin")
@event.listens_for(engine, "commit")
def on_commit(conn):
    log.append("commit")
@event.listens_for(engine, "rollback")
def on_rollback(conn):
    log.append("rollback")
@event.listens_for(engine, "handle_error")
def on_error(ctx):
    log.append(("error", type(ctx.original_exception).__name__, type(ctx.sqlalchemy_exception).__name__, ctx.statement.split("\n")[0], ctx.parameters))
m = MetaData()
a = Table("a", m, Column("id", Integer, primary_key=True), Column("n", String, unique=True, nullable=False), CheckConstraint("length(n) < 5", name="short"))
b = Table("b", m, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id"), nullable=False))
m.create_all(engine)
with engine.connect() as conn:
    conn.execute(a.insert(), [{"n": "x"}, {"n": "y"}])
    conn.commit()
    for stmt, params in [(a.insert(), {"n": "x"}), (a.insert(), {"n": None}), (b.insert(), {"a_id": 99}), (a.insert(), {"n": "toolong"}), (text("SELECT * FROM nowhere"), {}), (text("SELEC 1"), {}), (text("SELECT nocol FROM a"), {}), (a.insert(), [{"n": "p"}, {"n": "x"}]), (select(func.nofn(1)), {}), (a.insert(), {"n": object()}), (a.insert(), {"n": "q", "id": "notint"})]:
        try:
            conn.execute(stmt, params)
        except exc.DBAPIError as err:
            print(type(err).__name__, type(err.orig).__name__, err.orig, err.statement, err.code, err.connection_invalidated, err.hide_parameters)
            print(err if "object at" not in str(err) else "…")
        except exc.StatementError as err:
            print("other", type(err).__name__, err)
        conn.rollback()
for entry in log:
    print(entry if "object at" not in str(entry) else entry[0])
hidden = create_engine("sqlite://", hide_parameters=True, echo=True)
with hidden.connect() as conn:
    conn.execute(text("SELECT :x"), {"x": "secret"})
    attempt(lambda: conn.execute(text("SELECT :x FROM nope"), {"x": "secret"}))
