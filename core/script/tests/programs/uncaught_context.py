def f():
    return {}["missing"]

try:
    f()
except KeyError:
    int("x")
