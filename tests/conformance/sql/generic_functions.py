from sqlalchemy import Date, Integer, String, column, create_engine, func, select, table
from sqlalchemy.sql.functions import FunctionElement, GenericFunction, ReturnTypeFromArgs, coalesce, count


class as_day(GenericFunction):
    type = Date()
    inherit_cache = True


class Area(GenericFunction):
    type = Integer()
    package = "geo"
    name = "ST_Area"
    identifier = "area"
    inherit_cache = True


class first_known(ReturnTypeFromArgs):
    inherit_cache = True


class shout(GenericFunction):
    type = String()
    name = "upper"
    identifier = "shout"
    inherit_cache = True

    def __init__(self, *args, **kw):
        super().__init__(*[column("loud_" + arg) for arg in args], **kw)


plot = table("plot", column("w", Integer), column("name", String(9)))
for call in (func.as_day(plot.c.name), func.AS_DAY(), as_day(5), func.geo.area(plot.c.w), func.geo.Area(2), func.geo.other(2), func.first_known(plot.c.name, "x"), func.shout("a", "b"), func.area(1)):
    print(type(call).__name__, "|", call, "|", repr(call.type), "|", call.name, "|", select(call).compile().params)
print(select(func.as_day(plot.c.name).label("day"), func.geo.area(plot.c.w) > 5).where(func.first_known(plot.c.w, 1) == 2))
print(isinstance(func.as_day(), FunctionElement), isinstance(func.count(), count), isinstance(func.x(), FunctionElement))
print([str(clause) for clause in func.as_day(plot.c.w, 3).clauses], func.geo.area(1).over(order_by=plot.c.w))
print(coalesce(plot.c.w, 0), count(plot.c.w), repr(coalesce(plot.c.name, "x").type), type(func.max(1)).__name__)
for bad in (lambda: func.count(1, 2), lambda: func.char_length(), lambda: func.nothing(x=5)):
    try:
        print(bad())
    except TypeError as err:
        print(err)
with create_engine("sqlite://").connect() as conn:
    class twice(GenericFunction):
        type = String()
        name = "upper"
        inherit_cache = True

    print(conn.scalar(select(func.upper("quiet"))), type(func.upper("q")).__name__)
