"""Hierarchies in which every class has a table of its own, and classes that are
mapped once the database has told of their tables.
SQLAlchemy counterpart: sqlalchemy.ext.declarative.extensions, polymorphic_union()."""

from contextlib import nullcontext

from sqlalchemy import Table, cast, exc, literal_column, null, select, type_coerce, union_all
from sqlalchemy._later import (
    finish,
    mapper_arguments,
    own_columns,
    properties,
    set_concrete_base,
    set_polymorphic_on,
    set_with_polymorphic,
    waiting,
)
from sqlalchemy.engine import Connection, Engine

__all__ = ["polymorphic_union", "ConcreteBase", "AbstractConcreteBase", "DeferredReflection"]


def polymorphic_union(table_map, typecolname, aliasname="p_union", cast_nulls=True):
    """Every table's rows with all columns, NULL where a table has none."""
    types = {}
    for key, table in table_map.items():
        for column in table.c:
            if column.key == typecolname:
                raise exc.InvalidRequestError(
                    "Polymorphic union can't use '%s' as the discriminator column due to mapped column %r; "
                    "please apply the 'typecolname' argument; this is available on ConcreteBase as "
                    "'_concrete_discriminator_name'" % (typecolname, column)
                )
            types[column.key] = column.type

    def member(identity, table):
        typed = cast if cast_nulls else type_coerce
        own = {column.key: column for column in table.c}
        for name, type_ in types.items():
            yield own[name] if name in own else typed(null(), type_).label(name)
        if typecolname is not None:
            yield literal_column(_quoted(identity)).label(typecolname)

    parts = [select(*member(identity, table)).select_from(table) for identity, table in table_map.items()]
    return union_all(*parts).alias(aliasname)


def _quoted(identity):
    return "'%s'" % identity.replace("'", "''") if isinstance(identity, str) else repr(identity)


class ConcreteBase:
    """The base of concrete classes that has a table itself."""

    @classmethod
    def _create_polymorphic_union(cls, mappers, discriminator_name):
        tables = {mapper.polymorphic_identity: mapper.local_table for mapper in mappers}
        return polymorphic_union(tables, discriminator_name, "pjoin")

    @classmethod
    def __declare_first__(cls):
        mapper = cls.__mapper__
        if mapper.with_polymorphic:
            return
        name = getattr(cls, "_concrete_discriminator_name", None) or "type"
        pjoin = cls._create_polymorphic_union(list(mapper.self_and_descendants), name)
        set_with_polymorphic(cls, pjoin)
        set_polymorphic_on(cls, pjoin.c[name])


class AbstractConcreteBase(ConcreteBase):
    """The base of concrete classes that has no table: it is mapped to all of theirs."""

    __no_table__ = True

    @classmethod
    def __declare_first__(cls):
        cls._sa_decl_prepare_nocascade()

    @classmethod
    def _sa_decl_prepare_nocascade(cls):
        if getattr(cls, "__mapper__", None):
            return
        mappers = [mapper for _, mapper in _mapped_below(cls)]
        name = getattr(cls, "_concrete_discriminator_name", None) or "type"
        pjoin = cls._create_polymorphic_union(mappers, name)
        # Columns of this class itself are those of the union.
        given = properties(cls)
        declared = list(own_columns(cls))
        keys = {column.key for column in declared}
        for key, value in list(given.items()):
            if any(value is column for column in declared):
                given[key] = pjoin.c[value.key]
                keys.discard(value.key)
        arguments = dict(mapper_arguments(cls))
        arguments["polymorphic_on"] = pjoin.c[name]
        arguments["polymorphic_abstract"] = True
        if cls.__dict__.get("strict_attrs", False):
            keyed = {column.key for column in pjoin.primary_key}
            arguments["include_properties"] = keyed | keys | {name}
            arguments["with_polymorphic"] = ("*", pjoin)
        finish(cls, given, pjoin, arguments)
        set_with_polymorphic(cls, pjoin)
        waiting_ = [cls]
        while waiting_:
            below = waiting_.pop(0)
            waiting_.extend(below.__subclasses__())
            mapper = _mapper_or_none(below)
            if mapper is not None and mapper.concrete and mapper.inherits is None:
                for above in below.__mro__[1:]:
                    if _mapper_or_none(above) is not None:
                        set_concrete_base(below, above)
                        break

    @classmethod
    def _sa_raise_deferred_config(cls):
        raise _unmapped(
            cls,
            "AbstractConcreteBase and has a mapping pending until all subclasses are defined. Call the "
            "sqlalchemy.orm.configure_mappers() function after all subclasses have been defined to complete "
            "the mapping of this class.",
        )


def _mapper_or_none(cls):
    return cls.__dict__.get("__mapper__")


def _mapped_below(cls):
    """The classes below that are mapped, the last one of each class first."""
    stack = list(cls.__subclasses__())
    while stack:
        below = stack.pop()
        stack.extend(below.__subclasses__())
        mapper = _mapper_or_none(below)
        if mapper is not None:
            yield below, mapper


def _unmapped(cls, why):
    from sqlalchemy.orm.exc import UnmappedClassError

    return UnmappedClassError("Class %s.%s is a subclass of %s" % (cls.__module__, cls.__name__, why))


class DeferredReflection:
    """Classes whose tables are read from the database before they are mapped."""

    _sa_decl_prepare = True

    @classmethod
    def prepare(cls, bind, **reflect_kw):
        if isinstance(bind, Connection):
            context = nullcontext(bind)
        elif isinstance(bind, Engine):
            context = bind.connect()
        else:
            raise exc.ArgumentError("Expected Engine or Connection, got %r" % (bind,))
        classes = waiting(cls)
        with context as connection:
            _reflect(connection, [table for _, table in classes if table is not None], **reflect_kw)
            secondaries = []
            for declared, table in classes:
                for prop in properties(declared).values():
                    secondary = getattr(prop, "_given_secondary", None)
                    if isinstance(secondary, str):
                        schema = None if table is None else table.schema
                        secondaries.append(Table(secondary, declared.metadata, schema=schema))
                    elif isinstance(secondary, Table):
                        secondaries.append(secondary)
                finish(declared, properties(declared), None, None)
            _reflect(connection, secondaries)

    @classmethod
    def _sa_raise_deferred_config(cls):
        raise _unmapped(
            cls,
            "DeferredReflection.  Mappings are not produced until the .prepare() method is called on the "
            "class hierarchy.",
        )


def _reflect(connection, tables, **options):
    """Completes tables, those of one schema at a time."""
    groups = {}
    for table in tables:
        names = groups.setdefault((table.metadata, table.schema), [])
        if table.name not in names:
            names.append(table.name)
    for (metadata, schema), names in groups.items():
        metadata.reflect(
            connection,
            only=names,
            schema=schema,
            extend_existing=True,
            autoload_replace=False,
            **options,
        )


for _class in (ConcreteBase, AbstractConcreteBase, DeferredReflection):
    _class.__module__ = "sqlalchemy.ext.declarative.extensions"
