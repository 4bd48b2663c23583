import datetime
from sqlalchemy import (
    BigInteger, Boolean, CHAR, Column, Date, DateTime, Enum, Float, Integer, Interval,
    JSON, LargeBinary, MetaData, Numeric, String, Table, Text, Time, any_, cast, column,
    distinct, exists, extract, false, func, literal_column, null, nulls_first, select,
    text, true, tuple_, union, values,
)
from sqlalchemy.dialects import mysql
from sqlalchemy.schema import CreateTable
from sqlalchemy.dialects.mysql import insert as my_insert


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

m = MetaData()
t = Table("t", m, Column("id", mysql.INTEGER(unsigned=True), primary_key=True), Column("s", mysql.VARCHAR(20, charset="utf8mb4", collation="utf8mb4_bin")), Column("b", mysql.TINYINT(1)), Column("e", mysql.ENUM("a", "it's")), Column("st", mysql.SET("x", "y")), Column("lt", mysql.LONGTEXT), Column("dt", mysql.DATETIME(fsp=6)), Column("ts", mysql.TIMESTAMP(fsp=3), server_default=text("CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP")), Column("d", mysql.DECIMAL(10, 2, unsigned=True, zerofill=True)), Column("y", mysql.YEAR), Column("bl", mysql.MEDIUMBLOB), Column("bit", mysql.BIT(3)), Column("fl", mysql.FLOAT(7, 3)), Column("db", mysql.DOUBLE(8, 2)), Column("js", mysql.JSON), Column("mi", mysql.MEDIUMINT), Column("tt", mysql.TINYTEXT), Column("nv", mysql.NVARCHAR(4)), mysql_engine="InnoDB", mysql_default_charset="utf8mb4", mysql_auto_increment="5", mysql_row_format="DYNAMIC")
d = mysql.dialect()
def p(x, **kw):
    attempt(lambda: x.compile(dialect=d, **kw))
p(CreateTable(t))
p(CreateTable(Table("auto2", MetaData(), Column("a", Integer, primary_key=True, autoincrement=False), Column("b", Integer, primary_key=True))))
for e in [
    t.c.s + "x", t.c.s + t.c.s, t.c.s.concat("a").concat("b"), t.c.s.ilike("A%"), t.c.s.not_ilike("A%"), t.c.s.icontains("x"), t.c.s.like("a/%", escape="/"), t.c.s.contains("50%", autoescape=True), t.c.b == True, t.c.b.is_(True), t.c.b.is_(False), t.c.id.is_distinct_from(5), t.c.id.is_not_distinct_from(None), t.c.s.is_(None), t.c.id // 2, t.c.id / 2, t.c.id % 3, t.c.id.bitwise_xor(3), t.c.s.regexp_match("a"), t.c.s.regexp_replace("a", "b"), t.c.s.match("q"), t.c.js["a"], t.c.js[("a", 1)].as_string(), t.c.js["a"].as_integer(), t.c.js["a"].as_boolean(), t.c.js["a"].as_float(), cast(t.c.s, Integer), cast(t.c.s, String), cast(t.c.s, String(5)), cast(t.c.s, Text), cast(t.c.s, Date), cast(t.c.s, DateTime), cast(t.c.s, Time), cast(t.c.s, Boolean), cast(t.c.s, Float), cast(t.c.s, Numeric(5, 2)), cast(t.c.s, JSON), cast(t.c.s, LargeBinary), cast(t.c.s, mysql.INTEGER(unsigned=True)), cast(t.c.s, mysql.SIGNED) if hasattr(mysql, "SIGNED") else null(), cast(t.c.s, CHAR(3)), cast(t.c.s, Interval), cast(t.c.s, BigInteger), cast(t.c.s, Enum("a")), cast(t.c.s, mysql.DATETIME(fsp=3)), func.now(), func.current_timestamp(), func.sysdate(), func.utc_timestamp(), func.random(), func.rand(), func.group_concat(t.c.s.distinct()), func.char_length(t.c.s), func.count(distinct(t.c.s, )), func.concat(t.c.s, "x"), func.aggregate_strings(t.c.s, ","), extract("year", t.c.dt), extract("milliseconds", t.c.dt), any_(select(t.c.id).scalar_subquery()) == t.c.id, true(), false(), ~t.c.b, t.c.dt + datetime.timedelta(1), t.c.s.collate("utf8mb4_bin"), func.if_(t.c.b, 1, 2), func.values(t.c.s), t.c.id.desc().nulls_last(), nulls_first(t.c.id), t.c.id.between(1, 2, symmetric=True), exists(select(t.c.id)), tuple_(t.c.id, t.c.s) == tuple_(1, "a"), t.c.s.op("SOUNDS LIKE")("x"), literal_column("a % b"), t.c.s == "50%",
]:
    p(select(e))
for s in [select(t.c.id).limit(5), select(t.c.id).offset(5), select(t.c.id).limit(5).offset(2), select(t.c.id).with_for_update(read=True), select(t.c.id).with_for_update(of=t, nowait=True), select(t.c.id).prefix_with("SQL_CALC_FOUND_ROWS"), t.update().values(b=1).with_dialect_options(mysql_limit=3), t.delete().with_dialect_options(mysql_limit=3), select(t.c.id).with_hint(t, "USE INDEX (ix)"), select(t.c.id).join(t.alias("q"), true(), full=True), select(t.c.id).group_by(func.rollup(t.c.id)), select(t.c.id).group_by(t.c.id), select(t.c.id, func.sum(t.c.b).over(partition_by=t.c.s)), select(t.c.id).distinct(), my_insert(t).values(s="a").on_duplicate_key_update(s="b"), my_insert(t).prefix_with("IGNORE").values(s="a"), t.insert().values(), t.insert().values([{"s": "a"}, {"s": "b"}]), t.insert().from_select(["s"], select(t.c.s)), select(t.c.id).cte("c").select(), select(t.c.id).except_(select(t.c.id)), union(select(t.c.id).limit(1), select(t.c.id).order_by(t.c.id)), select(values(column("a", Integer), name="v").data([(1,), (2,)]))]:
    p(s)
    p(s, compile_kwargs={"literal_binds": True})
