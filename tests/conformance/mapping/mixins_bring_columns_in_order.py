from typing import Optional

from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    def __repr__(self):
        return f"{type(self).__name__}({self.id})"


class Keyed:
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower()

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)


class Stamped:
    created: Mapped[Optional[str]] = mapped_column(String(20), default="today")
    changed = Column(String(20))
    last: Mapped[int] = mapped_column(sort_order=5, default=0)


class Owned:
    @declared_attr
    def owner_id(cls) -> Mapped[int]:
        return mapped_column(ForeignKey("owner.id"))

    @declared_attr
    def owner(cls) -> Mapped["Owner"]:
        return relationship("Owner")

    @declared_attr
    def rank(cls):
        return Column(Integer, default=len(cls.__name__))


class Owner(Keyed, Base):
    name: Mapped[str]


class Car(Owned, Stamped, Keyed, Base):
    plate: Mapped[str]


class Boat(Stamped, Owned, Keyed, Base):
    created: Mapped[int] = mapped_column(default=1)
    name: Mapped[str]
    __table_args__ = {"comment": "afloat"}


for mapped in (Owner, Car, Boat):
    print(mapped.__tablename__, mapped.__table__.columns.keys(), mapped.__table__.comment)
print(Car.__table__.c.created is Boat.__table__.c.created, repr(Boat.__table__.c.created.type))
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    ann = Owner(name="ann")
    session.add_all([Car(plate="x", owner=ann), Boat(name="b", owner=ann)])
    session.commit()
    car = session.scalars(select(Car)).one()
    print(car, car.owner is ann, car.rank, car.created, car.changed, car.last)
    print(session.execute(select(Boat.rank, Boat.created)).all())
