from sqlalchemy import Column, Integer, MetaData, String, Table, and_, case, exists, func, or_, select, update
from sqlalchemy.sql import visitors

meta = MetaData()
cat = Table("cat", meta, Column("id", Integer, primary_key=True), Column("name", String), Column("age", Integer))
dog = Table("dog", meta, Column("id", Integer, primary_key=True), Column("name", String), Column("age", Integer))


def names(element):
    return [e.__visit_name__ for e in visitors.iterate(element)]


query = select(cat.c.name, func.max(cat.c.age).label("oldest")).where(or_(cat.c.age > 3, cat.c.name == "Tom")).group_by(cat.c.name)
print(names(cat.c.age > 3))
print(names(query))
print(names(case((cat.c.age == 1, "kitten"), else_="cat")))
print(names(exists(select(cat.c.id)).where(cat.c.age == 2)))
print(names(update(cat).values(age=5).where(cat.c.id == 1)))
print([type(e).__name__ for e in and_(cat.c.age == 1, cat.c.name == "x").get_children()])

seen = []
visitors.traverse(query, {}, {"column": lambda c: seen.append(c.name), "function": lambda f: seen.append(f.name + "()")})
print(seen)


def older(bind):
    if bind.value == 3:
        bind.value = 30


copy = visitors.cloned_traverse(query, {}, {"bindparam": older})
print(copy.compile().params, query.compile().params)


def swap(element):
    if element is cat:
        return dog
    if getattr(element, "table", None) is cat:
        return dog.c[element.name]


print(visitors.replacement_traverse(query, {}, swap))
print(visitors.replacement_traverse(cat.c.age + 1 == cat.c.id, {}, lambda e: dog.c.age if e is cat.c.age else None))


class Collector(visitors.ClauseVisitor):
    def __init__(self):
        self.values = []

    def visit_bindparam(self, bind):
        self.values.append(bind.value)


collector = Collector()
collector.traverse(query)
print(sorted(map(str, collector.values)))
