from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()


class Toy(Base):
    __tablename__ = "toys"

    id = Column(Integer, primary_key=True)
    name = Column(String(40), nullable=False)
    price = Column(Integer)

    def __repr__(self):
        return f"Toy({self.name!r})"


def show(label):
    print(label)
    print("  new    ", session.new)
    print("  dirty  ", session.dirty)
    print("  deleted", session.deleted)


engine = create_engine("sqlite:///:memory:")
Base.metadata.create_all(engine)
session = Session(bind=engine)

show("nothing yet")
robot = Toy(name="robot", price=12)
session.add(robot)
show("after add")
session.flush()
show("after flush")
robot.price = 14
show("after a change")
robot.price = 14
print(session.is_modified(robot), robot in session.dirty)
session.flush()
robot.price = 14
print("set to the same value:", robot in session.dirty, session.is_modified(robot))
session.flush()
session.delete(robot)
show("after delete")
session.flush()
show("after the delete was flushed")
print(robot in session, robot.name)
session.commit()
print(session.query(Toy).count())
