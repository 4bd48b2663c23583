# Types are spelled by each dialect, and have a class, a repr and a Python type.
import enum
from sqlalchemy import (ARRAY, BigInteger, Boolean, Date, DateTime, Double, Enum, Float, Integer, Interval, JSON,
                        LargeBinary, Numeric, SmallInteger, String, Text, Time, Unicode, UnicodeText)
from sqlalchemy import types
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite


class Colour(enum.Enum):
    red = 1
    green = 2


generic = [Integer(), SmallInteger(), BigInteger(), Numeric(10, 2), Float(), Double(), String(5),
           String(5, collation="utf8_Bin"), Text(), Text(100), Unicode(10), UnicodeText(), Boolean(), Date(),
           Time(timezone=True), DateTime(), DateTime(timezone=True), LargeBinary(100), JSON(), Interval(),
           Interval(native=False), Enum("a", "b'c%", name="my enum"), Enum(Colour), Enum("a", name="x", schema="s"),
           Enum("a", "bb", native_enum=False, length=20), ARRAY(String(5), dimensions=2)]
upper = [types.NUMERIC(5, 1), types.DECIMAL(5), types.REAL(), types.DOUBLE_PRECISION(), types.VARCHAR(3),
         types.CHAR(2), types.NVARCHAR(4), types.NCHAR(3), types.CLOB(), types.TIMESTAMP(timezone=True),
         types.BLOB(3), types.BINARY(3), types.BOOLEAN(), types.DATETIME()]
own = [postgresql.JSONB(), postgresql.CIDR(), postgresql.ENUM("a", name="en"),
       postgresql.ARRAY(Text, dimensions=2), postgresql.BIT(varying=True), postgresql.TIMESTAMP(precision=3),
       postgresql.INT4RANGE(), postgresql.HSTORE(), postgresql.BYTEA(), mysql.TINYINT(1, unsigned=True),
       mysql.INTEGER(11, zerofill=True), mysql.MEDIUMTEXT(charset="utf8"), mysql.VARCHAR(20, collation="latin1_x"),
       mysql.DATETIME(fsp=6), mysql.YEAR(4), mysql.ENUM("a", charset="utf8"), mysql.DECIMAL(10, 2, unsigned=True),
       mysql.DOUBLE(10, 2), mysql.LONGBLOB(), sqlite.DATE(storage_format="%(year)04d%(month)02d%(day)02d"),
       oracle.VARCHAR2(20), oracle.RAW(16), oracle.TIMESTAMP(local_timezone=True), mssql.DATETIME2(3),
       mssql.NTEXT(), mssql.TIME(3)]
dialects = [sqlite.dialect(), postgresql.dialect(), mysql.dialect(), oracle.dialect(), mssql.dialect()]
for one in generic + upper + own:
    texts = []
    for dialect in dialects:
        try:
            texts.append(one.compile(dialect=dialect))
        except Exception as error:
            texts.append(type(error).__name__)
    print(repr(one), "|", one, "|", "; ".join(texts))
for one in generic + upper:
    print(repr(one.as_generic()), one.python_type, isinstance(one, String), isinstance(one, Integer))
