"""Recursive CTEs name a column once; a bind cannot have the name of a value that is set."""

from sqlalchemy import Column, Integer, MetaData, String, Table, bindparam, delete, exists, insert, select, update, values, column
from sqlalchemy.dialects import mysql

m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("name", String), Column("kept", Integer))

tree = select(t.c.id, t.c.id, t.c.name).cte("tree", recursive=True)
print(select(tree.union_all(select(t.c.id, t.c.id, t.c.name))))

for statement in (
    update(t).values(name="z").where(t.c.id == bindparam("name")),
    update(t).where(t.c.id == bindparam("name")),
    insert(t).values(name=bindparam("kept"), kept=5),
):
    try:
        print(statement.compile(column_keys=["name"]))
    except Exception as error:
        print(error)

gone = delete(t).where(t.c.kept == 0).returning(t.c.id).cte("gone")
compiled = insert(t).values(name="q").add_cte(gone).compile(dialect=mysql.dialect())
print(compiled, compiled.params)

v = values(column("a", Integer), name="v").data([(1,)])
print(v.alias("fresh").c.a, v.c.a, v.alias("seen").c.a)
print(exists(None), exists())
print(t.join(t.alias("u"), t.c.id == 5).compile().params, t.alias().compile().params, t.tablesample(5).compile().params)
