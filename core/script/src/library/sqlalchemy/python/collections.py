"""How a class of collections tells the ORM of members that come and go.
It must not know what the ORM makes of it.
SQLAlchemy counterpart: sqlalchemy.orm.collections."""

from functools import wraps

from sqlalchemy._collecting import CollectionAdapter, InstrumentedList, collection_adapter
from sqlalchemy.exc import ArgumentError


class collection:
    """Decorators that tell what the methods of a collection's class do."""

    @staticmethod
    def appender(fn):
        fn._sa_instrument_role = "appender"
        return fn

    @staticmethod
    def remover(fn):
        fn._sa_instrument_role = "remover"
        return fn

    @staticmethod
    def iterator(fn):
        fn._sa_instrument_role = "iterator"
        return fn

    @staticmethod
    def internally_instrumented(fn):
        fn._sa_instrumented = True
        return fn

    @staticmethod
    def adds(arg):
        return _marked(before=("fire_append_event", arg))

    @staticmethod
    def replaces(arg):
        return _marked(before=("fire_append_event", arg), after="fire_remove_event")

    @staticmethod
    def removes(arg):
        return _marked(before=("fire_remove_event", arg))

    @staticmethod
    def removes_return():
        return _marked(after="fire_remove_event")


def _marked(before=None, after=None):
    def decorator(fn):
        if before is not None:
            fn._sa_instrument_before = before
        if after is not None:
            fn._sa_instrument_after = after
        return fn

    return decorator


def _comes(own, item, initiator=None, key=None):
    """Tells of a new member; gives the one that is to be kept."""
    adapter = None if initiator is False else own._sa_adapter
    return item if adapter is None else adapter.fire_append_event(item, initiator, key)


def _stays(own, item, initiator=None):
    adapter = None if initiator is False else own._sa_adapter
    if adapter is not None:
        adapter.fire_append_wo_mutation_event(item, initiator)


def _goes(own, item, initiator=None, key=None):
    adapter = None if initiator is False else own._sa_adapter
    if adapter is not None:
        adapter.fire_remove_event(item, initiator, key)


def _before_pop(own):
    """What is popped is only known afterwards."""
    if own._sa_adapter is not None:
        own._sa_adapter.fire_pre_remove_event()


# For each method of a kind of collection the function that puts another one
# around it; the plain method is what it does in the end.


def _list_methods():
    def append(fn):
        def append(self, item, _sa_initiator=None):
            fn(self, _comes(self, item, _sa_initiator))

        return append

    def remove(fn):
        def remove(self, value, _sa_initiator=None):
            _goes(self, value, _sa_initiator)
            fn(self, value)

        return remove

    def insert(fn):
        def insert(self, index, value):
            fn(self, index, _comes(self, value, key=index))

        return insert

    def __setitem__(fn):
        def one(self, index, value):
            existing = self[index]
            if existing is not None:
                _goes(self, existing, key=index)
            fn(self, index, _comes(self, value, key=index))

        def __setitem__(self, index, value):
            if not isinstance(index, slice):
                return one(self, index, value)
            start, stop, step = index.start or 0, index.stop, index.step or 1
            if start < 0:
                start += len(self)
            if stop is None:
                stop = len(self)
            elif stop < 0:
                stop += len(self)
            places = range(start, stop, step)
            if step == 1:
                if value is self:
                    return
                for _ in places:
                    if len(self) > start:
                        del self[start]
                for place, item in enumerate(value):
                    self.insert(start + place, item)
            elif len(value) != len(places):
                raise ValueError(
                    "attempt to assign sequence of size %s to extended slice of size %s"
                    % (len(value), len(places))
                )
            else:
                for place, item in zip(places, value):
                    self.__setitem__(place, item)

        return __setitem__

    def __delitem__(fn):
        def __delitem__(self, index):
            for item in self[index] if isinstance(index, slice) else [self[index]]:
                _goes(self, item, key=index)
            fn(self, index)

        return __delitem__

    def extend(fn):
        def extend(self, iterable):
            for value in list(iterable):
                self.append(value)

        return extend

    def __iadd__(fn):
        def __iadd__(self, iterable):
            for value in list(iterable):
                self.append(value)
            return self

        return __iadd__

    def pop(fn):
        def pop(self, index=-1):
            _before_pop(self)
            item = fn(self, index)
            _goes(self, item, key=index)
            return item

        return pop

    def clear(fn):
        def clear(self, index=-1):
            for item in self:
                _goes(self, item, key=index)
            fn(self)

        return clear

    return locals()


