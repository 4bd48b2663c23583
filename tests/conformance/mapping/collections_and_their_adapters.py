from sqlalchemy import ForeignKey, create_engine, event, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.collections import (
    CollectionAdapter,
    InstrumentedDict,
    InstrumentedList,
    InstrumentedSet,
    KeyFuncDict,
    collection,
    collection_adapter,
)


class Base(DeclarativeBase):
    pass


class Loud(list):
    """Its own methods run inside of those that tell of changes."""

    def append(self, item):
        print("   append", item)
        super().append(item)

    def remove(self, item):
        print("   remove", item)
        super().remove(item)


class Bag:
    __emulates__ = set

    def __init__(self):
        self.data = []

    @collection.appender
    def put(self, item):
        self.data.append(item)

    @collection.remover
    def take(self, item):
        self.data.remove(item)

    @collection.iterator
    def each(self):
        return iter(self.data)

    @collection.adds(1)
    def push(self, item):
        self.data.insert(0, item)

    @collection.adds("entity")
    def named(self, *, entity):
        self.data.append(entity)

    @collection.removes(1)
    def drop(self, item):
        self.data.remove(item)

    @collection.removes_return()
    def shift(self):
        return self.data.pop(0)

    @collection.replaces(2)
    def swap(self, at, item):
        old, self.data[at] = self.data[at], item
        return old

    def __iter__(self):
        return self.each()


class Capped:
    """It tells of changes itself."""

    def __init__(self):
        self.items = []

    @collection.appender
    @collection.internally_instrumented
    def append(self, item, _sa_initiator=None):
        adapter = collection_adapter(self)
        if adapter is not None and _sa_initiator is not False:
            item = adapter.fire_append_event(item, _sa_initiator)
        self.items.append(item)
        if len(self.items) > 2:
            self.remove(self.items[0])

    @collection.remover
    @collection.internally_instrumented
    def remove(self, item, _sa_initiator=None):
        adapter = collection_adapter(self)
        if adapter is not None and _sa_initiator is not False:
            adapter.fire_remove_event(item, _sa_initiator)
        self.items.remove(item)

    def __iter__(self):
        return iter(self.items)


class Zoo(Base):
    __tablename__ = "zoo"
    id: Mapped[int] = mapped_column(primary_key=True)
    pets: Mapped[list["Pet"]] = relationship(foreign_keys="Pet.zoo_id", back_populates="zoo")
    kinds: Mapped[set["Pet"]] = relationship(foreign_keys="Pet.kind_id", order_by="Pet.id")
    loud: Mapped[list["Pet"]] = relationship(foreign_keys="Pet.loud_id", collection_class=Loud)
    bag = relationship("Pet", foreign_keys="Pet.bag_id", collection_class=Bag)
    capped = relationship("Pet", foreign_keys="Pet.capped_id", collection_class=Capped)


class Pet(Base):
    __tablename__ = "pet"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    zoo_id: Mapped[int | None] = mapped_column(ForeignKey("zoo.id"))
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("zoo.id"))
    loud_id: Mapped[int | None] = mapped_column(ForeignKey("zoo.id"))
    bag_id: Mapped[int | None] = mapped_column(ForeignKey("zoo.id"))
    capped_id: Mapped[int | None] = mapped_column(ForeignKey("zoo.id"))
    zoo: Mapped[Zoo | None] = relationship(foreign_keys=zoo_id, back_populates="pets")

    def __repr__(self):
        return self.name


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)
z = Zoo(pets=[Pet(name="a"), Pet(name="b")])
s.add(z)
s.commit()

print("-- adapter of a list")
adapter = collection_adapter(z.pets)
print(type(adapter) is CollectionAdapter, adapter.data is z.pets, adapter.owner_state is inspect(z), adapter.attr.key)
print(len(adapter), list(adapter), bool(adapter), adapter.invalidated, adapter.empty)
print(type(z.pets) is InstrumentedList, type(z.kinds) is InstrumentedSet, InstrumentedDict.__mro__[1])
adapter.append_with_event(Pet(name="c"))
print(z.pets, inspect(z).attrs.pets.history.added, z.pets[2].zoo is z)
adapter.append_without_event(Pet(name="ghost"))
print(z.pets, inspect(z).attrs.pets.history.added)
adapter.remove_without_event(z.pets[3])
adapter.remove_with_event(z.pets[0])
print(z.pets, inspect(z).attrs.pets.history)
s.commit()
print(z.pets)

