import dataclasses

from sqlalchemy import and_, create_engine, inspect, select
from sqlalchemy.orm import Composite, CompositeProperty, DeclarativeBase, Mapped, Session, composite, mapped_column


@dataclasses.dataclass
class Point:
    x: int
    y: int


class PointComparator(CompositeProperty.Comparator):
    def __gt__(self, other):
        """Both coordinates are greater."""
        columns = self.__clause_element__().clauses
        return and_(*[a > b for a, b in zip(columns, (other.x, other.y))])


class Base(DeclarativeBase):
    pass


class Line(Base):
    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    start: Mapped[Point] = composite(mapped_column("x1"), mapped_column("y1"), comparator_factory=PointComparator)
    end: Mapped[Point] = composite(mapped_column("x2"), mapped_column("y2"))

    def __repr__(self):
        return f"Line({self.id})"


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)
s.add_all([Line(id=1, start=Point(1, 2), end=Point(3, 4)), Line(id=2, start=Point(5, 6), end=Point(7, 8))])
s.commit()
print(select(Line.id).where(Line.start > Point(3, 3)))
print(s.scalars(select(Line).where(Line.start > Point(3, 3))).all())
print(s.scalars(select(Line).where(Line.end == Point(3, 4))).all())
prop = inspect(Line).composites.start
print(isinstance(prop, CompositeProperty), issubclass(Composite, CompositeProperty), prop.key)
