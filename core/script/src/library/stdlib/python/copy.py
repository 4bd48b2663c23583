class Error(Exception):
    pass


def copy(x):
    custom = getattr(type(x), "__copy__", None)
    if custom is not None:
        return custom(x)
    if isinstance(x, (list, dict, set)) and type(x) in (list, dict, set):
        return type(x)(x)
    if x is None or isinstance(x, (int, float, str, bytes, tuple, type, frozenset)) or callable(x):
        return x
    made = x.__class__.__new__(x.__class__)
    made.__dict__ = x.__dict__
    return made


def deepcopy(x, memo=None):
    memo = {} if memo is None else memo
    if id(x) in memo:
        return memo[id(x)]
    custom = getattr(type(x), "__deepcopy__", None)
    if custom is not None:
        return custom(x, memo)
    if type(x) is list:
        made = memo[id(x)] = []
        made.extend(deepcopy(item, memo) for item in x)
        return made
    if type(x) is dict:
        made = memo[id(x)] = {}
        for key, value in x.items():
            made[deepcopy(key, memo)] = deepcopy(value, memo)
        return made
    if type(x) is set:
        return {deepcopy(item, memo) for item in x}
    if type(x) is tuple:
        return tuple(deepcopy(item, memo) for item in x)
    if x is None or isinstance(x, (int, float, str, bytes, type, frozenset)) or callable(x):
        return x
    if not hasattr(x, "__dict__") or not x.__dict__:
        return x
    made = memo[id(x)] = x.__class__.__new__(x.__class__)
    made.__dict__ = deepcopy(x.__dict__, memo)
    return made
