import warnings

from sqlalchemy import ForeignKey, create_engine, inspect
from sqlalchemy.orm import (
    DeclarativeBase,
    KeyFuncDict,
    Mapped,
    Session,
    attribute_keyed_dict,
    column_keyed_dict,
    keyfunc_mapping,
    mapped_column,
    relationship,
)
from sqlalchemy.orm.collections import collection

warnings.simplefilter("always")


class Base(DeclarativeBase):
    pass


class ByName(KeyFuncDict):
    """A class of its own, which keeps members by their upper-case names."""

    def __init__(self, *args, **kw):
        super().__init__(lambda item: item.name.upper())

    @collection.internally_instrumented
    def __setitem__(self, key, value, _sa_initiator=None):
        super().__setitem__(key, value, _sa_initiator)

    @collection.internally_instrumented
    def __delitem__(self, key, _sa_initiator=None):
        super().__delitem__(key, _sa_initiator)


class Shop(Base):
    __tablename__ = "shop"
    id: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[dict[str, "Item"]] = relationship(
        collection_class=attribute_keyed_dict("name"), back_populates="shop", cascade="all, delete-orphan"
    )
    lenient: Mapped[dict[str, "Lenient"]] = relationship(
        collection_class=attribute_keyed_dict("name", ignore_unpopulated_attribute=True), back_populates="shop"
    )
    plain: Mapped[dict[str, "Plain"]] = relationship(
        collection_class=keyfunc_mapping(lambda item: item.name)
    )


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    size: Mapped[int | None]
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    shop: Mapped[Shop | None] = relationship(back_populates="items")

    def __repr__(self):
        return f"{self.name}/{self.size}"


class Lenient(Base):
    __tablename__ = "lenient"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))
    shop: Mapped[Shop | None] = relationship(back_populates="lenient")


class Plain(Base):
    __tablename__ = "plain"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    shop_id: Mapped[int | None] = mapped_column(ForeignKey("shop.id"))


class House(Base):
    __tablename__ = "house"
    id: Mapped[int] = mapped_column(primary_key=True)


class Room(Base):
    __tablename__ = "room"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    floor: Mapped[int]
    house_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"))
    own_id: Mapped[int | None] = mapped_column(ForeignKey("house.id"))

    def __repr__(self):
        return f"{self.name}@{self.floor}"


House.by_column = relationship(Room, foreign_keys=Room.house_id, collection_class=column_keyed_dict(Room.__table__.c.name))
House.by_both = relationship(
    Room,
    foreign_keys=Room.house_id,
    viewonly=True,
    collection_class=column_keyed_dict([Room.__table__.c.name, Room.__table__.c.floor]),
)
House.by_func = relationship(
    Room, foreign_keys=Room.house_id, viewonly=True, collection_class=keyfunc_mapping(lambda room: room.floor * 10)
)
House.own = relationship(Room, foreign_keys=Room.own_id, collection_class=ByName)

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)

print("-- by attribute")
shop = Shop()
shop.items["nail"] = Item(name="nail", size=1)
shop.items.set(Item(name="screw", size=2))
bolt = Item(name="bolt", size=3, shop=shop)
print(shop.items, type(shop.items).__mro__[1].__name__, list(shop.items.values())[2].shop is shop)
s.add(shop)
s.commit()
print(sorted(shop.items), shop.items["screw"])
replaced = shop.items["nail"]
shop.items["nail"] = Item(name="nail", size=10)
print(inspect(shop).attrs["items"].history.added, inspect(shop).attrs["items"].history.deleted, replaced.shop)
del shop.items["screw"]
print(shop.items.pop("missing", "none"), shop.items.pop("bolt"))
s.commit()
print(shop.items, s.get(Item, 3))
print(shop.items.setdefault("nail", Item(name="other")), shop.items.setdefault("hook", Item(name="hook", size=4)))
shop.items.update({"nut": Item(name="nut", size=5)}, ring=Item(name="ring", size=6))
print(list(shop.items))
s.commit()
shop.items = {"nail": shop.items["nail"], "new": Item(name="new", size=7)}
print(shop.items, len(inspect(shop).attrs["items"].history.deleted))
s.commit()
print(sorted(shop.items))

print("-- a key that changes")
nail = shop.items["nail"]
nail.name = "tack"
print("tack" in shop.items, "nail" in shop.items)
for wrong in (lambda: shop.items.remove(nail),):
    try:
        wrong()
    except Exception as error:
        print(type(error).__name__, error)
s.commit()
print(sorted(shop.items))
shop.items["x"] = Item(name="y", size=0)
print("x" in shop.items)
s.commit()
print(sorted(shop.items))
shop.items["tack"].size = 99
try:
    odd = Item(name="tack", size=1)
    shop.items.remove(odd)
except Exception as error:
    print(type(error).__name__, str(error).split(": collection")[0].replace(repr(odd), "odd"))
s.rollback()

print("-- without a key")
for make in (lambda: shop.items.set(Item()), lambda: Item(shop=shop)):
    try:
        make()
    except Exception as error:
        print(type(error).__name__, str(error).split("derived")[0])
s.rollback()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    shop.items.set(Item(name=None))
    print([str(one.message).split("this")[0] for one in caught], None in shop.items)
s.rollback()
shop.lenient.set(Lenient())
quiet = Lenient(shop=shop)
print(len(shop.lenient), quiet.shop is shop)
quiet.name = "late"
s.commit()
print(list(shop.lenient))
try:
    shop.plain.set(Plain())
    print(list(shop.plain))
except Exception as error:
    print(type(error).__name__, error)
s.rollback()

print("-- by columns, and by a function")
house = House()
house.by_column["kitchen"] = Room(name="kitchen", floor=0)
house.by_column.set(Room(name="attic", floor=3))
s.add(house)
s.commit()
print(house.by_column, house.by_both, house.by_func)
try:
    column_keyed_dict("name")
except Exception as error:
    print(type(error).__name__, error)
try:
    column_keyed_dict(["name"])
except Exception as error:
    print(type(error).__name__, error)

print("-- a class of its own")
house.own.set(Room(name="bath", floor=1))
house.own["KITCHEN"] = house.by_column["kitchen"]
s.commit()
print(sorted(house.own), type(house.own).__name__, house.own.keyfunc(house.own["BATH"]))
del house.own["BATH"]
s.commit()
print(house.own)
print(house.own.popitem(), house.own)
s.commit()
house.own = {"BATH": Room(name="bath", floor=2)}
house.own.clear()
print(house.own, inspect(house).attrs.own.history)
