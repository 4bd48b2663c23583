from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

engine = create_engine("sqlite://")


@event.listens_for(engine, "before_cursor_execute", retval=True)
def comment(conn, cursor, statement, parameters, context, executemany):
    return statement + " -- from the script", parameters


@event.listens_for(engine, "handle_error")
def explain(context):
    print(type(context.original_exception).__name__, type(context.sqlalchemy_exception).__name__)
    print(context.statement, context.parameters, context.is_disconnect, context.engine is engine)
    if "no such table" in str(context.original_exception):
        raise LookupError("that table is missing") from context.original_exception


@event.listens_for(engine, "before_execute")
def before(conn, clauseelement, multiparams, params, execution_options):
    print("executing", clauseelement, params)


@event.listens_for(engine, "after_execute", named=True)
def after(**keywords):
    print(sorted(keywords))


@event.listens_for(engine, "engine_connect", once=True)
def connected(connection):
    print("connected", connection.closed)


with engine.connect() as connection:
    print(connection.execute(text("SELECT :x + 1"), {"x": 5}).scalar())
    try:
        connection.execute(text("SELECT * FROM missing"))
    except LookupError as error:
        print(error, type(error.__cause__).__name__)
    try:
        connection.execute(text("SELEC"))
    except OperationalError as error:
        print(error)
with engine.connect() as connection:
    print(connection.scalar(text("SELECT 2")))
for target, name in [(engine, "nosuch"), (42, "begin")]:
    try:
        event.listen(target, name, after)
    except Exception as error:
        print(type(error).__name__, str(error)[:30])
