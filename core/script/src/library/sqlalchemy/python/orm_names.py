"""Names of the ORM that programs import: constants, classes that they test for,
small functions. It must not know how anything of it is used inside.
SQLAlchemy counterpart: sqlalchemy.orm.base, parts of sqlalchemy.orm."""

from enum import Enum

from sqlalchemy import inspect
from sqlalchemy._composites import Composite, CompositeProperty, Synonym, SynonymProperty
from sqlalchemy._mapped_extras import NotExtension
from sqlalchemy._support import (
    AliasedInsp,
    AttributeEventToken,
    CascadeOptions,
    ClassManager,
    History,
    LoaderCallableStatus,
    NO_VALUE,
    PassiveFlag,
    QueryContext,
    RelationshipDirection,
    UOWTransaction,
)

# What the modules of the ORM have of it.
__all__ = [
    "ATTR_EMPTY",
    "ATTR_WAS_SET",
    "AliasedInsp",
    "AttributeEventToken",
    "CascadeOptions",
    "ClassManager",
    "Composite",
    "CompositeProperty",
    "DEFAULT_MANAGER_ATTR",
    "DEFAULT_STATE_ATTR",
    "DONT_SET",
    "EXT_CONTINUE",
    "EXT_SKIP",
    "EXT_STOP",
    "EventConstants",
    "HISTORY_BLANK",
    "History",
    "IdentityMap",
    "LoaderCallableStatus",
    "MANYTOMANY",
    "MANYTOONE",
    "NEVER_SET",
    "NO_KEY",
    "NO_STATE",
    "NO_VALUE",
    "NotExtension",
    "ONETOMANY",
    "PASSIVE_CLASS_MISMATCH",
    "PASSIVE_NO_RESULT",
    "PassiveFlag",
    "QueryContext",
    "RelationshipDirection",
    "ScopedRegistry",
    "SessionTransactionOrigin",
    "Synonym",
    "SynonymProperty",
    "ThreadLocalRegistry",
    "UOWTransaction",
    "UserDefinedOption",
    "attribute_str",
    "dynamic_loader",
    "get_state_history",
    "has_identity",
    "instance_str",
    "merge_frozen_result",
    "merge_result",
    "object_state",
    "state_attribute_str",
    "state_class_str",
    "state_str",
]

(PASSIVE_NO_RESULT, PASSIVE_CLASS_MISMATCH, ATTR_WAS_SET, ATTR_EMPTY, _no_value, DONT_SET) = LoaderCallableStatus
NEVER_SET = NO_VALUE
HISTORY_BLANK = History((), (), ())
DEFAULT_MANAGER_ATTR = "_sa_class_manager"
DEFAULT_STATE_ATTR = "_sa_instance_state"


class EventConstants(Enum):
    EXT_CONTINUE = 1
    EXT_STOP = 2
    EXT_SKIP = 3
    NO_KEY = 4


EXT_CONTINUE, EXT_STOP, EXT_SKIP, NO_KEY = EventConstants
ONETOMANY, MANYTOONE, MANYTOMANY = RelationshipDirection
NO_STATE = (AttributeError, KeyError)


class SessionTransactionOrigin(Enum):
    AUTOBEGIN = 0
    BEGIN = 1
    BEGIN_NESTED = 2
    SUBTRANSACTION = 3


class UserDefinedOption:
    """What a program hands to a statement for its own listeners."""

    propagate_to_loaders = False

    def __init__(self, payload=None):
        self.payload = payload


def dynamic_loader(argument=None, **kw):
    from sqlalchemy.orm import relationship

    kw["lazy"] = "dynamic"
    return relationship(argument, **kw)


def state_str(state):
    return "None" if state is None else "<%s at 0x%x>" % (state.class_.__name__, id(state.obj()))


def state_class_str(state):
    return "None" if state is None else "<%s>" % (state.class_.__name__,)


def state_attribute_str(state, attribute):
    return state_str(state) + "." + attribute


def instance_str(instance):
    return state_str(inspect(instance))


def attribute_str(instance, attribute):
    return instance_str(instance) + "." + attribute


def object_state(instance):
    state = inspect(instance, raiseerr=False)
    if state is None:
        from sqlalchemy.orm.exc import UnmappedInstanceError

        cls = type(instance)
        raise UnmappedInstanceError("Class '%s.%s' is not mapped" % (cls.__module__, cls.__name__))
    return state


def has_identity(object):
    return inspect(object).has_identity


def get_state_history(state, key, passive=None):
    return state.get_history(key, passive)


def merge_frozen_result(session, statement, frozen_result, load=True):
    """A result of the objects that a frozen one has, merged into a session."""

    def merged():
        rows = _merged(session, frozen_result.data, load)
        return frozen_result.with_new_rows(rows)()

    return merged


