from sqlalchemy import create_engine, event, text
from sqlalchemy.pool import NullPool, StaticPool

engine = create_engine("sqlite:///pool.db", pool_size=2, max_overflow=1)
for name in ["connect", "first_connect", "checkout", "checkin", "reset", "invalidate", "close"]:
    event.listen(engine, name, lambda *arguments, name=name: print("  event", name, len(arguments)))
print(engine.pool.status())
connections = [engine.connect() for number in range(3)]
print(engine.pool.status())
for connection in connections:
    connection.close()
print(engine.pool.status(), engine.pool.checkedin(), engine.pool.checkedout(), engine.pool.overflow())
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE t (x INTEGER)"))
with engine.connect() as connection:
    connection.execute(text("INSERT INTO t VALUES (1)"))
    transaction = connection.get_transaction()
    connection.invalidate()
    print(connection.invalidated, connection.closed, transaction.is_active, transaction.is_valid)
    try:
        connection.execute(text("SELECT 1"))
    except Exception as error:
        print(type(error).__name__, error)
    connection.rollback()
    print(connection.execute(text("SELECT count(*) FROM t")).scalar())
with engine.connect() as connection:
    connection.detach()
    print(connection.execute(text("SELECT 2")).scalar(), engine.pool.checkedout())
engine.dispose()
print(engine.pool.status())

for poolclass in (NullPool, StaticPool):
    memory = create_engine("sqlite://", poolclass=poolclass)
    with memory.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    with memory.connect() as connection:
        tables = connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar()
        print(memory.pool.status(), tables)
