from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()


class Shop(Base):
    __tablename__ = "shop"
    id = Column(Integer, primary_key=True)
    items = relationship("Item", lazy="dynamic", order_by="Item.id", back_populates="shop")
    visits = relationship("Visit", lazy="write_only", order_by="Visit.id", passive_deletes=True)


class Item(Base):
    __tablename__ = "item"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    shop_id = Column(ForeignKey("shop.id"))
    shop = relationship(Shop, back_populates="items")

    def __repr__(self):
        return f"Item({self.name})"


class Visit(Base):
    __tablename__ = "visit"
    id = Column(Integer, primary_key=True)
    who = Column(String)
    shop_id = Column(ForeignKey("shop.id"))

    def __repr__(self):
        return f"Visit({self.who})"


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)
shop = Shop()
shop.items.append(Item(name="pen"))
shop.items.extend([Item(name="ink"), Item(name="pad")])
print(shop.items.all(), shop.items.count(), shop.items[1])
s.add(shop)
s.commit()
print(shop.items.filter(Item.name != "pen").all(), shop.items.filter_by(name="ink").one().shop is shop)
shop.items.remove(shop.items.first())
s.commit()
print(list(shop.items), shop.items.count(), shop.items[0])
shop.visits.add_all([Visit(who="ann"), Visit(who="bob")])
s.commit()
print(s.scalars(shop.visits.select()).all())
print(s.scalars(shop.visits.select().where(Visit.who == "bob")).one())
try:
    list(shop.visits)
except TypeError as error:
    print(error)
s.execute(shop.visits.delete().where(Visit.who == "ann"))
s.commit()
print(s.scalars(shop.visits.select()).all())
