from collections import namedtuple
from enum import Enum, Flag, IntFlag, auto


class RelationshipDirection(Enum):
    ONETOMANY = 1
    MANYTOONE = 2
    MANYTOMANY = 3


class CheckFirst(Flag):
    NONE = 0
    TABLES = 2
    VIEWS = auto()
    INDEXES = auto()
    SEQUENCES = auto()
    TYPES = auto()
    ALL = TABLES | VIEWS | INDEXES | SEQUENCES | TYPES

    @classmethod
    def _missing_(cls, value):
        if isinstance(value, bool):
            return cls.ALL if value else cls.NONE
        return super()._missing_(value)


CheckFirst.__module__ = "sqlalchemy.sql.ddl"


class History(namedtuple("History", ["added", "unchanged", "deleted"])):
    def __bool__(self):
        return self != (None, None, None)

    def empty(self):
        return not bool((self.added or self.deleted) or self.unchanged)

    def sum(self):
        return list(self.added or []) + list(self.unchanged or []) + list(self.deleted or [])

    def non_deleted(self):
        return list(self.added or []) + list(self.unchanged or [])

    def non_added(self):
        return list(self.unchanged or []) + list(self.deleted or [])

    def has_changes(self):
        return bool(self.added or self.deleted)


class immutabledict(dict):
    def _refuse(self, *args, **kwargs):
        raise TypeError("%s object is immutable" % type(self).__name__)

    __delitem__ = __setitem__ = clear = pop = popitem = setdefault = update = _refuse
    __setattr__ = __delattr__ = _refuse

    def __repr__(self):
        return "immutabledict(%s)" % dict.__repr__(self)

    def union(self, other=None, **kwargs):
        return immutabledict({**self, **(other or {}), **kwargs})

    def __or__(self, other):
        return immutabledict({**self, **other})


class FacadeDict(immutabledict):
    def __repr__(self):
        return "FacadeDict(%s)" % dict.__repr__(self)


class RMKeyView:
    def __init__(self, keys, has_key):
        self._keys = list(keys)
        self._has_key = has_key

    def __len__(self):
        return len(self._keys)

    def __iter__(self):
        return iter(self._keys)

    def __contains__(self, key):
        return self._has_key(key)

    def __eq__(self, other):
        return list(other) == self._keys

    def __ne__(self, other):
        return not self == other

    def __and__(self, other):
        return set(self._keys) & set(other)

    def __or__(self, other):
        return set(self._keys) | set(other)

    def __sub__(self, other):
        return set(self._keys) - set(other)

    def isdisjoint(self, other):
        return not set(self._keys) & set(other)

    def __repr__(self):
        return "RMKeyView(%r)" % (self._keys,)


class ROMappingKeysValuesView:
    def __init__(self, mapping, items):
        self._mapping = mapping
        self._items = items

    def __len__(self):
        return len(self._items)

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self._mapping)

    def __iter__(self):
        return iter(self._items)

    def __contains__(self, item):
        return item in self._items

    def __eq__(self, other):
        return list(other) == list(self)

    def __ne__(self, other):
        return list(other) != list(self)


class ROMappingItemsView(ROMappingKeysValuesView):
    pass


class CascadeOptions(frozenset):
    def __init__(self, words):
        for word in ("save-update", "delete", "refresh-expire", "merge", "expunge", "delete-orphan"):
            setattr(self, word.replace("-", "_"), word in self)

    def __repr__(self):
        return "CascadeOptions(%r)" % ",".join(sorted(self))


class AliasedInsp:
    is_aliased_class = True
    is_mapper = False

    def __init__(self, entity, mapper, class_, selectable):
        self.entity = entity
        self.mapper = mapper
        self.class_ = class_
        self.selectable = selectable
        self.name = selectable.name

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.entity, name)

    def __str__(self):
        return "aliased(%s)" % self.class_.__name__

    def __repr__(self):
        return "<AliasedInsp at 0x%x; %s>" % (id(self), self.class_.__name__)


