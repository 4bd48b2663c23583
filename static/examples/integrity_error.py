# IntegrityError: a failed flush waits for a rollback.
from sqlalchemy import Column, Integer, String
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String, unique=True)


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
session = Session(engine)

session.add(User(name="ed"))
session.commit()

# The name is taken, so the flush fails.
# See Echo, then press Roll back.
twin = User(name="ed")
session.add(twin)
session.flush()
