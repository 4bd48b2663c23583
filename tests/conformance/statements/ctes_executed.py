from sqlalchemy import (
    Column, Integer, MetaData, String, Table, create_engine, delete, func, literal,
    select, update,
)

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
staff = Table("staff", metadata, Column("id", Integer, primary_key=True), Column("name", String(10)), Column("boss", Integer), Column("pay", Integer))
metadata.create_all(engine)
with engine.connect() as conn:
    conn.execute(staff.insert(), [dict(id=1, name="top", boss=None, pay=100), dict(id=2, name="mid", boss=1, pay=60), dict(id=3, name="low", boss=2, pay=30), dict(id=4, name="odd", boss=1, pay=50)])
    tree = select(staff.c.id, staff.c.name, literal(0).label("depth")).where(staff.c.boss.is_(None)).cte("tree", recursive=True)
    tree = tree.union_all(select(staff.c.id, staff.c.name, tree.c.depth + 1).join(tree, staff.c.boss == tree.c.id))
    print(conn.execute(select(tree).order_by(tree.c.depth, tree.c.id)).all())
    print(conn.execute(select(tree.c.name).where(tree.c.depth == 1).order_by(tree.c.name)).scalars().all())
    fib = select(literal(0).label("a"), literal(1).label("b")).cte("fib", recursive=True)
    fib = fib.union_all(select(fib.c.b, fib.c.a + fib.c.b).where(fib.c.b < 50))
    print(conn.execute(select(fib.c.a)).scalars().all())
    avg = select(func.avg(staff.c.pay).label("m")).cte("avg_pay")
    rich = select(staff.c.id).where(staff.c.pay > select(avg.c.m).scalar_subquery()).cte("rich")
    print(conn.execute(select(staff.c.name).join(rich, rich.c.id == staff.c.id).where(staff.c.name != "zz").order_by(staff.c.id)).scalars().all())
    poor = select(staff.c.id).where(staff.c.pay < 40).cte("poor")
    conn.execute(update(staff).where(staff.c.id.in_(select(poor.c.id))).values(pay=45))
    print(conn.execute(select(staff.c.pay).where(staff.c.id == 3)).scalar())
    conn.execute(staff.insert().from_select(["name", "pay"], select(literal("copy"), rich.c.id)))
    conn.execute(delete(staff).where(staff.c.id.in_(select(rich.c.id))))
    print(conn.execute(select(staff).order_by(staff.c.id)).all())
