class Base:
    kind = "base"
    def __init__(self, name): self.name = name
    def hello(self): return f"{self.kind}:{self.name}"
    @classmethod
    def make(cls, n): return cls(n)
    @staticmethod
    def add(a, b): return a + b
    def __repr__(self): return f"<{type(self).__name__} {self.name}>"
class Child(Base):
    kind = "child"
    def hello(self): return super().hello() + "!"
    @classmethod
    def make(cls, n): return super().make(n + "?")
c = Child.make("x")
print(c, c.hello(), Child.add(1, 2), c.add(3, 4))
class Diamond:
    def go(self): return ["D"]
class L(Diamond):
    def go(self): return ["L"] + super().go()
class R(Diamond):
    def go(self): return ["R"] + super().go()
class Both(L, R):
    def go(self): return ["B"] + super().go()
print(Both().go(), [k.__name__ for k in Both.__mro__])
try:
    class Bad(Diamond, L): pass
except TypeError as e: print(e)
class P:
    def __init__(self): self._x = 1
    @property
    def x(self):
        "the x"
        return self._x
    @x.setter
    def x(self, v): self._x = v * 2
    @x.deleter
    def x(self): print("del"); self._x = None
    ro = property(lambda self: 5)
p = P(); p.x = 4; print(p.x); del p.x; print(p.x, P.x.__doc__)
for stmt in ("p.ro = 1", "del p.ro", "p.nope", "P.nope", "del p.nope", "Base()", "Base(1,2)", "object(1)", "P(1)", "(5).x = 3", "[].append = 3", "int.x = 5", "p()", "p[0]", "len(p)", "iter(p)", "p + 1", "1 + p", "p < p", "-p", "p in p", "hash([])", "{[]: 1}", "p.x.y.z"):
    try:
        exec(stmt)
    except Exception as e:
        print(stmt, "->", type(e).__name__, e)
class Meta(type):
    def __new__(mcs, name, bases, ns, **kw):
        ns["added"] = kw.get("flag")
        return super().__new__(mcs, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        super().__init__(name, bases, ns)
        cls.registered = name
    def __call__(cls, *a, **k):
        obj = super().__call__(*a, **k)
        obj.called = True
        return obj
    @property
    def meta_prop(cls): return "mp " + cls.__name__
    def __iter__(cls): return iter([1, 2])
    def __len__(cls): return 7
    def __getitem__(cls, i): return i
class WithMeta(metaclass=Meta, flag=9):
    def __init__(self, v=0): self.v = v
class Sub(WithMeta): pass
w = Sub(3)
print(WithMeta.added, Sub.added, Sub.registered, w.called, w.v, Sub.meta_prop, list(Sub), len(Sub), Sub[4], type(Sub))
class Plugin:
    subs = []
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        Plugin.subs.append((cls.__name__, tag))
class P1(Plugin, tag="t"): pass
class P2(P1): pass
print(Plugin.subs)
class Desc:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, owner): return (self.name, obj is None, owner.__name__)
class DataDesc(Desc):
    def __set__(self, obj, v): obj.__dict__[self.name] = v; print("set", self.name, v)
    def __delete__(self, obj): print("delete", self.name)
class Host:
    a = Desc(); b = DataDesc()
h = Host(); h.b = 5; h.a = 6
print(h.a, h.b, Host.a, Host.b); del h.b
class Dyn:
    def __getattr__(self, n):
        if n.startswith("x"): return n.upper()
        raise AttributeError(f"no {n}")
    def __setattr__(self, n, v): object.__setattr__(self, n, (v,))
    def __delattr__(self, n): print("delattr", n); object.__delattr__(self, n)
d = Dyn(); d.q = 1; print(d.q, d.xyz, getattr(d, "nope", "default"), hasattr(d, "zzz")); del d.q
class G:
    def __getattribute__(self, n):
        if n == "magic": return 42
        return super().__getattribute__(n)
g = G(); g.z = 1; print(g.magic, g.z)
class New:
    def __new__(cls, *a):
        o = super().__new__(cls); o.a = a; return o
    def __init__(self, *a): self.b = a
n = New(1, 2); print(n.a, n.b)
class Single:
    _i = None
    def __new__(cls):
        if cls._i is None: cls._i = object.__new__(cls)
        return cls._i
print(Single() is Single())
class Slots:
    __slots__ = ("a", "b")
    def __init__(self): self.a = 1
print(Slots().a)
class CGI:
    def __class_getitem__(cls, k): return f"{cls.__name__}[{k}]"
print(CGI[3])
class BadInit:
    def __init__(self): return 5
try: BadInit()
except TypeError as e: print(e)
Dyn2 = type("Dyn2", (Base,), {"z": 1})
print(Dyn2("q").z, Base.__name__, Base.__module__, Child.__bases__, Child.__qualname__)
print(issubclass(Child, Base), isinstance(c, (int, Base)), type(c) is Child, c.__class__.__name__)
print([s.__name__ for s in Base.__subclasses__()])
print(vars(c), c.__dict__, dir(Base("z"))[-4:])
class Private:
    def __init__(self): self.__secret = 1
    def get(self): return self.__secret
print(Private().get(), Private()._Private__secret)
class Call:
    def __call__(self, *a, **k): return a, k
print(Call()(1, x=2), callable(Call()), callable(3))
class Nested:
    class Inner:
        def m(self): return __class__.__name__
print(Nested.Inner().m(), Nested.Inner.__qualname__)
x = Base("a"); x.__class__ = Child; print(x.hello())
