# Sample data from a seeded generator is the same on every machine.
import random
import string
from collections import Counter
from datetime import date, timedelta

from sqlalchemy import Column, Date, Float, Integer, MetaData, String, Table, create_engine, func, insert, select

random.seed(42)
engine = create_engine("sqlite://")
metadata = MetaData()
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(8)),
    Column("city", String(20)),
    Column("day", Date),
    Column("total", Float),
)
metadata.create_all(engine)
cities = ["Oslo", "Lima", "Cairo", "Perth"]
rows = [
    {
        "code": "".join(random.choices(string.ascii_uppercase, k=4)),
        "city": random.choice(cities),
        "day": date(2024, 1, 1) + timedelta(days=random.randint(0, 364)),
        "total": round(random.uniform(5, 500), 2),
    }
    for _ in range(12)
]
random.shuffle(rows)
with engine.begin() as conn:
    conn.execute(insert(orders), rows)
    for row in conn.execute(select(orders.c.code, orders.c.city, orders.c.day, orders.c.total).limit(4)):
        print(*row)
    per_city = conn.execute(
        select(orders.c.city, func.count(), func.max(orders.c.total)).group_by(orders.c.city).order_by(orders.c.city)
    ).all()
    print(per_city)
print(Counter(row["city"] for row in rows).most_common(2), random.sample(cities, 2), random.gauss(0, 1), random.getrandbits(16))
print(random.Random("words").random(), random.Random(7).choices(cities, weights=[5, 1, 1, 1], k=5))
