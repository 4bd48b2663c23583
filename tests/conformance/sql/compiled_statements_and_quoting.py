from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, select
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.schema import CreateTable
from sqlalchemy.sql import quoted_name


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


pets = Table("Pets", MetaData(), Column("id", Integer, primary_key=True), Column("full name", String), schema="home")
found = select(pets.c.id).where(pets.c.id > 4, pets.c["full name"] == bindparam("who"))
for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect(), oracle.dialect(), DefaultDialect()):
    compiled = found.compile(dialect=dialect)
    print(type(dialect).__name__, dialect.name, dialect.paramstyle, dialect.positional, type(compiled).__name__)
    print(compiled.params, compiled.positiontup, compiled.string == str(compiled), compiled.dialect is dialect)
    quoting = dialect.identifier_preparer
    print([quoting.quote(name) for name in ("a", "A", "select", "1a", "x y", quoted_name("b", True))])
    print(quoting.format_table(pets), quoting.format_table(pets, use_schema=False), quoting.quote_identifier("a"))
    print(quoting.format_column(pets.c["full name"], use_table=True), quoting.unformat_identifiers(quoting.quote("x y") + ".z"))

compiled = found.compile()
print(type(compiled).__name__, compiled.statement is found, compiled.isinsert, compiled.is_ddl, compiled.is_sql)
print(compiled.construct_params({"who": "Tom"}), sorted(compiled.bind_names.values()))
print(compiled.bind_names[compiled.binds["id_1"]], len(compiled.binds))
attempt(lambda: compiled.construct_params())
attempt(lambda: found.compile(dialect="sqlite"))
attempt(lambda: found.compile(bind=5))
made = CreateTable(pets).compile(dialect=sqlite.dialect())
print(type(made).__name__, made.is_ddl, made.params)