def _set_methods():
    def add(fn):
        def add(self, value, _sa_initiator=None):
            if value in self:
                _stays(self, value, _sa_initiator)
            else:
                value = _comes(self, value, _sa_initiator)
            fn(self, value)

        return add

    def discard(fn):
        def discard(self, value, _sa_initiator=None):
            if value in self:
                _goes(self, value, _sa_initiator)
            fn(self, value)

        return discard

    def remove(fn):
        def remove(self, value, _sa_initiator=None):
            if value in self:
                _goes(self, value, _sa_initiator)
            fn(self, value)

        return remove

    def pop(fn):
        def pop(self):
            _before_pop(self)
            item = fn(self)
            _goes(self, item)
            return item

        return pop

    def clear(fn):
        def clear(self):
            for item in list(self):
                self.remove(item)

        return clear

    def adds_all(self, others):
        for item in others:
            self.add(item)

    def drops_all(self, others):
        for item in others:
            self.discard(item)

    def becomes(self, wanted):
        have = set(self)
        for item in have - wanted:
            self.remove(item)
        for item in wanted - have:
            self.add(item)

    def method(name, change):
        """The one method that changes the set by another collection."""

        def around(fn):
            def call(self, other):
                change(self, other)

            call.__name__ = name
            return call

        return around

    def operator(name, change):
        """The same as an operator, which takes only sets."""

        def around(fn):
            def call(self, other):
                if not isinstance(other, (set, frozenset, type(self))):
                    return NotImplemented
                change(self, other)
                return self

            call.__name__ = name
            return call

        return around

    def intersects(self, other):
        becomes(self, set(self.intersection(other)))

    def differs(self, other):
        becomes(self, set(self.symmetric_difference(other)))

    changes = [
        ("update", "__ior__", adds_all),
        ("difference_update", "__isub__", drops_all),
        ("intersection_update", "__iand__", intersects),
        ("symmetric_difference_update", "__ixor__", differs),
    ]
    all = {"add": add, "discard": discard, "remove": remove, "pop": pop, "clear": clear}
    for name, sign, change in changes:
        all[name] = method(name, change)
        all[sign] = operator(sign, change)
    return all


_MISSING = object()


def _dict_methods():
    def __setitem__(fn):
        def __setitem__(self, key, value, _sa_initiator=None):
            if key in self:
                _goes(self, self[key], _sa_initiator, key)
            fn(self, key, _comes(self, value, _sa_initiator, key))

        return __setitem__

    def __delitem__(fn):
        def __delitem__(self, key, _sa_initiator=None):
            if key in self:
                _goes(self, self[key], _sa_initiator, key)
            fn(self, key)

        return __delitem__

    def clear(fn):
        def clear(self):
            for key in self:
                _goes(self, self[key], key=key)
            fn(self)

        return clear

    def pop(fn):
        def pop(self, key, default=_MISSING):
            _before_pop(self)
            is_there = key in self
            item = fn(self, key) if default is _MISSING else fn(self, key, default)
            if is_there:
                _goes(self, item, key=key)
            return item

        return pop

    def popitem(fn):
        def popitem(self):
            _before_pop(self)
            item = fn(self)
            _goes(self, item[1], key=1)
            return item

        return popitem

    def setdefault(fn):
        def setdefault(self, key, default=None):
            if key not in self:
                self.__setitem__(key, default)
                return default
            value = self.__getitem__(key)
            if value is default:
                _stays(self, value)
            return value

        return setdefault

    def update(fn):
        def update(self, *given, **named):
            pairs = []
            for other in given:
                keyed = hasattr(other, "keys")
                pairs.extend([(key, other[key]) for key in list(other)] if keyed else other)
            pairs.extend(named.items())
            for key, value in pairs:
                if key not in self or self[key] is not value:
                    self[key] = value
                else:
                    _stays(self, value)

        return update

    return locals()


class InstrumentedSet(set):
    """An instrumented version of the built-in set."""


class InstrumentedDict(dict):
    """An instrumented version of the built-in dict."""


_CANNED = {list: InstrumentedList, set: InstrumentedSet, dict: InstrumentedDict}

# By kind: the methods that have a role, and those that tell of changes.
_KINDS = {
    list: ({"appender": "append", "remover": "remove", "iterator": "__iter__"}, _list_methods()),
    set: ({"appender": "add", "remover": "remove", "iterator": "__iter__"}, _set_methods()),
    dict: ({"iterator": "values"}, _dict_methods()),
}


def duck_type(given):
    """Which of list, set and dict a class or an object is or acts as."""
    emulates = getattr(given, "__emulates__", _MISSING)
    if emulates is not _MISSING:
        return set if emulates is not None and issubclass(emulates, set) else emulates
    for kind in _KINDS:
        if issubclass(given, kind) if isinstance(given, type) else isinstance(given, kind):
            return kind
    for name, kind in (("append", list), ("add", set), ("set", dict)):
        if hasattr(given, name):
            return kind
    return None


