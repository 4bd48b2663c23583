"""Several columns as one object. SQLAlchemy counterpart: sqlalchemy.orm.descriptor_props."""

import dataclasses

from sqlalchemy._mapped_extras import PropComparator, Proxy


def composite(_class_or_attr=None, *attrs, **options):
    return Composite(_class_or_attr, attrs, options)


class CompositeProperty:
    """What `isinstance()` tells composites by."""


class Composite(CompositeProperty):
    is_attribute = True
    is_aliased_class = False

    def __init__(self, first, attrs, options):
        self.composite_class = None
        self.attrs = attrs
        if isinstance(first, type) or callable(first) and not hasattr(first, "key"):
            self.composite_class = first
        elif first is not None:
            self.attrs = (first,) + attrs
        self.comparator_factory = options.get("comparator_factory", CompositeComparator)
        self.info = options.get("info") or {}
        self.doc = options.get("doc")
        self.key = None
        self.parent = None
        self.attribute_keys = []
        self._fields = None

    def __sa_columns__(self, annotation):
        """The columns that it brings into a declarative class: name, column, annotation."""
        from sqlalchemy.orm import mapped_column

        if self.composite_class is None and isinstance(annotation, type):
            self.composite_class = annotation
        types = self._field_types()
        attrs = list(self.attrs)
        if not attrs:
            attrs = [mapped_column(name) for name, _ in types]
        found = []
        for at, attr in enumerate(attrs):
            if isinstance(attr, str) or not _is_definition(attr):
                continue
            type_ = types[at][1] if at < len(types) else None
            name = attr.name or (types[at][0] if at < len(types) else None)
            found.append((name, attr, type_))
        self.attrs = tuple(attrs)
        self._names = [attr if isinstance(attr, str) else None for attr in attrs]
        return found

    def _field_types(self):
        class_ = self.composite_class
        if class_ is None:
            return []
        if dataclasses.is_dataclass(class_):
            return [(field.name, field.type) for field in dataclasses.fields(class_)]
        names = []
        annotations = getattr(class_.__init__, "__annotations__", {})
        for name in list(_parameters(class_)):
            names.append((name, annotations.get(name)))
        return names

    def __sa_attach__(self, class_, key):
        from sqlalchemy import event

        self.key = key
        self.parent = class_
        self.attribute_keys = []
        for attr in self.attrs:
            self.attribute_keys.append(attr if isinstance(attr, str) else _attribute_key(class_, attr))
        place = self._place

        def forget(instance, *args):
            attrs = args[-1] if args else None
            if not attrs or key in attrs or any(name in attrs for name in self.attribute_keys):
                instance.__dict__.pop(place, None)

        event.listen(class_, "expire", forget, propagate=True)
        event.listen(class_, "refresh", forget, propagate=True)

    @property
    def _place(self):
        return "_sa_composite_" + self.key

    @property
    def props(self):
        from sqlalchemy import inspect

        mapper = inspect(self.parent)
        return [mapper.get_property(name) for name in self.attribute_keys]

    @property
    def columns(self):
        return [prop.columns[0] for prop in self.props]

    def values_of(self, value):
        if hasattr(value, "__composite_values__"):
            return value.__composite_values__()
        return tuple(getattr(value, field.name) for field in dataclasses.fields(value))

    def __get__(self, instance, owner):
        if instance is None:
            if self.key is None:
                return self
            return CompositeProxy(owner, self.key, self, self.comparator_factory(self, owner))
        kept = instance.__dict__
        place = self._place
        if place not in kept:
            from sqlalchemy import inspect

            values = [getattr(instance, name) for name in self.attribute_keys]
            if inspect(instance).key is None and all(value is None for value in values):
                return None
            made = self.composite_class(*values)
            kept[place] = made
            _track(made, instance, self.key)
        return kept[place]

    def __set__(self, instance, value):
        old = instance.__dict__.get(self._place)
        _untrack(old, instance)
        if value is None:
            instance.__dict__[self._place] = None
            for name in self.attribute_keys:
                setattr(instance, name, None)
            return
        if _tracks(self.composite_class) and not isinstance(value, self.composite_class):
            value = self.composite_class.coerce(self.key, value)
        instance.__dict__[self._place] = value
        _track(value, instance, self.key)
        for name, part in zip(self.attribute_keys, self.values_of(value)):
            setattr(instance, name, part)

    def __delete__(self, instance):
        instance.__dict__.pop(self._place, None)
        for name in self.attribute_keys:
            setattr(instance, name, None)

    def __str__(self):
        return "%s.%s" % (self.parent.__name__, self.key)

    @property
    def property(self):
        return self


def _parameters(class_):
    code = class_.__init__.__code__
    return list(code.co_varnames[1 : code.co_argcount])


