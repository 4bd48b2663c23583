import warnings


class Old(DeprecationWarning):
    pass


def legacy(value):
    warnings.warn("legacy() is old", Old, stacklevel=2)
    return value


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    legacy(1)
    legacy(2)
    warnings.warn("plain")
    warnings.warn(RuntimeWarning("made"))
print(len(caught), [w.category.__name__ for w in caught], [str(w.message) for w in caught], caught[0].lineno, issubclass(caught[0].category, DeprecationWarning))
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        warnings.warn("now an error")
    except UserWarning as error:
        print(type(error).__name__, error)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("default")
    for _ in range(3):
        warnings.warn("once a line")
    warnings.filterwarnings("ignore", message="hidden.*")
    warnings.warn("hidden thing")
    warnings.warn("Hidden by case")
    warnings.warn("shown thing")
print([str(w.message) for w in caught])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("ignore")
    warnings.filterwarnings("always", category=FutureWarning)
    warnings.warn("no")
    warnings.warn("yes", FutureWarning)
print([(str(w.message), w.category) for w in caught])
try:
    warnings.warn("x", int)
except TypeError as error:
    print(error)
