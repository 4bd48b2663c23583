import dataclasses

from sqlalchemy import create_engine, inspect, select
from sqlalchemy.ext.mutable import MutableComposite
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, composite, mapped_column, synonym


class Base(DeclarativeBase):
    pass


@dataclasses.dataclass
class Point:
    x: int
    y: int


class Size(MutableComposite):
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        self.changed()

    def __composite_values__(self):
        return self.width, self.height

    def __eq__(self, other):
        return isinstance(other, Size) and other.__composite_values__() == self.__composite_values__()

    def __repr__(self):
        return f"Size({self.width}, {self.height})"


class Box(Base):
    __tablename__ = "boxes"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    title = synonym("label")
    at: Mapped[Point] = composite(mapped_column("at_x"), mapped_column("at_y"))
    width: Mapped[int]
    height: Mapped[int]
    size = composite(Size, "width", "height")


print(select(Box))
print(select(Box.id).where(Box.at == Point(1, 2), Box.size != Size(3, 4)).order_by(Box.title))
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    box = Box(title="crate", at=Point(1, 2), size=Size(3, 4))
    print(box.label, box.at_x, box.at, box.size, box.height)
    session.add(box)
    session.commit()
    print(box.at, box.size, box.title)
    box.size.width = 30
    print(box in session.dirty, box.width)
    box.at = Point(5, 6)
    session.commit()
    print(box.at, box.size)
    box.at = None
    print(box.at_x, box.at)
    session.rollback()
    print(session.scalars(select(Box).where(Box.at == Point(5, 6)).filter_by(title="crate")).one() is box)
    print(session.execute(select(Box.title)).first()._fields)
mapper = inspect(Box)
print(mapper.synonyms.keys(), mapper.composites.keys(), mapper.all_orm_descriptors.keys())
