from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class Price(Base):
    __tablename__ = "prices"
    shop = Column(String(10), primary_key=True)
    item = Column(String(10), primary_key=True)
    cents = Column(Integer)

    def __str__(self):
        return f"{self.item} at {self.shop}: {self.cents / 100:.2f}"


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()

session.add(Price(shop="north", item="tea", cents=250))
session.add(Price(shop="south", item="tea", cents=240))
session.commit()

tea = session.get(Price, ("south", "tea"))
print(tea)
print(session.get(Price, {"shop": "south", "item": "tea"}) is tea)

loose = Price(shop="south", item="tea", cents=199)
merged = session.merge(loose)
print(merged is tea, loose in session, tea.cents, tea in session.dirty)
fresh = session.merge(Price(shop="east", item="tea", cents=300))
print(fresh in session.new)
session.commit()
for price in session.query(Price).order_by(Price.cents):
    print(price)

session.add(Price(shop="east", item="tea", cents=1))
session.flush()
