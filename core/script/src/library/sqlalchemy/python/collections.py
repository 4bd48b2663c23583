"""Collections of related objects other than plain lists.
SQLAlchemy counterpart: sqlalchemy.orm.collections, sqlalchemy.orm.mapped_collection."""

from functools import wraps
from operator import attrgetter

from sqlalchemy._collecting import InstrumentedList, adds, removes


class collection:
    """Decorators that tell what the methods of a collection's class do."""

    @staticmethod
    def appender(fn):
        fn._sa_role = "appender"
        return fn

    @staticmethod
    def remover(fn):
        fn._sa_role = "remover"
        return fn

    @staticmethod
    def iterator(fn):
        fn._sa_role = "iterator"
        return fn

    @staticmethod
    def internally_instrumented(fn):
        fn._sa_instrumented = True
        return fn

    @staticmethod
    def adds(arg):
        def decorate(fn):
            fn._sa_before = ("adds", arg)
            return fn

        return decorate

    @staticmethod
    def replaces(arg):
        def decorate(fn):
            fn._sa_before = ("adds", arg)
            fn._sa_after = "removes"
            return fn

        return decorate

    @staticmethod
    def removes(arg):
        def decorate(fn):
            fn._sa_before = ("removes", arg)
            return fn

        return decorate

    @staticmethod
    def removes_return():
        def decorate(fn):
            fn._sa_after = "removes"
            return fn

        return decorate


def _watched(fn):
    """A method that tells of what it adds and removes, as its marks say."""
    what, arg = getattr(fn, "_sa_before", (None, None))
    after = getattr(fn, "_sa_after", None)
    names = fn.__code__.co_varnames[: fn.__code__.co_argcount]
    place = arg if isinstance(arg, int) else names.index(arg) if arg in names else 1

    @wraps(fn)
    def call(*args, **kwargs):
        own = args[0]
        if what is not None:
            given = list(args)
            if what == "adds":
                given[place] = adds(own, given[place])
            else:
                removes(own, given[place])
            args = tuple(given)
        result = fn(*args, **kwargs)
        if after is not None and result is not None:
            removes(own, result)
        return result

    call._sa_instrumented = True
    return call


def _list_methods(base):
    def append(self, item, _sa_initiator=None):
        base.append(self, adds(self, item))

    def remove(self, item, _sa_initiator=None):
        removes(self, item)
        base.remove(self, item)

    def insert(self, index, item):
        base.insert(self, index, adds(self, item))

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            for item in list(self[index]):
                removes(self, item)
            value = [adds(self, item) for item in value]
        else:
            removes(self, self[index])
            value = adds(self, value)
        base.__setitem__(self, index, value)

    def __delitem__(self, index):
        for item in list(self[index]) if isinstance(index, slice) else [self[index]]:
            removes(self, item)
        base.__delitem__(self, index)

    def extend(self, items):
        for item in list(items):
            self.append(item)

    def __iadd__(self, items):
        self.extend(items)
        return self

    def pop(self, index=-1):
        item = base.pop(self, index)
        removes(self, item)
        return item

    def clear(self):
        for item in list(self):
            removes(self, item)
        base.clear(self)

    return locals()


def _set_methods(base):
    def add(self, item, _sa_initiator=None):
        if item not in self:
            item = adds(self, item)
        base.add(self, item)

    def discard(self, item, _sa_initiator=None):
        if item in self:
            removes(self, item)
        base.discard(self, item)

    def remove(self, item, _sa_initiator=None):
        if item in self:
            removes(self, item)
        base.remove(self, item)

    def pop(self):
        item = base.pop(self)
        removes(self, item)
        return item

    def clear(self):
        for item in list(self):
            self.remove(item)

    def update(self, *others):
        for other in others:
            for item in list(other):
                self.add(item)

    def __ior__(self, other):
        self.update(other)
        return self

    def difference_update(self, *others):
        for other in others:
            for item in list(other):
                self.discard(item)

    def __isub__(self, other):
        self.difference_update(other)
        return self

    def intersection_update(self, *others):
        wanted = set(self).intersection(*others)
        for item in set(self) - wanted:
            self.remove(item)

    def __iand__(self, other):
        self.intersection_update(other)
        return self

    def symmetric_difference_update(self, other):
        have, wanted = set(self), set(self) ^ set(other)
        for item in have - wanted:
            self.remove(item)
        for item in wanted - have:
            self.add(item)

    def __ixor__(self, other):
        self.symmetric_difference_update(other)
        return self

    return locals()


_MISSING = object()


def _dict_methods(base):
    def __setitem__(self, key, value, _sa_initiator=None):
        if key in self:
            removes(self, self[key])
        base.__setitem__(self, key, adds(self, value))

    def __delitem__(self, key, _sa_initiator=None):
        if key in self:
            removes(self, self[key])
        base.__delitem__(self, key)

    def clear(self):
        for key in list(self):
            removes(self, self[key])
        base.clear(self)

    def pop(self, key, default=_MISSING):
        if key in self:
            removes(self, self[key])
        return base.pop(self, key) if default is _MISSING else base.pop(self, key, default)

    def popitem(self):
        item = base.popitem(self)
        removes(self, item[1])
        return item

    def setdefault(self, key, default=None):
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *given, **named):
        for key, value in dict(*given, **named).items():
            if key not in self or self[key] is not value:
                self[key] = value

    return locals()


_KINDS = [(list, _list_methods, "append"), (set, _set_methods, "add"), (dict, _dict_methods, "set")]


