from sqlalchemy import Column, ForeignKey, Integer, MetaData, Numeric, String, Table, and_, func, not_, or_, select

metadata = MetaData()
product = Table(
    "product",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40)),
    Column("price", Numeric(10, 2)),
    Column("category_id", Integer, ForeignKey("category.id")),
)
category = Table("category", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))

c = product.c
print(select(product))
print(select(c.name, (c.price * 2).label("double")).where(c.price > 10).where(c.name != None))  # noqa: E711
print(select(product).where(and_(c.price >= 5, or_(c.name == "tea", c.name.like("%coffee%")))))
print(select(c.id).where((c.price < 1) | (c.price > 100) & ~(c.name == "x")))
print(select(c.id).where(not_(c.name.in_(["a", "b"])), c.id.in_([]), c.price.between(1, 2)))
print(select(product, category).join(category))
print(select(c.name).join(category, c.category_id == category.c.id, isouter=True).where(category.c.name.is_(None)))
print(select(c.name).select_from(product.join(category)).order_by(category.c.name.desc(), c.name))
print(
    select(category.c.name, func.count(c.id).label("products"), func.avg(c.price))
    .join_from(category, product)
    .group_by(category.c.name)
    .having(func.count(c.id) > 3)
    .order_by("products")
)
print(select(c.name).distinct().limit(10).offset(20))
print(select(func.count()).select_from(product))
print(select(func.lower(c.name), func.coalesce(c.price, 0), func.now()))
print(c.name + " (" + category.c.name + ")")
print(c.price * (1 + c.id) - 3 / c.price, -c.price, c.id % 2 == 0)
print(c.name.startswith("A"), "|", c.name.ilike("b%"), "|", c.name.concat("x"), "|", c.price == c.id)
cheap = select(c.category_id).where(c.price < 5).subquery("cheap")
print(select(category.c.name).join(cheap, cheap.c.category_id == category.c.id))
print(select(category).where(category.c.id.in_(select(c.category_id).where(c.price > 50))))
print(select(c.name).where(c.price == select(func.max(c.price)).scalar_subquery()))
other = product.alias("other")
print(select(c.name, other.c.name).where(c.price == other.c.price, c.id < other.c.id))
