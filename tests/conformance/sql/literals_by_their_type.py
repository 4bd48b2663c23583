"""With literal_binds a value is written as its type has it, or refused."""

import datetime
import decimal

from sqlalchemy import Boolean, Column, Date, DateTime, Integer, JSON, MetaData, Numeric, String, Table, cast, literal, select
from sqlalchemy.dialects import mysql, postgresql, sqlite

t = Table("t", MetaData(), Column("a", Integer), Column("j", JSON))
moment = datetime.datetime(2024, 2, 29, 12, 30)
given = [5, "7", "x'y", True, decimal.Decimal("1.50"), moment, moment.date(), None]
for sql_type in (Integer(), String(), Numeric(10, 2), Boolean(), Date(), DateTime()):
    for value in given:
        for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
            try:
                statement = literal(value, sql_type)
                print(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}), end="  ")
            except Exception as error:
                print(error, end="  ")
        print()

numbers = literal([1, 2], postgresql.ARRAY(Integer))
print(numbers.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
print(postgresql.array([1, 2]).contains([1]), cast("5", Integer).compile(compile_kwargs={"literal_binds": True}))
for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
    print(select(t.c.a.is_distinct_from(5)).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
