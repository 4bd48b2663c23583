class ABCMeta(type):
    def __new__(mcls, name, bases, namespace, /, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace, **kwargs)
        cls.__abstractmethods__ = _abstract_of(cls, bases, namespace)
        cls._abc_registry = []
        return cls

    def __call__(cls, *args, **kwargs):
        missing = sorted(cls.__abstractmethods__)
        if missing:
            plural = "" if len(missing) == 1 else "s"
            raise TypeError(f"Can't instantiate abstract class {cls.__name__} with abstract "
                            f"method{plural} {', '.join(missing)}")
        return super().__call__(*args, **kwargs)

    def register(cls, subclass):
        if not isinstance(subclass, type):
            raise TypeError("Can only register classes")
        cls._abc_registry.append(subclass)
        return subclass

    def __instancecheck__(cls, instance):
        return cls.__subclasscheck__(type(instance))

    def __subclasscheck__(cls, subclass):
        if not isinstance(subclass, type):
            raise TypeError("issubclass() arg 1 must be a class")
        hook = cls.__dict__.get("__subclasshook__")
        if hook is not None:
            answer = cls.__subclasshook__(subclass)
            if answer is not NotImplemented:
                return answer
        return (cls in subclass.__mro__ or any(issubclass(subclass, known) for known in cls._abc_registry)
                or any(issubclass(subclass, known) for known in cls.__subclasses__() if isinstance(known, ABCMeta)))


def _abstract_of(cls, bases, namespace):
    abstract = {key for key, value in namespace.items() if getattr(value, "__isabstractmethod__", False)}
    for base in bases:
        for key in getattr(base, "__abstractmethods__", ()):
            if getattr(getattr(cls, key, None), "__isabstractmethod__", False):
                abstract.add(key)
    return frozenset(abstract)


def update_abstractmethods(cls):
    if hasattr(cls, "__abstractmethods__"):
        cls.__abstractmethods__ = frozenset(
            key for key in {*cls.__abstractmethods__, *cls.__dict__}
            if getattr(getattr(cls, key, None), "__isabstractmethod__", False))
    return cls


class ABC(metaclass=ABCMeta):
    __slots__ = ()


def abstractmethod(funcobj):
    if isinstance(funcobj, property):
        funcobj.fget.__isabstractmethod__ = True
    elif isinstance(funcobj, (classmethod, staticmethod)):
        funcobj.__func__.__isabstractmethod__ = True
    else:
        funcobj.__isabstractmethod__ = True
    return funcobj


class abstractproperty(property):
    __isabstractmethod__ = True


class abstractclassmethod(classmethod):
    __isabstractmethod__ = True


class abstractstaticmethod(staticmethod):
    __isabstractmethod__ = True


def get_cache_token():
    return 0
