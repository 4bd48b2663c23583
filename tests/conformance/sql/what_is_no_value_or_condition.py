"""A table, a number or a string in the wrong place is refused in words that name the place."""

from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, not_, select, text, update, values, column

m = MetaData()
user = Table("user_account", m, Column("id", Integer, primary_key=True), Column("name", String))
pet = Table("pet", m, Column("id", Integer, primary_key=True), Column("owner", Integer))
pairs = values(column("a", Integer), name="v").data([(1,)])

for attempt in (
    lambda: func.count(user),
    lambda: user.c.id == user,
    lambda: user.c.id == pairs,
    lambda: func.max(pairs),
    lambda: select(user).join(pet, "user_account.id = pet.owner"),
    lambda: user.join(pet, 5),
    lambda: select(user).limit(user),
    lambda: select(user).limit(text("3")),
    lambda: select(user).prefix_with(5),
    lambda: select(user).limit(1, 2),
    lambda: select(user).join(),
    lambda: user.c.id.between(1),
    lambda: user.c.id.like(),
    lambda: user.c.id.label(),
    lambda: not_(text("x")),
    lambda: ~select(user),
    lambda: insert(user).where(user.c.id == 5),
    lambda: select(user).columns,
    lambda: str(select(values(column("a", Integer), name="w").data([(1, 2)]))),
):
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, str(error).split(", got <")[0])

one = select(pet.c.owner).where(pet.c.id == 1).subquery()
print(select(user).where(user.c.id == one))