def _install(cls, base, methods):
    for name, method in methods(base).items():
        if name != "base" and not getattr(cls.__dict__.get(name), "_sa_instrumented", False):
            own = cls.__dict__.get(name)
            if own is None or not hasattr(own, "_sa_role"):
                setattr(cls, name, method)


class InstrumentedSet(set):
    pass


class InstrumentedDict(dict):
    pass


_install(InstrumentedSet, set, _set_methods)
_install(InstrumentedDict, dict, _dict_methods)

_PREPARED = {set: InstrumentedSet, dict: InstrumentedDict, list: InstrumentedList}


def kind_of(cls):
    for kind, _, _ in _KINDS:
        if issubclass(cls, kind):
            return kind
    emulates = getattr(cls, "__emulates__", None)
    if emulates is not None:
        return emulates
    if hasattr(cls, "append"):
        return list
    if hasattr(cls, "add"):
        return set
    if hasattr(cls, "set"):
        return dict
    return None


def prepare(factory):
    """An empty collection, whose class tells of changes."""
    if factory in _PREPARED:
        made = _PREPARED[factory]()
    else:
        made = factory()
    cls = type(made)
    if cls in _PREPARED:
        made = _PREPARED[cls]()
        cls = type(made)
    if "_sa_roles" not in cls.__dict__:
        _instrument(cls)
    return made


def _instrument(cls):
    from sqlalchemy.exc import ArgumentError

    roles = {}
    kind = kind_of(cls)
    for name in dir(cls):
        role = getattr(getattr(cls, name, None), "_sa_role", None)
        if role is not None:
            roles[role] = name
    if cls not in (InstrumentedSet, InstrumentedDict, InstrumentedList):
        for own, methods, _ in _KINDS:
            if issubclass(cls, own):
                _install_around(cls, own, methods)
    for own, _, appender in _KINDS:
        if kind is own:
            roles.setdefault("appender", appender)
            roles.setdefault("remover", "remove")
    for role in ("appender", "remover"):
        name = roles.get(role)
        if name is None or not hasattr(cls, name):
            raise ArgumentError(
                "Type %s must elect an appender method to be a collection class" % cls.__name__
                if role == "appender"
                else "Type %s must elect a remover method to be a collection class" % cls.__name__
            )
        method = getattr(cls, name)
        is_plain = not any(issubclass(cls, own) for own, _, _ in _KINDS)
        if is_plain and not getattr(method, "_sa_instrumented", False) and not hasattr(method, "_sa_before"):
            method._sa_before = ("adds" if role == "appender" else "removes", 1)
    for name, method in list(cls.__dict__.items()):
        if hasattr(method, "_sa_before") or hasattr(method, "_sa_after"):
            setattr(cls, name, _watched(method))
    cls._sa_roles = roles


def _install_around(cls, own, methods):
    """Instruments a class of the program's: its own methods run under the watch
    of those of the kind that it derives from."""
    for name, method in methods(own).items():
        if name == "base":
            continue
        for source in cls.__mro__:
            if source is own:
                if name not in cls.__dict__:
                    setattr(cls, name, method)
                break
            if name in source.__dict__:
                break


def append_to(made, item):
    getattr(made, type(made)._sa_roles["appender"])(item)


def remove_from(made, item):
    getattr(made, type(made)._sa_roles["remover"])(item)


def incoming(made, given):
    """The members that a value brings which replaces a collection."""
    wanted = kind_of(type(made))
    kind = kind_of(type(given)) if given is not None else None
    if wanted is not None and kind is not wanted:
        name = "None" if given is None else type(given).__name__
        raise TypeError("Incompatible collection type: %s is not %s-like" % (name, wanted.__name__))
    if wanted is dict:
        return list(given.values())
    return list(given)


class KeyFuncDict(dict):
    def __init__(self, keyfunc, *dict_args, ignore_unpopulated_attribute=False):
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute
        dict.__init__(self, *dict_args)

    def set(self, value, _sa_initiator=None):
        self.__setitem__(self.keyfunc(value), value)

    def remove(self, value, _sa_initiator=None):
        from sqlalchemy.exc import InvalidRequestError

        key = self.keyfunc(value)
        if self[key] != value:
            raise InvalidRequestError(
                "Can not remove '%s' from collection; '%s' is mapped to a different value" % (value, key)
            )
        self.__delitem__(key)


_install(KeyFuncDict, dict, _dict_methods)
MappedCollection = KeyFuncDict


def keyfunc_mapping(keyfunc, *, ignore_unpopulated_attribute=False):
    class _MKeyfuncMapped(KeyFuncDict):
        def __init__(self, *dict_args):
            KeyFuncDict.__init__(self, keyfunc, *dict_args)

    return _MKeyfuncMapped


def attribute_keyed_dict(attr_name, *, ignore_unpopulated_attribute=False):
    return keyfunc_mapping(attrgetter(attr_name))


def column_keyed_dict(mapping_spec, *, ignore_unpopulated_attribute=False):
    columns = list(mapping_spec) if isinstance(mapping_spec, (list, tuple)) else [mapping_spec]

    def key_of(value):
        found = []
        for column in columns:
            for prop in type(value).__mapper__.column_attrs:
                if prop.columns[0] is column or prop.key == column.key:
                    found.append(getattr(value, prop.key))
                    break
        return found[0] if len(columns) == 1 else tuple(found)

    return keyfunc_mapping(key_of)


mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict
