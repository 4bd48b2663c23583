from sqlalchemy import (
    Integer, String, and_, case, cast, column, distinct, exists, func, null, nulls_first,
    select, table,
)

t = table("t", *(column(n, Integer) for n in "abc"), column("s", String), column("z", String))
a, b, c, s, z = t.c.a, t.c.b, t.c.c, t.c.s, t.c.z
for e in [
    a + b * c, (a + b) * c, a * (b + c), a - (b - c), (a - b) - c, a - b - c, a + (b + c), (a + b) + c, a * (b * c), a / (b / c), (a / b) / c, a / b * c, a * b / c,
    a % (b % c), (a % b) % c, -(a + b), -a + b, -(-a), a - (-b), -a * b, -(a * b), (a + b).label("x") * 2,
    (a == b) == c, (a + b) == (c + 1), (a < b) & (b < c), ~(a + b == c), (a + b).in_([1]), (a == b).in_([True]), a.between(b + 1, c * 2),
    (a + b).between(1, 2), a.between(1, 2) == True, and_(a.between(1, 2), b.between(3, 4)), (s + z) + s, s + (z + s), (s + z) == "x", (s + "a").like("b" + z),
    (s + z).like("x"), s.like(z) == True, (a == b).is_(None), (a + b).is_(None), (a + b).desc(), (a == 1).desc(), a.desc().nulls_last(), (a + b).label("q").desc(),
    (s + z).collate("binary"), s.collate("binary") + z, s.collate("binary").desc(), s.collate("b").like("x"), (s == z).collate("q"), a.op("&")(b) + 1, (a + 1).op("&")(b), a.op("&")(b + 1), a.op("^", precedence=20)(b + 1),
    (a + b).op("@@", precedence=1)(c), a.op("->")(b).op("->")(c), a.bool_op("~~")(b), ~a.bool_op("~~")(b), and_(a.bool_op("~~")(b), c == 1), a.op("=", is_comparison=True)(b + 1), ~a.op("=", is_comparison=True)(b),
    a.bitwise_and(b), a.bitwise_or(b).bitwise_and(c), a.bitwise_or(b.bitwise_and(c)), a.bitwise_xor(5), a.bitwise_lshift(2) + 1, (a + 1).bitwise_rshift(b), a.bitwise_not(), (a + b).bitwise_not(), a.bitwise_not() + 1, a.bitwise_and(3) == 3, a.bitwise_and(b + 1),
    a.is_distinct_from(b), ~a.is_distinct_from(b), a.is_not_distinct_from(None), (a + b).is_distinct_from(c), func.f(a + b) + 1, func.f((a + b) * c), cast(a + b, String) + s, case((a == 1, b + 1), else_=c) + 1,
    a.distinct(), func.count(a.distinct()), distinct(a + b), (a + b).asc(), nulls_first(a.asc()), null() == a, a == null(), null() + a, (a == 1) + 1, select(a).scalar_subquery() + 1, 1 - select(a).scalar_subquery(), exists().where(a == 1) == True, ~exists().where(a == 1),
]:
    try:
        print(e)
    except Exception as err:
        print(type(err).__name__, err)
