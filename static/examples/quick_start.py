# Quick start: what add, flush and commit do.
from sqlalchemy import Column, Integer, String
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False)
    password = Column(String)


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
session = Session(engine)

# Transient, then pending: nothing is sent yet.
ed = User(name="ed", password="edspassword")
print(ed.id)
session.add(ed)

# INSERT, then COMMIT. The commit expires ed,
# so reading it again sends a SELECT.
session.commit()
print(ed.id, ed.name)

# Dirty, until the flush sends an UPDATE:
# inside the transaction only.
ed.password = "f8s7ccs"
session.flush()

# One is pending, one dirty, one still transient.
wendy = User(name="wendy", password="foobar")
session.add(wendy)
ed.name = "Ed Jones"
mary = User(name="mary")

# What would a flush do now? See the flush plan,
# press Flush, Commit or Roll back,
# or step back through everything, below.