def merge_result(query, iterator, load=True):
    """The rows of a query that another session gave, merged into its own."""
    return iter(_merged(query.session, iterator, load))


def _merged(session, rows, load):
    with session.no_autoflush:
        return [_merged_row(session, row, load) for row in rows]


def _merged_row(session, row, load):
    if _is_mapped(row):
        return session.merge(row, load=load)
    if not isinstance(row, tuple) and not hasattr(row, "_mapping"):
        return row
    return tuple(session.merge(one, load=load) if _is_mapped(one) else one for one in row)


def _is_mapped(value):
    return hasattr(type(value), "__mapper__") and not isinstance(value, type)


class IdentityMap:
    """The objects of a session by their identity keys."""

    def __init__(self, session):
        self._session = session

    @property
    def _dict(self):
        return dict(self._session._identity_entries())

    @property
    def _modified(self):
        return {state for state in self.all_states() if state.modified}

    def all_states(self):
        return [inspect(one) for one in self.values()]

    def contains_state(self, state):
        found = None if state.obj() is None else self._dict.get(state.key)
        return found is not None and inspect(found) is state

    def fast_get_state(self, key):
        found = self.get(key)
        return None if found is None else inspect(found)

    def check_modified(self):
        return bool(self._modified)

    def _dirty_states(self):
        return self._modified

    def get(self, key, default=None):
        return self._dict.get(key, default)

    def has_key(self, key):
        return key in self._dict

    def keys(self):
        return self._dict.keys()

    def values(self):
        return list(self._dict.values())

    def items(self):
        return list(self._dict.items())

    def __getitem__(self, key):
        return self._dict[key]

    def __contains__(self, key):
        return key in self._dict

    def __iter__(self):
        return iter(self._dict)

    def __len__(self):
        return len(self._dict)


class _WeakInstanceDict(IdentityMap):
    pass


class ScopedRegistry:
    """The sessions of a program by the scope that a function tells."""

    def __init__(self, createfunc, scopefunc):
        self.createfunc = createfunc
        self.scopefunc = scopefunc
        self.registry = {}

    def __call__(self):
        key = self.scopefunc()
        if key not in self.registry:
            self.registry[key] = self.createfunc()
        return self.registry[key]

    def has(self):
        return self.scopefunc() in self.registry

    def set(self, obj):
        self.registry[self.scopefunc()] = obj

    def clear(self):
        self.registry.pop(self.scopefunc(), None)


class ThreadLocalRegistry(ScopedRegistry):
    """The same where every thread is a scope: here there is one."""

    def __init__(self, createfunc):
        ScopedRegistry.__init__(self, createfunc, lambda: None)


class AttributeImpl:
    """How an attribute works inside; what it tells of itself."""

    dynamic = False
    supports_population = True

    def __init__(self, attribute, collection, uses_objects):
        self.class_ = attribute.class_
        self.key = attribute.key
        self.collection = collection
        self.uses_objects = uses_objects

    @property
    def default_accepts_scalar_loader(self):
        return not self.uses_objects

    def __str__(self):
        return "%s.%s" % (self.class_.__name__, self.key)

    def get(self, state, dict_, passive=None):
        return getattr(state.obj(), self.key)

    def set(self, state, dict_, value, initiator=None):
        setattr(state.obj(), self.key, value)

    def get_history(self, state, dict_, passive=None):
        return state.get_history(self.key, passive)


class _ScalarAttributeImpl(AttributeImpl):
    pass


class _ScalarObjectAttributeImpl(AttributeImpl):
    pass


class _CollectionAttributeImpl(AttributeImpl):
    pass


def attribute_impl(attribute, collection, uses_objects):
    kinds = {(True, True): _CollectionAttributeImpl, (False, True): _ScalarObjectAttributeImpl}
    made = kinds.get((collection, uses_objects), _ScalarAttributeImpl)
    return made(attribute, collection, uses_objects)


class CyclicStep:
    """A step of a flush that waits for itself."""

    def __init__(self, text):
        self._text = text

    def __repr__(self):
        return self._text


class _SaveUpdateState(CyclicStep):
    pass


class _DeleteState(CyclicStep):
    pass


class _ProcessState(CyclicStep):
    pass


# Where SQLAlchemy has them.
for _module, _classes in {
    "base": [EventConstants],
    "session": [SessionTransactionOrigin],
    "interfaces": [UserDefinedOption],
    "identity": [IdentityMap, _WeakInstanceDict],
    "attributes": [AttributeImpl, _ScalarAttributeImpl, _ScalarObjectAttributeImpl, _CollectionAttributeImpl],
    "unitofwork": [_SaveUpdateState, _DeleteState, _ProcessState],
}.items():
    for _class in _classes:
        _class.__module__ = "sqlalchemy.orm." + _module
