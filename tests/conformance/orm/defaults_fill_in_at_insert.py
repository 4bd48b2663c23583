from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, Column, DateTime, Float, Integer, Numeric, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()
counter = iter(range(100, 200))


class Order(Base):
    __tablename__ = "orders"

    id = Column(Integer, primary_key=True)
    number = Column(Integer, default=lambda: next(counter))
    status = Column(String(10), default="new")
    paid = Column(Boolean, default=False)
    total = Column(Numeric(10, 2), default=Decimal("0.00"))
    weight = Column(Float)
    created = Column(DateTime, default=datetime.now)
    changed = Column(DateTime, onupdate=datetime.now)

    def __init__(self, **values):
        print("making an order of", values)
        super().__init__(**values)


engine = create_engine("sqlite:///:memory:", echo=True)
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()

order = Order(weight=2.5)
print(order.number, order.status, order.created)
session.add(order)
session.flush()
print(order.number, order.status, order.paid, order.total, order.weight, order.created, order.changed)
order.total = Decimal("19.90")
order.paid = True
session.commit()
print(order.number, order.paid, repr(order.total), order.created, order.changed)

session.add(Order(number=7, status="gift", created=datetime(2001, 2, 3)))
session.commit()
late = session.query(Order).filter(Order.created < datetime(2010, 1, 1)).one()
print(late.number, late.status, late.created.year, late.paid is False)
print(session.query(Order.id).filter(Order.paid == True).all())  # noqa: E712
