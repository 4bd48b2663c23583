from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, event, insert, select, text

metadata = MetaData()
cups = Table("cups", metadata, Column("id", Integer, primary_key=True), Column("colour", String))
engine = create_engine("sqlite://")
metadata.create_all(engine)


@event.listens_for(engine, "do_execute")
def one(cursor, statement, parameters, context):
    print("do_execute", statement, parameters)


@event.listens_for(engine, "do_executemany")
def several(cursor, statement, parameters, context):
    print("do_executemany", statement, parameters)


@event.listens_for(engine, "set_connection_execution_options")
def of_connection(connection, options):
    print("connection", options)


@event.listens_for(engine, "set_engine_execution_options")
def of_engine(engine, options):
    print("engine", type(engine).__name__, options)


@event.listens_for(engine, "before_execute")
def before(connection, clause, multiparams, params, options):
    print("before_execute", type(clause).__name__, options)


@event.listens_for(engine, "before_cursor_execute")
def cursor(connection, cursor, statement, parameters, context, executemany):
    print(type(context).__name__, context.isinsert, context.is_text, context.compiled is not None, executemany)


@event.listens_for(engine, "checkout")
def out(dbapi_connection, record, proxy):
    print("checkout", type(record).__name__, type(proxy).__name__)


@event.listens_for(engine, "reset")
def reset(dbapi_connection, record, state):
    print("reset", type(state).__name__)


with engine.connect() as connection:
    connection.execute(insert(cups), [{"colour": "red"}, {"colour": "blue"}])
    connection.execution_options(stream_results=False)
    connection.execute(select(cups.c.colour).execution_options(note=1))
    connection.execute(text("select 1"))
engine.execution_options(logging_token="x")
for name in ("soft_invalidate", "detach", "close_detached", "commit_twophase"):
    event.listen(engine, name, lambda *arguments: None)
for wrong in ("before_flush", "nothing"):
    try:
        event.listen(engine, wrong, print)
    except Exception as error:
        print(type(error).__name__, error)
