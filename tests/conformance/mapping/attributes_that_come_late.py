# Properties that a class gets after it was made, and names of classes that are
# used while others are still to come.
import dataclasses

from sqlalchemy import ForeignKey, String, create_engine, func, inspect, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    column_property,
    composite,
    configure_mappers,
    mapped_column,
    relationship,
)


class Base(DeclarativeBase):
    pass


class Maker(Base):
    __tablename__ = "maker"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    clocks: Mapped[list["Clock"]] = relationship(order_by="Clock.id", back_populates="maker")


print(inspect(Maker).configured)


@dataclasses.dataclass
class Size:
    width: int
    height: int


class Clock(Base):
    __tablename__ = "clock"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(9))
    maker_id: Mapped[int] = mapped_column(ForeignKey("maker.id"))
    maker: Mapped[Maker] = relationship(back_populates="clocks")
    parts: Mapped[list["Part"]] = relationship()
    size: Mapped[Size] = composite(mapped_column("w"), mapped_column("h"))
    maker_name: Mapped[str] = column_property(
        select(Maker.name).where(Maker.id == maker_id).correlate_except(Maker).scalar_subquery()
    )
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "clock"}


class Alarm(Clock):
    tone: Mapped[str | None]
    __mapper_args__ = {"polymorphic_identity": "alarm"}


class Part(Base):
    __tablename__ = "part"
    id: Mapped[int] = mapped_column(primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"))


configure_mappers()
print(inspect(Maker).configured, inspect(Alarm).columns.keys())
Maker.clock_count = column_property(
    select(func.count(Clock.id)).where(Clock.maker_id == Maker.id).correlate(Maker.__table__).scalar_subquery()
)
Maker.shout = column_property(func.upper(Maker.name) + "!", deferred=True)
inspect(Maker).add_property("whisper", column_property(func.lower(Maker.name)))
inspect(Maker).add_properties({"twice": column_property(Maker.id * 2)})
Part.clock = relationship(Clock, viewonly=True)
print(inspect(Maker).attrs.shout.deferred, inspect(Maker).attrs.whisper.deferred, inspect(Part).relationships.keys())

engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(
        Maker(
            name="Anna",
            clocks=[Alarm(tone="beep", size=Size(3, 4)), Clock(size=Size(1, 2), parts=[Part(), Part()])],
        )
    )
    session.commit()
    for clock in session.scalars(select(Clock).order_by(Clock.id)):
        print(type(clock).__name__, clock.maker_name, clock.size)
    maker = session.get(Maker, 1)
    print(maker.clock_count, maker.whisper, maker.shout, maker.twice)
    print(session.get(Part, 2).clock is session.get(Clock, 2))
