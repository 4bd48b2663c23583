# PostgreSQL's domains and enumerations come and go with their tables.
from sqlalchemy import *
from sqlalchemy.dialects import mysql, postgresql

positive = postgresql.DOMAIN("positive", Integer, check=text("VALUE > 0"))
postal = postgresql.DOMAIN("postal", Text, check=r"VALUE ~ '^\d{5}$'", not_null=True, default="00000", collation="C", constraint_name="five")
other = postgresql.DOMAIN("Mixed", String(5), schema="sc", default=text("now()"), create_type=False)
for domain in (positive, postal, other):
    print(repr(domain), domain.compile(dialect=postgresql.dialect()), domain.name, domain.not_null, domain.default is None)
    print(postgresql.CreateDomainType(domain).compile(dialect=postgresql.dialect()))
    print(postgresql.DropDomainType(domain).compile(dialect=postgresql.dialect()))
try:
    postgresql.DOMAIN("x", Integer, collation_schema="q")
except Exception as error:
    print(type(error).__name__, error)

metadata = MetaData()
Table("t", metadata, Column("id", BigInteger, Sequence("t_ids", start=10), primary_key=True), Column("a", positive), Column("b", postal), Column("kind", Enum("x", "y", name="kind")))
Table("u", metadata, Column("a", positive), Column("e", postgresql.ENUM("q", name="other_kind")), Column("t", ForeignKey("t.id", name="fk_t", use_alter=True)))
shown = create_mock_engine("postgresql://", lambda ddl, *args, **kw: print(str(ddl.compile(dialect=postgresql.dialect())).strip()))
metadata.create_all(shown)
metadata.drop_all(shown)
metadata.tables["u"].create(shown, checkfirst=False)
metadata.tables["u"].drop(shown, checkfirst=False)
for kind in (postgresql.INET, postgresql.JSONB, postgresql.ENUM, postgresql.INT4RANGE, mysql.TINYINT, mysql.SET):
    print(kind)
print(repr(mysql.SET("a", "b", charset="utf8mb4")), mysql.SET("a", "b", charset="utf8mb4").compile(dialect=mysql.dialect()))
