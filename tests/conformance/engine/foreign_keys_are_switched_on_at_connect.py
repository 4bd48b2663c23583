import sqlite3

from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, create_engine, event, insert, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, declarative_base


@event.listens_for(Engine, "connect")
def set_sqlite_pragma(dbapi_connection, connection_record):
    if isinstance(dbapi_connection, sqlite3.Connection):
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
        print("foreign keys on")


engine = create_engine("sqlite://")
metadata = MetaData()
Table("parent", metadata, Column("id", Integer, primary_key=True))
child = Table("child", metadata, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("parent.id")))
metadata.create_all(engine)
with engine.connect() as connection:
    print(connection.execute(text("PRAGMA foreign_keys")).scalar())
    try:
        connection.execute(insert(child), {"parent_id": 7})
    except IntegrityError as error:
        print(error)

Base = declarative_base()


class Branch(Base):
    __tablename__ = "branch"
    id = Column(Integer, primary_key=True)
    trunk_id = Column(ForeignKey("branch.id"))


other = create_engine("sqlite:///tree.db")
Base.metadata.create_all(other)
with Session(other) as session:
    session.add(Branch(trunk_id=99))
    try:
        session.commit()
    except IntegrityError as error:
        print(error.orig)
