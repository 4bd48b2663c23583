# UUIDs as primary keys: stored as text of 32 digits, read back as objects, made by defaults.
import uuid

from sqlalchemy import Column, MetaData, String, Table, Uuid, create_engine, insert, select

engine = create_engine("sqlite://")
metadata = MetaData()
devices = Table(
    "devices",
    metadata,
    Column("id", Uuid, primary_key=True, default=uuid.uuid4),
    Column("owner", Uuid(as_uuid=False)),
    Column("name", String(30)),
)
metadata.create_all(engine)

fixed = uuid.UUID("12345678-1234-5678-1234-567812345678")
derived = uuid.uuid5(uuid.NAMESPACE_DNS, "sqlalchemy.org")
print(repr(derived), derived.version, derived.hex, derived.urn)

with engine.begin() as conn:
    conn.execute(insert(devices), [{"id": fixed, "name": "lamp", "owner": str(derived)}, {"id": derived, "name": "door"}])
    rows = conn.execute(select(devices).order_by(devices.c.name)).all()
    for row in rows:
        print(row.name, repr(row.id), repr(row.owner), row.id == fixed)
    found = conn.scalar(select(devices.c.name).where(devices.c.id == fixed))
    print(found, conn.scalars(select(devices.c.name).where(devices.c.id.in_([fixed, derived])).order_by(devices.c.id)).all())

with engine.connect() as conn:
    try:
        conn.execute(select(devices).where(devices.c.id == "no uuid"))
    except Exception as error:
        print(type(error).__name__, str(error).splitlines()[0])
try:
    uuid.UUID("12-34")
except ValueError as error:
    print(error)
print(sorted([fixed, derived]) == [fixed, derived], {fixed: 1}[uuid.UUID(int=fixed.int)], fixed.fields[0])