class UOWTransaction:
    def __init__(self, session):
        self.session = session


class BulkResult:
    def __init__(self, rowcount):
        self.rowcount = rowcount


class BulkContext:
    def __init__(self, session, query, values, result):
        self.session = session
        self.query = query
        self.values = values
        self.rowcount = result
        self.result = BulkResult(result)


class QueryContext:
    def __init__(self, session):
        self.session = session


class ClassManager:
    def __init__(self, class_):
        self.class_ = class_

    @property
    def mapper(self):
        return self.class_.__mapper__


class AttributeEventToken:
    def __init__(self, key, op):
        self.key = key
        self.op = symbol(op)


class LoaderCallableStatus(Enum):
    PASSIVE_NO_RESULT = 0
    PASSIVE_CLASS_MISMATCH = 1
    ATTR_WAS_SET = 2
    ATTR_EMPTY = 3
    NO_VALUE = 4
    NEVER_SET = NO_VALUE
    DONT_SET = 5


NO_VALUE = LoaderCallableStatus.NO_VALUE


class PassiveFlag(IntFlag):
    NO_CHANGE = 0
    CALLABLES_OK = 1
    SQL_OK = 2
    RELATED_OBJECT_OK = 4
    INIT_OK = 8
    NON_PERSISTENT_OK = 16
    LOAD_AGAINST_COMMITTED = 32
    NO_AUTOFLUSH = 64
    NO_RAISE = 128
    DEFERRED_HISTORY_LOAD = 256
    INCLUDE_PENDING_MUTATIONS = 512
    PASSIVE_OFF = 31
    PASSIVE_RETURN_NO_VALUE = 23
    PASSIVE_NO_INITIALIZE = 22
    PASSIVE_NO_FETCH = 29
    PASSIVE_NO_FETCH_RELATED = 27
    PASSIVE_ONLY_PERSISTENT = 15
    PASSIVE_MERGE = 159

    def __repr__(self):
        return "symbol(%r)" % self.name


PASSIVE_OFF = PassiveFlag.PASSIVE_OFF
PASSIVE_NO_FETCH = PassiveFlag.PASSIVE_NO_FETCH
PASSIVE_NO_INITIALIZE = PassiveFlag.PASSIVE_NO_INITIALIZE

for _class in (LoaderCallableStatus, PassiveFlag):
    _class.__module__ = "sqlalchemy.orm.base"


class symbol:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return "symbol(%r)" % self.name


REQUIRED = symbol("REQUIRED")


class ReadOnlyProperties:
    def __init__(self, items):
        object.__setattr__(self, "_data", dict(items))

    def __getattr__(self, name):
        try:
            return self._data[name]
        except KeyError:
            raise AttributeError(name)

    def __getitem__(self, name):
        return self._data[name]

    def __iter__(self):
        return iter(list(self._data.values()))

    def __len__(self):
        return len(self._data)

    def __contains__(self, name):
        return name in self._data

    def keys(self):
        return list(self._data)

    def values(self):
        return list(self._data.values())

    def items(self):
        return list(self._data.items())

    def get(self, name, default=None):
        return self._data.get(name, default)


class DialectOptions(dict):
    def __init__(self, known):
        self._known = known

    def __missing__(self, dialect):
        found = self[dialect] = self._known.get(dialect, {})
        return found


class _DialectArgView:
    def __init__(self, given):
        self._given = given

    def __getitem__(self, name):
        return self._given[name]

    def __iter__(self):
        return iter(self._given)

    def __len__(self):
        return len(self._given)

    def __contains__(self, name):
        return name in self._given

    def __eq__(self, other):
        return self._given == getattr(other, "_given", other)

    def get(self, name, default=None):
        return self._given.get(name, default)

    def keys(self):
        return self._given.keys()

    def values(self):
        return self._given.values()

    def items(self):
        return self._given.items()


_DialectArgView.__module__ = "sqlalchemy.sql.base"


