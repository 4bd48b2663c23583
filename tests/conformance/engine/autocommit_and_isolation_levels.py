from sqlalchemy import create_engine, text

engine = create_engine("sqlite:///levels.db", echo=True)
with engine.connect() as connection:
    print(connection.get_isolation_level(), connection.default_isolation_level)
    connection.execution_options(isolation_level="AUTOCOMMIT")
    connection.execute(text("CREATE TABLE note (body TEXT)"))
    connection.execute(text("INSERT INTO note VALUES ('kept')"))
    connection.rollback()
    print(connection.get_execution_options())
    with connection.begin():
        connection.execute(text("INSERT INTO note VALUES ('kept too')"))
    connection.execution_options(isolation_level="READ UNCOMMITTED")
    print(connection.get_isolation_level())
    connection.execute(text("SELECT 1"))
    try:
        connection.execution_options(isolation_level="SERIALIZABLE")
    except Exception as error:
        print(type(error).__name__, error)
with engine.connect() as connection:
    print(connection.get_isolation_level())
    print(connection.execute(text("SELECT body FROM note")).scalars().all())
    try:
        connection.execution_options(isolation_level="SOMETIMES")
    except Exception as error:
        print(type(error).__name__, error)

automatic = engine.execution_options(isolation_level="AUTOCOMMIT")
with automatic.connect() as connection:
    connection.execute(text("INSERT INTO note VALUES ('third')"))
with engine.connect() as connection:
    print(connection.execute(text("SELECT count(*) FROM note")).scalar())
always = create_engine("sqlite://", isolation_level="AUTOCOMMIT")
with always.connect() as connection:
    connection.execute(text("SELECT 1"))
    connection.commit()
