from types import MappingProxyType

__all__ = ["EnumMeta", "EnumType", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum", "auto", "unique",
           "property", "verify", "member", "nonmember", "UNIQUE", "CONTINUOUS", "NAMED_FLAGS", "FlagBoundary",
           "STRICT", "CONFORM", "EJECT", "KEEP", "global_enum", "show_flag_values"]

_property = property


class auto:
    """A value that the class chooses; operators on it wait until it has."""

    def __init__(self):
        self.value = None

    def __or__(self, other):
        return _Later(self, other, lambda a, b: a | b)

    def __and__(self, other):
        return _Later(self, other, lambda a, b: a & b)

    def __xor__(self, other):
        return _Later(self, other, lambda a, b: a ^ b)

    __ror__, __rand__, __rxor__ = __or__, __and__, __xor__

    def __repr__(self):
        return f"auto({self.value!r})"


class _Later(auto):
    def __init__(self, left, right, compute):
        self._left, self._right, self._compute = left, right, compute

    @property
    def value(self):
        return self._compute(_chosen(self._left), _chosen(self._right))


def _chosen(value):
    return value.value if isinstance(value, (auto, Enum)) else value


class member:
    def __init__(self, value):
        self.value = value


class nonmember:
    def __init__(self, value):
        self.value = value


class property(_property):
    pass


def _is_descriptor(value):
    kind = type(value)
    return hasattr(kind, "__get__") or hasattr(kind, "__set__") or hasattr(kind, "__delete__")


def _is_member(owner, name, value):
    if isinstance(value, member):
        return True
    if name[:2] == name[-2:] == "__" and len(name) > 4 or name[:1] == name[-1:] == "_" and len(name) > 2:
        return False
    if name.startswith(f"_{owner}__") or isinstance(value, nonmember):
        return False
    return not (_is_descriptor(value) or isinstance(value, (_property, classmethod, staticmethod)))


def _is_single(value):
    return isinstance(value, int) and value > 0 and value & (value - 1) == 0


