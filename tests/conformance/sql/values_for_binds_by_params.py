"""params() gives the binds of a statement their values; an anonymous bind has its name once it is compiled."""

from sqlalchemy import bindparam, column, create_engine, insert, literal, select, table, text, union

t = table("reading", column("id"), column("level"))

by_name = select(t.c.id).where(t.c.level > bindparam("low"))
print(by_name.params(low=5).compile().params, by_name.compile().params)
print(by_name.params({"low": 7, "other": 1}).compile().params)
print(select(t.c.id).where(t.c.level == 3).params(level_1=9).compile().params)
print(text("SELECT :a AS a, :b AS b").params(a=1, b=2).compile().params)
print(union(by_name, by_name).params(low=2).compile().params)

expression = t.c.level == bindparam("x")
print(expression.params(x=4).compile().params)
print((bindparam("y", 1) + bindparam("y", 1)).unique_params(y=8).compile().params)

for refused in (lambda: insert(t).params(level=1), lambda: t.params(level=1), lambda: t.c.id.params(id=1)):
    try:
        refused()
    except NotImplementedError as error:
        print("NotImplementedError", error)

with create_engine("sqlite://").connect() as connection:
    print(connection.execute(select(literal(1) + bindparam("n")).params(n=41)).scalar())
