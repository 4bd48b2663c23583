from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, List, Optional, TypeVar

_T = TypeVar("_T", bound=Any)



class _Cut:
    """A place between values: just before or just after one, or beyond them all."""

    __slots__ = ("value", "after", "side")

    def __init__(self, value, after, side, step):
        if after and value is not None and step is not None:
            value, after = value + step, False
        self.value, self.after, self.side = value, after, side if value is None else 0

    def __eq__(self, other):
        return self.side == other.side and (self.side != 0 or (self.value == other.value and self.after == other.after))

    def __lt__(self, other):
        if self.side or other.side:
            return self.side < other.side
        if self.value == other.value:
            return self.after < other.after
        return self.value < other.value

    def __le__(self, other):
        return self == other or self < other


@dataclass(frozen=True, slots=True)
class Range(Generic[_T]):
    lower: Optional[_T] = None
    upper: Optional[_T] = None
    bounds: str = field(default="[)", kw_only=True)
    empty: bool = field(default=False, kw_only=True)

    def __bool__(self):
        return not self.empty

    @property
    def isempty(self):
        return self.empty

    @property
    def is_empty(self):
        return self.empty

    @property
    def lower_inc(self):
        return self.bounds[0] == "["

    @property
    def lower_inf(self):
        return not self.empty and self.lower is None

    @property
    def upper_inc(self):
        return self.bounds[1] == "]"

    @property
    def upper_inf(self):
        return not self.empty and self.upper is None

    def _get_discrete_step(self):
        for bound in (self.lower, self.upper):
            if isinstance(bound, int):
                return 1
        for bound in (self.lower, self.upper):
            if isinstance(bound, datetime):
                return None
        for bound in (self.lower, self.upper):
            if isinstance(bound, date):
                return timedelta(days=1)
        return None

    def _cuts(self, step):
        return (
            _Cut(self.lower, self.bounds[0] == "(", -1, step),
            _Cut(self.upper, self.bounds[1] == "]", 1, step),
        )

    def _beside(self, other):
        step = self._get_discrete_step()
        return self._cuts(step) + other._cuts(step)

    def __eq__(self, other):
        if not isinstance(other, Range):
            return NotImplemented
        if self.empty or other.empty:
            return self.empty == other.empty
        low, high, other_low, other_high = self._beside(other)
        return low == other_low and high == other_high

    def __hash__(self):
        return hash((self.lower, self.upper, self.bounds, self.empty))

    def contained_by(self, other):
        if self.empty:
            return True
        if other.empty:
            return False
        low, high, other_low, other_high = self._beside(other)
        return other_low <= low and high <= other_high

    def contains(self, value):
        if isinstance(value, Range):
            return value.contained_by(self)
        if self.empty:
            return False
        low, high = self._cuts(None)
        return low <= _Cut(value, False, 0, None) and _Cut(value, True, 0, None) <= high

    __contains__ = contains

    def overlaps(self, other):
        if self.empty or other.empty:
            return False
        low, high, other_low, other_high = self._beside(other)
        return other_low <= low < other_high or low <= other_low < high

    def strictly_left_of(self, other):
        if self.empty or other.empty:
            return False
        low, high, other_low, other_high = self._beside(other)
        return high <= other_low

    __lshift__ = strictly_left_of

    def strictly_right_of(self, other):
        if self.empty or other.empty:
            return False
        low, high, other_low, other_high = self._beside(other)
        return other_high <= low

    __rshift__ = strictly_right_of

    def not_extend_left_of(self, other):
        if self.empty or other.empty:
            return False
        low, high, other_low, other_high = self._beside(other)
        return other_low <= low

    def not_extend_right_of(self, other):
        if self.empty or other.empty:
            return False
        low, high, other_low, other_high = self._beside(other)
        return high <= other_high

    def adjacent_to(self, other):
        if self.empty or other.empty:
            return False
        low, high, other_low, other_high = self._beside(other)
        return high == other_low or other_high == low

    def union(self, other):
        if self.empty:
            return other
        if other.empty:
            return self
        if not self.overlaps(other) and not self.adjacent_to(other):
            raise ValueError("Adding non-overlapping and non-adjacent ranges is not implemented")
        low, high, other_low, other_high = self._beside(other)
        left = self if low < other_low else other
        right = self if other_high < high else other
        return Range(left.lower, right.upper, bounds=left.bounds[0] + right.bounds[1])

    def __add__(self, other):
        return self.union(other)

    def difference(self, other):
        if self.empty or other.empty:
            return self
        low, high, other_low, other_high = self._beside(other)
        if low < other_low and other_high < high:
            raise ValueError("Subtracting a strictly inner range is not implemented")
        if other_high <= low or high <= other_low:
            return self
        if other_low <= low and high <= other_high:
            return Range(None, None, empty=True)
        if low < other_low:
            return Range(self.lower, other.lower, bounds=self.bounds[0] + (")" if other.bounds[0] == "[" else "]"))
        return Range(other.upper, self.upper, bounds=("(" if other.bounds[1] == "]" else "[") + self.bounds[1])

    def __sub__(self, other):
        return self.difference(other)

    def intersection(self, other):
        if self.empty or other.empty or not self.overlaps(other):
            return Range(None, None, empty=True)
        low, high, other_low, other_high = self._beside(other)
        left = other if low < other_low else self
        right = other if other_high < high else self
        return Range(left.lower, right.upper, bounds=left.bounds[0] + right.bounds[1])

    def __mul__(self, other):
        return self.intersection(other)

    def __str__(self):
        return self._stringify()

    def _stringify(self):
        if self.empty:
            return "empty"
        low = "" if self.lower is None else self.lower
        high = "" if self.upper is None else self.upper
        return f"{self.bounds[0]}{low},{high}{self.bounds[1]}"


class MultiRange(List[Range[_T]]):
    pass


def _kind_of(ranges):
    """The name of the type that a range, or a list of them, has by itself."""
    if not ranges:
        return None
    first = ranges[0]
    bound = first.lower if first.lower is not None else first.upper
    if isinstance(bound, int):
        bounds = [edge for one in ranges for edge in (one.lower, one.upper) if edge is not None]
        return "INT4" if all(-(2**31) <= edge < 2**31 for edge in bounds) else "INT8"
    if isinstance(bound, (Decimal, float)):
        return "NUM"
    if isinstance(bound, datetime):
        return "TSTZ" if bound.tzinfo else "TS"
    if isinstance(bound, date):
        return "DATE"
    return None


def type_name(value):
    if isinstance(value, Range):
        kind, suffix = _kind_of([value]), "RANGE"
    else:
        kind, suffix = _kind_of(value), "MULTIRANGE"
    return kind and kind + suffix


Range.__module__ = MultiRange.__module__ = "sqlalchemy.dialects.postgresql.ranges"
