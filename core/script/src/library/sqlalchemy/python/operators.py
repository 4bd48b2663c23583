import operator as _python
from enum import Flag
from operator import add, and_, contains, eq, floordiv, ge, getitem, gt, inv, le, lshift, lt, matmul, mod
from operator import mul, ne, neg, or_, pow, rshift, sub, truediv

from sqlalchemy._elements import ColumnOperators, Operators

pow_ = pow


class OperatorClass(Flag):
    UNSPECIFIED = 0
    BASE = 1
    EQUALITY = 2
    BOOLEAN_ALGEBRA = 4
    ORDERING = 8
    INDEXABLE = 16
    CONTAINS = 32
    CONCATENABLE = 64
    STRING_MATCH = 128
    MATH = 256
    BITWISE = 512
    DATE_ARITHEMETIC = 1024
    JSON_GETITEM = 2048


class custom_op:
    __name__ = "custom_op"

    def __init__(
        self,
        opstring,
        precedence=0,
        is_comparison=False,
        return_type=None,
        natural_self_precedent=False,
        eager_grouping=False,
        python_impl=None,
        operator_class=OperatorClass.BASE,
        visit_name=None,
    ):
        self.opstring = opstring
        self.precedence = precedence
        self.is_comparison = is_comparison
        self.natural_self_precedent = natural_self_precedent
        self.eager_grouping = eager_grouping
        if isinstance(return_type, type):
            return_type = return_type()
        self.return_type = return_type
        self.python_impl = python_impl
        self.operator_class = operator_class
        self.visit_name = visit_name

    def _key(self):
        return (
            self.opstring,
            self.precedence,
            self.is_comparison,
            self.natural_self_precedent,
            self.eager_grouping,
            repr(self.return_type),
        )

    def __eq__(self, other):
        return isinstance(other, custom_op) and other._key() == self._key()

    def __ne__(self, other):
        return not self == other

    def __hash__(self):
        return hash(self._key())

    def __call__(self, left, right=None, *other, **kwargs):
        if isinstance(left, Operators):
            return left.operate(self, right, *other, **kwargs)
        if self.python_impl:
            return self.python_impl(left, right, *other, **kwargs)
        from sqlalchemy import exc

        raise exc.InvalidRequestError(
            "Custom operator %r can't be used with plain Python objects unless it includes the "
            "'python_impl' parameter." % self.opstring
        )


def _nothing_to_run(name, binary=True):
    if binary:
        def run(a, b):
            raise NotImplementedError()
    else:
        def run(a):
            raise NotImplementedError()
    run.__name__ = run.__qualname__ = name
    return run


def from_():
    raise NotImplementedError()


def function_as_comparison_op():
    raise NotImplementedError()


def as_():
    raise NotImplementedError()


def exists():
    raise NotImplementedError()


comma_op = _nothing_to_run("comma_op")
filter_op = _nothing_to_run("filter_op")
json_getitem_op = _nothing_to_run("json_getitem_op")
json_path_getitem_op = _nothing_to_run("json_path_getitem_op")
is_true = _nothing_to_run("is_true", False)
is_false = _nothing_to_run("is_false", False)
_asbool = _nothing_to_run("_asbool", False)


def is_distinct_from(a, b): return a.is_distinct_from(b)
def is_not_distinct_from(a, b): return a.is_not_distinct_from(b)
def is_(a, b): return a.is_(b)
def is_not(a, b): return a.is_not(b)
def collate(a, b): return a.collate(b)
def op(a, opstring, b): return a.op(opstring)(b)
def like_op(a, b, escape=None): return a.like(b, escape=escape)
def not_like_op(a, b, escape=None): return a.not_like(b, escape=escape)
def ilike_op(a, b, escape=None): return a.ilike(b, escape=escape)
def not_ilike_op(a, b, escape=None): return a.not_ilike(b, escape=escape)
def between_op(a, b, c, symmetric=False): return a.between(b, c, symmetric=symmetric)
def not_between_op(a, b, c, symmetric=False): return ~a.between(b, c, symmetric=symmetric)
def in_op(a, b): return a.in_(b)
def not_in_op(a, b): return a.not_in(b)
def distinct_op(a): return a.distinct()
def any_op(a): return a.any_()
def all_op(a): return a.all_()
def match_op(a, b, **kw): return a.match(b, **kw)
def not_match_op(a, b, **kw): return ~a.match(b, **kw)
def regexp_match_op(a, b, flags=None): return a.regexp_match(b, flags=flags)
def not_regexp_match_op(a, b, flags=None): return ~a.regexp_match(b, flags=flags)
def regexp_replace_op(a, b, replacement, flags=None): return a.regexp_replace(b, replacement, flags=flags)
def concat_op(a, b): return a.concat(b) if hasattr(a, "concat") else b._rconcat(a)
def desc_op(a): return a.desc()
def asc_op(a): return a.asc()
def nulls_first_op(a): return a.nulls_first()
def nulls_last_op(a): return a.nulls_last()
def bitwise_xor_op(a, b): return a.bitwise_xor(b)
def bitwise_or_op(a, b): return a.bitwise_or(b)
def bitwise_and_op(a, b): return a.bitwise_and(b)
def bitwise_not_op(a): return a.bitwise_not()
def bitwise_lshift_op(a, b): return a.bitwise_lshift(b)
def bitwise_rshift_op(a, b): return a.bitwise_rshift(b)


