from collections import deque

from sqlalchemy._elements import cloned_traverse, replacement_traverse

__all__ = [
    "iterate", "traverse_using", "traverse", "cloned_traverse", "replacement_traverse", "Visitable",
    "ExternalTraversal", "InternalTraversal", "anon_map",
]


class Visitable:
    pass


class InternalTraversal:
    pass


class anon_map(dict):
    pass


def iterate(obj, opts={}):
    if obj is None:
        return
    yield obj
    levels = deque([obj.get_children(**opts)])
    while levels:
        for child in levels.popleft():
            yield child
            levels.append(child.get_children(**opts))


def traverse_using(iterator, obj, visitors):
    for target in iterator:
        visit = visitors.get(target.__visit_name__)
        if visit:
            visit(target)
    return obj


def traverse(obj, opts, visitors):
    return traverse_using(iterate(obj, opts), obj, visitors)


class ExternalTraversal:
    __traverse_options__ = {}

    def traverse_single(self, obj, **kw):
        for visitor in self.visitor_iterator:
            visit = getattr(visitor, "visit_%s" % obj.__visit_name__, None)
            if visit:
                return visit(obj, **kw)

    def iterate(self, obj):
        return iterate(obj, self.__traverse_options__)

    def traverse(self, obj):
        return traverse(obj, self.__traverse_options__, self._visitor_dict)

    @property
    def _visitor_dict(self):
        return {
            name[len("visit_"):]: getattr(self, name) for name in dir(self) if name.startswith("visit_")
        }

    @property
    def visitor_iterator(self):
        visitor = self
        while visitor:
            yield visitor
            visitor = getattr(visitor, "_next", None)

    def chain(self, visitor):
        last = list(self.visitor_iterator)[-1]
        last._next = visitor
        return self


class CloningExternalTraversal(ExternalTraversal):
    def copy_and_process(self, elements):
        return [self.traverse(element) for element in elements]

    def traverse(self, obj):
        return cloned_traverse(obj, self.__traverse_options__, self._visitor_dict)


class ReplacingExternalTraversal(CloningExternalTraversal):
    def replace(self, elem):
        raise NotImplementedError()

    def traverse(self, obj):
        def replace(element):
            for visitor in self.visitor_iterator:
                found = visitor.replace(element)
                if found is not None:
                    return found

        return replacement_traverse(obj, self.__traverse_options__, replace)


ClauseVisitor = ExternalTraversal
CloningVisitor = CloningExternalTraversal
ReplacingCloningVisitor = ReplacingExternalTraversal
