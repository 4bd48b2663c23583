from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation

d = Decimal("12.345")
print(d.as_integer_ratio(), d.sqrt(), Decimal(2).sqrt(), Decimal("4.00").sqrt(), Decimal("0.01").sqrt(), Decimal(0).sqrt(), Decimal("1e7").sqrt())
print(d.compare(Decimal(5)), d.max(3), d.min(3), d.to_integral_value(), d.to_integral_value(ROUND_CEILING), d.to_integral_exact(), Decimal("-1.5").copy_sign(Decimal(1)), d.copy_negate())
print(d.adjusted(), d.is_signed(), d.is_infinite(), d.scaleb(2), d.same_quantum(Decimal("1.000")), Decimal.from_float(0.5), divmod(Decimal("7.5"), 2), divmod(7, Decimal(2)), d.real, d.imag)
print(Decimal((0, (1, 2, 3), -2)), Decimal((1, (5,), 1)), d.quantize(Decimal("0.01"), ROUND_HALF_UP), int(d), round(d), round(d, 1), abs(-d), +d, -d, d // 1, d % 1)
for attempt in [lambda: Decimal(-1).sqrt(), lambda: Decimal("x"), lambda: Decimal((0, (10,), 0)), lambda: Decimal("inf").as_integer_ratio(), lambda: d.compare("x")]:
    try:
        print(attempt())
    except (InvalidOperation, ValueError, OverflowError, TypeError) as error:
        print(type(error).__name__, error)
