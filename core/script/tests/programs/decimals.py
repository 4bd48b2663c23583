from decimal import Decimal, ROUND_HALF_UP
a = Decimal("1.10"); b = Decimal("2.205"); print(a + b, a * b, b - a, a / Decimal(3), -a, a == Decimal("1.1"), repr(a), str(a), a < b, int(b), float(b), round(b, 2), a + 1, 2 * a, b.quantize(Decimal("0.01")), b.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), hash(Decimal(1)) == hash(1), Decimal(5), Decimal("1E+3"), Decimal(0.5), sum([a, b]), f"{b:.1f}", Decimal("NaN"), abs(Decimal(-2)), Decimal("100") // 7, Decimal("100") % 7, Decimal("0.00"), bool(Decimal(0)))
try: Decimal("x")
except Exception as e: print(type(e).__name__)
