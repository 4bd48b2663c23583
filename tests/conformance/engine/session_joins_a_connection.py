from sqlalchemy import Column, Integer, String, create_engine, func, select
from sqlalchemy.orm import Session, declarative_base

engine = create_engine("sqlite://", echo=True)
Base = declarative_base()


class Pet(Base):
    __tablename__ = "pet"
    id = Column(Integer, primary_key=True)
    name = Column(String)


Base.metadata.create_all(engine)
count = select(func.count()).select_from(Pet)
with engine.connect() as connection:
    with Session(bind=connection) as session:
        session.add(Pet(name="kept"))
        session.commit()
    print(connection.in_transaction(), connection.scalar(count))
    connection.commit()

with engine.connect() as connection:
    transaction = connection.begin()
    session = Session(bind=connection)
    session.add(Pet(name="undone"))
    session.commit()
    print(transaction.is_active, session.scalar(count))
    session.close()
    transaction.rollback()
    print(connection.scalar(count))

with Session(engine) as session:
    connection = session.connection()
    print(connection.in_transaction(), connection.in_nested_transaction())
    savepoint = session.begin_nested()
    print(connection.in_nested_transaction())
    session.add(Pet(name="nested"))
    session.flush()
    print(connection.in_nested_transaction())
    savepoint.rollback()
    print(session.scalar(count))
