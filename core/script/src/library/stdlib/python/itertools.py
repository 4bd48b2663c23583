class count:
    def __init__(self, start=0, step=1):
        self._next, self._step = start, step

    def __iter__(self):
        return self

    def __next__(self):
        value = self._next
        self._next += self._step
        return value

    def __repr__(self):
        if self._step == 1:
            return f"count({self._next!r})"
        return f"count({self._next!r}, {self._step!r})"


def cycle(iterable):
    saved = []
    for item in iterable:
        yield item
        saved.append(item)
    while saved:
        yield from saved


class repeat:
    def __init__(self, object, times=None):
        self._object = object
        self._left = None if times is None else max(times, 0)

    def __iter__(self):
        return self

    def __next__(self):
        if self._left is not None:
            if not self._left:
                raise StopIteration
            self._left -= 1
        return self._object

    def __length_hint__(self):
        if self._left is None:
            raise TypeError("len() of unsized object")
        return self._left

    def __repr__(self):
        if self._left is None:
            return f"repeat({self._object!r})"
        return f"repeat({self._object!r}, {self._left})"


class chain:
    def __init__(self, *iterables):
        self._items = _chained(iterables)

    @classmethod
    def from_iterable(cls, iterables):
        made = cls()
        made._items = _chained(iterables)
        return made

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._items)


def _chained(iterables):
    for iterable in iterables:
        yield from iterable


def islice(iterable, *args):
    bounds = slice(*args)
    start = bounds.start or 0
    stop = bounds.stop
    step = bounds.step or 1
    if start < 0 or (stop is not None and stop < 0) or step < 1:
        raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    return _islice(iter(iterable), start, stop, step)


def _islice(iterator, start, stop, step):
    at, wanted = 0, start
    while stop is None or wanted < stop:
        for item in iterator:
            break
        else:
            return
        if at == wanted:
            yield item
            wanted += step
        at += 1
        if stop is not None and wanted >= stop:
            while at < stop and at < wanted:
                for item in iterator:
                    break
                else:
                    return
                at += 1
            return


def accumulate(iterable, func=None, *, initial=None):
    iterator = iter(iterable)
    total = initial
    if initial is None:
        for total in iterator:
            break
        else:
            return
    yield total
    for item in iterator:
        total = total + item if func is None else func(total, item)
        yield total


def compress(data, selectors):
    return (item for item, selected in zip(data, selectors) if selected)


def dropwhile(predicate, iterable):
    iterator = iter(iterable)
    for item in iterator:
        if not predicate(item):
            yield item
            break
    yield from iterator


def takewhile(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            return
        yield item


def filterfalse(predicate, iterable):
    for item in iterable:
        if not (item if predicate is None else predicate(item)):
            yield item


def starmap(function, iterable):
    for args in iterable:
        yield function(*args)


def pairwise(iterable):
    iterator = iter(iterable)
    for previous in iterator:
        break
    else:
        return
    for item in iterator:
        yield previous, item
        previous = item


def zip_longest(*iterables, fillvalue=None):
    ended = object()
    iterators = [iter(iterable) for iterable in iterables]
    while True:
        row = [next(iterator, ended) for iterator in iterators]
        if all(item is ended for item in row):
            return
        yield tuple(fillvalue if item is ended else item for item in row)


def tee(iterable, n=2):
    iterator = iter(iterable)
    queues = [[] for _ in range(n)]
    ended = object()

    def read(queue):
        while True:
            if not queue:
                item = next(iterator, ended)
                if item is ended:
                    return
                for other in queues:
                    other.append(item)
            yield queue.pop(0)
    return tuple(read(queue) for queue in queues)


class groupby:
    def __init__(self, iterable, key=None):
        self._iterator = iter(iterable)
        self._key = key if key is not None else lambda item: item
        self._ended = object()
        self._item = self._ended
        self._group = object()
        self._done = False
        self._started = False

    def __iter__(self):
        return self

    def _advance(self):
        self._item = next(self._iterator, self._ended)
        if self._item is self._ended:
            self._done = True
        else:
            self._current = self._key(self._item)

    def __next__(self):
        if not self._started:
            self._started = True
            self._advance()
        else:
            while not self._done and self._current == self._target:
                self._advance()
        if self._done:
            raise StopIteration
        self._target = self._current
        self._group = object()
        return self._target, self._items(self._target, self._group)

    def _items(self, target, group):
        while self._group is group and not self._done and self._current == target:
            yield self._item
            self._advance()


def product(*iterables, repeat=1):
    pools = [tuple(iterable) for iterable in iterables] * repeat
    rows = [()]
    for pool in pools:
        rows = [row + (item,) for row in rows for item in pool]
    return iter(rows)


def permutations(iterable, r=None):
    pool = tuple(iterable)
    r = len(pool) if r is None else r

    def extend(row, used):
        if len(row) == r:
            yield tuple(pool[at] for at in row)
            return
        for at in range(len(pool)):
            if at not in used:
                yield from extend(row + [at], used | {at})
    return extend([], frozenset())


def combinations(iterable, r):
    pool = tuple(iterable)

    def extend(row, start):
        if len(row) == r:
            yield tuple(row)
            return
        for at in range(start, len(pool)):
            yield from extend(row + [pool[at]], at + 1)
    return extend([], 0)


def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)

    def extend(row, start):
        if len(row) == r:
            yield tuple(row)
            return
        for at in range(start, len(pool)):
            yield from extend(row + [pool[at]], at)
    return extend([], 0)
