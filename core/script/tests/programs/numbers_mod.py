import base64
import bisect
import heapq
import math
import numbers
import operator
import secrets
import statistics
from decimal import Decimal
from fractions import Fraction

print(math.pi, math.e, math.tau, math.inf, math.nan, math.sqrt(2), math.floor(-1.5), math.ceil(1.2), math.trunc(-1.7), math.floor(Decimal("2.7")))
print(math.gcd(12, 18, 30), math.lcm(4, 6), math.factorial(20), math.comb(10, 3), math.perm(5, 2), math.isqrt(10 ** 20 + 1), math.prod([1, 2, 3], start=2))
print(math.log(100, 10), math.log2(8), math.log10(1000), math.log(10 ** 400), math.log1p(1e-10), math.exp(1), math.expm1(1e-5), math.pow(2, 0.5), math.hypot(3, 4), math.dist([0, 0], [1, 1]))
print(math.isclose(0.1 + 0.2, 0.3), math.fsum([0.1] * 10), math.modf(3.25), math.frexp(8.5), math.ldexp(0.5, 4), math.copysign(1, -0.0), math.fmod(-7, 3), math.remainder(7, 4), math.degrees(math.pi), math.radians(180))
print(math.sin(1), math.cos(1), math.tan(1), math.atan2(1, -1), math.isfinite(1.0), math.isnan(math.nan), math.isinf(-math.inf), math.ulp(1.0), math.nextafter(1.0, 2.0))
for attempt in [lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.factorial(-1), lambda: math.exp(1000), lambda: math.sqrt("x"), lambda: math.gcd(1.5), lambda: math.floor(math.inf), lambda: math.floor(math.nan),
                lambda: math.comb(3, -1), lambda: math.acos(2), lambda: math.factorial(1.0), lambda: math.pow(0, -1)]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
half = Fraction(1, 2)
print(half + Fraction(1, 3), half * 2, half - 1, half / 4, half ** 2, half ** -2, 2 ** half, -half, abs(-half), half + 0.25, 3 // half, 7 % Fraction(2, 3), divmod(Fraction(7, 2), 1), repr(half))
print(Fraction("0.125"), Fraction("3/9"), Fraction(0.5), Fraction(Decimal("1.1")), Fraction("-1e-2"), Fraction(6, -4), Fraction(3.14159).limit_denominator(100), float(half), int(Fraction(7, 2)), round(Fraction(7, 2)), round(Fraction(10, 3), 2))
print(half == 0.5, half < 1, half > Fraction(1, 3), hash(half) == hash(0.5), Fraction(4, 2) == 2, sorted([half, Fraction(1, 3)]), sum([half, half]), half.numerator, half.denominator, math.floor(half), math.ceil(half), bool(Fraction(0)))
for attempt in [lambda: Fraction(1, 0), lambda: Fraction("x"), lambda: Fraction(1.5, 2), lambda: half / 0]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
print(isinstance(1, numbers.Integral), isinstance(1.0, numbers.Real), isinstance(half, numbers.Rational), isinstance(1, numbers.Number), isinstance("1", numbers.Number), isinstance(True, numbers.Integral), isinstance(1.0, numbers.Integral))
values = [2, 4, 4, 4, 5, 5, 7, 9]
print(statistics.mean(values), statistics.median(values), statistics.mode(values), statistics.stdev(values), statistics.pstdev(values), statistics.variance(values), statistics.pvariance(values), statistics.fmean(values))
print(statistics.mean([1, 2]), statistics.mean([Decimal("1.5"), Decimal("2.5")]), statistics.mean([half, 1]), statistics.median([1, 3, 2]), statistics.median_low([1, 2]), statistics.median_high([1, 2]), statistics.multimode("aabb"), statistics.quantiles(values), statistics.harmonic_mean([40, 60]), statistics.geometric_mean([1, 4]))
print(statistics.correlation([1, 2, 3], [1, 2, 4]), statistics.linear_regression([1, 2, 3], [2, 4, 6]), statistics.covariance([1, 2, 3], [1, 2, 3]), statistics.quantiles(range(11), n=10, method="inclusive"), statistics.stdev([1.5, 2.5, 4.0]))
for attempt in [lambda: statistics.mean([]), lambda: statistics.stdev([1]), lambda: statistics.mode([]), lambda: statistics.median([])]:
    try:
        print(attempt())
    except statistics.StatisticsError as error:
        print(type(error).__name__, error)
heap = [5, 1, 8, 3, 2]
heapq.heapify(heap)
heapq.heappush(heap, 0)
print(heap, heapq.heappop(heap), heapq.heappushpop(heap, 4), heapq.heapreplace(heap, 9), heap, heapq.nlargest(2, heap), heapq.nsmallest(2, ["bb", "a"], key=len), list(heapq.merge([1, 4], [2, 3])))
print(bisect.bisect([1, 2, 2, 3], 2), bisect.bisect_left([1, 2, 2, 3], 2), bisect.bisect_left(["a", "bbb"], 2, key=len))
items = [1, 3]
bisect.insort(items, 2)
print(items, operator.mul(3, 4), operator.methodcaller("upper")("x"), operator.countOf([1, 1, 2], 1), operator.iadd([1], [2]), operator.index(True), operator.attrgetter("real", "imag")(3), operator.itemgetter(1, 0)("ab"))
print(base64.b64encode(b"hello?>"), base64.b64decode("aGVsbG8/Pg=="), base64.urlsafe_b64encode(b"\xff\xfe\xfd"), base64.urlsafe_b64decode(b"__79"), base64.b32encode(b"hi"), base64.b32decode("NBUQ===="), base64.b16encode(b"\x01\xab"), base64.b64encode(b""))
for attempt in [lambda: base64.b64decode("abc"), lambda: base64.b64encode("text"), lambda: base64.b64decode("a")]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
print(len(secrets.token_hex(8)), len(secrets.token_bytes(5)), secrets.choice([3]), secrets.randbelow(1), secrets.compare_digest("a", "a"), isinstance(secrets.token_urlsafe(), str))
