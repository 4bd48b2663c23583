"""The collections that association proxies show in the place of others.
SQLAlchemy counterpart: sqlalchemy.ext.associationproxy."""


class _AssociationCollection:
    def __init__(self, lazy_collection, creator, getter, setter, parent):
        self.lazy_collection = lazy_collection
        self.creator = creator
        self.getter = getter
        self.setter = setter
        self.parent = parent

    @property
    def col(self):
        return self.lazy_collection()

    def __len__(self):
        return len(self.col)

    def __bool__(self):
        return bool(self.col)

    def _bulk_replace(self, values):
        if self.parent.parent.proxy_bulk_set is not None:
            self.clear()
            self.parent.parent.proxy_bulk_set(self, values)
        else:
            self._replace(values)


class _AssociationSingle(_AssociationCollection):
    def _create(self, value):
        return self.creator(value)

    def _get(self, object):
        return self.getter(object)

    def _set(self, object, value):
        return self.setter(object, value)


class _AssociationList(_AssociationSingle):
    def _replace(self, values):
        self.clear()
        for value in values:
            self.append(value)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self._get(member) for member in self.col[index]]
        return self._get(self.col[index])

    def __setitem__(self, index, value):
        if not isinstance(index, slice):
            self._set(self.col[index], value)
            return
        places = range(*index.indices(len(self)))
        values = list(value)
        if index.step is None or index.step == 1:
            start = index.indices(len(self))[0]
            for _ in places:
                del self[start]
            for at, item in enumerate(values):
                self.insert(start + at, item)
            return
        if len(values) != len(places):
            raise ValueError(
                "attempt to assign sequence of size %s to extended slice of size %s"
                % (len(values), len(places))
            )
        for at, item in zip(places, values):
            self._set(self.col[at], item)

    def __delitem__(self, index):
        del self.col[index]

    def __contains__(self, value):
        return any(self._get(member) == value for member in self.col)

    def __iter__(self):
        for member in self.col:
            yield self._get(member)

    def append(self, value):
        self.col.append(self._create(value))

    def count(self, value):
        return list(self).count(value)

    def extend(self, values):
        for value in values:
            self.append(value)

    def insert(self, index, value):
        self.col[index:index] = [self._create(value)]

    def pop(self, index=-1):
        return self.getter(self.col.pop(index))

    def remove(self, value):
        for at, known in enumerate(self):
            if known == value:
                del self.col[at]
                return
        raise ValueError("value not in list")

    def reverse(self):
        raise NotImplementedError()

    def sort(self):
        raise NotImplementedError()

    def clear(self):
        del self.col[0 : len(self.col)]

    def index(self, value, *rest):
        return list(self).index(value, *rest)

    def copy(self):
        return list(self)

    def __eq__(self, other):
        return list(self) == other

    def __ne__(self, other):
        return list(self) != other

    def __lt__(self, other):
        return list(self) < other

    def __gt__(self, other):
        return list(self) > other

    def __le__(self, other):
        return list(self) <= other

    def __ge__(self, other):
        return list(self) >= other

    def __add__(self, other):
        return list(self) + list(other)

    def __radd__(self, other):
        return list(other) + list(self)

    def __mul__(self, count):
        return list(self) * count

    __rmul__ = __mul__

    def __iadd__(self, values):
        self.extend(values)
        return self

    def __hash__(self):
        raise TypeError("%s objects are unhashable" % type(self).__name__)

    def __repr__(self):
        return repr(list(self))


