from sqlalchemy import Integer, String, and_, column, func, select, table

pen = table("pen", column("ink", Integer), column("maker", String))


def key(element):
    return element._generate_cache_key()


print(key(select(pen).where(pen.c.ink == 1)) == key(select(pen).where(pen.c.ink == 2)))
print(key(select(pen).where(pen.c.ink == 1)) == key(select(pen).where(pen.c.ink > 1)))
print(key(pen.c.ink + 1) == key(pen.c.ink + 5), key(pen.c.ink) == key(pen.c.maker), key(pen.c.ink) != key(pen.c.maker))
print(key(select(pen).limit(1)) == key(select(pen).limit(2)) != key(select(pen).offset(1)))
print([b.value for b in key(select(pen).where(pen.c.ink == 7, pen.c.maker == "x")).bindparams])
print(key(pen.insert().values([{"ink": 1}])) is None, key(pen.insert().values(ink=1)) is None)
for a, b in [
    (pen.c.ink == 1, pen.c.ink == 1),
    (pen.c.ink == 1, pen.c.ink == 2),
    (pen.c.ink == pen.c.maker, pen.c.maker == pen.c.ink),
    (and_(pen.c.ink == 1, pen.c.maker == "x"), and_(pen.c.maker == "x", pen.c.ink == 1)),
    (func.max(pen.c.ink), func.max(pen.c.ink)),
    (select(pen).order_by(pen.c.ink), select(pen).order_by(pen.c.maker)),
    (pen.c.ink.in_([1, 2]), pen.c.ink.in_([1, 2])),
    (pen.alias("p"), pen.alias("p")),
    (pen.update().values(ink=1), pen.update().values(ink=1)),
]:
    print(a.compare(b), end=" ")
print()
