from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, func, insert, select, type_coerce, union, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType


class Shape(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **kw):
        return "SHAPE"

    def bind_expression(self, bindvalue):
        return func.make_shape(bindvalue, type_=self)

    def column_expression(self, col):
        return func.shape_text(col, type_=self)


class Upper(String):
    def column_expression(self, col):
        return func.upper(col)


lot = Table("lot", MetaData(), Column("id", Integer, primary_key=True), Column("outline", Shape), Column("owner", Upper(20)))
for stmt in (
    select(lot),
    select(lot.c.outline.label("o"), func.area(lot.c.outline)).where(lot.c.outline == "square").order_by(lot.c.outline),
    select(select(lot.c.outline, lot.c.owner).subquery()),
    insert(lot).values(outline="round", owner="ann"),
    insert(lot),
    update(lot).values(outline="flat").where(lot.c.id == 5),
    union(select(lot.c.outline), select(lot.c.outline)),
    select(type_coerce("dot", Shape)),
):
    print(stmt)
    print(stmt.compile(dialect=postgresql.dialect()).params)

toy = Table("toy", MetaData(), Column("id", Integer, primary_key=True), Column("owner", Upper(20)))
with create_engine("sqlite://", echo=True).begin() as conn:
    toy.create(conn)
    conn.execute(insert(toy), [{"owner": "ann"}, {"owner": "bob"}])
    print(conn.execute(select(toy)).all(), conn.execute(select(toy.c.owner).where(toy.c.owner == "ann")).scalar())