class _AssociationDict(_AssociationCollection):
    def _create(self, key, value):
        return self.creator(key, value)

    def _get(self, object):
        return self.getter(object)

    def _set(self, object, key, value):
        return self.setter(object, key, value)

    def _replace(self, values):
        existing = set(self)
        constants = existing.intersection(values or ())
        additions = set(values or ()).difference(constants)
        removals = existing.difference(constants)
        for key, member in values.items() or ():
            if key in additions:
                self[key] = member
            elif key in constants:
                self[key] = member
        for key in removals:
            del self[key]

    def __getitem__(self, key):
        return self._get(self.col[key])

    def __setitem__(self, key, value):
        if key in self.col:
            self._set(self.col[key], key, value)
        else:
            self.col[key] = self._create(key, value)

    def __delitem__(self, key):
        del self.col[key]

    def __contains__(self, key):
        return key in self.col

    def __iter__(self):
        return iter(self.col.keys())

    def clear(self):
        self.col.clear()

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default

    def setdefault(self, key, default=None):
        if key not in self.col:
            self.col[key] = self._create(key, default)
            return default
        return self[key]

    def keys(self):
        return self.col.keys()

    def items(self):
        return [(key, self._get(self.col[key])) for key in self.col]

    def values(self):
        return [self._get(member) for member in self.col.values()]

    def pop(self, key, *default):
        if default and key not in self.col:
            return default[0]
        return self._get(self.col.pop(key))

    def popitem(self):
        key, member = self.col.popitem()
        return (key, self._get(member))

    def update(self, *given, **named):
        for key, value in dict(*given, **named).items():
            self[key] = value

    def copy(self):
        return dict(self.items())

    def __eq__(self, other):
        return dict(self.items()) == other

    def __ne__(self, other):
        return dict(self.items()) != other

    def __hash__(self):
        raise TypeError("%s objects are unhashable" % type(self).__name__)

    def __repr__(self):
        return repr(dict(self.items()))


class _AssociationSet(_AssociationSingle):
    def _replace(self, values):
        existing = set(self)
        constants = existing.intersection(values or ())
        additions = set(values or ()).difference(constants)
        removals = existing.difference(constants)
        for member in values or ():
            if member in additions:
                self.add(member)
        for member in removals:
            self.remove(member)

    def __contains__(self, value):
        return any(self._get(member) == value for member in self.col)

    def __iter__(self):
        for member in self.col:
            yield self._get(member)

    def add(self, value):
        if value not in self:
            self.col.add(self._create(value))

    def discard(self, value):
        for member in self.col:
            if self._get(member) == value:
                self.col.discard(member)
                break

    def remove(self, value):
        for member in self.col:
            if self._get(member) == value:
                self.col.discard(member)
                return
        raise KeyError(value)

    def pop(self):
        if not self.col:
            raise KeyError("pop from an empty set")
        return self._get(self.col.pop())

    def update(self, *others):
        for other in others:
            for value in other:
                self.add(value)

    def clear(self):
        self.col.clear()

    def copy(self):
        return set(self)

    def difference_update(self, *others):
        for other in others:
            for value in other:
                self.discard(value)

    def intersection_update(self, *others):
        wanted = set(self).intersection(*others)
        for value in set(self) - wanted:
            self.remove(value)

    def symmetric_difference_update(self, other):
        wanted = set(self).symmetric_difference(other)
        have = set(self)
        for value in have - wanted:
            self.remove(value)
        for value in wanted - have:
            self.add(value)

    def __ior__(self, other):
        self.update(other)
        return self

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    def union(self, *others):
        return set(self).union(*others)

    def difference(self, *others):
        return set(self).difference(*others)

    def intersection(self, *others):
        return set(self).intersection(*others)

    def symmetric_difference(self, other):
        return set(self).symmetric_difference(other)

    __or__ = union
    __sub__ = difference
    __and__ = intersection
    __xor__ = symmetric_difference

    def issubset(self, other):
        return set(self).issubset(other)

    def issuperset(self, other):
        return set(self).issuperset(other)

    def __eq__(self, other):
        return set(self) == other

    def __ne__(self, other):
        return set(self) != other

    def __lt__(self, other):
        return set(self) < other

    def __le__(self, other):
        return set(self) <= other

    def __gt__(self, other):
        return set(self) > other

    def __ge__(self, other):
        return set(self) >= other

    def __hash__(self):
        raise TypeError("%s objects are unhashable" % type(self).__name__)

    def __repr__(self):
        return repr(set(self))
