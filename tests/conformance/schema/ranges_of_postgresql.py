"""Ranges: values that compare and combine by themselves, types and operators in SQL."""
from datetime import date
from decimal import Decimal

from sqlalchemy import Column, Integer, MetaData, Table, literal, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import DATERANGE, INT4MULTIRANGE, INT4RANGE, NUMRANGE, Range
from sqlalchemy.schema import CreateTable

open_end, early, late = Range(10, None), Range(1, 10), Range(5, 20, bounds="[]")
for one in (open_end, early, late, Range(empty=True)):
    print(repr(one), one, bool(one), one.lower_inc, one.upper_inc, one.upper_inf)
    for other in (open_end, early, late):
        print("   ", other, one == other, one.overlaps(other), one.contains(other), one.adjacent_to(other), one << other, one * other)
print(early + open_end, late - early, early - late, 9 in early, 10 in early, Range(1, 4, bounds="[]") == early.intersection(Range(0, 5)))
try:
    print(Range(1, 2) + Range(5, 6))
except ValueError as error:
    print(error)
try:
    early.lower = 3
except Exception as error:
    print(type(error).__name__, error)
print(Range(date(2024, 1, 1), date(2024, 1, 31), bounds="[]") == Range(date(2024, 1, 1), date(2024, 2, 1)))

stays = Table(
    "stays", MetaData(), Column("id", Integer, primary_key=True), Column("nights", INT4RANGE, nullable=False),
    Column("price", NUMRANGE), Column("days", DATERANGE), Column("free", INT4MULTIRANGE),
)
dialect = postgresql.dialect()
print(CreateTable(stays).compile(dialect=dialect))
nights = stays.c.nights
for expression in [
    nights.contains(3), nights.contains(Range(1, 3)), nights.contained_by(Range(1, 9)), ~nights.overlaps(Range(2, 4)),
    nights << Range(5, 6), nights >> Range(5, 6), nights.not_extend_left_of(Range(1, 2)), nights.adjacent_to(Range(1, 2)),
    nights + Range(1, 2), nights - Range(1, 2), nights * Range(1, 2), (nights + Range(1, 2)).contains(stays.c.id),
    stays.c.days.contains(date(2024, 5, 1)), stays.c.price == Range(Decimal("1.5"), None), stays.c.free.contains(Range(1, 2)),
    stays.c.free == [Range(1, 2), Range(4, 5)], literal(Range(1, 2)), literal(Range(1, 2**40)), literal(Range(date(2024, 1, 1), None)),
]:
    compiled = expression.compile(dialect=dialect)
    print(compiled, compiled.params, repr(expression.type))
print(select(stays.c.id).where(nights == Range(1, 2)).compile(dialect=dialect))
for wrong in (lambda: stays.c.id.adjacent_to(3), lambda: stays.c.id << 3, lambda: (nights == Range(1, 2)).compile(dialect=dialect, compile_kwargs={"literal_binds": True})):
    try:
        print(wrong())
    except Exception as error:
        print(type(error).__name__, error)
