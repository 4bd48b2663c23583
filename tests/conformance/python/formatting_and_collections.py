from collections import Counter, defaultdict, namedtuple
from decimal import Decimal
from itertools import groupby

from sqlalchemy import Column, Integer, Numeric, String, create_engine
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()


class Sale(Base):
    __tablename__ = "sales"

    id = Column(Integer, primary_key=True)
    city = Column(String(20))
    item = Column(String(20))
    amount = Column(Numeric(8, 2))

    @property
    def label(self):
        return "{0.item} in {0.city}".format(self)

    @classmethod
    def parse(cls, line):
        city, item, amount = (part.strip() for part in line.split(","))
        return cls(city=city, item=item, amount=Decimal(amount))

    @staticmethod
    def money(value):
        return f"{value:>10,.2f}"


lines = """
Lima, tea, 12.50
Oslo, tea, 3.20
Lima, mugs, 1120.00
Oslo, kettles, 99.99
""".strip().splitlines()

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(Sale.parse(line) for line in lines)
    session.commit()

    sales = session.query(Sale).order_by(Sale.city, Sale.id).all()
    for city, group in groupby(sales, key=lambda sale: sale.city):
        group = list(group)
        print(f"{city:<8}{Sale.money(sum(sale.amount for sale in group))} {'*' * len(group)}")
    print(Counter(sale.item for sale in sales).most_common(1))
    by_item = defaultdict(list)
    for sale in sales:
        by_item[sale.item].append(sale.city)
    print(dict(by_item))
    Best = namedtuple("Best", "label amount")
    best = max((Best(sale.label, sale.amount) for sale in sales), key=lambda entry: entry.amount)
    print(best, best.label.title(), "%-12s|%6.1f|" % (best.label[:4], best.amount))
    first, *rest, last = sorted({sale.item for sale in sales})
    print(first, rest, last, {sale.id: sale.label for sale in sales if "tea" in sale.label})
    print(" / ".join(f"{n}:{sale.item!r}" for n, sale in enumerate(sales, start=1)))
    print(any(sale.amount > 1000 for sale in sales), all(sale.id for sale in sales), sum(1 for _ in sales))