def prepare(factory):
    """An empty collection, whose class tells of changes."""
    made = _CANNED.get(factory, factory)()
    made = _CANNED.get(type(made), lambda: made)()
    cls = type(made)
    if cls is not InstrumentedList and cls.__dict__.get("_sa_instrumented") != id(cls):
        _instrument(cls)
    return made


def _instrument(cls):
    roles, methods = _marks(cls)
    canned, around = _KINDS.get(duck_type(cls), ({}, {}))
    for role, name in canned.items():
        roles.setdefault(role, name)
    for name, decorate in around.items():
        own = getattr(cls, name, None)
        if own and name not in methods and not hasattr(own, "_sa_instrumented"):
            told = decorate(own)
            told._sa_instrumented = True
            setattr(cls, name, told)
    for role, event in (
        ("appender", "fire_append_event"),
        ("remover", "fire_remove_event"),
        ("iterator", None),
    ):
        name = roles.get(role)
        if name is None or not hasattr(cls, name):
            raise ArgumentError(
                "Type %s must elect an %s method to be a collection class" % (cls.__name__, role)
                if role != "remover"
                else "Type %s must elect a remover method to be a collection class" % cls.__name__
            )
        if event and name not in methods and not hasattr(getattr(cls, name), "_sa_instrumented"):
            methods[name] = ((event, 1), None)
    for name, (before, after) in methods.items():
        setattr(cls, name, _watched(getattr(cls, name), before, after))
    for role, name in roles.items():
        setattr(cls, "_sa_" + role, getattr(cls, name))
    cls._sa_adapter = None
    cls._sa_instrumented = id(cls)


def _marks(cls):
    """What the decorators say of the methods: who has a role, who changes members."""
    roles, methods = {}, {}
    for source in cls.__mro__:
        for name, method in list(vars(source).items()):
            if not callable(method):
                continue
            role = getattr(method, "_sa_instrument_role", None)
            if role is not None:
                roles.setdefault(role, name)
            before = getattr(method, "_sa_instrument_before", None)
            after = getattr(method, "_sa_instrument_after", None)
            if before or after:
                methods[name] = (before, after)
    return roles, methods


def _watched(method, before, after):
    """A method that tells of what it adds and removes, as its marks say."""
    event, argument = before or (None, None)
    place = name = None
    if before:
        names = method.__code__.co_varnames[: method.__code__.co_argcount]
        if isinstance(argument, int):
            place = argument
            name = names[argument] if argument < len(names) else None
        else:
            place = names.index(argument) if argument in names else None
            name = argument

    def member(args, named):
        if place is not None and len(args) > place:
            return args[place]
        if name not in named:
            raise ArgumentError("Missing argument %s" % argument)
        return named[name]

    @wraps(method)
    def watched(*args, **named):
        item = member(args, named) if before else None
        initiator = named.pop("_sa_initiator", None)
        adapter = None if initiator is False else args[0]._sa_adapter
        if before and adapter is not None:
            getattr(adapter, event)(item, initiator)
        result = method(*args, **named)
        if after and adapter is not None and result is not None:
            # As in SQLAlchemy, history is told when the member is gone already.
            adapter._forget(result)
            getattr(adapter, after)(result, initiator)
        return result

    # It is the function around it that tells, not the one inside.
    watched.__dict__.pop("_sa_instrument_before", None)
    watched.__dict__.pop("_sa_instrument_after", None)
    watched._sa_instrumented = True
    return watched


def append_to(made, item, initiator):
    """The ORM has given the collection a member."""
    made._sa_appender(item, _sa_initiator=initiator)


def remove_from(made, item, initiator):
    """The ORM has taken a member out of the collection."""
    made._sa_remover(item, _sa_initiator=initiator)


def incoming(made, given):
    """The members that a value brings which replaces a collection."""
    wanted, kind = duck_type(made), duck_type(given)
    if kind is not wanted:
        raise TypeError(
            "Incompatible collection type: %s is not %s-like"
            % ("None" if given is None else type(given).__name__, getattr(wanted, "__name__", "None"))
        )
    if hasattr(given, "_sa_iterator"):
        return list(given._sa_iterator())
    return list(given.values() if kind is dict else given)


_instrument(InstrumentedSet)

# Where SQLAlchemy has them.
for _class in (collection, InstrumentedSet, InstrumentedDict):
    _class.__module__ = "sqlalchemy.orm.collections"
