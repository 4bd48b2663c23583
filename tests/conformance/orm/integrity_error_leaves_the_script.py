from sqlalchemy import ForeignKey, UniqueConstraint, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Room(Base):
    __tablename__ = "room"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Seat(Base):
    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("room_id", "number", name="one_seat_per_number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    number: Mapped[int]


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)


def book(session, room, number):
    session.add(Seat(room_id=room.id, number=number))
    session.flush()
    print("booked", number)


with Session(engine) as session:
    hall = Room(name="hall")
    session.add(hall)
    session.flush()
    book(session, hall, 1)
    book(session, hall, 2)
    book(session, hall, 1)
