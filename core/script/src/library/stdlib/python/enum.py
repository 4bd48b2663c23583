class auto:
    def __init__(self):
        self.value = None


def _is_member(name, value):
    if name.startswith("_"):
        return False
    return not (callable(value) and not isinstance(value, type)) and not hasattr(type(value), "__get__") \
        and not isinstance(value, (property, classmethod, staticmethod))


class EnumMeta(type):
    def __new__(metacls, name, bases, namespace, **kwds):
        found = {key: value for key, value in namespace.items() if _is_member(key, value)}
        for key in found:
            del namespace[key]
        cls = super().__new__(metacls, name, bases, namespace)
        cls._member_map_ = {}
        cls._value2member_map_ = {}
        cls._member_names_ = []
        if not bases:
            return cls
        for base in bases:
            if isinstance(base, EnumMeta) and base._member_map_:
                raise TypeError(f"<enum '{name}'> cannot extend <enum '{base.__name__}'>")
        mixin = cls._mixin()
        if mixin is not object:
            for method in ("__repr__", "__str__", "__format__"):
                if method not in namespace and getattr(cls, method) is getattr(mixin, method, None):
                    type.__setattr__(cls, method, getattr(Enum, method))
        last = []
        for key, value in found.items():
            if isinstance(value, auto):
                value = cls._generate_next_value_(key, 1, len(last), last)
            last.append(value)
            args = value if isinstance(value, tuple) else (value,)
            if "__new__" in namespace:
                member = namespace["__new__"](cls, *args) if callable(namespace["__new__"]) \
                    else cls.__new__(cls, *args)
                if not hasattr(member, "_value_"):
                    member._value_ = value
            elif mixin is object:
                member = object.__new__(cls)
                member._value_ = value
            else:
                member = mixin.__new__(cls, *args)
                member._value_ = mixin(*args)
            alias = None
            for other in cls._member_map_.values():
                if other._value_ == member._value_:
                    alias = other
            if alias is not None:
                cls._member_map_[key] = alias
                type.__setattr__(cls, key, alias)
                continue
            member._name_ = key
            member.__objclass__ = cls
            if "__init__" in namespace:
                member.__init__(*args)
            member._sort_order_ = len(cls._member_names_)
            cls._member_names_.append(key)
            cls._member_map_[key] = member
            try:
                cls._value2member_map_[member._value_] = member
            except TypeError:
                pass
            type.__setattr__(cls, key, member)
        return cls

    def _mixin(cls):
        for base in cls.__mro__[1:]:
            if base is not object and not isinstance(base, EnumMeta):
                return base
        return object

    def __call__(cls, value, names=None, **kwds):
        if names is not None:
            if isinstance(names, str):
                names = names.replace(",", " ").split()
            if isinstance(names, dict):
                items = list(names.items())
            else:
                items = [(item, at) if isinstance(item, str) else tuple(item) for at, item in enumerate(names, 1)]
            return EnumMeta(value, (cls,), {"__module__": "__main__", **dict(items)})
        if type(value) is cls:
            return value
        for member in cls._member_map_.values():
            if member._value_ == value:
                return member
        found = cls._missing_(value)
        if found is None:
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        return found

    def __iter__(cls):
        return iter([cls._member_map_[name] for name in cls._member_names_])

    def __reversed__(cls):
        return iter([cls._member_map_[name] for name in reversed(cls._member_names_)])

    def __len__(cls):
        return len(cls._member_names_)

    def __bool__(cls):
        return True

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __contains__(cls, member):
        return isinstance(member, cls) and member._name_ in cls._member_map_

    def __setattr__(cls, name, value):
        if name in cls.__dict__.get("_member_map_", {}):
            raise AttributeError(f"cannot reassign member {name!r}")
        super().__setattr__(name, value)

    @property
    def __members__(cls):
        return dict(cls._member_map_)

    def __repr__(cls):
        return f"<enum {cls.__name__!r}>"


EnumType = EnumMeta


class Enum(metaclass=EnumMeta):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        numbers = [value for value in last_values if isinstance(value, int)]
        return max(numbers) + 1 if numbers else start

    @classmethod
    def _missing_(cls, value):
        return None

    @property
    def name(self):
        return self._name_

    @property
    def value(self):
        return self._value_

    def __repr__(self):
        return f"<{self.__class__.__name__}.{self._name_}: {self._value_!r}>"

    def __str__(self):
        return f"{self.__class__.__name__}.{self._name_}"

    def __format__(self, spec):
        return format(str(self), spec)

    def __hash__(self):
        return hash(self._name_)

    def __eq__(self, other):
        mixin = type(self)._mixin()
        if self is other:
            return True
        if mixin is object:
            return NotImplemented
        return mixin.__eq__(self, other)


class IntEnum(int, Enum):
    def __str__(self):
        return str(self._value_)

    def __repr__(self):
        return f"<{self.__class__.__name__}.{self._name_}: {self._value_!r}>"


class StrEnum(str, Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()

    def __str__(self):
        return self._value_

    def __repr__(self):
        return f"<{self.__class__.__name__}.{self._name_}: {self._value_!r}>"


class Flag(Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return 1 << count

    @classmethod
    def _missing_(cls, value):
        made = object.__new__(cls)
        names = [name for name in cls._member_names_ if cls._member_map_[name]._value_ & value]
        made._name_, made._value_ = "|".join(names) or None, value
        return made

    def __or__(self, other):
        return type(self)(self._value_ | other._value_)

    def __and__(self, other):
        return type(self)(self._value_ & other._value_)

    def __contains__(self, other):
        return self._value_ & other._value_ == other._value_

    def __bool__(self):
        return bool(self._value_)


def unique(cls):
    for name, member in cls._member_map_.items():
        if name != member._name_:
            raise ValueError(f"duplicate values found in {cls!r}: {name} -> {member._name_}")
    return cls
