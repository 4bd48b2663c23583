from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, column, select, table, text, values


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


metadata = MetaData()
team = Table("team", metadata, Column("id", Integer, primary_key=True), Column("name", String))
player = Table("player", metadata, Column("id", Integer, primary_key=True), Column("team_id", ForeignKey("team.id")))
join = team.outerjoin(player)
print(join.left, join.right, join.onclause, join.isouter, join.full, join.left is team)
print(team.join(player, full=True).full, join.is_derived_from(team), select(join))
attempt(lambda: join.name)

named, unnamed = team.alias("squad"), team.alias()
print(named.name, named.element is team, named.original is team, named.description, unnamed.description)
print(type(unnamed.name).__name__, named.c.id.table is named, named.alias("again").element is named, repr(named.c.id))
print(named.primary_key, player.alias("p").foreign_keys, named.c.name.nullable, named.c.id.primary_key)

chosen = select(team.c.id, team.c.name).where(team.c.id > 3)
inner = chosen.subquery("inner")
print(inner.element is chosen, inner.name, inner.c.name.table is inner, inner.c.id.base_columns, inner.c.id.shares_lineage(team.c.id))
tree = chosen.cte("tree", recursive=True)
print(tree.name, tree.recursive, tree.nesting, tree.c.name)

light = table("light", column("id", Integer), column("word"), schema="store")
print(light, light.fullname, light.name, light.schema, light.primary_key, light.foreign_keys, light.c.word.table is light)
attempt(lambda: table("light", "word"))
attempt(lambda: table("light", size=3))
for element in (named, unnamed, inner, tree, light, values(column("n", Integer), name="few").data([(1,)])):
    print(repr(element))
attempt(lambda: select(chosen))
attempt(lambda: team.join(chosen))
attempt(lambda: select(team).select_from("player"))
attempt(lambda: select(team).join("player"))
attempt(lambda: named.nothing)
print(str(named) == "", select(text("word")).get_final_froms(), select(team).join(player).get_final_froms()[0].onclause)