print("-- replaced, and expired")
old = z.pets
before = collection_adapter(old)
z.pets = [Pet(name="d")]
print(collection_adapter(old), before.data is old, before._referenced_by_owner)
old.append("nobody listens")
print(old)
s.commit()
stale = collection_adapter(z.pets)
print(stale.invalidated)
s.expire(z)
print(stale.invalidated, stale.data is None or stale._key)
s.rollback()

print("-- slices of a list")


@event.listens_for(Zoo.pets, "append")
def appended(target, value, initiator):
    print("   +", value)


@event.listens_for(Zoo.pets, "remove")
def removed(target, value, initiator):
    print("   -", value)


z.pets[0:1] = [z.pets[0], Pet(name="e")]
print(z.pets)
z.pets[:] = [Pet(name="f")]
del z.pets[0:1]
print(z.pets)
s.rollback()

print("-- a list with methods of its own")
z.loud.append(Pet(name="l1"))
z.loud.extend([Pet(name="l2"), Pet(name="l3")])
z.loud.remove(z.loud[0])
z.loud.insert(0, Pet(name="l0"))
z.loud += [Pet(name="l4")]
s.commit()
print("loading")
print(sorted(pet.name for pet in z.loud))
z.loud = [z.loud[0], Pet(name="l5")]
print(inspect(z).attrs.loud.history.added)
s.commit()

print("-- an object that acts as a set")
z.bag.put(Pet(name="x"))
z.bag.push(Pet(name="y"))
z.bag.named(entity=Pet(name="n"))
print(list(z.bag), len(collection_adapter(z.bag)), len(inspect(z).attrs.bag.history.added))
s.commit()
print(sorted(pet.name for pet in z.bag))
first = list(z.bag)[0]
z.bag.drop(first)
print(inspect(z).attrs.bag.history.deleted == [first])
z.bag.swap(0, Pet(name="swapped"))
s.commit()
print(sorted(pet.name for pet in z.bag))
try:
    z.bag = [Pet(name="no")]
except TypeError as error:
    print(error)
for wrong in ({"k": Pet(name="no")}, None, 5):
    try:
        z.bag = wrong
    except TypeError as error:
        print(error)
z.bag = {Pet(name="only")}
print(type(z.bag).__name__, list(z.bag))
s.commit()

print("-- one that tells of changes itself")
for name in "pqr":
    z.capped.append(Pet(name=name))
print(list(z.capped), inspect(z).attrs.capped.history.added)
s.commit()
print(list(z.capped))

print("-- sets")
a, b, c = Pet(name="k1"), Pet(name="k2"), Pet(name="k3")
z.kinds.update([a, b])
z.kinds |= {c}
print(sorted(map(str, z.kinds)), len(z.kinds))
z.kinds -= {a}
z.kinds ^= {a, b}
print(sorted(map(str, z.kinds)))
z.kinds &= {a}
z.kinds.discard(b)
print(sorted(map(str, z.kinds)), inspect(z).attrs.kinds.history.added)
try:
    z.kinds |= [b]
except TypeError as error:
    print(error)
s.commit()
print(z.kinds.pop(), len(z.kinds), inspect(z).attrs.kinds.history.deleted)
s.commit()
print(z.kinds == set())

print("-- classes that cannot be collections")


def refused(members):
    odd = type("Odd", (), members)
    try:
        class Broken(Base):
            __tablename__ = "broken"
            __table_args__ = {"extend_existing": True}
            id: Mapped[int] = mapped_column(primary_key=True)
            pet_id: Mapped[int] = mapped_column(ForeignKey("pet.id"))
            pets = relationship(Pet, collection_class=odd, uselist=True)

        Base.registry.configure()
    except Exception as error:
        print(type(error).__name__, error)



refused({})
