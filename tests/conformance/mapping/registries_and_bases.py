from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select
from sqlalchemy.orm import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    DeclarativeMeta,
    Mapped,
    Session,
    as_declarative,
    declarative_base,
    declared_attr,
    mapped_column,
    registry,
)

shelf = registry()


@shelf.mapped
class Book:
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Map:
    __table__ = Table("map", shelf.metadata, Column("id", Integer, primary_key=True), Column("area", String))


print(shelf.map_declaratively(Map), sorted(str(mapper) for mapper in shelf.mappers))
Generated = shelf.generate_base()


class Poster(Generated):
    __tablename__ = "poster"
    id: Mapped[int] = mapped_column(primary_key=True)


class ByHand(metaclass=DeclarativeMeta):
    __abstract__ = True
    registry = shelf
    metadata = shelf.metadata
    __init__ = shelf.constructor


class Card(ByHand):
    __tablename__ = "card"
    id: Mapped[int] = mapped_column(primary_key=True)


@as_declarative(metadata=MetaData(schema="attic"))
class Named:
    id = Column(Integer, primary_key=True)

    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower() + "s"

    def describe(self):
        return f"{type(self).__name__} {self.id}"


class Box(Named):
    label = Column(String(10))


class NoMeta(DeclarativeBaseNoMeta):
    pass


class Lid(NoMeta):
    __tablename__ = "lid"
    id: Mapped[int] = mapped_column(primary_key=True)


print(Poster.metadata is shelf.metadata, sorted(shelf.metadata.tables))
print(Box.__table__.fullname, Box.__table__.columns.keys(), Box(id=3).describe())
print(type(Lid).__name__, type(Card).__name__, Lid(id=1).id, Named.__name__)
engine = create_engine("sqlite://")
shelf.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Book(title="x"), Map(area="y"), Card(id=5)])
    session.commit()
    print(session.scalars(select(Book.title)).all(), session.scalars(select(Card.id)).all())


def refused(make):
    try:
        make()
    except Exception as error:
        print(type(error).__name__, error)


refused(lambda: shelf.mapped(Book))
refused(lambda: type("Bare", (Generated,), {}))
refused(lambda: type("Direct", (DeclarativeBase,), {"__tablename__": "direct"}))
refused(lambda: type("Wrong", (DeclarativeBase,), {"registry": 5}))
refused(lambda: declarative_base(MetaData()))
shelf.dispose()
print(hasattr(Book, "__mapper__"))
