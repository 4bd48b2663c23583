from sqlalchemy import (
    ARRAY, Boolean, CheckConstraint, Column, ColumnDefault, Computed, DateTime,
    DefaultClause, Enum, FetchedValue, Float, ForeignKey, ForeignKeyConstraint, Identity,
    Index, Integer, Interval, JSON, LargeBinary, MetaData, Numeric, PrimaryKeyConstraint,
    Sequence, String, Table, Text, Unicode, UniqueConstraint, Uuid, and_, bindparam,
    column, create_engine, exists, false, func, literal, null, quoted_name, select, table,
    text, true,
)
from sqlalchemy import types
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite

m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("name", String(20), nullable=False, default="x"), Column("k", ForeignKey("sch.o.id"), key="kk", index=True), Column("sd", Integer, server_default=text("5"), onupdate=3, comment="hey"), Column("ty"), comment="c", schema="sch")
o = Table("o", m, Column("id", Integer, Identity(start=3), primary_key=True), Column("comp", Integer, Computed("id + 1")), Column("seq", Integer, Sequence("s")), Column("u", Uuid, unique=True, quote=True), schema="sch")
for x in [m, t, o, t.c.id, t.c.name, t.c.sd, t.c.ty, o.c.id, o.c.comp, o.c.seq, o.c.u, t.primary_key, list(t.indexes)[0], UniqueConstraint("a", name="u"), CheckConstraint("a > 1", name="ck"), ForeignKey("a.b"), ForeignKeyConstraint(["a"], ["b.c"]), PrimaryKeyConstraint("a"), Index("ix", "a"), Sequence("q"), Identity(), Computed("x"), ColumnDefault(5), DefaultClause("5"), FetchedValue(), Integer(), String(), String(5), Numeric(1, 2), Enum("a", "b"), JSON(), DateTime(timezone=True), Interval(), Uuid(), ARRAY(Integer), LargeBinary(5), Boolean(), Text(), types.NullType(), types.String, Integer, String(collation="x"), Float(5), Unicode(4), postgresql.JSONB(), mysql.INTEGER(unsigned=True), sqlite.DATETIME(), postgresql.ARRAY(String(3)), postgresql.ENUM("a", name="e"), mysql.ENUM("a", "b"), mysql.VARCHAR(5, charset="utf8"), quoted_name("a", True), text("x"), column("a", Integer), table("tt", column("a")), literal(5).type, func.now(), null(), true(), false()]:
    r = repr(x)
    print(r if "0x" not in r else type(x).__name__, "|", str(x) if not isinstance(x, (Sequence, Identity, Computed, Index, FetchedValue)) and "0x" not in str(x) else "-")
print(str(t.c.id == 5), str(t.c.id), str(t), str(t.alias("a")), str(t.alias("a").c.id), str(select(t.c.id)), str(t.join(o)), str(func.max(t.c.id)), str(t.c.id.label("x")), str(t.c.id.desc()), str(bindparam("x")), str(literal(5)), str(t.c.id.in_([1])), sep="\n")
s = repr(select(t.c.id))
print(s.split(" object")[0], repr(t.c.id == 5).split(" object")[0], repr(t.c.id + 1).split(" object")[0], repr(t.c.id.label("x")).split(" object")[0], repr(t.alias("a")).split(" object")[0], repr(t.join(o)).split(" object")[0], repr(bindparam("x", 5)), repr(and_(t.c.id == 1, t.c.id == 2)).split(" object")[0], repr(func.max(1)).split(" object")[0], repr(exists(select(t.c.id))).split(" object")[0], repr(select(t.c.id).subquery("x")).split(" object")[0], repr(text("q")).split(" object")[0], repr(t.insert()).split(" object")[0], sep="\n")
print(create_engine("sqlite://"), create_engine("sqlite:///:memory:"), repr(create_engine("sqlite://").dialect).split(" object")[0], create_engine("sqlite://").pool.__class__.__name__)
print(t.c, o.c.keys(), t.columns is t.c, repr(t.c), t.c.values()[0], sep="\n")
print(type(t.c.id.type), type(t.c.kk.type).__name__, t.c.kk.name, t.c.kk.key, t.c.ty.type, t.c.id.autoincrement, t.c.name.nullable, t.c.id.nullable, t.c.name.default.arg, t.c.id.unique, t.c.kk.index, t.fullname, t.key, t.comment)
