"""What can be read from windows, filters, samples, selects and selects of text."""

import copy

from sqlalchemy import Integer, String, cast, column, extract, func, select, table, tablesample, text, tuple_, values
from sqlalchemy.sql import operators

t = table("sale", column("id", Integer), column("city", String), column("price", Integer))

window = func.sum(t.c.price).over(partition_by=t.c.city, order_by=[t.c.id, t.c.price], rows=(None, 0))
print(window.partition_by, "|", window.order_by, "|", window.range_, type(window.rows).__name__, window.exclude)
few = func.count().filter(t.c.price > 3)
print(few.func, few.criterion)
print(func.mode().within_group(t.c.price.desc()).order_by)
print([str(part) for part in tuple_(t.c.id, t.c.city).clauses], extract("day", t.c.id).expr, cast(t.c.id, String).clause)
sample = tablesample(t, 5, name="few", seed=func.random())
print(sample.sampling, sample.seed, sample.element is t)
print(values(column("a"), name="v", literal_binds=True).literal_binds)

query = select(t.c.id).where(t.c.price > 1).limit(5).order_by(t.c.city)
print(query._limit_clause, query._offset_clause, query._order_by_clause, [str(c) for c in query._where_criteria])
print(query.self_group(operators.eq))
same = copy.copy(query)
print(same is query, same.compare(query), str(same) == str(query))
try:
    query.entity_namespace
except AttributeError as error:
    print(error)

raw = text("SELECT id, city FROM sale").columns(t.c.id, column("city"))
print(raw.selected_columns.keys(), raw.exported_columns.id is t.c.id, raw.positional, raw.element, raw.is_select)
inner = select(t.c.price).scalar_subquery()
print(inner.selected_columns.keys(), inner.whereclause, inner.type)
