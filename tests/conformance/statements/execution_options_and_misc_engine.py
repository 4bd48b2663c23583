from sqlalchemy import (
    Column, Integer, MetaData, Table, bindparam, create_engine, func, literal, select,
    text,
)


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

engine = create_engine("sqlite://", echo=True)
m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("n", Integer))
m.create_all(engine)
with engine.connect() as conn:
    conn.execute(t.insert(), [{"n": n} for n in range(12)])
    conn.commit()
    print(conn.get_execution_options(), conn.execution_options(foo=1).get_execution_options(), conn.dialect.name, conn.engine is engine, conn.info, conn.invalidated, conn.default_isolation_level, conn.get_isolation_level())
    r = conn.execution_options(yield_per=5).execute(select(t.c.n))
    print([len(p) for p in r.partitions()])
    r = conn.execute(select(t.c.n), execution_options={"stream_results": True, "max_row_buffer": 3})
    print(r.fetchmany(2), r.fetchone(), len(r.all()))
    r = conn.execute(select(t.c.n).execution_options(yield_per=4))
    print(next(r.partitions()), r.close())
    print(conn.scalar(select(func.count(t.c.id))), conn.scalars(select(t.c.n).limit(3)).all(), conn.exec_driver_sql("SELECT n FROM t WHERE n > ?", (10,)).all(), conn.exec_driver_sql("SELECT n FROM t WHERE n = :x", {"x": 3}).all())
    print(conn.execute(text("SELECT n FROM t WHERE n IN (:a, :b)").bindparams(a=1, b=2)).scalars().all(), conn.execute(text("SELECT :a AS a"), dict(a=None)).scalar(), conn.execute(select(t.c.n).where(t.c.n == bindparam("q", 5))).scalar(), conn.execute(select(t.c.n).where(t.c.n == bindparam("q", 5)), {"q": 6}).scalar())
    compiled = select(t.c.n).where(t.c.n > bindparam("low")).limit(2).compile(engine)
    attempt(lambda: conn.execute(compiled, {"low": 4}).all())
    res = conn.execute(t.insert().values(n=50))
    print(res.inserted_primary_key, res.inserted_primary_key_rows, res.is_insert, res.returns_rows, res.rowcount, res.lastrowid, res.context.isinsert, res.prefetch_cols(), res.postfetch_cols(), res.supports_sane_rowcount())
    attempt(lambda: res.fetchone())
    attempt(lambda: res.returned_defaults)
    res = conn.execute(t.update().values(n=1).where(t.c.id < 3))
    print(res.rowcount, res.returns_rows, res.closed)
    attempt(lambda: res.inserted_primary_key)
    res = conn.execute(select(t))
    attempt(lambda: res.inserted_primary_key)
    None
    print(res.cursor is not None, len(res.fetchall()), res.cursor, res.closed, res.fetchall(), res.first())
    first = conn.execute(select(t.c.n))
    print(first.first())
    attempt(lambda: first.fetchone())
    attempt(lambda: first.all())
    None
    print(conn.execute(select(t.c.n).order_by(t.c.n)).yield_per(2).fetchmany(), conn.execute(select(t.c.id, t.c.n).limit(2)).columns("n").all(), conn.execute(select(t.c.id, t.c.n).limit(2)).merge(conn.execute(select(t.c.id, t.c.n).limit(1))).all())
with engine.begin() as conn:
    print(conn.in_transaction(), conn.execute(select(literal(1))).scalar_one())
sub = engine.execution_options(tag="x")
print(sub.get_execution_options(), engine.get_execution_options(), sub is engine, sub.url == engine.url)
engine.dispose()
with engine.connect() as conn:
    attempt(lambda: conn.execute(select(t)).all())
attempt(lambda: engine.execute("x"))
attempt(lambda: engine.raw_connection().cursor().execute("select 1").fetchall())
