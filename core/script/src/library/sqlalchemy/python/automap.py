"""Classes made from the tables of a database, with relationships made from
their foreign keys.
SQLAlchemy counterpart: sqlalchemy.ext.automap."""

import warnings

from sqlalchemy import ForeignKeyConstraint, and_, exc
from sqlalchemy._inheritance import _unmapped
from sqlalchemy._later import finish, properties, waiting
from sqlalchemy.orm import backref, declarative_base, relationship
from sqlalchemy.orm.interfaces import MANYTOMANY, MANYTOONE, ONETOMANY


def classname_for_table(base, tablename, table):
    return str(tablename)


def name_for_scalar_relationship(base, local_cls, referred_cls, constraint):
    return referred_cls.__name__.lower()


def name_for_collection_relationship(base, local_cls, referred_cls, constraint):
    return referred_cls.__name__.lower() + "_collection"


def generate_relationship(base, direction, return_fn, attrname, local_cls, referred_cls, **kw):
    if return_fn is backref:
        return return_fn(attrname, **kw)
    if return_fn is relationship:
        return return_fn(referred_cls, **kw)
    raise TypeError("Unknown relationship function: %s" % return_fn)


class Properties:
    """Classes by name, as items and as attributes."""

    def __init__(self, data):
        object.__setattr__(self, "_data", data)

    def __len__(self):
        return len(self._data)

    def __iter__(self):
        return iter(list(self._data.values()))

    def __dir__(self):
        return [*dir(type(self)), *self._data]

    def __contains__(self, key):
        return key in self._data

    def __getitem__(self, key):
        return self._data[key]

    def __setitem__(self, key, value):
        self._data[key] = value

    def __setattr__(self, key, value):
        self._data[key] = value

    def __getattr__(self, key):
        try:
            return self._data[key]
        except KeyError:
            raise AttributeError(key) from None

    def get(self, key, default=None):
        return self._data.get(key, default)

    def keys(self):
        return list(self._data)

    def values(self):
        return list(self._data.values())

    def items(self):
        return list(self._data.items())


class _Waiting:
    """A class that is not mapped yet, and the properties that it will have."""

    def __init__(self, cls, table):
        self.cls = cls
        self.table = table
        self.properties = properties(cls)


class _Names:
    """The functions that name and make relationships."""

    def __init__(self, base, scalar, collection, generate, collection_class):
        self.base = base
        self.scalar = scalar or name_for_scalar_relationship
        self.collection = collection or name_for_collection_relationship
        self.generate = generate or generate_relationship
        self.collection_class = collection_class or list


class AutomapBase:
    __abstract__ = True
    _sa_decl_prepare = True

    @classmethod
    def prepare(
        cls,
        autoload_with=None,
        engine=None,
        reflect=False,
        schema=None,
        classname_for_table=None,
        modulename_for_table=None,
        collection_class=None,
        name_for_scalar_relationship=None,
        name_for_collection_relationship=None,
        generate_relationship=None,
        reflection_options={},
    ):
        base = next(one for one in cls.__mro__ if "_sa_automapbase_bookkeeping" in one.__dict__)
        for name, given in (("engine", engine), ("reflect", reflect)):
            if given:
                _warn_deprecated(name)
        autoload_with = engine or autoload_with
        if autoload_with or reflect:
            options = {"schema": schema, "extend_existing": True, "autoload_replace": False}
            options.update(reflection_options)
            cls.metadata.reflect(autoload_with, **options)

        names = _Names(
            base,
            name_for_scalar_relationship,
            name_for_collection_relationship,
            generate_relationship,
            collection_class,
        )
        by_table = {table: _Waiting(one, table) for one, table in waiting(cls)}
        many_to_many = []
        known = base._sa_automapbase_bookkeeping
        for key, table in list(cls.metadata.tables.items()):
            if key in known:
                continue
            known.add(key)
            sides = _is_many_to_many(table)
            if sides is not None:
                many_to_many.append((table, sides))
            elif table.primary_key and table not in by_table:
                made = _make_class(
                    cls, base, table, classname_for_table or globals()["classname_for_table"], modulename_for_table
                )
                if made is not None:
                    by_table[table] = _Waiting(made, table)
        for one in list(by_table.values()):
            _relationships_of_keys(one, by_table, names)
        for table, sides in many_to_many:
            _many_to_many(table, sides, by_table, names)
        made = {one.cls: one.properties for one in by_table.values()}
        for one, table in waiting(base):
            finish(one, made.get(one, properties(one)), None, None)

    @classmethod
    def _sa_raise_deferred_config(cls):
        raise _unmapped(
            cls,
            "AutomapBase.  Mappings are not produced until the .prepare() method is called on the class "
            "hierarchy.",
        )