class EnumMeta(type):
    def __new__(metacls, name, bases, namespace, *, boundary=None, _simple=False, **kwds):
        ignored = namespace.pop("_ignore_", ())
        if isinstance(ignored, str):
            ignored = ignored.replace(",", " ").split()
        for key in ignored:
            namespace.pop(key, None)
        found = {key: value for key, value in namespace.items() if _is_member(name, key, value)}
        wrong = set(found) & {"mro", ""}
        if wrong:
            raise ValueError(f"invalid enum member name(s) {','.join(repr(key) for key in wrong)}")
        for base in bases:
            if isinstance(base, EnumMeta) and base._member_map_:
                raise TypeError(f"<enum {name!r}> cannot extend {base!r}")
        for key in found:
            del namespace[key]
        for key, value in list(namespace.items()):
            if isinstance(value, nonmember):
                namespace[key] = value.value
        generate = namespace.get("_generate_next_value_")
        if generate is not None and not isinstance(generate, (staticmethod, classmethod)):
            namespace["_generate_next_value_"] = staticmethod(generate)
        namespace["_member_map_"] = {}
        namespace["_value2member_map_"] = {}
        namespace["_member_names_"] = []
        namespace["_use_new_"] = namespace.get("__new__")
        cls = super().__new__(metacls, name, bases, namespace, **kwds)
        if not bases:
            return cls
        kind = cls._member_type_ = cls._data_type()
        if boundary is not None:
            type.__setattr__(cls, "_boundary_", boundary)
        cls._flag_mask_ = cls._singles_mask_ = cls._all_bits_ = 0
        if kind is not object:
            is_flag = any(base.__name__ == "Flag" for base in cls.__mro__)
            of = Enum if not any(base.__name__ == "ReprEnum" for base in cls.__mro__) else None
            cls._value_repr_ = kind.__repr__ if kind is not object and not is_flag else None
            for method in ("__repr__", "__str__", "__format__", "__reduce_ex__"):
                if of is None and method != "__repr__":
                    if method not in namespace and method != "__reduce_ex__":
                        own = getattr(cls, method)
                        if own in (getattr(Enum, method), getattr(object, method, None)) or (
                                is_flag and own is Flag.__str__):
                            type.__setattr__(cls, method, getattr(kind, method))
                elif method not in namespace and getattr(cls, method, None) == getattr(kind, method, None):
                    better = getattr(Flag if is_flag and "Flag" in globals() else Enum, method, None)
                    if better is not None:
                        type.__setattr__(cls, method, better)
        values = []
        for key, value in found.items():
            if isinstance(value, member):
                value = value.value
            value = cls._settle(key, value, values)
            values.append(value)
            cls._add_member(key, value)
        return cls

    def _settle(cls, key, value, values):
        """The value with what `auto()` stands for in it."""
        if isinstance(value, tuple) and any(isinstance(part, auto) for part in value):
            return tuple(cls._settle(key, part, values) for part in value)
        if not isinstance(value, auto):
            return value
        if not isinstance(value, _Later) and value.value is None:
            value.value = cls._generate_next_value_(key, 1, len(values), list(values))
        return value.value

    def _data_type(cls):
        for base in cls.__mro__[1:]:
            if base is object or isinstance(base, EnumMeta):
                continue
            if "__new__" in base.__dict__ or base.__module__ == "builtins" or "__dataclass_fields__" in base.__dict__:
                return base
        return object

    def _maker(cls):
        for base in cls.__mro__:
            if isinstance(base, EnumMeta) and base.__dict__.get("_use_new_") is not None:
                made = base.__dict__["_use_new_"]
                return made.__func__ if isinstance(made, staticmethod) else made
        return None

    def _add_member(cls, key, value):
        kind = cls._member_type_
        args = value if isinstance(value, tuple) else (value,)
        if kind is tuple:
            args = (args,)
        make = cls._maker()
        if make is not None:
            made = make(cls, *args)
        elif kind is object or "__new__" not in kind.__dict__ and kind.__module__ != "builtins":
            made = object.__new__(cls)
        else:
            made = kind.__new__(cls, *args)
        if "_value_" not in made.__dict__:
            made._value_ = value if kind is object else kind(*args)
        value = made._value_
        made._name_ = key
        made.__objclass__ = cls
        if cls.__init__ is not object.__init__ and cls.__init__ is not getattr(Enum, "__init__", None):
            made.__init__(*args)
        made._sort_order_ = len(cls._member_names_)
        is_flag = "Flag" in globals() and issubclass(cls, Flag)
        if is_flag and isinstance(value, int):
            cls._flag_mask_ |= value
            if _is_single(value):
                cls._singles_mask_ |= value
            cls._all_bits_ = 2 ** cls._flag_mask_.bit_length() - 1
        alias = cls._known(value)
        if alias is not None:
            made = alias
        elif not is_flag or _is_single(value):
            cls._member_names_.append(key)
        cls._member_map_[key] = made
        try:
            cls._value2member_map_.setdefault(value, made)
        except TypeError:
            pass
        if key not in ("name", "value"):
            type.__setattr__(cls, key, made)

    def _known(cls, value):
        try:
            return cls._value2member_map_.get(value)
        except TypeError:
            for made in cls._member_map_.values():
                if made._value_ == value:
                    return made

    def __call__(cls, value, names=None, *, module=None, qualname=None, type=None, start=1, boundary=None):
        if names is None:
            return cls._find(value)
        if isinstance(names, str):
            names = names.replace(",", " ").split()
        names = list(names.items()) if isinstance(names, dict) else list(names)
        namespace, values = {}, []
        for at, item in enumerate(names):
            if isinstance(item, str):
                item = item, cls._generate_next_value_(item, start, at, list(values))
            namespace[item[0]] = item[1]
            values.append(item[1])
        namespace["__module__"] = module or "__main__"
        if qualname is not None:
            namespace["__qualname__"] = qualname
        return EnumMeta(value, (cls,) if type is None else (type, cls), namespace, boundary=boundary)

    def _find(cls, value):
        if type(value) is cls:
            return value
        found = cls._known(value)
        if found is not None:
            return found
        try:
            found = cls._missing_(value)
        except Exception as error:
            if isinstance(error, ValueError) and "Flag" in globals() and issubclass(cls, Flag):
                raise
            missing = ValueError(f"{value!r} is not a valid {cls.__qualname__}")
            if isinstance(error, ValueError) and str(error) == str(missing):
                raise
            error.__context__ = missing
            raise
        if isinstance(found, cls) or "Flag" in globals() and issubclass(cls, Flag) and isinstance(found, int):
            return found
        missing = ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        if found is None:
            raise missing
        error = TypeError(f"error in {cls.__name__}._missing_: returned {found!r} instead of None or a valid member")
        error.__context__ = missing
        raise error

    def __iter__(cls):
        return (cls._member_map_[name] for name in cls._member_names_)

    def __reversed__(cls):
        return (cls._member_map_[name] for name in reversed(cls._member_names_))

    def __len__(cls):
        return len(cls._member_names_)

    def __bool__(cls):
        return True

    def __getitem__(cls, name):
        return cls._member_map_[name]

    def __getattr__(cls, name):
        if not name.startswith("__"):
            found = cls.__dict__.get("_member_map_", {}).get(name)
            if found is not None:
                return found
        error = AttributeError(name)
        error.name, error.obj = name, cls
        raise error

    def __contains__(cls, member):
        if not isinstance(member, Enum):
            raise TypeError(f"unsupported operand type(s) for 'in': '{type(member).__qualname__}' "
                            f"and '{cls.__class__.__qualname__}'")
        return isinstance(member, cls) and member._name_ in cls._member_map_

    def __setattr__(cls, name, value):
        if name in cls.__dict__.get("_member_map_", {}):
            raise AttributeError(f"cannot reassign member {name!r}")
        super().__setattr__(name, value)

    def __delattr__(cls, name):
        if name in cls._member_map_:
            raise AttributeError(f"{cls.__name__!r} cannot delete member {name!r}.")
        super().__delattr__(name)

    def __dir__(cls):
        return sorted({"__class__", "__contains__", "__doc__", "__getitem__", "__iter__", "__len__", "__members__",
                       "__module__", "__name__", "__qualname__", "__init_subclass__", *cls._member_names_})

    @_property
    def __members__(cls):
        return MappingProxyType(cls._member_map_)

    def __repr__(cls):
        kind = "flag" if "Flag" in globals() and issubclass(cls, Flag) else "enum"
        return f"<{kind} {cls.__name__!r}>"


