from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import configure_mappers, declarative_base, relationship


def attempt(define):
    Base = declarative_base()
    try:
        made = define(Base)
        configure_mappers()
        if made:
            made()
        print(define.__name__, "works")
    except Exception as error:
        print(f"{define.__name__}: {type(error).__name__}: {error}")
    finally:
        Base.registry.dispose()


@attempt
def without_primary_key(Base):
    class Thing(Base):
        __tablename__ = "thing"
        name = Column(String)


@attempt
def without_table(Base):
    class Thing(Base):
        id = Column(Integer, primary_key=True)


@attempt
def without_foreign_key(Base):
    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)


@attempt
def with_two_foreign_keys(Base):
    class Match(Base):
        __tablename__ = "match"
        id = Column(Integer, primary_key=True)
        home_id = Column(ForeignKey("team.id"))
        guest_id = Column(ForeignKey("team.id"))
        team = relationship("Team")

    class Team(Base):
        __tablename__ = "team"
        id = Column(Integer, primary_key=True)


@attempt
def with_unknown_class(Base):
    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Chidl")


@attempt
def with_unknown_back_populates(Base):
    class Parent(Base):
        __tablename__ = "parent"
        id = Column(Integer, primary_key=True)
        children = relationship("Child", back_populates="father")

    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))


@attempt
def with_unknown_table_in_a_foreign_key(Base):
    class Child(Base):
        __tablename__ = "child"
        id = Column(Integer, primary_key=True)
        parent_id = Column(ForeignKey("parent.id"))

    return lambda: Base.metadata.create_all(create_engine("sqlite://"))


@attempt
def correctly(Base):
    class Thing(Base):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)
