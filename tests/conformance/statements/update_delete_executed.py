from sqlalchemy import (
    Column, Integer, MetaData, String, Table, bindparam, create_engine, delete, func,
    insert, select, update,
)


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
job = Table("job", metadata, Column("id", Integer, primary_key=True), Column("name", String(10)), Column("runs", Integer), Column("owner_id", Integer))
owner = Table("owner", metadata, Column("id", Integer, primary_key=True), Column("name", String(10)))
metadata.create_all(engine)
with engine.begin() as conn:
    conn.execute(insert(owner), [{"id": 1, "name": "ann"}, {"id": 2, "name": "bob"}])
    conn.execute(insert(job), [{"name": f"job{n}", "runs": n, "owner_id": n % 2 + 1} for n in range(5)])
    r = conn.execute(update(job).where(job.c.runs > 2).values(runs=0))
    print(r.rowcount, r.last_updated_params(), r.is_insert)
    r = conn.execute(update(job).values(runs=job.c.runs + 10))
    print(r.rowcount)
    conn.execute(update(job).where(job.c.name == bindparam("old")).values(name=bindparam("new")), [{"old": "job0", "new": "zero"}, {"old": "job1", "new": "one"}])
    r = conn.execute(update(job).where(job.c.id == 2).values(runs=77).returning(job.c.id, job.c.runs))
    print(r.all())
    conn.execute(update(job).where(job.c.owner_id == owner.c.id, owner.c.name == "bob").values(name=owner.c.name))
    conn.execute(update(job).values(owner_id=select(func.max(owner.c.id)).scalar_subquery()).where(job.c.id == 1))
    conn.execute(update(job).where(job.c.id == 3), {"runs": 1, "name": "kw"})
    print(conn.execute(select(job).order_by(job.c.id)).all())
    print(conn.execute(delete(job).where(job.c.id == 1)).rowcount)
    print(conn.execute(delete(job).where(job.c.runs < 50).returning(job.c.name)).scalars().all())
    print(conn.execute(delete(job).where(job.c.id == 99)).rowcount)
    print(conn.execute(select(func.count()).select_from(job)).scalar())
    r = conn.execute(delete(job))
    attempt(lambda: r.all())
