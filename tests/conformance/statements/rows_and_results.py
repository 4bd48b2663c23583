from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, func, select, text


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

engine = create_engine("sqlite://", echo=True)
m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("name", String), Column("id2", Integer, key="other"))
m.create_all(engine)
with engine.connect() as conn:
    conn.execute(t.insert(), [{"name": n, "other": i} for i, n in enumerate("abcdef")])
    row = conn.execute(select(t)).first()
    print(row, repr(row), row.id, row[1], row[-1], row[0:2], len(row), tuple(row), list(row), row._fields, row._asdict())
    print(row._mapping, dict(row._mapping), row._mapping[t.c.other], row._mapping["id2"], t.c.name in row._mapping, "nope" in row._mapping, list(row._mapping.items()))
    print(row == (1, "a", 0), row != (1, "a", 0), row < (2,), hash(row) == hash((1, "a", 0)), row.count(1), row.index("a"), 1 in row)
    attempt(lambda: row.nope)
    attempt(lambda: row._mapping["nope"])
    attempt(lambda: row[9])
    attempt(lambda: row["name"])
    attempt(lambda: setattr(row, "name", "z"))
    print([tuple(p) for p in conn.execute(select(t.c.id)).partitions(4)])
    print(conn.execute(select(t.c.other % 2)).unique().all(), conn.execute(select(t.c.other % 2)).scalars().unique().all())
    r = conn.execute(select(t.c.id, t.c.name).order_by(t.c.id))
    print(next(r), r.fetchone(), r.fetchmany(2), "", list(r), r.closed, r.fetchone() if not r.closed else "closed")
    print(conn.execute(select(t)).columns("name", 0).first(), conn.execute(select(t.c.name)).scalars().fetchmany(2), conn.execute(select(t)).scalars(1).first(), conn.execute(select(t).limit(1)).mappings().one_or_none())
    attempt(lambda: conn.execute(select(t)).one())
    attempt(lambda: conn.execute(select(t).where(t.c.id == 99)).one())
    attempt(lambda: conn.execute(select(t)).scalar_one())
    attempt(lambda: conn.execute(select(t)).scalar_one_or_none())
    attempt(lambda: conn.execute(select(t)).one_or_none())
    print(conn.execute(select(t).where(t.c.id == 99)).first(), conn.execute(select(t).where(t.c.id == 99)).scalar(), conn.execute(select(t).where(t.c.id == 99)).scalar_one_or_none())
    dup = conn.execute(select(t.c.id, t.c.id, t.c.name.label("id"))).first()
    print(dup, dup._fields)
    attempt(lambda: dup.id)
    attempt(lambda: dup._mapping["id"])
    print(conn.execute(select(t.c.id, (t.c.id + 1), func.max(t.c.name))).keys(), list(conn.execute(select(t)).keys()))
    frozen = conn.execute(select(t.c.name)).freeze()
    print(frozen().all()[:2], frozen().scalars().first())
    res = conn.execute(select(t.c.id).limit(2))
    print(res.all(), res.all())
    res.close()
    attempt(lambda: res.all())
    print(conn.execute(select(t.c.name).limit(3)).tuples().all(), conn.execute(text("select 1 as a, 2 as a")).keys())
    match conn.execute(select(t.c.id, t.c.name)).first():
        case (i, n):
            print("matched", i, n)
