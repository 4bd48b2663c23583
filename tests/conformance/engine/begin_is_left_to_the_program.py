from sqlalchemy import Column, Integer, String, create_engine, event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, declarative_base

engine = create_engine("sqlite:///own_begin.db", echo=True)


@event.listens_for(engine, "connect")
def do_connect(dbapi_connection, connection_record):
    dbapi_connection.isolation_level = None


@event.listens_for(engine, "begin")
def do_begin(connection):
    connection.exec_driver_sql("BEGIN")


Base = declarative_base()


class Account(Base):
    __tablename__ = "account"
    id = Column(Integer, primary_key=True)
    name = Column(String, unique=True)


Base.metadata.create_all(engine)
with engine.connect() as connection:
    connection.execute(text("CREATE TABLE passing (id INTEGER)"))
    connection.rollback()
    count = text("SELECT count(*) FROM sqlite_master WHERE name = 'passing'")
    print(connection.execute(count).scalar())

with Session(engine) as session:
    session.add(Account(name="one"))
    session.flush()
    for name in ["two", "one", "three"]:
        try:
            with session.begin_nested():
                session.add(Account(name=name))
        except IntegrityError as error:
            print("refused", error.orig)
    session.commit()
    print(session.scalars(select(Account.name).order_by(Account.id)).all())