EnumMeta.__name__ = EnumMeta.__qualname__ = "EnumType"
EnumType = EnumMeta


class Enum(metaclass=EnumMeta):
    _value_repr_ = None
    _member_type_ = object

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        numbers = [value for value in last_values if isinstance(value, (int, float))]
        return max(numbers) + 1 if numbers else start

    @classmethod
    def _missing_(cls, value):
        return None

    @_property
    def name(self):
        return self._name_

    @_property
    def value(self):
        return self._value_

    @name.setter
    def name(self, value):
        raise AttributeError("<enum 'Enum'> cannot set attribute 'name'")

    @value.setter
    def value(self, value):
        raise AttributeError("<enum 'Enum'> cannot set attribute 'value'")

    def __repr__(self):
        shown = self.__class__._value_repr_ or repr
        return f"<{self.__class__.__name__}.{self._name_}: {shown(self._value_)}>"

    def __str__(self):
        return f"{self.__class__.__name__}.{self._name_}"

    def __format__(self, format_spec):
        return str.__format__(str(self), format_spec)

    def __dir__(self):
        return sorted({"__class__", "__doc__", "__eq__", "__hash__", "__module__", "name", "value"})

    def __hash__(self):
        return hash(self._name_)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce_ex__(self, proto):
        return self.__class__, (self._value_,)


class ReprEnum(Enum):
    pass


class IntEnum(int, ReprEnum):
    __str__ = int.__repr__
    __format__ = int.__format__


class StrEnum(str, ReprEnum):
    __str__ = str.__str__
    __format__ = str.__format__

    def __new__(cls, *values):
        if len(values) > 3:
            raise TypeError(f"too many arguments for str(): {values!r}")
        if not isinstance(values[0], str):
            raise TypeError(f"{values[0]!r} is not a string")
        made = str.__new__(cls, str(*values))
        made._value_ = str(*values)
        return made

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name.lower()


class FlagBoundary(StrEnum):
    STRICT = "strict"
    CONFORM = "conform"
    EJECT = "eject"
    KEEP = "keep"


STRICT, CONFORM, EJECT, KEEP = FlagBoundary


def _bits(value, length):
    """The binary digits of a number with its sign as one more, as in `0b0 0110`."""
    digits = bin(value if value >= 0 else (1 << length) + value)[2:].rjust(length, "0")
    return f"0b{int(value < 0)} {digits[-length:]}"