def _is_definition(attr):
    return type(attr).__name__ in ("MappedColumn", "Column") and getattr(attr, "table", None) is None


def _attribute_key(class_, attr):
    key = getattr(attr, "key", None)
    if type(attr).__name__ in ("MappedColumn", "Column"):
        from sqlalchemy import inspect

        column = getattr(attr, "column", attr)
        try:
            return inspect(class_).get_property_by_column(column).key
        except KeyError:
            return column.key
    return key


def _tracks(class_):
    return hasattr(class_, "_parents") and hasattr(class_, "coerce")


def _track(value, instance, key):
    if _tracks(type(value)):
        value._parents.add(instance, key)


def _untrack(value, instance):
    if value is not None and _tracks(type(value)):
        value._parents.discard(instance)


class CompositeProxy(Proxy):
    @property
    def property(self):
        return self.descriptor

    def _bulk_update_tuples(self, value):
        values = [None] * len(self.descriptor.attribute_keys)
        if value is not None:
            values = self.descriptor.values_of(value)
        return list(zip(self.comparator._attributes(), values))

    def __sa_select_item__(self):
        return self


class CompositeComparator(PropComparator):
    def __init__(self, prop, owner):
        self.prop = self.property = prop
        self._owner = owner

    def _attributes(self):
        return [getattr(self._owner, name) for name in self.prop.attribute_keys]

    @property
    def clauses(self):
        return self.__clause_element__()

    def __clause_element__(self):
        from sqlalchemy import func

        return func.composite(*self._attributes()).clauses

    def _compare(self, op, other):
        from sqlalchemy import and_

        values = [None] * len(self.prop.attribute_keys)
        if other is not None:
            values = self.prop.values_of(other)
        return and_(*[op(attribute, value) for attribute, value in zip(self._attributes(), values)])

    def operate(self, op, *other, **kwargs):
        name = getattr(op, "__name__", "")
        if name in ("eq", "ne", "lt", "le", "gt", "ge"):
            return self._compare(op, other[0])
        return op(self.__clause_element__(), *other, **kwargs)


class SynonymProperty:
    """What `isinstance()` tells synonyms by."""


class Synonym(SynonymProperty):
    is_attribute = True

    def __init__(self, name, map_column=None, descriptor=None, comparator_factory=None, info=None, doc=None, **kw):
        self.name = name
        self.map_column = map_column
        self.descriptor = descriptor
        self.comparator_factory = comparator_factory
        self.info = info or {}
        self.doc = doc
        self.key = None
        self.parent = None

    def __repr__(self):
        return "<Synonym at 0x%x; %s>" % (id(self), self.key)

    def __sa_attach__(self, class_, key):
        self.parent = class_
        self.key = key

    def __set_name__(self, owner, name):
        self.key = name
        if self.parent is None:
            self.parent = owner

    def __get__(self, instance, owner):
        if instance is None:
            attribute = getattr(owner, self.name)
            if self.comparator_factory is not None:
                made = self.comparator_factory(attribute.property, attribute)
                return propertyProxy(owner, self.key, self, made)
            if getattr(getattr(attribute, "property", None), "direction", None) is not None:
                return attribute
            return propertyProxy(owner, self.key, self, _Same(attribute))
        if self.descriptor is not None:
            return self.descriptor.__get__(instance, owner)
        return getattr(instance, self.name)

    def __set__(self, instance, value):
        if self.descriptor is not None:
            self.descriptor.__set__(instance, value)
        else:
            setattr(instance, self.name, value)

    def __delete__(self, instance):
        delattr(instance, self.name)


class _Same(PropComparator):
    """The operators of the attribute that a synonym stands for."""

    def __init__(self, attribute):
        self.attribute = attribute

    def __clause_element__(self):
        return self.attribute

    def operate(self, op, *other, **kwargs):
        return op(self.attribute, *other, **kwargs)

    def reverse_operate(self, op, other, **kwargs):
        return op(other, self.attribute, **kwargs)

    def __getattr__(self, name):
        return getattr(self.attribute, name)


class propertyProxy(Proxy):
    @property
    def name(self):
        return self.comparator.name

    def _bulk_update_tuples(self, value):
        return [(self.comparator.__clause_element__(), value)]


def synonym(name, *, map_column=None, descriptor=None, comparator_factory=None, info=None, doc=None, **kw):
    return Synonym(name, map_column, descriptor, comparator_factory, info, doc)


def synonym_for(name, map_column=False):
    def decorate(function):
        descriptor = function if hasattr(function, "__get__") and not callable(function) else property(function)
        return Synonym(name, map_column=map_column, descriptor=descriptor)

    return decorate


CompositeProperty.Comparator = CompositeComparator
