from sqlalchemy import (
    Column, Integer, MetaData, String, Table, create_engine, func, literal,
    literal_column, select, text, union_all,
)
from sqlalchemy import lambda_stmt

engine = create_engine("sqlite://", echo=True)
m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("n", Integer), Column("s", String))
m.create_all(engine)
def find(conn, low, word=None):
    stmt = lambda_stmt(lambda: select(t.c.id))
    stmt += lambda s: s.where(t.c.n > low)
    if word is not None:
        stmt += lambda s: s.where(t.c.s == word)
    return conn.execute(stmt).scalars().all()
def plain(conn, low, word=None):
    stmt = select(t.c.id).where(t.c.n > low)
    if word is not None:
        stmt = stmt.where(t.c.s == word)
    return conn.execute(stmt).scalars().all()
with engine.begin() as conn:
    conn.execute(t.insert(), [{"n": n, "s": "ab"[n % 2]} for n in range(6)])
    for fn in (plain, find):
        print(fn.__name__, fn(conn, 3), fn(conn, 4), fn(conn, 1, "a"), fn(conn, 0, "b"))
    for n in range(3):
        conn.execute(select(t).where(t.c.id == n)).all()
        conn.execute(select(t).where(t.c.id == n).order_by(t.c.n)).all()
        conn.execute(select(t).limit(n)).all()
        conn.execute(select(t.c.id).where(t.c.n.in_(list(range(n))))).all()
        conn.execute(t.update().where(t.c.id == n).values(n=n))
        conn.execute(t.update().where(t.c.id == n).values(s=None if n else "z"))
        conn.execute(select(literal(n))).all()
        conn.execute(select(func.abs(n).label(f"l{n}"))).all()
        conn.execute(select(literal_column(str(n)))).all()
        conn.execute(text(f"SELECT {n}")).all()
        conn.execute(t.select().with_only_columns(t.c.s if n % 2 else t.c.n)).all()
        conn.execute(select(t.alias().c.id)).all()
        conn.execute(select(select(t.c.id).where(t.c.n > n).subquery())).all()
        conn.execute(union_all(select(t.c.id).where(t.c.id == n), select(t.c.n))).all()
        conn.execute(select(t.c.n + n, t.c.n == n)).all()
        conn.execute(t.delete().where(t.c.id == n + 100))
print(select(t).where(t.c.id == 1)._generate_cache_key() == select(t).where(t.c.id == 2)._generate_cache_key(), select(t).limit(1)._generate_cache_key() == select(t).limit(2)._generate_cache_key(), select(t).where(t.c.id == None)._generate_cache_key() == select(t).where(t.c.id == 2)._generate_cache_key())
