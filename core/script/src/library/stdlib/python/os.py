from _os import *
import os.path as path

sep, altsep, extsep, pathsep, linesep, curdir, pardir, devnull = "/", None, ".", ":", "\n", ".", "..", "/dev/null"
name = "posix"


class _Environ(dict):
    def __repr__(self):
        return f"environ({dict(self)!r})"


environ = _Environ()
environ.__class__.__name__ = "_Environ"


def getenv(key, default=None):
    return environ.get(key, default)


def putenv(key, value):
    environ[key] = value


def cpu_count():
    return 1


def urandom(size):
    import _random
    return _random.urandom(size)


def fspath(path):
    if isinstance(path, (str, bytes)):
        return path
    if hasattr(type(path), "__fspath__"):
        return path.__fspath__()
    raise TypeError(f"expected str, bytes or os.PathLike object, not {type(path).__name__}")


class PathLike:
    pass


def listdir(path="."):
    return []


def walk(top, **kwargs):
    return iter(())


def mkdir(path, *args, **kwargs):
    raise OSError(f"cannot make {fspath(path)!r}: there are no files here")


makedirs = mkdir


def stat(path, **kwargs):
    raise FileNotFoundError(2, "No such file or directory", fspath(path))


rename = replace = rmdir = open = stat
