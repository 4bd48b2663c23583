from decimal import Decimal
from sqlalchemy import (
    Boolean, Column, Integer, MetaData, Numeric, String, Table, create_engine, func,
    insert, select, text,
)

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
fruit = Table("fruit", metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20)),
    Column("price", Numeric(6, 2)),
    Column("fresh", Boolean),
)
metadata.create_all(engine)
with engine.begin() as conn:
    result = conn.execute(insert(fruit), [
        {"name": "apple", "price": Decimal("1.20"), "fresh": True},
        {"name": "banana", "price": Decimal("0.35"), "fresh": False},
        {"name": "cherry", "price": Decimal("7.00"), "fresh": True},
    ])
    print(result.rowcount)
with engine.connect() as conn:
    for row in conn.execute(select(fruit).order_by(fruit.c.price)):
        print(row, row.name, row[2], row._mapping["fresh"])
    print(conn.execute(select(fruit.c.name).where(fruit.c.fresh)).scalars().all())
    print(conn.execute(select(fruit.c.name).where(~fruit.c.fresh)).all())
    print(conn.execute(select(fruit.c.name).where(fruit.c.fresh == True, fruit.c.price > 5)).scalar_one())
    print(conn.scalar(select(func.sum(fruit.c.price))))
    print(conn.scalar(select(func.max(fruit.c.name))))
    print(conn.execute(select(fruit.c.name, (fruit.c.price * 2).label("double")).where(fruit.c.id.in_([1, 3]))).mappings().all())
    print(conn.execute(select(fruit.c.name).where(fruit.c.id.in_([]))).all())
    print(conn.execute(select(fruit.c.name).order_by(fruit.c.name.desc()).limit(1).offset(1)).first())
    result = conn.execute(select(fruit.c.id, fruit.c.name.label("title")))
    print(result.keys(), result.fetchone(), result.fetchmany(1), result.fetchall())
    print(conn.execute(text("SELECT name FROM fruit WHERE price < :p"), {"p": 5}).all())
