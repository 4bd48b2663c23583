from abc import ABC, abstractmethod
class Shape(ABC):
    @abstractmethod
    def area(self): ...
    @property
    @abstractmethod
    def name(self): ...
    def show(self): return f"{self.name} {self.area()}"
try: Shape()
except TypeError as e: print(e)
class Sq(Shape):
    def __init__(self, s): self.s = s
    def area(self): return self.s ** 2
    @property
    def name(self): return "sq"
print(Sq(3).show(), isinstance(Sq(1), Shape), issubclass(Sq, Shape))
import copy
a = [1, [2, 3], {"k": Sq(2)}]; b = copy.copy(a); c = copy.deepcopy(a); a[1].append(4); print(b[1], c[1], c[2]["k"].s, c[2]["k"] is a[2]["k"])
