from sqlalchemy import (
    Boolean, CheckConstraint, Column, ForeignKey, ForeignKeyConstraint, Index, Integer,
    MetaData, PrimaryKeyConstraint, Table, UniqueConstraint,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex
from sqlalchemy.schema import CreateTable


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

conv = {"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s"}
m = MetaData(naming_convention=conv)
a = Table("a", m, Column("id", Integer, primary_key=True), Column("x", Integer, unique=True), Column("y", Integer, index=True), CheckConstraint("x > 5", name="x_big"), UniqueConstraint("x", "y"))
b = Table("b", m, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id", ondelete="CASCADE", onupdate="SET NULL", deferrable=True, initially="DEFERRED")), Column("flag", Boolean(create_constraint=True, name="flag_bool")), Index(None, "a_id", "flag"))
c = Table("c", m, Column("p", Integer, primary_key=True), Column("q", Integer, primary_key=True), Column("r", Integer), UniqueConstraint("r", name="explicit_uq"), ForeignKeyConstraint(["p", "q"], ["d.u", "d.v"], name="fk_named", match="FULL"))
d_ = Table("d", m, Column("u", Integer), Column("v", Integer), PrimaryKeyConstraint("u", "v", name="d_pk"), schema=None)
e = Table("e", MetaData(), Column("id", Integer), Column("k", Integer, primary_key=True, autoincrement=False), CheckConstraint("id != k"), UniqueConstraint("id", deferrable=True), UniqueConstraint("id", sqlite_on_conflict="IGNORE"), sqlite_autoincrement=False, sqlite_with_rowid=False, mysql_engine="InnoDB", mysql_charset="utf8mb4", postgresql_partition_by="RANGE (id)", prefixes=["TEMPORARY"])
long = MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s", "ix": "ix_%(column_0_N_label)s", "fk": "fk_%(column_0N_name)s_%(referred_column_0_name)s"})
f = Table("some_table_with_quite_a_long_name", long, Column("id", Integer, primary_key=True), Column("a_long_column_name", Integer, index=True), Column("another_long_column_name", Integer, ForeignKey("some_table_with_quite_a_long_name.id")), UniqueConstraint("a_long_column_name", "another_long_column_name"))
auto = Table("auto", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer, nullable=False, unique=True, index=True), Column("o", Integer, nullable=False, server_default="5"), sqlite_autoincrement=True)
for tb in (a, b, c, d_, e, f, auto):
    for d in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        attempt(lambda: f"[{d.name}] " + str(CreateTable(tb).compile(dialect=d)).rstrip())
        for ix in sorted(tb.indexes, key=lambda i: str(i.name)):
            attempt(lambda: CreateIndex(ix).compile(dialect=d))
    print(sorted(type(k).__name__ for k in tb.constraints), sorted(str(k.name) for k in tb.constraints))
print(repr(a.primary_key), repr(list(b.foreign_keys)[0]), [str(k) for k in b.foreign_key_constraints][0][:20], b.c.a_id.references(a.c.id), [fk.target_fullname for fk in c.foreign_keys] == [] or sorted(fk.target_fullname for fk in c.foreign_keys))
attempt(lambda: Table("z", MetaData(naming_convention={"ck": "ck_%(constraint_name)s"}), Column("x", Integer), CheckConstraint("x > 1")).constraints and str(CreateTable(Table("z2", MetaData(naming_convention={"ck": "ck_%(constraint_name)s"}), Column("x", Integer), CheckConstraint("x > 1")))))
attempt(lambda: Table("z", MetaData(), Column("x", Integer), UniqueConstraint("nope")))
attempt(lambda: ForeignKeyConstraint(["a", "b"], ["c.d"]))
attempt(lambda: Table("z", MetaData(), Column("x", Integer), Index("i", "nope")))
attempt(lambda: MetaData(naming_convention={"xx": "%(nope)s", "uq": "%(nope)s"}) and Table("z", MetaData(naming_convention={"uq": "%(nope)s"}), Column("x", Integer, unique=True)))
