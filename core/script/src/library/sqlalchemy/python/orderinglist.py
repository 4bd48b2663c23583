"""Lists that keep the position of each member in an attribute of the member.
SQLAlchemy counterpart: sqlalchemy.ext.orderinglist."""

from sqlalchemy.orm.collections import collection, collection_adapter

__all__ = ["ordering_list"]


def ordering_list(attr, count_from=None, ordering_func=None, reorder_on_append=False):
    """What `relationship(collection_class=…)` takes."""
    if ordering_func is None and count_from is not None:
        ready = {0: count_from_0, 1: count_from_1}
        ordering_func = ready.get(count_from) or count_from_n_factory(count_from)
    return lambda: OrderingList(attr, ordering_func, reorder_on_append)


def count_from_0(index, collection):
    return index


def count_from_1(index, collection):
    return index + 1


def count_from_n_factory(start):
    def count(index, collection):
        return index + start

    count.__name__ = "count_from_%i" % start
    return count


class OrderingList(list):
    def __init__(self, ordering_attr, ordering_func=None, reorder_on_append=False):
        self.ordering_attr = ordering_attr
        self.ordering_func = count_from_0 if ordering_func is None else ordering_func
        self.reorder_on_append = reorder_on_append

    # A subclass may keep positions otherwise, by these two.
    def _get_order_value(self, entity):
        return getattr(entity, self.ordering_attr)

    def _set_order_value(self, entity, value):
        setattr(entity, self.ordering_attr, value)

    def reorder(self):
        for index, entity in enumerate(self):
            self._order_entity(index, entity, True)

    _reorder = reorder

    def _order_entity(self, index, entity, reorder=True):
        have = self._get_order_value(entity)
        if have is not None and not reorder:
            return
        wanted = self.ordering_func(index, self)
        if have != wanted:
            self._set_order_value(entity, wanted)

    def append(self, entity):
        super().append(entity)
        self._order_entity(len(self) - 1, entity, self.reorder_on_append)

    @collection.adds(1)
    def _raw_append(self, entity):
        """Appends without giving a position."""
        super().append(entity)

    def insert(self, index, entity):
        super().insert(index, entity)
        self._reorder()

    def remove(self, entity):
        super().remove(entity)
        adapter = collection_adapter(self)
        # A list that is replaced as a whole loses its members one by one.
        if adapter and adapter._referenced_by_owner:
            self._reorder()

    def pop(self, index=-1):
        entity = super().pop(index)
        self._reorder()
        return entity

    def __setitem__(self, index, entity):
        if not isinstance(index, slice):
            self._order_entity(int(index), entity, True)
            super().__setitem__(index, entity)
            return
        start, stop = index.start or 0, index.stop or len(self)
        if start < 0:
            start += len(self)
        if stop < 0:
            stop += len(self)
        entities = list(entity)
        for place in range(start, stop, index.step or 1):
            self.__setitem__(place, entities[place])

    def __delitem__(self, index):
        super().__delitem__(index)
        self._reorder()

    def __reduce__(self):
        return _reconstitute, (self.__class__, self.__dict__, list(self))


def _reconstitute(cls, dict_, items):
    """A list as it was before it was pickled."""
    made = cls.__new__(cls)
    made.__dict__.update(dict_)
    list.extend(made, items)
    return made
