from sqlalchemy import (
    Column, ForeignKey, Integer, JSON, MetaData, String, Table, bindparam, create_engine,
    delete, exists, func, insert, literal_column, select, text, type_coerce, update,
)
from sqlalchemy.dialects import mssql
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import oracle
from sqlalchemy.dialects import postgresql

engine = create_engine("sqlite+pysqlite:///:memory:", echo=True)
with engine.connect() as conn:
    print(conn.execute(text("select 'good morning'")).all())
with engine.connect() as conn:
    conn.execute(text("CREATE TABLE points (px int, py int)"))
    conn.execute(text("INSERT INTO points (px, py) VALUES (:px, :py)"), [{"px": 1, "py": 1}, {"px": 2, "py": 4}])
    conn.commit()
with engine.begin() as conn:
    conn.execute(text("INSERT INTO points (px, py) VALUES (:px, :py)"), [{"px": 6, "py": 8}, {"px": 9, "py": 10}])
with engine.connect() as conn:
    for row in conn.execute(text("SELECT px, py FROM points WHERE py > :py"), {"py": 2}):
        print(f"px: {row.px}  py: {row.py}")
metadata = MetaData()
member = Table("member", metadata, Column("id", Integer, primary_key=True), Column("name", String(30)), Column("fullname", String))
mail = Table("mail", metadata, Column("id", Integer, primary_key=True), Column("member_id", ForeignKey("member.id"), nullable=False), Column("address", String, nullable=False))
metadata.create_all(engine)
print(repr(member), member.c.keys(), member.primary_key, repr(mail.c.member_id))
points = Table("points", MetaData(), autoload_with=engine)
print(repr(points))
stmt = insert(member).values(name="sponge", fullname="Sponge B")
print(stmt, stmt.compile().params)
with engine.connect() as conn:
    print(conn.execute(stmt).inserted_primary_key)
    conn.execute(insert(member), [{"name": "sandy", "fullname": "Sandy C"}, {"name": "patrick", "fullname": "Patrick S"}])
    scalar = select(member.c.id).where(member.c.name == bindparam("username")).scalar_subquery()
    conn.execute(insert(mail).values(member_id=scalar), [{"username": "sponge", "address": "s@x.org"}, {"username": "sandy", "address": "sandy@x.org"}, {"username": "sandy", "address": "sandy@y.com"}])
    conn.commit()
    print(conn.execute(select(member.c.name, mail.c.address).join_from(member, mail)).all())
    print(conn.execute(select(("Username: " + member.c.name).label("username")).order_by(member.c.name)).all())
    print(conn.execute(select(text("'some phrase'"), member.c.name).order_by(member.c.name)).all())
    print(conn.execute(select(literal_column("'some phrase'").label("p"), member.c.name).order_by(member.c.name)).first().p)
    print(conn.execute(select(member.c.name, func.count(mail.c.id).label("count")).join(mail).group_by(member.c.name).having(func.count(mail.c.id) > 1)).all())
    subq = select(func.count(mail.c.id).label("count"), mail.c.member_id).group_by(mail.c.member_id).subquery()
    print(conn.execute(select(member.c.name, member.c.fullname, subq.c.count).join_from(member, subq)).all())
    print(conn.execute(select(member.c.name).where(exists(select(mail.c.id).where(mail.c.member_id == member.c.id))).order_by(member.c.id)).all())
    print(str(select(type_coerce({"some_key": {"foo": "bar"}}, JSON)["some_key"]).compile(dialect=mysql.dialect())))
    print(conn.execute(update(member).where(member.c.name == "patrick").values(fullname="Patrick the Star")).rowcount)
    print(conn.execute(delete(member).where(member.c.name == "patrick")).rowcount)
    conn.rollback()
    print(conn.scalar(select(func.count()).select_from(member)))
print(select(member).where((member.c.name == "a") & (member.c.id > 5) | ~(member.c.fullname == "x")))
for d in (oracle.dialect(), mssql.dialect(), mysql.dialect(), postgresql.dialect()):
    print(select(func.now()).compile(dialect=d))
