from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.collections import KeyFuncDict, attribute_keyed_dict, collection


class Base(DeclarativeBase):
    pass


class Stack(list):
    def top(self):
        return self[-1] if self else None


class Bag:
    def __init__(self):
        self.things = []

    @collection.appender
    def put(self, thing):
        self.things.append(thing)

    @collection.remover
    def take(self, thing):
        self.things.remove(thing)

    @collection.iterator
    def __iter__(self):
        return iter(self.things)


class ByInitial(KeyFuncDict):
    def __init__(self):
        super().__init__(lambda thing: thing.name[0])


class Room(Base):
    __tablename__ = "rooms"
    id: Mapped[int] = mapped_column(primary_key=True)
    chairs: Mapped[set["Chair"]] = relationship(back_populates="room")
    stack: Mapped[list["Box"]] = relationship(collection_class=Stack, order_by="Box.id")
    bag = relationship("Toy", collection_class=Bag, backref="room")
    lamps = relationship("Lamp", collection_class=ByInitial, backref="room")


class Thing:
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id"))


class Chair(Thing, Base):
    __tablename__ = "chairs"
    room: Mapped[Room | None] = relationship(back_populates="chairs")


class Box(Thing, Base):
    __tablename__ = "boxes"


class Toy(Thing, Base):
    __tablename__ = "toys"


class Lamp(Thing, Base):
    __tablename__ = "lamps"


room = Room()
room.chairs.add(Chair(name="stool"))
print(type(room.chairs).__name__, [chair.room is room for chair in room.chairs])
bench = Chair(name="bench", room=room)
print(sorted(chair.name for chair in room.chairs))
room.chairs.remove(bench)
room.stack.append(Box(name="one"))
room.stack += [Box(name="two")]
print(type(room.stack).__name__, room.stack.top().name)
ball = Toy(name="ball")
room.bag.put(ball)
print(ball.room is room, len(room.bag.things))
room.lamps.set(Lamp(name="desk"))
Lamp(name="floor", room=room)
print(sorted(room.lamps), room.lamps["f"].room is room)
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(room)
    session.commit()
    room.bag.take(ball)
    room.lamps.pop("d")
    print(ball.room, sorted(room.lamps), room.stack.pop().name, len(room.chairs))
    session.commit()
    print(len(room.bag.things), sorted(room.lamps), [box.name for box in room.stack])
    for wrong in (None, [], {"a": 1}):
        try:
            room.chairs = wrong
        except TypeError as error:
            print(error)
