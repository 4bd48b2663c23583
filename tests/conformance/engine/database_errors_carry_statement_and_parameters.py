from sqlalchemy import create_engine, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError, SQLAlchemyError, StatementError

engine = create_engine("sqlite://")

with engine.connect() as conn:
    conn.execute(text("create table t (id integer primary key, code varchar(3) not null unique)"))
    conn.execute(text("insert into t (code) values (:code)"), {"code": "abc"})

    for statement, values in [
        ("insert into t (code) values (:code)", {"code": "abc"}),
        ("insert into t (code) values (:code)", {"code": None}),
        ("insert into t (id, code) values (:id, :code)", {"id": 1, "code": "x"}),
        ("select nothing from t", {}),
        ("select * from missing", {}),
        ("selekt 1", {}),
        ("insert into t (code) values (:code)", {}),
    ]:
        try:
            conn.execute(text(statement), values)
        except IntegrityError as error:
            print("integrity:", error.orig, error.params, error.code)
        except OperationalError as error:
            print("operational:", error)
        except StatementError as error:
            print("statement:", type(error).__name__, error)
    print(issubclass(IntegrityError, DatabaseError), issubclass(OperationalError, SQLAlchemyError))
    print(conn.execute(text("select * from t")).all())

quiet = create_engine("sqlite://", hide_parameters=True)
with quiet.connect() as conn:
    conn.execute(text("select :secret"), {"secret": "hunter2"})
    conn.execute(text("select :secret from nowhere"), {"secret": "hunter2"})
