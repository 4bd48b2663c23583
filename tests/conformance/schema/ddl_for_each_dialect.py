# DDL as each dialect writes it, names, options and line breaks included.
from sqlalchemy import *
from sqlalchemy.schema import *
from sqlalchemy.dialects import sqlite, postgresql, mysql, oracle, mssql
D = [None, sqlite.dialect(), postgresql.dialect(), mysql.dialect(), oracle.dialect(), mssql.dialect()]
names = ["default", "sqlite", "postgresql", "mysql", "oracle"]

def show(s, only=None):
    for d in D:
        n = d.name if d else "default"
        if only and n not in only: continue
        try: print("--", n, s.compile(dialect=d) if d else str(s))
        except Exception as e: print("--", n, type(e).__name__, str(e)[:200].split(" object at")[0])
m = MetaData()
u = Table("user", m, Column("id", Integer, primary_key=True), Column("Name", String(50), nullable=False, unique=True), Column("select", Integer, server_default="5"), Column("with space", Text), Column("pct%", Integer), Column("naïve", Integer, comment="it's 5%"), comment="users' table", mysql_engine="InnoDB", mysql_charset="utf8mb4", mysql_collate="utf8_bin", postgresql_tablespace="Fast", sqlite_strict=True, sqlite_with_rowid=False)
show(CreateTable(u)); show(CreateTable(u, if_not_exists=True), ["sqlite"]); show(DropTable(u)); show(DropTable(u, if_exists=True), ["default"])
t = Table("t", m,
  Column("id", BigInteger, Identity(always=True, start=10, increment=5, minvalue=1, maxvalue=99, cycle=True, cache=3), primary_key=True),
  Column("a", Integer, server_default=text("1 + 1")), Column("b", DateTime, server_default=func.current_timestamp()), Column("c", String(5), server_default=func.lower("X")), Column("d", Integer, Computed("a * 2")), Column("e", Integer, Computed(text("a * 2"), persisted=True)),
  Column("f", Boolean, server_default=true()), Column("g", Boolean, server_default=text("0")), Column("h", ForeignKey("user.id", ondelete="SET NULL", onupdate="CASCADE", name="fk_h", deferrable=True, initially="DEFERRED", match="FULL")), Column("ts", TIMESTAMP), Column("j", JSON, server_default='{"a": "b"}'),
  UniqueConstraint("a", "b", name="uq", deferrable=False, sqlite_on_conflict="IGNORE", postgresql_nulls_not_distinct=True, postgresql_include=["c"]),
  CheckConstraint("a > 5", name="ck", sqlite_on_conflict="FAIL"), CheckConstraint(text("b IS NOT NULL"), name="ck2"),
  PrimaryKeyConstraint("id", name="pk_t"), schema="my schema", prefixes=["TEMPORARY"], postgresql_partition_by="RANGE (b)", sqlite_autoincrement=True)
show(CreateTable(t), ["default", "sqlite", "oracle", "mssql"])
s = Table("seqt", m, Column("id", Integer, Sequence("s1", start=5, optional=True), primary_key=True), Column("n", SmallInteger, Sequence("s2")), Column("i", Integer, Identity(), nullable=True), Column("e", Enum("x","y",name="en")), Column("eb", Enum("x","y",name="eb", native_enum=False, create_constraint=True)), Column("bo", Boolean(create_constraint=True, name="bc")))
show(CreateTable(s))
c = Table("comp", m, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True, autoincrement=True), Column("x", String(3), primary_key=True), Column("r", SmallInteger), ForeignKeyConstraint(["a","b"], ["comp2.x","comp2.y"], name="cfk", ondelete="RESTRICT", use_alter=True))
c2 = Table("comp2", m, Column("x", Integer, primary_key=True, autoincrement=False), Column("y", BigInteger, primary_key=True, key="yy"))
show(CreateTable(c), ["default", "postgresql", "mysql"]); show(CreateTable(c2), ["postgresql","mysql","mssql","oracle"])
fkc = [k for k in c.constraints if isinstance(k, ForeignKeyConstraint)][0]
show(AddConstraint(fkc)); show(DropConstraint(fkc)); show(DropConstraint(fkc, cascade=True, if_exists=True), ["postgresql"])
for k in sorted(t.constraints, key=lambda k: str(k.name)):
    if not isinstance(k, ForeignKeyConstraint):
        show(AddConstraint(k), ["default", "postgresql"]); show(DropConstraint(k), ["default", "mysql"])
big = Table("big", m, Column("id", BigInteger, primary_key=True), Column("s", SmallInteger, primary_key=False)); sm = Table("small", m, Column("id", SmallInteger, primary_key=True))
show(CreateTable(big), ["postgresql", "mysql", "mssql", "oracle"]); show(CreateTable(sm), ["postgresql"])
x = Table("x", m, Column("a", Integer), Column("b", String), Column("C", String))
for i in [Index("i1", x.c.a), Index("i2", x.c.a, x.c.b.desc(), unique=True), Index("i3", func.lower(x.c.b)), Index("i4", x.c.a + 5), Index("i5", x.c.a, postgresql_where=x.c.a > 5, sqlite_where=x.c.b == "o'k", mssql_where=x.c.a > 1), Index("i6", x.c.b, postgresql_using="GIN", postgresql_ops={"b": "gin_trgm_ops"}, postgresql_with={"fillfactor": 50}, postgresql_include=["a"], postgresql_concurrently=True), Index("i7", x.c.b, x.c.a, mysql_length={"b": 10}, mysql_prefix="FULLTEXT", mysql_using="btree", mysql_with_parser="ngram"), Index("I8", x.c.C, mysql_length=5), Index("i9", text("a DESC"), _table=x), Index("i11", x.c.a.nulls_last()), Index("i12", func.lower(x.c.b).label("lb"), postgresql_ops={"lb":"text_pattern_ops"}), Index("i13", x.c.a.is_(None))]:
    show(CreateIndex(i)); 
show(DropIndex(i)); show(CreateIndex(i, if_not_exists=True), ["sqlite"]); show(DropIndex(i, if_exists=True), ["sqlite"])
show(CreateSchema("My Schema")); show(CreateSchema("s", if_not_exists=True), ["default"]); show(DropSchema("s", cascade=True, if_exists=True), ["default"])
show(CreateSequence(Sequence("sq", start=1, increment=2, minvalue=0, maxvalue=10, cycle=True, cache=5, schema="S", data_type=BigInteger, nominvalue=True))); show(DropSequence(Sequence("sq")), ["default"])
show(SetTableComment(u), names)
show(DropTableComment(u), names)
show(SetColumnComment(u.c["naïve"]), names)
show(DropColumnComment(u.c["naïve"]), names)
show(DDL("ALTER TABLE %(t)s ADD 5%% %(x)s", context={"t": "a", "x": "y"}))
show(CreateTable(Table("q", m, Column(quoted_name("plain", True), Integer), Column(quoted_name("Upper", False), Integer), Column("k", Integer, quote=True), quote=True)))
show(CreateTable(Table("nt", m, Column("x"))), ["sqlite"])
show(CreateTable(Table("cm", m, Column("x", ARRAY(Integer)))), ["sqlite", "postgresql"])
show(CreateTable(Table("z", m)))
