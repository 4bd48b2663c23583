import math
import numbers
import re
from decimal import Decimal

_FORMAT = re.compile(r"\s*(?P<sign>[-+]?)(?=\d|\.\d)(?P<num>\d*|\d+(_\d+)*)(?:(?:/(?P<denom>\d+(_\d+)*))?"
                     r"|(?:\.(?P<decimal>\d*|\d+(_\d+)*))?(?:E(?P<exp>[-+]?\d+(_\d+)*))?)\s*\Z", re.I)


class Fraction(numbers.Rational):
    __slots__ = ("_numerator", "_denominator")

    def __new__(cls, numerator=0, denominator=None):
        if denominator is None:
            if isinstance(numerator, int):
                return _made(cls, int(numerator), 1)
            if isinstance(numerator, Fraction):
                return _made(cls, numerator._numerator, numerator._denominator)
            if isinstance(numerator, (float, Decimal)):
                return _made(cls, *numerator.as_integer_ratio())
            if not isinstance(numerator, str):
                raise TypeError("argument should be a string or a Rational instance")
            match = _FORMAT.match(numerator)
            if match is None:
                raise ValueError(f"Invalid literal for Fraction: {numerator!r}")
            top, bottom = int(match["num"] or "0"), 1
            if match["denom"]:
                bottom = int(match["denom"])
            else:
                decimal = (match["decimal"] or "").replace("_", "")
                bottom = 10 ** len(decimal)
                top = top * bottom + int(decimal or "0")
                power = int(match["exp"] or "0")
                top, bottom = (top * 10 ** power, bottom) if power >= 0 else (top, bottom * 10 ** -power)
            if match["sign"] == "-":
                top = -top
        elif isinstance(numerator, (int, Fraction)) and isinstance(denominator, (int, Fraction)):
            top = numerator.numerator * denominator.denominator
            bottom = denominator.numerator * numerator.denominator
        else:
            raise TypeError("both arguments should be Rational instances")
        if bottom == 0:
            raise ZeroDivisionError(f"Fraction({top}, 0)")
        shared = math.gcd(top, bottom)
        if bottom < 0:
            shared = -shared
        return _made(cls, top // shared, bottom // shared)

    @classmethod
    def from_float(cls, f):
        return cls(*f.as_integer_ratio())

    from_decimal = from_float

    @property
    def numerator(self):
        return self._numerator

    @property
    def denominator(self):
        return self._denominator

    def as_integer_ratio(self):
        return self._numerator, self._denominator

    def is_integer(self):
        return self._denominator == 1

    def limit_denominator(self, max_denominator=1000000):
        if max_denominator < 1:
            raise ValueError("max_denominator should be at least 1")
        if self._denominator <= max_denominator:
            return Fraction(self)
        p0, q0, p1, q1 = 0, 1, 1, 0
        n, d = self._numerator, self._denominator
        while True:
            a = n // d
            if q0 + a * q1 > max_denominator:
                break
            p0, q0, p1, q1 = p1, q1, p0 + a * p1, q0 + a * q1
            n, d = d, n - a * d
        k = (max_denominator - q0) // q1
        low, high = Fraction(p0 + k * p1, q0 + k * q1), Fraction(p1, q1)
        return high if abs(high - self) <= abs(low - self) else low

    def __repr__(self):
        return f"{self.__class__.__name__}({self._numerator}, {self._denominator})"

    def __str__(self):
        return str(self._numerator) if self._denominator == 1 else f"{self._numerator}/{self._denominator}"

    def _with(self, other, exact, inexact):
        if isinstance(other, (int, Fraction)):
            return exact(Fraction(self), Fraction(other))
        if isinstance(other, float):
            return inexact(float(self), other)
        return NotImplemented

    def _reversed(self, other, exact, inexact):
        return self._with(other, lambda a, b: exact(b, a), lambda a, b: inexact(b, a))

    def __add__(a, b):
        return a._with(b, _add, lambda x, y: x + y)

    def __sub__(a, b):
        return a._with(b, _sub, lambda x, y: x - y)

    def __mul__(a, b):
        return a._with(b, _mul, lambda x, y: x * y)

    def __truediv__(a, b):
        return a._with(b, _div, lambda x, y: x / y)

    def __floordiv__(a, b):
        return a._with(b, _floordiv, lambda x, y: x // y)

    def __mod__(a, b):
        return a._with(b, lambda x, y: x - _mul(y, Fraction(_floordiv(x, y))), lambda x, y: x % y)

    def __divmod__(a, b):
        return a // b, a % b

    def __radd__(a, b):
        return a._reversed(b, _add, lambda x, y: x + y)

    def __rsub__(a, b):
        return a._reversed(b, _sub, lambda x, y: x - y)

    def __rmul__(a, b):
        return a._reversed(b, _mul, lambda x, y: x * y)

    def __rtruediv__(a, b):
        return a._reversed(b, _div, lambda x, y: x / y)

    def __rfloordiv__(a, b):
        return a._reversed(b, _floordiv, lambda x, y: x // y)

    def __rmod__(a, b):
        return a._reversed(b, lambda x, y: x - _mul(y, Fraction(_floordiv(x, y))), lambda x, y: x % y)

    def __pow__(a, b):
        if isinstance(b, Fraction) and b._denominator == 1:
            b = b._numerator
        if not isinstance(b, int):
            return float(a) ** float(b)
        if b >= 0:
            return Fraction(a._numerator ** b, a._denominator ** b)
        return Fraction(a._denominator ** -b, a._numerator ** -b)

    def __rpow__(b, a):
        if b._denominator == 1 and b._numerator >= 0:
            return a ** b._numerator
        return a ** float(b)

    def __neg__(a):
        return Fraction(-a._numerator, a._denominator)

    def __pos__(a):
        return Fraction(a)

    def __abs__(a):
        return Fraction(abs(a._numerator), a._denominator)

    def __int__(a):
        return a.__trunc__()

    def __float__(a):
        return a._numerator / a._denominator

    def __trunc__(a):
        whole = abs(a._numerator) // a._denominator
        return whole if a._numerator >= 0 else -whole

    def __floor__(a):
        return a._numerator // a._denominator

    def __ceil__(a):
        return -(-a._numerator // a._denominator)

    def __round__(self, ndigits=None):
        if ndigits is None:
            floor, rest = divmod(self._numerator, self._denominator)
            twice = rest * 2
            if twice < self._denominator or twice == self._denominator and floor % 2 == 0:
                return floor
            return floor + 1
        shift = 10 ** abs(ndigits)
        if ndigits > 0:
            return Fraction(round(self * shift), shift)
        return Fraction(round(self / shift) * shift)

    def __hash__(self):
        if self._denominator == 1:
            return hash(self._numerator)
        modulus = (1 << 61) - 1
        try:
            found = abs(self._numerator) * pow(self._denominator, -1, modulus) % modulus
        except ValueError:
            found = 314159
        found = found if self._numerator >= 0 else -found
        return -2 if found == -1 else found

    def _compare(self, other, test):
        if isinstance(other, (int, Fraction)):
            return test(self._numerator * other.denominator, self._denominator * other.numerator)
        if isinstance(other, float):
            if math.isnan(other) or math.isinf(other):
                return test(0.0, other)
            return self._compare(Fraction(other), test)
        return NotImplemented

    def __eq__(a, b):
        return a._compare(b, lambda x, y: x == y)

    def __lt__(a, b):
        return a._compare(b, lambda x, y: x < y)

    def __gt__(a, b):
        return a._compare(b, lambda x, y: x > y)

    def __le__(a, b):
        return a._compare(b, lambda x, y: x <= y)

    def __ge__(a, b):
        return a._compare(b, lambda x, y: x >= y)

    def __bool__(a):
        return bool(a._numerator)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


def _made(cls, numerator, denominator):
    made = object.__new__(cls)
    made._numerator, made._denominator = numerator, denominator
    return made


def _add(a, b):
    return Fraction(a._numerator * b._denominator + b._numerator * a._denominator, a._denominator * b._denominator)


def _sub(a, b):
    return Fraction(a._numerator * b._denominator - b._numerator * a._denominator, a._denominator * b._denominator)


def _mul(a, b):
    return Fraction(a._numerator * b._numerator, a._denominator * b._denominator)


def _div(a, b):
    return Fraction(a._numerator * b._denominator, a._denominator * b._numerator)


def _floordiv(a, b):
    return (a._numerator * b._denominator) // (a._denominator * b._numerator)
