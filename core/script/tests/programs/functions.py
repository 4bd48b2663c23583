"""Every kind of parameter."""
def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw
print(f(1, c=3))
print(f(1, 5, 6, 7, c=8, d=9, e=10))
def g(a, b, /, c, *, d): return a, b, c, d
print(g(1, 2, 3, d=4), g(1, 2, c=3, d=4))
for call in (
    lambda: g(1, b=2, c=3, d=4),
    lambda: g(1, 2, 3),
    lambda: g(1, 2, 3, 4, d=5),
    lambda: g(1),
    lambda: g(),
    lambda: g(1, 2, 3, d=4, e=5),
    lambda: g(1, 2, 3, c=4, d=5),
    lambda: f(*[1, 2], **{"c": 3, "a": 4}),
    lambda: f(**{1: 2}),
    lambda: f(*3),
    lambda: f(**3),
    lambda: (lambda: 0)(1),
    lambda: (lambda x, y=1: 0)(1, 2, 3),
    lambda: None(),
    lambda: len(),
):
    try:
        print(call())
    except TypeError as e:
        print("TypeError:", e)
def h(x, acc=[]):
    acc.append(x)
    return acc
print(h(1), h(2))
print(f.__name__, f.__qualname__, f.__defaults__, f.__kwdefaults__, f.__doc__)
def outer():
    def inner(): pass
    return inner
print(outer().__qualname__, (lambda: 0).__name__)
def doc():
    "a doc"
print(doc.__doc__, __doc__)
doc.attr = 5
print(doc.attr, doc.__dict__)
def annotated(a: int, b: "str" = "x") -> list: ...
print(annotated.__annotations__)
args = [1, 2]; kw = {"x": 1}
print((lambda *a, **k: (a, k))(0, *args, 3, *args, y=2, **kw))
