import math
from collections import Counter
from decimal import Decimal
from fractions import Fraction

__all__ = ["StatisticsError", "mean", "fmean", "geometric_mean", "harmonic_mean", "median", "median_low",
           "median_high", "mode", "multimode", "quantiles", "pstdev", "pvariance", "stdev", "variance",
           "covariance", "correlation", "linear_regression"]


class StatisticsError(ValueError):
    pass


def _exact(data):
    return [Fraction(value) for value in data]


def _as(value, data):
    """An exact value in the type of the data."""
    kinds = {type(item) for item in data} - {bool}
    if Decimal in kinds:
        return Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction in kinds and float not in kinds:
        return value
    if value.denominator == 1 and kinds <= {int}:
        return value.numerator
    return value.numerator / value.denominator


def _items(data, least, name):
    data = list(data)
    if len(data) < least:
        raise StatisticsError(f"{name} requires at least {('one', 'two')[least - 1]} data point{'s' * (least > 1)}")
    return data


def mean(data):
    data = _items(data, 1, "mean")
    return _as(sum(_exact(data)) / len(data), data)


def fmean(data, weights=None):
    data = list(data)
    if weights is not None:
        weights = list(weights)
        if len(weights) != len(data):
            raise StatisticsError("data and weights must be the same length")
        total = math.fsum(weights)
        if not total:
            raise StatisticsError("sum of weights must be non-zero")
        return math.fsum(x * w for x, w in zip(data, weights)) / total
    if not data:
        raise StatisticsError("fmean requires at least one data point")
    return math.fsum(data) / len(data)


def geometric_mean(data):
    try:
        return math.exp(fmean(map(math.log, data)))
    except ValueError:
        raise StatisticsError("geometric mean requires a non-empty dataset containing positive numbers") from None


def harmonic_mean(data, weights=None):
    data = list(data)
    if not data:
        raise StatisticsError("harmonic_mean requires at least one data point")
    weights = [1] * len(data) if weights is None else list(weights)
    if any(value < 0 for value in data):
        raise StatisticsError("harmonic mean does not support negative values")
    if 0 in data:
        return 0
    exact = Fraction(sum(_exact(weights))) / sum(w / x for w, x in zip(_exact(weights), _exact(data)))
    return float(exact) if all(isinstance(x, int) for x in data) else _as(exact, data)


def _sorted(data):
    data = sorted(data)
    if not data:
        raise StatisticsError("no median for empty data")
    return data


def median(data):
    data = _sorted(data)
    middle = len(data) // 2
    return data[middle] if len(data) % 2 else (data[middle - 1] + data[middle]) / 2


def median_low(data):
    data = _sorted(data)
    return data[(len(data) - 1) // 2]


def median_high(data):
    data = _sorted(data)
    return data[len(data) // 2]


def mode(data):
    found = Counter(iter(data)).most_common(1)
    if not found:
        raise StatisticsError("no mode for empty data")
    return found[0][0]


def multimode(data):
    counts = Counter(iter(data))
    most = max(counts.values(), default=0)
    return [value for value, count in counts.items() if count == most]


def quantiles(data, *, n=4, method="exclusive"):
    if n < 1:
        raise StatisticsError("n must be at least 1")
    data = sorted(data)
    if len(data) < 2:
        raise StatisticsError("must have at least two data points")
    if method == "inclusive":
        m, found = len(data) - 1, []
        for i in range(1, n):
            at, delta = divmod(i * m, n)
            found.append((data[at] * (n - delta) + data[at + 1] * delta) / n)
        return found
    if method != "exclusive":
        raise ValueError(f"Unknown method: {method!r}")
    m, found = len(data) + 1, []
    for i in range(1, n):
        at = min(max(i * m // n, 1), len(data) - 1)
        delta = i * m - at * n
        found.append((data[at - 1] * (n - delta) + data[at] * delta) / n)
    return found


def _squares(data, center=None):
    exact = _exact(data)
    center = sum(exact) / len(exact) if center is None else Fraction(center)
    return sum((value - center) ** 2 for value in exact)


def variance(data, xbar=None):
    data = _items(data, 2, "variance")
    return _as(_squares(data, xbar) / (len(data) - 1), data)


def pvariance(data, mu=None):
    data = _items(data, 1, "pvariance")
    return _as(_squares(data, mu) / len(data), data)


def _root(exact, data):
    if any(isinstance(item, Decimal) for item in data):
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).sqrt()
    # The nearest float to the exact root.
    shift = max(0, 2 * (60 + exact.denominator.bit_length()))
    root = math.isqrt((exact.numerator << shift) // exact.denominator)
    return root / (1 << shift // 2)


def stdev(data, xbar=None):
    data = _items(data, 2, "stdev")
    return _root(_squares(data, xbar) / (len(data) - 1), data)


def pstdev(data, mu=None):
    data = _items(data, 1, "pstdev")
    return _root(_squares(data, mu) / len(data), data)


def covariance(x, y, /):
    if len(x) != len(y):
        raise StatisticsError("covariance requires that both inputs have same number of data points")
    if len(x) < 2:
        raise StatisticsError("covariance requires at least two data points")
    mx, my = math.fsum(x) / len(x), math.fsum(y) / len(y)
    return math.fsum((a - mx) * (b - my) for a, b in zip(x, y)) / (len(x) - 1)


def correlation(x, y, /):
    if len(x) != len(y):
        raise StatisticsError("correlation requires that both inputs have same number of data points")
    if len(x) < 2:
        raise StatisticsError("correlation requires at least two data points")
    mx, my = math.fsum(x) / len(x), math.fsum(y) / len(y)
    xx, yy = math.fsum((a - mx) ** 2 for a in x), math.fsum((b - my) ** 2 for b in y)
    try:
        return math.fsum((a - mx) * (b - my) for a, b in zip(x, y)) / math.sqrt(xx * yy)
    except ZeroDivisionError:
        raise StatisticsError("at least one of the inputs is constant") from None


def linear_regression(x, y, /, *, proportional=False):
    from collections import namedtuple
    line = namedtuple("LinearRegression", ("slope", "intercept"))
    mx, my = (0, 0) if proportional else (math.fsum(x) / len(x), math.fsum(y) / len(y))
    slope = math.fsum((a - mx) * (b - my) for a, b in zip(x, y)) / math.fsum((a - mx) ** 2 for a in x)
    return line(slope, 0.0 if proportional else my - slope * mx)
