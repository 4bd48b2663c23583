"""What mapped classes have beside columns and relationships, as far as it is
written in Python: validators' decorators, comparators, attributes that stand
for expressions, synonyms' kin."""

from enum import Enum

from sqlalchemy._elements import ColumnOperators


def validates(*names, include_removes=False, include_backrefs=True):
    def mark(function):
        function.__sa_validators__ = names
        function.__sa_validation_opts__ = {
            "include_removes": include_removes,
            "include_backrefs": include_backrefs,
        }
        return function

    return mark


def reconstructor(function):
    function.__sa_reconstructor__ = True
    return function


class NotExtension(Enum):
    NOT_EXTENSION = "not_extension"


class PropComparator(ColumnOperators):
    """What an attribute's operators do."""

    def __init__(self, prop=None, parententity=None, adapt_to_entity=None):
        self.prop = self.property = prop
        self._parententity = parententity

    def __clause_element__(self):
        raise NotImplementedError("%r" % self)

    def operate(self, op, *other, **kwargs):
        raise NotImplementedError(str(op))

    def reverse_operate(self, op, other, **kwargs):
        raise NotImplementedError(str(op))

    def adapt_to_entity(self, entity):
        return self


def clause_of(value):
    while hasattr(type(value), "__clause_element__"):
        inner = value.__clause_element__()
        if inner is value:
            break
        value = inner
    return value


class Proxy(ColumnOperators):
    """An attribute of a class that is an expression, under a name of its own."""

    is_attribute = True

    def __init__(self, owner, key, descriptor, comparator):
        self.class_ = owner
        self.key = key
        self.descriptor = descriptor
        self.comparator = comparator

    @property
    def parent(self):
        from sqlalchemy import inspect

        return inspect(self.class_)

    def __clause_element__(self):
        return self.comparator.__clause_element__()

    @property
    def expression(self):
        return self.__clause_element__()

    def __sa_select_item__(self):
        """The column of a SELECT that it is: under its own name."""
        element = clause_of(self)
        return element

    def label(self, name):
        return clause_of(self).label(name)

    def operate(self, op, *other, **kwargs):
        return op(self.comparator, *other, **kwargs)

    def reverse_operate(self, op, other, **kwargs):
        return op(other, self.comparator, **kwargs)

    def __str__(self):
        from sqlalchemy import inspect

        return "%s.%s" % (inspect(self.class_).class_.__name__, self.key)

    def __hash__(self):
        return id(self)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        for source in (self.descriptor, self.comparator):
            try:
                return getattr(source, name)
            except AttributeError:
                pass
        raise AttributeError(
            "Neither %r object nor %r object associated with %s has an attribute %r"
            % (type(self.descriptor).__name__, type(self.comparator).__name__, self, name)
        )
