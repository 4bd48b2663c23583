# Many to many: rows of a table that no class maps.
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy import String, Table, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()

association = Table(
    "association",
    Base.metadata,
    Column("parent_id", Integer, ForeignKey("parents.id"), primary_key=True),
    Column("child_id", Integer, ForeignKey("children.id"), primary_key=True),
)


class Parent(Base):
    __tablename__ = "parents"

    id = Column(Integer, primary_key=True)
    name = Column(String)
    children = relationship(
        "Child", secondary=association, back_populates="parents"
    )


class Child(Base):
    __tablename__ = "children"

    id = Column(Integer, primary_key=True)
    name = Column(String)
    parents = relationship(
        "Parent", secondary=association, back_populates="children"
    )


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
session = Session(engine)

ann = Parent(name="ann")
bob = Parent(name="bob")
kim = Child(name="kim")
lee = Child(name="lee")
max_ = Child(name="max")

# Lee has two parents.
ann.children.append(kim)
ann.children.append(lee)
bob.children.append(lee)
session.add_all([ann, bob])
session.flush()
print([parent.name for parent in lee.parents])

# One more row of association waits for the flush:
# see the flush plan, and Database.
bob.children.append(max_)
