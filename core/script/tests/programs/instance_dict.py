class A:
    def __init__(self, **kw): self.__dict__.update(kw)
a = A(x=1, y=2); print(a.x, a.y, vars(a), a.__dict__)
a.__dict__["z"] = 3; print(a.z, "z" in a.__dict__, len(a.__dict__), sorted(a.__dict__))
d = vars(a); d["w"] = 4; print(a.w); del d["w"]; print(hasattr(a, "w"))
a.__dict__ = {"only": 1}; print(vars(a))
for k, v in a.__dict__.items(): print(k, v)
a.__dict__.pop("only"); print(a.__dict__, a.__dict__.get("none"), a.__dict__ == {})
a.q = 1; copy = dict(a.__dict__); a.q = 2; print(copy, {**a.__dict__}, [k for k in a.__dict__])
