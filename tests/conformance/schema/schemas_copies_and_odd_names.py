# Schemas, copies of tables, additions to tables, and names that need quotes.
from sqlalchemy import *
from sqlalchemy.schema import *
from sqlalchemy.dialects import postgresql, mysql
import enum
m = MetaData(schema="main")
e = create_engine("sqlite://", echo=True)
t = Table("t", m, Column("id", Integer, primary_key=True), Column("u", ForeignKey("main.u.id")))
u = Table("u", m, Column("id", Integer, primary_key=True), Index("ix_u", "id"))
m.create_all(e)
m.create_all(e, tables=[u])
with e.connect() as c:
    c.execute(insert(u).values(id=1)); print(c.execute(select(u)).all())
m.drop_all(e, tables=[t], checkfirst=False)
m.drop_all(e)
print(m.tables.keys(), t.fullname, m.schema)
with e.begin() as c:
    m.create_all(c)
    c.execute(DropTable(t)); c.execute(CreateTable(t, if_not_exists=True)); c.execute(DDL("CREATE INDEX zz ON t (u)"))
    c.execute(text("ATTACH DATABASE ':memory:' AS other"))
    x = Table("x", MetaData(), Column("id", Integer, primary_key=True), Column("n", Integer, index=True), schema="other")
    x.create(c)
    c.execute(x.insert().values(n=4)); print(c.execute(select(x.c.n).where(x.c.n > 1)).all())
    print(inspect(c).get_table_names(schema="other"), inspect(c).get_columns("x", schema="other"), inspect(c).get_indexes("x", schema="other"), inspect(c).has_table("x", schema="nope"))
    x.drop(c)
m2 = MetaData()
p = Table("p", m2, Column("e", Enum("a", "b", name="pe")), Column("e2", Enum("c", name="pe2", metadata=m2)), Column("arr", postgresql.ARRAY(Enum("z", name="pz"))))
mock = create_mock_engine("postgresql://", lambda s, *a, **k: print(str(s.compile(dialect=mock.dialect)).strip()))
m2.create_all(mock, checkfirst=False); m2.drop_all(mock, checkfirst=False)
tt = t.to_metadata(m2, schema=None); print(repr(tt)); print(tt.metadata is m2, "t" in m2.tables, [f.target_fullname for f in tt.foreign_keys])
tt2 = t.to_metadata(MetaData(), name="zz"); print(tt2.fullname)
a = Table("a", m2, Column("id", Integer, primary_key=True)); 
a.append_column(Column("x", String, unique=True)); a.append_constraint(CheckConstraint("x > 1", name="c")); print(CreateTable(a))
try: a.append_column(Column("x", String))
except Exception as ex: print(type(ex).__name__, ex)
a.append_column(Column("x", Integer), replace_existing=True); print(repr(a.c.x))
Table("a", m2, Column("y", Integer), extend_existing=True, comment="zz"); print(repr(a), a.comment)
print(Table("a", m2) is a, Table("a", m2, Column("q", Integer), keep_existing=True) is a)
m2.remove(a); print("a" in m2.tables); m2.clear(); print(m2.tables)
try: print(CreateTable(Table("bad", m2, Column("x", ForeignKey("nope.id")))))
except Exception as ex: print(type(ex).__name__, ex)
try: Table("bad2", m2, Column("x", Integer, ForeignKey("bad.zz"))).c.x.foreign_keys.pop().column
except Exception as ex: print(type(ex).__name__, ex)
print(sort_tables([t, u]))
for n in ("select", "a b", "Ünï", "a.b", 'q"q', "pct%", "1abc", "_x", "$d", "abc$", "ABC", "user"):
    q = Table(n, MetaData(), Column(n, Integer, primary_key=True)); q.create(e)
    with e.begin() as c: c.execute(q.insert(), {n: 3}); print(c.execute(q.select()).all())
