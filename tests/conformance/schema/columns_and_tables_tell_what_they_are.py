# The attributes and reprs of columns, tables, constraints and indexes, and the errors of wrong ones.
from sqlalchemy import *
from sqlalchemy.schema import *
m = MetaData()
t = Table("t", m,
  Column("id", Integer, primary_key=True, autoincrement=True),
  Column("a", String(10), key="aa", nullable=False, comment="hey", info={"x": 1}, doc="d"),
  Column("b", Integer, default=5, onupdate=6),
  Column("c", DateTime, server_default=text("CURRENT_TIMESTAMP"), onupdate=func.now()),
  Column("d", Integer, Identity(start=5)),
  Column("e", Integer, Computed("b + 1", persisted=True)),
  Column("f", Integer, Sequence("seq", start=3)),
  Column("g", String, server_default="x"),
  Column("h", Integer, FetchedValue()),
  Column("i", Integer, CheckConstraint("i > 5", name="ck1"), unique=True),
  Column("j", ForeignKey("u.id", ondelete="CASCADE"), index=True),
  Column("k", Integer, default=lambda: 3),
  Column("l", Integer, server_default=text("0")),
  UniqueConstraint("aa", "b", name="uq1"), CheckConstraint("b > 3"), Index("ix1", "b"),
  comment="table comment", info={"z": 2}, sqlite_autoincrement=True, schema="s", prefixes=["TEMP"])
for c in t.c:
    print(c.name, c.key, c.nullable, c.primary_key, c.unique, c.index, c.comment, c.info, c.doc, c.autoincrement, c.default is None, c.onupdate is None, c.server_default is None, c.type, c.table is t, c.system)
print(t.c.b.default, t.c.b.default.arg, t.c.b.default.is_scalar, t.c.b.onupdate, t.c.k.default.is_callable, t.c.g.server_default.arg, t.c.g.server_default)
print(t.c.e.computed.persisted, t.c.d.identity.start, t.c.f.default.name, t.c.l.server_default.arg)
print(t.name, t.key, t.fullname, t.schema, t.comment, t.info, t.primary_key.name, [c.name for c in t.primary_key], list(t.primary_key.columns), t.primary_key)
print(sorted(type(c).__name__ for c in t.constraints))
print([(i.name, i.unique, [c.name for c in i.columns]) for i in sorted(t.indexes, key=lambda i: i.name)])
print(t.foreign_keys, [f.target_fullname for f in t.foreign_keys], [f.ondelete for f in t.foreign_keys])
print(t.c.keys(), len(t.c), "aa" in t.c, t.c.aa is t.c["aa"], t.c[0], t.columns.aa)
print(repr(t.c), )
print([k for k, v in t.c.items()][:2], t.c.values()[0], t.c.contains_column(t.c.aa), t.c.get("zz"))
try: t.c.nope
except Exception as e: print(type(e).__name__, e)
try: t.c["nope"]
except Exception as e: print(type(e).__name__, e)
for i in sorted(t.indexes, key=lambda i: i.name): print(repr(i), i)
print(repr(m), m.tables.keys(), m.tables["s.t"] is t, "s.t" in m.tables, m)
print(repr(ForeignKey("a.b")), repr(Sequence("s", start=1, increment=2, schema="x")), repr(Identity(always=True)), repr(Index("i", "a")), repr(UniqueConstraint("a", name="x")), repr(CheckConstraint("a>1")), repr(PrimaryKeyConstraint("a")))
print(repr(Column("x")), repr(Column(Integer)), repr(Column("x", Integer, ForeignKey("a.b"), primary_key=True, default=3, server_default="5", key="y", onupdate=7, comment="c")))
for bad in (lambda: Column("x", Integer, 5), lambda: Column("x", foo=1), lambda: Table("t9", m, 5), lambda: Table("t9", 5), lambda: Table("t9"), lambda: Table("s.t", m, Column("x", Integer), schema=None), lambda: Table("t", m, Column("x", Integer), schema="s"), lambda: Table("dup", m, Column("x", Integer), Column("x", Integer)), lambda: Table("q", m, t.c.aa), lambda: ForeignKey(5), lambda: Table("r", m, Column("x"), UniqueConstraint("y")), lambda: Table("r2", m, Column("x"), Index("i", "y")), lambda: Table("r3", m, Column("x"), ForeignKeyConstraint(["x"], ["a.b", "c.d"])), lambda: Table("r4", m, Column("x"), zz_foo=3), lambda: Table("r5", m, Column("x"), foo=3), lambda: Table("r6", m, Column("x"), sqlite_foo=3), lambda: Table("nn", m, Column(Integer)), lambda: Column("x", Integer, default=3, insert_default=4), lambda: MetaData(5), lambda: Index("i"), lambda: Table("mm", m, must_exist=True), lambda: Column("x", Integer, Computed("3"), server_default="3"), lambda: Column("x", Integer, Integer), lambda: Column("a", "b"), lambda: CheckConstraint(), lambda: Column("x", String, autoincrement=True, primary_key=True)):
    try: print("OK", bad())
    except Exception as e: print(type(e).__name__, str(e)[:250])
