from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, delete, insert, select, update

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String),
    Column("fullname", String),
)
addresses = Table(
    "addresses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", None, ForeignKey("users.id")),
    Column("email_address", String, nullable=False),
)
metadata.create_all(engine)

ins = users.insert().values(name="jack", fullname="Jack Jones")
print(ins)
print(ins.compile().params)

with engine.connect() as conn:
    result = conn.execute(ins)
    print(result.inserted_primary_key, result.rowcount)
    conn.execute(insert(users), {"id": 2, "name": "wendy", "fullname": "Wendy Williams"})
    conn.execute(
        addresses.insert(),
        [
            {"user_id": 1, "email_address": "jack@yahoo.com"},
            {"user_id": 1, "email_address": "jack@msn.com"},
            {"user_id": 2, "email_address": "www@www.org"},
        ],
    )
    conn.commit()

    for row in conn.execute(select(users)):
        print(row)
    for row in conn.execute(select(users.c.name, addresses.c.email_address).where(users.c.id == addresses.c.user_id)):
        print(f"{row.name} <{row.email_address}>")

    stmt = update(users).where(users.c.name == "jack").values(fullname="Captain " + users.c.fullname)
    print(conn.execute(stmt).rowcount)
    print(conn.execute(users.update().values(name=users.c.name + "!")).rowcount)
    print(conn.execute(delete(addresses).where(addresses.c.email_address.like("%.org"))).rowcount)
    print(conn.execute(select(users.c.fullname).where(users.c.name == "jack!")).scalar_one())
    conn.execute(addresses.delete())
    print(conn.execute(select(addresses)).fetchall())
    print(conn.execute(insert(users).returning(users.c.id), [{"name": "a"}, {"name": "b"}]).scalars().all())
    conn.commit()
