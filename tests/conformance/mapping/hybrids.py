from sqlalchemy import create_engine, func, select, update
from sqlalchemy.ext.hybrid import Comparator, hybrid_method, hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column


class Base(DeclarativeBase):
    pass


class IgnoringCase(Comparator):
    def __eq__(self, other):
        return func.lower(self.__clause_element__()) == func.lower(other)


class Interval(Base):
    __tablename__ = "intervals"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]

    @hybrid_property
    def length(self):
        return self.end - self.start

    @length.setter
    def length(self, value):
        self.end = self.start + value

    @length.update_expression
    def length(cls, value):
        return [(cls.end, cls.start + value)]

    @hybrid_property
    def radius(self):
        return abs(self.length) / 2

    @radius.inplace.expression
    @classmethod
    def _radius(cls):
        return func.abs(cls.length) / 2

    @hybrid_property
    def word(self):
        return self.name.lower()

    @word.comparator
    def word(cls):
        return IgnoringCase(cls.name)

    @hybrid_method
    def contains(self, point):
        return (self.start <= point) & (point < self.end)


print(select(Interval.length, Interval.radius))
print(select(Interval).where(Interval.contains(5)).order_by(Interval.length.desc()))
print(select(Interval.id).where(Interval.word == "Lunch"))
other = aliased(Interval, name="other")
print(select(other.length).where(other.contains(3), other.length > Interval.length))
print(Interval.length, Interval.word, Interval.length.key)
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    lunch = Interval(name="Lunch", start=12, end=13)
    session.add_all([lunch, Interval(name="Night", start=22, length=8)])
    session.commit()
    print(lunch.length, lunch.radius, lunch.contains(12), lunch.word)
    lunch.length = 2
    session.commit()
    rows = session.execute(select(Interval.name, Interval.length).order_by(Interval.length)).all()
    print(rows, rows[0]._fields)
    print(session.scalars(select(Interval).filter_by(word="NIGHT")).one().end)
    session.execute(update(Interval).values({Interval.length: 5}))
    print(session.scalars(select(Interval.end)).all())
    try:
        lunch.radius = 3
    except AttributeError as error:
        print(error)