class Flag(Enum):
    _boundary_ = STRICT

    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        if not count:
            return start if start is not None else 1
        last = max(last_values)
        if not isinstance(last, int):
            raise TypeError(f"invalid flag value {last!r}")
        return 1 << last.bit_length()

    @classmethod
    def _missing_(cls, value):
        if not isinstance(value, int):
            raise ValueError(f"{value!r} is not a valid {cls.__qualname__}")
        mask, bits, given = cls._flag_mask_, cls._all_bits_, value
        if not ~bits <= value <= bits or value & (bits ^ mask):
            if cls._boundary_ is STRICT:
                length = max(value.bit_length(), mask.bit_length())
                raise ValueError(f"{cls!r} invalid value {value!r}\n    given {_bits(value, length)}\n"
                                 f"  allowed {_bits(mask, length)}")
            if cls._boundary_ is CONFORM:
                value &= mask
            elif cls._boundary_ is EJECT:
                return value
            elif value < 0:
                value += max(bits + 1, 2 ** value.bit_length())
        if value < 0:
            value += bits + 1
        known = cls._value2member_map_.get(value)
        if known is None:
            kind = cls._member_type_
            known = object.__new__(cls) if kind is object else kind.__new__(cls, value)
            known._value_ = value
            members = list(cls._members_in(value & cls._singles_mask_))
            if value & ~cls._singles_mask_:
                members += [other for other in cls._member_map_.values() if other not in members and other._value_
                            and other._value_ & value == other._value_]
            combined = 0
            for other in members:
                combined |= other._value_
            known._name_ = "|".join(other._name_ for other in members) or None
            unknown = value ^ combined
            if known._name_ is not None and unknown:
                if cls._boundary_ is STRICT:
                    raise ValueError(f"{cls!r}: no members with value {unknown!r}")
                known._name_ += f"|{unknown!r}"
            cls._value2member_map_[value] = known
        if given < 0:
            cls._value2member_map_[given] = known
        return known

    @classmethod
    def _members_in(cls, value):
        found = [made for made in cls if made._value_ & value]
        return iter(sorted(found, key=lambda made: made._value_))

    def __contains__(self, other):
        if not isinstance(other, self.__class__):
            raise TypeError(f"unsupported operand type(s) for 'in': {type(other).__qualname__!r} "
                            f"and {self.__class__.__qualname__!r}")
        return other._value_ & self._value_ == other._value_

    def __iter__(self):
        return self._members_in(self._value_)

    def __len__(self):
        return self._value_.bit_count()

    def __repr__(self):
        shown = self.__class__._value_repr_ or repr
        if self._name_ is None:
            return f"<{self.__class__.__name__}: {shown(self._value_)}>"
        return f"<{self.__class__.__name__}.{self._name_}: {shown(self._value_)}>"

    def __str__(self):
        if self._name_ is None:
            return f"{self.__class__.__name__}({self._value_!r})"
        return f"{self.__class__.__name__}.{self._name_}"

    def __bool__(self):
        return bool(self._value_)

    def _other(self, other):
        if isinstance(other, self.__class__):
            return other._value_
        if self._member_type_ is not object and isinstance(other, self._member_type_):
            return int(other)

    def __or__(self, other):
        other = self._other(other)
        return NotImplemented if other is None else self.__class__(self._value_ | other)

    def __and__(self, other):
        other = self._other(other)
        return NotImplemented if other is None else self.__class__(self._value_ & other)

    def __xor__(self, other):
        other = self._other(other)
        return NotImplemented if other is None else self.__class__(self._value_ ^ other)

    def __invert__(self):
        if self._boundary_ in (EJECT, KEEP):
            return self.__class__(~self._value_)
        return self.__class__(self._singles_mask_ & ~self._value_)

    __ror__, __rand__, __rxor__ = __or__, __and__, __xor__


class IntFlag(int, ReprEnum, Flag, boundary=KEEP):
    __str__ = int.__repr__
    __format__ = int.__format__
    __or__, __and__, __xor__, __invert__ = Flag.__or__, Flag.__and__, Flag.__xor__, Flag.__invert__
    __ror__, __rand__, __rxor__ = Flag.__or__, Flag.__and__, Flag.__xor__
    __contains__, __iter__, __len__, __bool__ = Flag.__contains__, Flag.__iter__, Flag.__len__, Flag.__bool__


def unique(enumeration):
    duplicates = [f"{name} -> {made._name_}" for name, made in enumeration.__members__.items() if name != made._name_]
    if duplicates:
        raise ValueError(f"duplicate values found in {enumeration!r}: {', '.join(duplicates)}")
    return enumeration


class EnumCheck(StrEnum):
    CONTINUOUS = "no skipped integer values"
    NAMED_FLAGS = "multi-flag aliases may not contain unnamed flags"
    UNIQUE = "one name per value"


CONTINUOUS, NAMED_FLAGS, UNIQUE = EnumCheck


class verify:
    def __init__(self, *checks):
        self.checks = checks

    def __call__(self, enumeration):
        if UNIQUE in self.checks:
            aliases = [f"{name} -> {made._name_}" for name, made in enumeration.__members__.items()
                       if name != made._name_]
            if aliases:
                raise ValueError(f"aliases found in {enumeration!r}: {', '.join(aliases)}")
        if CONTINUOUS in self.checks:
            values = {made.value for made in enumeration}
            missing = [value for value in range(min(values, default=0), max(values, default=0)) if value not in values]
            if missing and not issubclass(enumeration, Flag):
                raise ValueError(f"invalid enum {enumeration.__name__!r}: missing values "
                                 f"{', '.join(str(value) for value in missing)}")
        return enumeration


def global_enum(cls, update_str=False):
    return cls


def show_flag_values(value):
    number = value._value_ if isinstance(value, Enum) else value
    return [1 << bit for bit in range(number.bit_length()) if number >> bit & 1]
