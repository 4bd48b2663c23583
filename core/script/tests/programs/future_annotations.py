from __future__ import annotations
import typing
class Node:
    parent: Node
    children: list[Node] = []
    m: typing.Optional["Other"]
print(Node.__annotations__)
def f(a: Undefined, b: int = 3) -> Nope: pass
print(f.__annotations__)
x: Whatever = 1
print(__annotations__, x)
