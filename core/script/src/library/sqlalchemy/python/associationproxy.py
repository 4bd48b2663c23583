"""SQLAlchemy counterpart: sqlalchemy.ext.associationproxy."""

from enum import Enum

from sqlalchemy._association_collections import _AssociationDict, _AssociationList, _AssociationSet
from sqlalchemy._mapped_extras import PropComparator


class AssociationProxyExtensionType(Enum):
    ASSOCIATION_PROXY = "ASSOCIATION_PROXY"


ASSOCIATION_PROXY = AssociationProxyExtensionType.ASSOCIATION_PROXY


def association_proxy(
    target_collection,
    attr,
    *,
    creator=None,
    getset_factory=None,
    proxy_factory=None,
    proxy_bulk_set=None,
    info=None,
    cascade_scalar_deletes=False,
    create_on_none_assignment=False,
    **dataclass_options
):
    return AssociationProxy(
        target_collection,
        attr,
        creator=creator,
        getset_factory=getset_factory,
        proxy_factory=proxy_factory,
        proxy_bulk_set=proxy_bulk_set,
        info=info,
        cascade_scalar_deletes=cascade_scalar_deletes,
        create_on_none_assignment=create_on_none_assignment,
    )


class AssociationProxy:
    is_attribute = True
    extension_type = ASSOCIATION_PROXY

    def __init__(
        self,
        target_collection,
        attr,
        *,
        creator=None,
        getset_factory=None,
        proxy_factory=None,
        proxy_bulk_set=None,
        info=None,
        cascade_scalar_deletes=False,
        create_on_none_assignment=False
    ):
        self.target_collection = target_collection
        self.value_attr = attr
        self.creator = creator
        self.getset_factory = getset_factory
        self.proxy_factory = proxy_factory
        self.proxy_bulk_set = proxy_bulk_set
        self.info = info or {}
        self.cascade_scalar_deletes = cascade_scalar_deletes
        self.create_on_none_assignment = create_on_none_assignment
        self.key = "_AssociationProxy_%s_%s" % (target_collection, attr)
        self._place = "_sa_association_%s" % id(self)

    def __class_getitem__(cls, item):
        return cls

    def __set_name__(self, owner, name):
        self._place = "_sa_association_%s" % name

    def __get__(self, instance, owner):
        if owner is None:
            return self
        if instance is None:
            if not hasattr(owner, "__mapper__"):
                return self
            return _instance_for(self, owner)
        return _instance_for(self, owner).get(instance)

    def __set__(self, instance, value):
        _instance_for(self, type(instance)).set(instance, value)

    def __delete__(self, instance):
        _instance_for(self, type(instance)).delete(instance)

    def for_class(self, class_, obj=None):
        return _instance_for(self, class_)

    def __repr__(self):
        return "AssociationProxy(%r, %r)" % (self.target_collection, self.value_attr)


def _instance_for(proxy, owner):
    prop = owner.__mapper__.get_property(proxy.target_collection)
    if not _is_relationship(prop):
        raise NotImplementedError(
            "association proxy to a non-relationship intermediary is not supported"
        )
    target_class = prop.mapper.class_
    attr = getattr(target_class, proxy.value_attr, None)
    if attr is None:
        return AmbiguousAssociationProxyInstance(proxy, owner, target_class)
    if isinstance(attr, AssociationProxyInstance) or _is_relationship(getattr(attr, "property", None)):
        return ObjectAssociationProxyInstance(proxy, owner, target_class)
    return ColumnAssociationProxyInstance(proxy, owner, target_class)