def _warn_deprecated(name):
    texts = {
        "engine": "The AutomapBase.prepare.engine parameter is deprecated and will be removed in a future "
        "release.  Please use the AutomapBase.prepare.autoload_with parameter.",
        "reflect": "The AutomapBase.prepare.reflect parameter is deprecated and will be removed in a future "
        "release.  Reflection is enabled when AutomapBase.prepare.autoload_with is passed.",
    }
    warnings.warn("%s (deprecated since: 2.0)" % texts[name], exc.SADeprecationWarning)


def automap_base(declarative_base=None, **kw):
    base = globals()["declarative_base"](**kw) if declarative_base is None else declarative_base
    body = {
        "__abstract__": True,
        "classes": Properties({}),
        "by_module": Properties({}),
        "_sa_automapbase_bookkeeping": set(),
    }
    return type(base)(base.__name__, (AutomapBase, base), body)


def _make_class(cls, base, table, name_of, module_of):
    """A class for a table, noted by its name and by its module."""
    body = {"__table__": table}
    module = None if module_of is None else module_of(cls, table.name, table)
    if module is not None:
        body["__module__"] = module
    name = name_of(cls, table.name, table)
    if module is None and name in cls.classes:
        warnings.warn(
            "Ignoring duplicate class name '%s' received in automap base for table %s without ``__module__`` "
            "being set; consider using the ``modulename_for_table`` hook" % (name, table.key),
            exc.SAWarning,
        )
        return None
    made = type(base)(name, (base,), body)
    if module is None:
        # As if `type()` had been called where SQLAlchemy does.
        made.__module__ = __name__
        cls.classes[name] = made
    place = cls.by_module
    for token in made.__module__.split("."):
        if token not in place:
            place[token] = Properties({})
        place = place[token]
    place[name] = made
    return made


def _keys(table):
    return [one for one in table.constraints if isinstance(one, ForeignKeyConstraint)]


def _is_many_to_many(table):
    """The two sides of a table that has nothing but two foreign keys."""
    keys = _keys(table)
    if len(keys) != 2:
        return None
    columns = {element.parent for key in keys for element in key.elements}
    return keys if columns == set(table.c) else None


def _referred(key):
    return key.elements[0].column.table


def _relationships_of_keys(one, by_table, names):
    for key in _keys(one.table) if one.table is not None else []:
        other = by_table.get(_referred(key))
        if other is None or (one.cls is not other.cls and issubclass(one.cls, other.cls)):
            continue
        name = names.scalar(names.base, one.cls, other.cls, key)
        reverse = names.collection(names.base, other.cls, one.cls, key)
        options = {"collection_class": names.collection_class}
        if all(element.parent.nullable for element in key.elements):
            if key.ondelete and key.ondelete.lower() == "set null":
                options["passive_deletes"] = True
        else:
            options["cascade"] = "all, delete-orphan"
            if key.ondelete and key.ondelete.lower() == "cascade":
                options["passive_deletes"] = True
        local = {"foreign_keys": [element.parent for element in key.elements]}
        scalar = dict(local, remote_side=[element.column for element in key.elements])
        _pair(one, other, name, reverse, names, (MANYTOONE, ONETOMANY), scalar, options, local)


def _many_to_many(table, keys, by_table, names):
    one, other = by_table.get(_referred(keys[0])), by_table.get(_referred(keys[1]))
    if one is None or other is None:
        return
    name = names.collection(names.base, one.cls, other.cls, keys[0])
    reverse = names.collection(names.base, other.cls, one.cls, keys[1])
    joins = [and_(*[element.column == element.parent for element in key.elements]) for key in keys]
    options = {
        "collection_class": names.collection_class,
        "overlaps": "__*" if table in by_table else None,
    }
    here = dict(options, secondary=table, primaryjoin=joins[0], secondaryjoin=joins[1])
    there = {"secondary": table, "primaryjoin": joins[1], "secondaryjoin": joins[0]}
    _pair(one, other, name, reverse, names, (MANYTOMANY, MANYTOMANY), here, options, there)


def _pair(one, other, name, reverse, names, directions, here, options, there):
    """A relationship and its mirror, as far as the program has not declared them:
    `here` are the arguments of the first, `options` of the mirror, and `there`
    what the mirror needs besides where it stands alone."""
    makes_reverse = reverse not in other.properties
    generate, base = names.generate, names.base
    if name not in one.properties:
        mirror = None
        if makes_reverse:
            mirror = generate(base, directions[1], backref, reverse, other.cls, one.cls, **options)
        made = generate(base, directions[0], relationship, name, one.cls, other.cls, backref=mirror, **here)
        if made is not None:
            one.properties[name] = made
            if not makes_reverse:
                other.properties[reverse].back_populates = name
    elif makes_reverse:
        made = generate(
            base, directions[1], relationship, reverse, other.cls, one.cls, back_populates=name, **options, **there
        )
        if made is not None:
            other.properties[reverse] = made
            one.properties[name].back_populates = reverse