def _pattern_operators(method):
    def matches(a, b, escape=None, autoescape=False):
        return getattr(a, method)(b, escape=escape, autoescape=autoescape)

    def differs(a, b, escape=None, autoescape=False):
        return ~getattr(a, method)(b, escape=escape, autoescape=autoescape)

    matches.__name__ = matches.__qualname__ = method + "_op"
    differs.__name__ = differs.__qualname__ = "not_" + method + "_op"
    return matches, differs


startswith_op, not_startswith_op = _pattern_operators("startswith")
istartswith_op, not_istartswith_op = _pattern_operators("istartswith")
endswith_op, not_endswith_op = _pattern_operators("endswith")
iendswith_op, not_iendswith_op = _pattern_operators("iendswith")
contains_op, not_contains_op = _pattern_operators("contains")
icontains_op, not_icontains_op = _pattern_operators("icontains")

isfrom, isnot, isnot_distinct_from = from_, is_not, is_not_distinct_from
notlike_op, notilike_op, notbetween_op, notin_op = not_like_op, not_ilike_op, not_between_op, not_in_op
notstartswith_op, notendswith_op, notcontains_op = not_startswith_op, not_endswith_op, not_contains_op
notmatch_op, nullsfirst_op, nullslast_op = not_match_op, nulls_first_op, nulls_last_op

_comparison = {
    eq, ne, lt, gt, ge, le, like_op, not_like_op, ilike_op, not_ilike_op, in_op, not_in_op,
    is_, is_not, is_distinct_from, is_not_distinct_from, between_op, not_between_op,
    startswith_op, not_startswith_op, istartswith_op, not_istartswith_op,
    endswith_op, not_endswith_op, iendswith_op, not_iendswith_op,
    contains_op, not_contains_op, icontains_op, not_icontains_op,
    match_op, not_match_op, regexp_match_op, not_regexp_match_op,
}
_commutative = {eq, ne, add, mul}
_order_by_modifier = {desc_op, asc_op, nulls_first_op, nulls_last_op}
_booleans = (inv, is_true, is_false, and_, or_)
_mirror = {gt: lt, ge: le, lt: gt, le: ge}
_associative = {add, mul, concat_op, and_, or_}
_natural_self_precedent = _associative | {getitem, json_getitem_op, json_path_getitem_op}

_PRECEDENCE = {
    **dict.fromkeys(
        [from_, function_as_comparison_op, any_op, all_op, getitem, json_getitem_op, json_path_getitem_op, pow_],
        15,
    ),
    **dict.fromkeys([mul, truediv, floordiv, mod, neg, bitwise_not_op], 8),
    **dict.fromkeys(
        [add, sub, bitwise_xor_op, bitwise_or_op, bitwise_and_op, bitwise_lshift_op, bitwise_rshift_op], 7
    ),
    filter_op: 6,
    **dict.fromkeys(
        [
            concat_op, match_op, not_match_op, regexp_match_op, not_regexp_match_op, regexp_replace_op,
            ilike_op, not_ilike_op, like_op, not_like_op, in_op, not_in_op, is_, is_not, eq, ne,
            is_distinct_from, is_not_distinct_from, gt, lt, ge, le, between_op, not_between_op,
            distinct_op, inv, is_true, is_false,
        ],
        5,
    ),
    collate: 4,
    **dict.fromkeys([and_, desc_op, asc_op], 3),
    or_: 2,
    comma_op: -1,
    as_: -1,
    exists: 0,
    _asbool: -10,
}


def is_comparison(op):
    return op.is_comparison if isinstance(op, custom_op) else op in _comparison


def is_commutative(op):
    return op in _commutative


def is_ordering_modifier(op):
    return op in _order_by_modifier


is_order_by_modifier = is_ordering_modifier


def is_natural_self_precedent(op):
    return op in _natural_self_precedent or isinstance(op, custom_op) and op.natural_self_precedent


def is_boolean(op):
    return is_comparison(op) or op in _booleans


def mirror(op):
    return _mirror.get(op, op)


def is_associative(op):
    return op in _associative


def is_precedent(operator, against):
    if operator is against and is_natural_self_precedent(operator):
        return False
    return _PRECEDENCE.get(operator, getattr(operator, "precedence", -100)) <= _PRECEDENCE.get(
        against, getattr(against, "precedence", 100)
    )