class AssociationProxyInstance(PropComparator):
    is_attribute = True

    def __init__(self, parent, owning_class, target_class):
        self.parent = parent
        self.key = parent.key
        self.owning_class = owning_class
        self.target_collection = parent.target_collection
        self.value_attr = parent.value_attr
        self.target_class = target_class
        self.collection_class = None

    @property
    def _comparator(self):
        return getattr(self.owning_class, self.target_collection)

    @property
    def attr(self):
        return (self.local_attr, self.remote_attr)

    @property
    def local_attr(self):
        return getattr(self.owning_class, self.target_collection)

    @property
    def remote_attr(self):
        return getattr(self.target_class, self.value_attr)

    def _uselist(self):
        return self.local_attr.property.uselist

    @property
    def scalar(self):
        return not self._uselist()

    def get(self, instance):
        parent = self.parent
        if self.scalar:
            target = getattr(instance, self.target_collection)
            if target is None:
                return None
            return _read(self, target)
        collection = getattr(instance, self.target_collection)
        kept = instance.__dict__.get(parent._place)
        if kept is not None and kept[0] is collection:
            return kept[1]
        proxy = self._make(instance, collection)
        instance.__dict__[parent._place] = (collection, proxy)
        return proxy

    def set(self, instance, values):
        if self.scalar:
            creator = self.parent.creator or self.target_class
            target = getattr(instance, self.target_collection)
            if target is None:
                if values is None and not self.parent.create_on_none_assignment:
                    return
                setattr(instance, self.target_collection, creator(values))
            else:
                _write(self, target, values)
                if self.parent.cascade_scalar_deletes and values is None:
                    setattr(instance, self.target_collection, None)
            return
        proxy = self.get(instance)
        if proxy is not values:
            proxy._bulk_replace(values)

    def delete(self, instance):
        if self.scalar:
            target = getattr(instance, self.target_collection)
            if target is not None:
                delattr(target, self.value_attr)
        setattr(instance, self.target_collection, None if self.scalar else [])

    def _make(self, instance, collection):
        parent = self.parent
        creator = parent.creator or self.target_class
        kind = duck_type(collection)
        self.collection_class = kind
        if parent.proxy_factory is not None:
            return parent.proxy_factory(lambda: collection, creator, self.value_attr, self)
        if parent.getset_factory is not None:
            getter, setter = parent.getset_factory(kind, self)
        else:
            name = self.value_attr

            def getter(target):
                return getattr(target, name) if target is not None else None

            if kind is dict:

                def setter(target, key, value):
                    setattr(target, name, value)

            else:

                def setter(target, value):
                    setattr(target, name, value)

        lazy = _LazyCollection(instance, self.target_collection)
        if kind is list:
            return _AssociationList(lazy, creator, getter, setter, self)
        if kind is dict:
            return _AssociationDict(lazy, creator, getter, setter, self)
        return _AssociationSet(lazy, creator, getter, setter, self)

    def any(self, criterion=None, **kwargs):
        return self._criterion_exists(criterion, **kwargs)

    def has(self, criterion=None, **kwargs):
        return self._criterion_exists(criterion, **kwargs)

    def _criterion_exists(self, criterion=None, **kwargs):
        is_has = not self._uselist()
        remote = self.remote_attr
        given = [] if criterion is None else [criterion]
        if isinstance(remote, AssociationProxyInstance) or _is_relationship(getattr(remote, "property", None)):
            inner = remote.any if _is_collection(remote) else remote.has
            value = inner(*given, **kwargs)
        else:
            value = criterion
            if kwargs:
                from sqlalchemy.exc import ArgumentError

                raise ArgumentError(
                    "Can't apply keyword arguments to column-targeted association proxy; use =="
                )
        outer = self._comparator.has if is_has else self._comparator.any
        return outer(value) if value is not None else outer()

    def __str__(self):
        return "%s(%r, %r)" % (type(self).__name__, self.target_collection, self.value_attr)

    def __repr__(self):
        return "%s(%r)" % (type(self).__name__, self.parent)

    def __hash__(self):
        return id(self)


def _is_relationship(prop):
    return getattr(prop, "direction", None) is not None


def _is_collection(attribute):
    if isinstance(attribute, AssociationProxyInstance):
        return attribute._uselist()
    return attribute.property.uselist


class AmbiguousAssociationProxyInstance(AssociationProxyInstance):
    def get(self, instance):
        return super().get(instance)

    def __eq__(self, other):
        self._ambiguous()

    def any(self, criterion=None, **kwargs):
        self._ambiguous()

    def has(self, criterion=None, **kwargs):
        self._ambiguous()

    def _ambiguous(self):
        raise AttributeError(
            "Association proxy %s.%s refers to an attribute '%s' that is not directly mapped on class %s; "
            "therefore this operation cannot proceed since we don't know what type of object is referred towards"
            % (self.owning_class.__name__, self.target_collection, self.value_attr, self.target_class)
        )

    def __hash__(self):
        return id(self)


class ObjectAssociationProxyInstance(AssociationProxyInstance):
    def contains(self, other, **kwargs):
        from sqlalchemy.exc import InvalidRequestError

        remote = self.remote_attr
        if isinstance(remote, AssociationProxyInstance):
            if self._uselist() is False:
                return self._comparator.has(remote.contains(other))
            return self._comparator.any(remote.contains(other))
        if self._uselist() and not _is_collection(remote):
            return self._comparator.any(remote == other)
        if not self._uselist() and _is_collection(remote):
            return self._comparator.has(remote.contains(other))
        raise InvalidRequestError("contains() doesn't apply to a scalar object endpoint; use ==")

    def __eq__(self, other):
        from sqlalchemy import or_

        if other is None:
            return or_(self._comparator.has(self.remote_attr == other), self._comparator == None)
        return self._comparator.has(self.remote_attr == other)

    def __ne__(self, other):
        return self._comparator.has(self.remote_attr != other)

    def __hash__(self):
        return id(self)


class ColumnAssociationProxyInstance(AssociationProxyInstance):
    def __eq__(self, other):
        from sqlalchemy import or_

        expression = self.remote_attr.operate(_eq(), other)
        found = self._criterion_exists(expression)
        if other is None:
            return or_(found, self._comparator == None)
        return found

    def operate(self, op, *other, **kwargs):
        return self._criterion_exists(op(self.remote_attr, *other, **kwargs))

    def __hash__(self):
        return id(self)


def _eq():
    from sqlalchemy.sql import operators

    return operators.eq


def _read(own, target):
    if own.parent.getset_factory is not None:
        return own.parent.getset_factory(None, own)[0](target)
    return getattr(target, own.value_attr)


def _write(own, target, value):
    if own.parent.getset_factory is not None:
        own.parent.getset_factory(None, own)[1](target, value)
    else:
        setattr(target, own.value_attr, value)


def duck_type(collection):
    if isinstance(collection, list):
        return list
    if isinstance(collection, set):
        return set
    if isinstance(collection, dict):
        return dict
    if hasattr(collection, "append"):
        return list
    if hasattr(collection, "add"):
        return set
    if hasattr(collection, "set"):
        return dict
    return list


class _LazyCollection:
    def __init__(self, instance, target):
        self.instance = instance
        self.target = target

    def __call__(self):
        return getattr(self.instance, self.target)
