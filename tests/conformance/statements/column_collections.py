from sqlalchemy import (
    Column, Integer, MetaData, PrimaryKeyConstraint, String, Table, column, func, select,
)


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("name", String), Column("items", Integer), Column("keys", Integer), Column("with space", Integer), Column("values", String))
c = t.c
print(c.keys(), [str(x) for x in c.values()], [k for k, _ in c.items()], len(c), bool(c), "name" in c, "zz" in c)
print(c.id, c["id"], c[0], c.get("name"), c.get("zz"), c["with space"], c["items"], c["keys"], c["values"], sep="\n")
print(c["id", "name"].keys(), c[1:3].keys(), c[("id",)].keys(), list(c)[0] is c.id, [x.name for x in c if x.primary_key])
print(select(t.c["id", "name"]), select(t.c["name", "id"]), select(t.c[0:2]), select(*t.c), select(t.c), select(t.columns), sep="\n")
print(c.contains_column(c.id), c.contains_column(column("id")), c == t.c, c.corresponding_column(t.alias("q").c.id), t.alias("q").c.corresponding_column(t.c.name))
attempt(lambda: c.nope)
attempt(lambda: c["nope"])
attempt(lambda: c[99])
attempt(lambda: c["id", "nope"])
attempt(lambda: c[t.c.id])
attempt(lambda: c.id in c)
attempt(lambda: setattr(c, "x", 1))
attempt(lambda: c.add(column("x")))
attempt(lambda: c.clear())
attempt(lambda: c.remove(c.id))
attempt(lambda: hash(c))
sub = select(t.c.id, t.c.id, t.c.name.label("id2"), func.max(t.c.id)).subquery("s")
print(sub.c.keys(), [str(x) for x in sub.c], sub.c[1], sub.c[3], len(sub.c))
j = t.join(sub, sub.c.id == t.c.id)
print(j.c.keys(), j.c.t_id, j.c.s_id2, [str(x) for x in j.columns][:3])
print(t.primary_key.columns.keys(), t.primary_key.c.id, t.primary_key.columns.contains_column(t.c.id), list(t.primary_key), len(t.primary_key), t.c.id in t.primary_key.columns.values())
pk = PrimaryKeyConstraint("a", "b")
two = Table("two", MetaData(), Column("a", Integer), Column("b", Integer), pk)
print(pk.columns.keys(), two.c.a.primary_key, two.c.a.nullable, two.autoincrement_column, t.autoincrement_column)
print({x.name: x.type.__class__.__name__ for x in t.c}, sorted(c.keys()), dict(zip(c.keys(), range(9))), [*c][1].name, max(len(k) for k in c.keys()))