class ExecutionContext:
    def __init__(self, statement, executemany, connection=None, verb=None):
        self.statement = statement
        self.executemany = executemany
        self.root_connection = self.connection = connection
        self.engine = connection and connection.engine
        self.dialect = connection and connection.dialect
        verb = (verb or statement.lstrip()[:6]).upper()
        self.isinsert = verb == "INSERT"
        self.isupdate = verb == "UPDATE"
        self.isdelete = verb == "DELETE"

    _options = None

    @property
    def execution_options(self):
        return self.connection.get_execution_options() if self._options is None else self._options


class SQLiteExecutionContext(ExecutionContext):
    def __init__(self, statement, executemany, connection=None, verb=None, invoked=None, options=None):
        ExecutionContext.__init__(self, statement, executemany, connection, verb)
        self.invoked_statement = invoked
        self._options = options
        self.is_text = type(invoked).__name__ == "TextClause"

    @property
    def compiled(self):
        if self.invoked_statement is None:
            return None
        return self.invoked_statement.compile(dialect=self.dialect)


class DefaultContext(SQLiteExecutionContext):
    def __init__(self, parameters, column, connection, verb, executemany, invoked=None, options=None):
        SQLiteExecutionContext.__init__(self, "", executemany, connection, verb, invoked, options)
        # The text is not known yet.
        del self.statement
        self.current_parameters = parameters
        self.current_column = column
        self.compiled_parameters = [parameters]

    def get_current_parameters(self, isolate_multiinsert_groups=True):
        return self.current_parameters

    @property
    def cursor(self):
        return self.connection.connection.cursor()


DefaultContext.__name__ = DefaultContext.__qualname__ = "SQLiteExecutionContext"


class PoolResetState(namedtuple("PoolResetState", ["transaction_was_reset", "terminate_only", "asyncio_safe"],
                                defaults=[False, False, True])):
    pass


class ResultCursor:
    arraysize = 1

    def __init__(self, names, rowcount):
        self.description = tuple((name,) + (None,) * 6 for name in names)
        self.rowcount = rowcount


class RowIndex:
    def __init__(self, row):
        self._row = row

    def __call__(self, value, start=0, stop=None):
        values = list(self._row)
        for at, other in list(enumerate(values))[start:stop]:
            if other is value or other == value:
                return at
        raise ValueError


class Unbindable:
    def __init__(self, text):
        self._text = text

    def __repr__(self):
        return self._text


def later(make):
    yield from make()


def partitions(fetchmany, size):
    while True:
        part = fetchmany(size)
        if not part:
            break
        yield part


class ExceptionContext:
    chained_exception = None
    is_disconnect = False
    invalidate_pool_on_disconnect = True
    is_pre_ping = False

    def __init__(self, connection, engine, original, exception, statement, parameters, cursor=None, context=None):
        self.cursor = cursor
        self.execution_context = context
        self.connection = connection
        self.engine = engine
        self.dialect = engine.dialect
        self.original_exception = original
        self.sqlalchemy_exception = exception
        self.statement = statement
        self.parameters = parameters


class ColumnSet(list):
    def __repr__(self):
        return "ColumnSet(%s)" % list.__repr__(self)

    def contains_column(self, column):
        return any(column is known for known in self)

    __contains__ = contains_column

    def __hash__(self):
        return hash(tuple(self))


class FrameClauseType(Enum):
    UNBOUNDED = 0
    CURRENT = 1
    PRECEDING = 2
    FOLLOWING = 3


class SelectLabelStyle(Enum):
    LABEL_STYLE_NONE = 0
    LABEL_STYLE_TABLENAME_PLUS_COL = 1
    LABEL_STYLE_DISAMBIGUATE_ONLY = 2
    LABEL_STYLE_DEFAULT = 2
    LABEL_STYLE_LEGACY_ORM = 3


class _anonymous_label(str):
    __slots__ = ()


class SchemaConst(Enum):
    RETAIN_SCHEMA = 1
    BLANK_SCHEMA = 2
    NULL_UNSPECIFIED = 3
