import os

sep, curdir, pardir, extsep = "/", ".", "..", "."


def _text(path):
    return path if isinstance(path, str) else os.fspath(path)


def exists(path):
    return False


isfile = isdir = islink = lexists = exists


def isabs(path):
    return _text(path).startswith("/")


def join(path, *paths):
    path = _text(path)
    for part in map(_text, paths):
        if part.startswith("/"):
            path = part
        elif not path or path.endswith("/"):
            path += part
        else:
            path += "/" + part
    return path


def split(path):
    path = _text(path)
    at = path.rfind("/") + 1
    head, tail = path[:at], path[at:]
    return (head.rstrip("/") or head), tail


def basename(path):
    return split(path)[1]


def dirname(path):
    return split(path)[0]


def splitext(path):
    path = _text(path)
    start = path.rfind("/") + 1
    name = path[start:]
    at = name.rfind(".")
    if at <= 0 or not name[:at].strip("."):
        return path, ""
    return path[:start + at], name[at:]


def normpath(path):
    path = _text(path)
    root = "/" if path.startswith("/") else ""
    names = []
    for name in path.split("/"):
        if name in ("", "."):
            continue
        if name == ".." and (names and names[-1] != ".." or root):
            names = names[:-1]
        else:
            names.append(name)
    return root + "/".join(names) or "."


def abspath(path):
    return normpath(join(os.getcwd(), path))


realpath = abspath


def relpath(path, start="."):
    names, base = abspath(path).split("/")[1:], abspath(start).split("/")[1:]
    names, base = [n for n in names if n], [n for n in base if n]
    same = 0
    while same < min(len(names), len(base)) and names[same] == base[same]:
        same += 1
    return "/".join([".."] * (len(base) - same) + names[same:]) or "."


def expanduser(path):
    return _text(path)


expandvars = normcase = expanduser


def commonprefix(m):
    if not m:
        return ""
    low, high = min(m), max(m)
    for at, c in enumerate(low):
        if c != high[at]:
            return low[:at]
    return low


def getsize(path):
    raise FileNotFoundError(2, "No such file or directory", _text(path))


getmtime = getctime = getsize
