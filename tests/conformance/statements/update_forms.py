from sqlalchemy import (
    Boolean, Column, ForeignKey, Integer, MetaData, String, Table, bindparam, false, func,
    null, select, update,
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


def lit(stmt):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            print(f"[{dialect.name}]", stmt.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

metadata = MetaData()
acct = Table("acct", metadata, Column("id", Integer, primary_key=True), Column("owner", String(20)), Column("cents", Integer), Column("open", Boolean))
bank = Table("bank", metadata, Column("id", Integer, primary_key=True), Column("acct_id", ForeignKey("acct.id")), Column("label", String(20)))
show(update(acct))
show(update(acct).values(owner="x"))
show(update(acct).where(acct.c.id == 5).values(owner="x", cents=10))
show(acct.update().where(acct.c.id == 5, acct.c.open).values({acct.c.cents: acct.c.cents + 1}))
show(update(acct).values(cents=acct.c.cents * 2 - 1, owner=func.upper(acct.c.owner)))
show(update(acct).values(owner=None, open=True))
show(update(acct).values(owner=null(), open=false()))
show(update(acct).values(owner=select(bank.c.label).where(bank.c.acct_id == acct.c.id).scalar_subquery()))
show(update(acct).where(acct.c.id.in_(select(bank.c.acct_id))).values(cents=0))
show(update(acct).where(acct.c.id == bank.c.acct_id).values(owner=bank.c.label))
show(update(acct).where(acct.c.id == bank.c.acct_id, bank.c.label == "z").values({acct.c.owner: "o", bank.c.label: "l"}))
show(update(acct).ordered_values(("owner", "a"), ("cents", acct.c.cents + 1)))
show(update(acct).ordered_values((acct.c.open, False), (acct.c.cents, 5)))
show(update(acct).where(acct.c.id == bindparam("the_id")).values(cents=bindparam("new_cents")))
show(update(acct).where(acct.c.id == 1).values(cents=7).returning(acct.c.cents, acct.c.id))
show(update(acct).where(acct.c.id == 1).values(cents=7).returning(acct))
show(update(acct), column_keys=["cents"])
b = bank.alias("b")
show(update(acct).where(acct.c.id == b.c.acct_id).values(cents=3))
al = acct.alias("al")
show(update(al).where(al.c.id == 3).values(cents=3))
show(update(acct).where(acct.c.id == 1).where(acct.c.cents < 5).values(cents=1).values(owner="later"))
show(update(acct).with_dialect_options(mysql_limit=5).values(cents=0))
show(update(acct).prefix_with("LOW_PRIORITY", dialect="mysql").values(cents=0))
lit(update(acct).where(acct.c.owner == "it's").values(cents=5, open=True))
attempt(lambda: str(update(acct).values(zip=5)))
attempt(lambda: str(update(acct).values([{"cents": 1}, {"cents": 2}])))
attempt(lambda: str(update(acct).where(acct.c.cents == bindparam("cents")).values(cents=bindparam("cents"))))
attempt(lambda: str(update(acct).where(acct.c.cents == bindparam("cents")).values(owner="q")))
attempt(lambda: str(update(acct).ordered_values(("owner", "a")).values(cents=1)))
attempt(lambda: update(acct).ordered_values({"owner": "a"}))
attempt(lambda: str(update(acct).values({"cents": 1, "nope": 2})))
