# Naming conventions name what has no name, and long names are shortened.
from sqlalchemy import *
from sqlalchemy.schema import CreateTable, CreateIndex, AddConstraint, conv
from sqlalchemy.dialects import postgresql
nc = {"ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s", "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s"}
m = MetaData(naming_convention=nc)
u = Table("u", m, Column("id", Integer, primary_key=True), Column("name", String(30), unique=True), Column("email", String, index=True), Column("b", Boolean(create_constraint=True, name="isb")), Column("e", Enum("a","b",create_constraint=True,name="ee")), CheckConstraint("name != 'x'", name="notx"))
a = Table("a", m, Column("id", Integer, primary_key=True), Column("uid", ForeignKey("u.id")), Column("v", Integer, CheckConstraint("v > 5", name="vc")), UniqueConstraint("uid", "v"), Index(None, "uid", "v"))
for t in m.sorted_tables:
    print(CreateTable(t))
    print(sorted([(type(c).__name__, c.name) for c in t.constraints], key=str))
    for i in t.indexes: print(CreateIndex(i), i.name)
try:
    Table("z", m, Column("x", Integer), CheckConstraint("x > 5"))
except Exception as e: print(type(e).__name__, e)
print(CreateTable(Table("z2", m, Column("x", Boolean(create_constraint=True)))))
m2 = MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_N_name)s", "fk": "fk_%(table_name)s_%(column_0N_key)s_%(referred_table_name)s_%(referred_column_0_name)s", "ix": "ix_%(column_0N_label)s", "pk":"pk_%(table_name)s_%(column_1_name)s"})
t = Table("t", m2, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True), UniqueConstraint("a", "b"), Index(None, "a", "b"))
print(CreateTable(t)); print(CreateIndex(list(t.indexes)[0]))
long = Table("t"*40, MetaData(), Column("x"*40, Integer, index=True))
print(CreateIndex(list(long.indexes)[0]).compile(dialect=postgresql.dialect()))
try: print(CreateIndex(Index("i"*80, long.c["x"*40])).compile(dialect=postgresql.dialect()))
except Exception as e: print(type(e).__name__, e)
m3 = MetaData(naming_convention={"uq": "uq_" + "y"*70+ "%(table_name)s"})
t3 = Table("t", m3, Column("x", Integer, unique=True), UniqueConstraint("x", name=conv("explicit")), UniqueConstraint("x", name="expl2"))
print(CreateTable(t3).compile(dialect=postgresql.dialect()))
print(sorted(str(c.name)[:10] for c in t3.constraints))
