from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, func, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
stock = Table(
    "stock",
    metadata,
    Column("sku", String(8), primary_key=True),
    Column("amount", Integer, nullable=False, default=0),
    Column("note", String(20), server_default="none"),
)
archive = Table("archive", metadata, Column("sku", String(8)), Column("amount", Integer))
metadata.create_all(engine)

with engine.begin() as conn:
    conn.execute(insert(stock), [{"sku": "tea", "amount": 5}, {"sku": "mug", "amount": 2}, {"sku": "pot", "amount": 0}])

    stmt = sqlite_insert(stock).values(sku="tea", amount=3)
    conn.execute(stmt.on_conflict_do_update(index_elements=["sku"], set_={"amount": stock.c.amount + stmt.excluded.amount}))
    result = conn.execute(sqlite_insert(stock).values(sku="mug", amount=99).on_conflict_do_nothing())
    print(result.rowcount)
    print(conn.execute(select(stock).order_by(stock.c.sku)).all())

    moved = insert(archive).from_select(["sku", "amount"], select(stock.c.sku, stock.c.amount).where(stock.c.amount > 0))
    print(moved)
    print(conn.execute(moved).rowcount)
    print(conn.execute(select(func.count(), func.sum(archive.c.amount)).select_from(archive)).one())
    print(conn.execute(insert(stock).values(sku="jar").returning(stock.c.amount, stock.c.note)).one())
    print(conn.execute(stock.update().where(stock.c.sku == "jar").values(amount=7).returning(stock)).all())
    print(conn.execute(stock.delete().where(stock.c.amount == 0).returning(stock.c.sku)).scalars().all())
    conn.execute(insert(stock).values([{"sku": "a", "amount": 1}, {"sku": "b", "amount": 2}]))
    print(conn.scalar(select(func.count()).select_from(stock)))

upsert = postgresql.insert(stock).values(sku="tea", amount=1)
upsert = upsert.on_conflict_do_update(index_elements=[stock.c.sku], set_={"amount": upsert.excluded.amount})
print(upsert.compile(dialect=postgresql.dialect()))
