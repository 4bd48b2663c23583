from _math import *
import _math

pi = 3.141592653589793
e = 2.718281828459045
tau = 2 * pi
inf = float("inf")
nan = float("nan")


def _real(x):
    if not hasattr(x, "__float__"):
        raise TypeError(f"must be real number, not {type(x).__name__}")
    return float(x)


def _index(x):
    if isinstance(x, int):
        return int(x)
    if hasattr(x, "__index__"):
        return x.__index__()
    raise TypeError(f"'{type(x).__name__}' object cannot be interpreted as an integer")


def ceil(x, /):
    method = getattr(type(x), "__ceil__", None)
    if method is not None and not isinstance(x, float):
        return method(x)
    x = _real(x)
    whole = int(x)
    return whole + (whole < x)


def floor(x, /):
    method = getattr(type(x), "__floor__", None)
    if method is not None and not isinstance(x, float):
        return method(x)
    x = _real(x)
    whole = int(x)
    return whole - (whole > x)


def trunc(x, /):
    if isinstance(x, float):
        return int(x)
    method = getattr(type(x), "__trunc__", None)
    if method is None:
        raise TypeError(f"type {type(x).__name__} doesn't define __trunc__ method")
    return method(x)


def log(x, *base):
    if len(base) > 1:
        raise TypeError(f"log expected at most 2 arguments, got {len(base) + 1}")
    top = _math.log(x)
    return top / _math.log(base[0]) if base else top


def log1p(x, /):
    x = _real(x)
    if x <= -1:
        raise ValueError("math domain error")
    u = 1.0 + x
    return x if u == 1.0 else _math.log(u) * x / (u - 1.0) if u != inf else inf


def ldexp(x, i, /):
    try:
        return _real(x) * 2.0 ** i
    except OverflowError:
        raise OverflowError("math range error") from None


def modf(x, /):
    x = _real(x)
    if x in (inf, -inf):
        return copysign(0.0, x), x
    whole = copysign(float(int(x)), x)
    return copysign(x - whole, x), whole


def factorial(x, /):
    if isinstance(x, float):
        raise TypeError("'float' object cannot be interpreted as an integer")
    x = _index(x)
    if x < 0:
        raise ValueError("factorial() not defined for negative values")
    result = 1
    for number in range(2, x + 1):
        result *= number
    return result


def perm(n, k=None, /):
    if k is None:
        return factorial(n)
    n, k = _index(n), _index(k)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    result = 1
    for number in range(n - k + 1, n + 1) if k <= n else (0,):
        result *= number
    return result


def comb(n, k, /):
    n, k = _index(n), _index(k)
    if n < 0:
        raise ValueError("n must be a non-negative integer")
    if k < 0:
        raise ValueError("k must be a non-negative integer")
    if k > n:
        return 0
    k = min(k, n - k)
    result = 1
    for number in range(1, k + 1):
        result = result * (n - k + number) // number
    return result


def prod(iterable, /, *, start=1):
    for item in iterable:
        start = start * item
    return start


def fsum(seq, /):
    partials = []
    for x in seq:
        x = _real(x)
        kept = []
        for y in partials:
            if abs(x) < abs(y):
                x, y = y, x
            high = x + y
            low = y - (high - x)
            if low:
                kept.append(low)
            x = high
        partials = kept + [x]
    # Added exactly, then rounded once.
    if not all(isfinite(part) for part in partials):
        return sum(partials)
    from fractions import Fraction
    return float(sum((Fraction(part) for part in partials), Fraction(0)))


def hypot(*coordinates):
    values = [abs(_real(x)) for x in coordinates]
    if inf in values:
        return inf
    largest = max(values, default=0.0)
    if not largest or largest != largest:
        return largest
    return largest * sqrt(fsum((x / largest) ** 2 for x in values)) if len(values) > 2 or largest > 1e150 \
        else sqrt(fsum(x * x for x in values))


def dist(p, q, /):
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    return hypot(*(a - b for a, b in zip(p, q)))


def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    if rel_tol < 0 or abs_tol < 0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if a in (inf, -inf) or b in (inf, -inf):
        return False
    difference = abs(b - a)
    return difference <= abs(rel_tol * b) or difference <= abs(rel_tol * a) or difference <= abs_tol


def remainder(x, y, /):
    x, y = _real(x), _real(y)
    if not y or x in (inf, -inf):
        raise ValueError("math domain error")
    if y in (inf, -inf):
        return x
    from fractions import Fraction
    exact = Fraction(x) - round(Fraction(x) / Fraction(y)) * Fraction(y)
    return copysign(float(exact), x) if not exact else float(exact)


def ulp(x, /):
    x = abs(_real(x))
    if x != x or x == inf:
        return x
    return max(2.0 ** max(frexp(x)[1] - 53, -1074), 5e-324)


def nextafter(x, y, /):
    x, y = _real(x), _real(y)
    if x == y or x != x or y != y:
        return y if x == y else nan
    if x in (inf, -inf):
        return copysign(1.7976931348623157e308, x)
    step = ulp(x)
    if frexp(abs(x))[0] == 0.5 and (y < x) == (x > 0) and step > 5e-324:
        step /= 2
    return x + step if y > x else x - step
