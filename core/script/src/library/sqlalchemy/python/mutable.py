"""SQLAlchemy counterpart: sqlalchemy.ext.mutable."""

import itertools
import weakref

from sqlalchemy import event, inspect
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import flag_modified, set_committed_value


_numbers = itertools.count(1)


class _Parents:
    """The objects that hold a value, and under which name; held weakly."""

    def __init__(self):
        self._known = {}

    def add(self, instance, key):
        known = self._known
        place = id(instance)

        def forget(_):
            known.pop(place, None)

        known[place] = (weakref.ref(instance, forget), key)

    def discard(self, instance):
        self._known.pop(id(instance), None)

    def items(self):
        for reference, key in list(self._known.values()):
            instance = reference()
            if instance is not None:
                yield instance, key


class MutableBase:
    @property
    def _parents(self):
        parents = self.__dict__.get("_sa_parents")
        if parents is None:
            parents = self.__dict__["_sa_parents"] = _Parents()
        return parents

    @classmethod
    def coerce(cls, key, value):
        if value is None:
            return None
        raise ValueError("Attribute '%s' does not accept objects of type %s" % (key, type(value)))

    @classmethod
    def _get_listen_keys(cls, attribute):
        return {attribute.key}

    @classmethod
    def _listen_on_attribute(cls, attribute, coerce, parent_cls):
        key = attribute.key

        def loaded(instance, *args):
            value = inspect(instance).dict.get(key)
            if value is None:
                return
            if coerce:
                made = cls.coerce(key, value)
                if made is not value:
                    set_committed_value(instance, key, made)
                    value = made
            value._parents.add(instance, key)

        def refreshed(instance, context, attrs):
            if not attrs or key in attrs:
                loaded(instance)

        def was_set(instance, value, oldvalue, initiator):
            if value is oldvalue:
                return value
            if not isinstance(value, cls):
                value = cls.coerce(key, value)
            if value is not None:
                value._parents.add(instance, key)
            if isinstance(oldvalue, cls):
                oldvalue._parents.discard(instance)
            return value

        event.listen(parent_cls, "load", loaded, propagate=True)
        event.listen(parent_cls, "refresh", refreshed, propagate=True)
        event.listen(parent_cls, "refresh_flush", refreshed, propagate=True)
        event.listen(attribute, "set", was_set, retval=True, propagate=True)


class Mutable(MutableBase):
    def changed(self):
        for instance, key in self._parents.items():
            flag_modified(instance, key)

    @classmethod
    def associate_with_attribute(cls, attribute):
        cls._listen_on_attribute(attribute, True, attribute.class_)

    @classmethod
    def associate_with(cls, sqltype):
        cls._watch(lambda column: isinstance(column.type, sqltype))

    @classmethod
    def as_mutable(cls, sqltype):
        if isinstance(sqltype, type):
            sqltype = sqltype()
        # The type takes its number along to the columns that are made with it.
        number = sqltype._sa_mutable = next(_numbers)
        cls._watch(lambda column: column._sa_mutable == number)
        return sqltype

    @classmethod
    def _watch(cls, suits):
        def listen_for_type(mapper, class_):
            for prop in mapper.column_attrs:
                if suits(prop.columns[0]):
                    cls.associate_with_attribute(getattr(class_, prop.key))

        event.listen(Mapper, "mapper_configured", listen_for_type)


class MutableComposite(MutableBase):
    def changed(self):
        for instance, key in self._parents.items():
            descriptor = inspect(type(instance)).all_orm_descriptors[key].descriptor
            for name, value in zip(descriptor.attribute_keys, descriptor.values_of(self)):
                setattr(instance, name, value)


class MutableDict(Mutable, dict):
    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value)
        self.changed()

    def setdefault(self, *args):
        result = dict.setdefault(self, *args)
        self.changed()
        return result

    def __delitem__(self, key):
        dict.__delitem__(self, key)
        self.changed()

    def update(self, *args, **kwargs):
        dict.update(self, *args, **kwargs)
        self.changed()

    def __ior__(self, other):
        self.update(other)
        return self

    def pop(self, *args):
        result = dict.pop(self, *args)
        self.changed()
        return result

    def popitem(self):
        result = dict.popitem(self)
        self.changed()
        return result

    def clear(self):
        dict.clear(self)
        self.changed()

    @classmethod
    def coerce(cls, key, value):
        if isinstance(value, cls):
            return value
        if isinstance(value, dict):
            return cls(value)
        return Mutable.coerce(key, value)

    def __getstate__(self):
        return dict(self)

    def __setstate__(self, state):
        self.update(state)


class MutableList(Mutable, list):
    def __setitem__(self, index, value):
        list.__setitem__(self, index, value)
        self.changed()

    def __delitem__(self, index):
        list.__delitem__(self, index)
        self.changed()

    def pop(self, *args):
        result = list.pop(self, *args)
        self.changed()
        return result

    def append(self, value):
        list.append(self, value)
        self.changed()

    def extend(self, values):
        list.extend(self, values)
        self.changed()

    def __iadd__(self, values):
        self.extend(values)
        return self

    def insert(self, index, value):
        list.insert(self, index, value)
        self.changed()

    def remove(self, value):
        list.remove(self, value)
        self.changed()

    def clear(self):
        list.clear(self)
        self.changed()

    def sort(self, **kwargs):
        list.sort(self, **kwargs)
        self.changed()

    def reverse(self):
        list.reverse(self)
        self.changed()

    @classmethod
    def coerce(cls, key, value):
        if isinstance(value, cls):
            return value
        if isinstance(value, list):
            return cls(value)
        return Mutable.coerce(key, value)


class MutableSet(Mutable, set):
    def update(self, *others):
        set.update(self, *others)
        self.changed()

    def intersection_update(self, *others):
        set.intersection_update(self, *others)
        self.changed()

    def difference_update(self, *others):
        set.difference_update(self, *others)
        self.changed()

    def symmetric_difference_update(self, *others):
        set.symmetric_difference_update(self, *others)
        self.changed()

    def __ior__(self, other):
        self.update(other)
        return self

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def add(self, item):
        set.add(self, item)
        self.changed()

    def remove(self, item):
        set.remove(self, item)
        self.changed()

    def discard(self, item):
        set.discard(self, item)
        self.changed()

    def pop(self):
        result = set.pop(self)
        self.changed()
        return result

    def clear(self):
        set.clear(self)
        self.changed()

    @classmethod
    def coerce(cls, key, value):
        if isinstance(value, cls):
            return value
        if isinstance(value, set):
            return cls(value)
        return Mutable.coerce(key, value)
