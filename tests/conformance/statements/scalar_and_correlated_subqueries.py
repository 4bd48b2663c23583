from sqlalchemy import (
    Column, ForeignKey, Integer, MetaData, String, Table, all_, any_, desc, exists, func,
    select, text, true,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite


def show(stmt, **kw):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            compiled = stmt.compile(dialect=dialect, **kw)
            print(f"[{dialect.name}]", compiled)
            print("   ", compiled.params)
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

metadata = MetaData()
user = Table("user_account", metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))
address = Table("address", metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("user_account.id")), Column("email", String))
n = select(func.count(address.c.id)).where(address.c.user_id == user.c.id).scalar_subquery()
print(n)
print(select(user.c.name, n))
print(select(user.c.name, n.label("emails")).order_by("emails"))
print(select(user.c.name, n.label("emails")).order_by(desc("emails")))
print(select(user.c.name).where(n > 2))
print(n == 5)
print(5 + n)
print(select(user.c.name, address.c.email, n.correlate(user)).join(address))
print(select(user.c.name, address.c.email, n.correlate_except(address)).join(address))
attempt(lambda: str(select(user.c.name, address.c.email, n).join(address)))
print(select(n.correlate(None)))
print(select(user).where(exists().where(address.c.user_id == user.c.id)))
print(select(user).where(~exists().where(address.c.user_id == user.c.id)))
print(select(user).where(select(address.c.id).where(address.c.user_id == user.c.id).exists()))
print(select(user).where(exists(select(address.c.id).where(address.c.user_id == user.c.id))))
print(select(user).where(exists(address.c.id).where(address.c.user_id == user.c.id)))
print(select(user).where(exists(text("1")).where(address.c.user_id == user.c.id)))
print(select(user).where(exists().where(address.c.user_id == user.c.id).correlate(user)))
print(select(user).where(exists().select_from(address).where(address.c.user_id == user.c.id).correlate_except(address)))
print(select(exists().where(user.c.name == "x")))
print(select(exists(select(user.c.id)).label("found")))
print(exists(select(user.c.id)).select())
print(exists().where(user.c.id == 1).select().where(user.c.name == "q"))
lat = select(address.c.email).where(address.c.user_id == user.c.id).lateral("mails")
print(select(user.c.name, lat.c.email).join(lat, true()))
print(select(user.c.name, lat))
deep = select(user.c.name).where(user.c.id.in_(select(address.c.user_id).where(exists().where(user.c.name == address.c.email))))
print(deep)
print(select(user.c.id).where(user.c.id == select(address.c.user_id).where(address.c.email == "e").limit(1).scalar_subquery()))
print(select(user.c.id).where(user.c.id == any_(select(address.c.user_id).scalar_subquery())))
print(select(user.c.id).where(user.c.id > all_(select(address.c.user_id))))
show(select(user.c.name, n.label("c"), lat.c.email).join(lat, true()).where(n > 1))
