from sqlalchemy import (
    Column, Integer, MetaData, String, Table, bindparam, case, cast, column, func,
    literal, literal_column, null, select, table, true,
)
from sqlalchemy.sql import operators

lite = table("lite", column("a", Integer), column("s", String))
real = Table("real", MetaData(), Column("a", Integer), Column("s", String))
a, r = lite.c.a, real.c.a
things = {"lite": a, "real": r, "literal": literal(5), "litcol": literal_column("lc", Integer), "func": func.foo(type_=Integer), "cast": cast(a, Integer), "label": a.label("lab"), "rlabel": r.label("rlab"), "bind": bindparam("b", type_=Integer), "null": null(), "true": true(), "sub": select(r).scalar_subquery(), "case": case((a == 1, 2)), "binary": a + 1, "unary": -a, "alias": real.alias("al").c.a, "subcol": select(r).subquery("sq").c.a, "int": 7}
for n1, x in things.items():
    for n2, y in things.items():
        if n1 == n2 == "int":
            continue
        for op in (operators.eq, operators.lt, operators.sub):
            try:
                print(n1, n2, op.__name__, "|", str(op(x, y)).replace("\n", " "))
            except Exception as err:
                print(n1, n2, op.__name__, type(err).__name__, err)
