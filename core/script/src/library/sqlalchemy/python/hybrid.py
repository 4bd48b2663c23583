"""SQLAlchemy counterpart: sqlalchemy.ext.hybrid."""

from enum import Enum
from types import MethodType

from sqlalchemy._mapped_extras import PropComparator, Proxy, clause_of


class HybridExtensionType(Enum):
    HYBRID_METHOD = "HYBRID_METHOD"
    HYBRID_PROPERTY = "HYBRID_PROPERTY"


def _plain(function):
    return function.__func__ if isinstance(function, classmethod) else function


class _InPlaceMethod:
    def __init__(self, attr):
        self.attr = attr

    def expression(self, expr):
        self.attr.expr = _plain(expr)
        return self.attr


class hybrid_method:
    is_attribute = True
    extension_type = HybridExtensionType.HYBRID_METHOD

    def __init__(self, func, expr=None):
        self.func = func
        self.expr = _plain(expr) if expr is not None else func
        self.__name__ = func.__name__
        self.__doc__ = func.__doc__

    @property
    def inplace(self):
        return _InPlaceMethod(self)

    def __get__(self, instance, owner):
        if instance is None:
            return MethodType(self.expr, owner)
        return MethodType(self.func, instance)

    def expression(self, expr):
        self.expr = _plain(expr)
        return self


class _InPlace:
    def __init__(self, attr):
        self.attr = attr

    def _set(self, **values):
        for name, value in values.items():
            setattr(self.attr, name, _plain(value))
        return self.attr

    def getter(self, fget):
        return self._set(fget=fget)

    def setter(self, fset):
        return self._set(fset=fset)

    def deleter(self, fdel):
        return self._set(fdel=fdel)

    def expression(self, expr):
        return self._set(expr=expr)

    def comparator(self, comparator):
        return self._set(custom_comparator=comparator)

    def update_expression(self, meth):
        return self._set(update_expr=meth)

    def bulk_dml(self, meth):
        return self._set(bulk_dml_setter=meth)


class hybrid_property:
    is_attribute = True
    extension_type = HybridExtensionType.HYBRID_PROPERTY

    def __init__(self, fget, fset=None, fdel=None, expr=None, custom_comparator=None, update_expr=None):
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.expr = _plain(expr)
        self.custom_comparator = _plain(custom_comparator)
        self.update_expr = _plain(update_expr)
        self.__name__ = fget.__name__
        self.__doc__ = fget.__doc__

    def __get__(self, instance, owner):
        if owner is None:
            return self
        if instance is None:
            return self._proxy(owner)
        return self.fget(instance)

    def __set__(self, instance, value):
        if self.fset is None:
            raise AttributeError("can't set attribute")
        self.fset(instance, value)

    def __delete__(self, instance):
        if self.fdel is None:
            raise AttributeError("can't delete attribute")
        self.fdel(instance)

    def _copy(self, **changes):
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.__dict__.update({name: _plain(value) for name, value in changes.items()})
        for value in changes.values():
            made.__name__ = _plain(value).__name__
        return made

    @property
    def overrides(self):
        return self

    @property
    def inplace(self):
        return _InPlace(self)

    def getter(self, fget):
        return self._copy(fget=fget)

    def setter(self, fset):
        return self._copy(fset=fset)

    def deleter(self, fdel):
        return self._copy(fdel=fdel)

    def expression(self, expr):
        return self._copy(expr=expr)

    def comparator(self, comparator):
        return self._copy(custom_comparator=comparator)

    def update_expression(self, meth):
        return self._copy(update_expr=meth)

    def _proxy(self, owner):
        if self.custom_comparator is not None:
            comparator = self.custom_comparator(owner)
        else:
            expression = (self.fget if self.expr is None else self.expr)(owner)
            comparator = ExprComparator(owner, expression, self)
        return hybrid_propertyProxy(owner, self.__name__, self, comparator)


class hybrid_propertyProxy(Proxy):
    def _bulk_update_tuples(self, value):
        descriptor = self.descriptor
        if descriptor.update_expr is not None:
            return list(descriptor.update_expr(self.class_, value))
        if isinstance(self.comparator, ExprComparator):
            expression = self.comparator.expression
            if hasattr(expression, "_bulk_update_tuples"):
                return expression._bulk_update_tuples(value)
            return [(expression, value)]
        return [(self.comparator.__clause_element__(), value)]


class Comparator(PropComparator):
    """What comparators of hybrids derive from."""

    def __init__(self, expression):
        self.expression = expression

    def __clause_element__(self):
        return clause_of(self.expression)

    @property
    def property(self):
        raise NotImplementedError()

    def adapt_to_entity(self, entity):
        return self


class ExprComparator(Comparator):
    def __init__(self, cls, expression, hybrid):
        self.cls = cls
        self.expression = expression
        self.hybrid = hybrid

    def __getattr__(self, name):
        return getattr(self.expression, name)

    @property
    def info(self):
        return self.hybrid.info

    @property
    def property(self):
        return self.expression.property

    def operate(self, op, *other, **kwargs):
        return op(self.expression, *other, **kwargs)

    def reverse_operate(self, op, other, **kwargs):
        return op(other, self.expression, **kwargs)
