"""Dictionaries of related objects, by a key that each object gives.
SQLAlchemy counterpart: sqlalchemy.orm.mapped_collection."""

import warnings
from operator import attrgetter

from sqlalchemy import exc, inspect
from sqlalchemy._support import NO_VALUE, AttributeEventToken
from sqlalchemy._collections import (
    CollectionAdapter,
    InstrumentedDict,
    InstrumentedList,
    InstrumentedSet,
    _instrument,
    collection,
    collection_adapter,
)


class _Missing:
    """The key of an object that has none: it is None."""

    def __repr__(self):
        return "symbol('Missing')"


Missing = _Missing()


class _PlainColumnGetter:
    """The key is the value of one column, or of several."""

    def __init__(self, cols):
        self.cols = cols
        self.composite = len(cols) > 1

    def __call__(self, value):
        state = inspect(value)
        key = [_of_column(state, column) for column in self.cols]
        if self.composite:
            return tuple(key)
        return Missing if key[0] is None else key[0]


def _of_column(state, column):
    prop = state.mapper.get_property_by_column(column)
    return getattr(state.obj(), prop.key)


class _AttrGetter:
    """The key is the value of an attribute."""

    def __init__(self, attr_name):
        self.attr_name = attr_name
        self.getter = attrgetter(attr_name)

    def __call__(self, mapped_object):
        found = self.getter(mapped_object)
        if found is not None:
            return found
        state = inspect(mapped_object)
        if self.attr_name in state.mapper.attrs:
            found = state.dict.get(self.attr_name, NO_VALUE)
        return Missing if found is None else found


class KeyFuncDict(dict):
    """A dictionary whose members are added and removed by their keys."""

    def __init__(self, keyfunc, *dict_args, ignore_unpopulated_attribute=False):
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute
        super().__init__(*dict_args)

    @collection.appender
    @collection.internally_instrumented
    def set(self, value, _sa_initiator=None):
        is_keyed, key = self._key_of(value, _sa_initiator)
        if is_keyed:
            self.__setitem__(key, value, _sa_initiator)

    @collection.remover
    @collection.internally_instrumented
    def remove(self, value, _sa_initiator=None):
        is_keyed, key = self._key_of(value, _sa_initiator)
        if not is_keyed:
            return
        if self[key] != value:
            raise exc.InvalidRequestError(
                "Can not remove '%s': collection holds '%s' for key '%s'. Possible cause: is the "
                "KeyFuncDict key function based on mutable properties or properties that only obtain "
                "values after flush?" % (value, self[key], key)
            )
        self.__delitem__(key, _sa_initiator)

    def _key_of(self, value, initiator):
        """Whether the object has a key to be kept under, and which."""
        key = self.keyfunc(value)
        if key is not NO_VALUE and key is not Missing:
            return True, key
        if self.ignore_unpopulated_attribute:
            return False, None
        attrs = inspect(value).mapper.attrs
        name = "unknown relationship"
        if isinstance(initiator, AttributeEventToken):
            name = str(attrs[initiator.key]) if initiator.key in attrs else initiator.key
        if key is Missing:
            warnings.warn(
                "Attribute keyed dictionary value for attribute '%s' was None; this will raise in a "
                "future release. To skip this assignment entirely, Set the "
                '"ignore_unpopulated_attribute=True" parameter on the mapped collection factory.' % name,
                exc.SAWarning,
            )
            return True, None
        described = "<%s at %s>" % (type(value).__name__, hex(id(value)))
        raise exc.InvalidRequestError(
            "In event triggered from population of attribute '%s' (potentially from a backref), can't "
            "populate value in KeyFuncDict; dictionary key derived from %s is not populated. Ensure "
            "appropriate state is set up on the %s object before assigning to the %s attribute. To skip "
            'this assignment entirely, Set the "ignore_unpopulated_attribute=True" parameter on the '
            "mapped collection factory." % (name, described, described, name)
        )


def keyfunc_mapping(keyfunc, *, ignore_unpopulated_attribute=False):
    class _MKeyfuncMapped(KeyFuncDict):
        def __init__(self, *dict_args):
            super().__init__(
                keyfunc, *dict_args, ignore_unpopulated_attribute=ignore_unpopulated_attribute
            )

    return _MKeyfuncMapped


def attribute_keyed_dict(attr_name, *, ignore_unpopulated_attribute=False):
    return keyfunc_mapping(
        _AttrGetter(attr_name), ignore_unpopulated_attribute=ignore_unpopulated_attribute
    )


def column_keyed_dict(mapping_spec, *, ignore_unpopulated_attribute=False):
    columns = mapping_spec if isinstance(mapping_spec, (list, tuple)) else [mapping_spec]
    for column in columns:
        if not hasattr(column, "__clause_element__") and not hasattr(column, "table"):
            raise exc.ArgumentError(
                "Column expression expected for argument 'mapping_spec'; got %r." % (column,)
            )
    return keyfunc_mapping(
        _PlainColumnGetter([_element(column) for column in columns]),
        ignore_unpopulated_attribute=ignore_unpopulated_attribute,
    )


def _element(column):
    made = getattr(column, "__clause_element__", None)
    return column if made is None else made()


MappedCollection = KeyFuncDict
mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict

_instrument(KeyFuncDict)
KeyFuncDict.__module__ = "sqlalchemy.orm.mapped_collection"
