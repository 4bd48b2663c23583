import sys

from _traceback import *
import _traceback

__all__ = ["print_exc", "format_exc", "print_exception", "format_exception", "format_exception_only",
           "print_tb", "format_tb", "extract_tb", "print_stack", "format_stack", "TracebackException"]


def format_exception(exc, /, value=None, tb=None, limit=None, chain=True):
    value = exc if isinstance(exc, BaseException) else value
    if value is None:
        return ["NoneType: None\n"]
    return _traceback.format_one(value).splitlines(True)


def format_exc(limit=None, chain=True):
    return "".join(format_exception(sys.exc_info()[1]))


def print_exception(exc, /, value=None, tb=None, limit=None, file=None, chain=True):
    (file or sys.stderr).write("".join(format_exception(exc, value, tb)))


def print_exc(limit=None, file=None, chain=True):
    (file or sys.stderr).write(format_exc())


def format_exception_only(exc, /, value=None):
    value = exc if isinstance(exc, BaseException) else value
    if value is None:
        return ["NoneType: None\n"]
    return [_traceback.last_line(value).rstrip("\n") + "\n"]


def extract_tb(tb, limit=None):
    return []


def format_tb(tb, limit=None):
    return []


def print_tb(tb, limit=None, file=None):
    pass


def extract_stack(f=None, limit=None):
    return []


def format_stack(f=None, limit=None):
    return []


def print_stack(f=None, limit=None, file=None):
    pass


class TracebackException:
    def __init__(self, exc_type, exc_value, exc_traceback, **kwargs):
        self._value, self.exc_type = exc_value, exc_type

    @classmethod
    def from_exception(cls, exc, **kwargs):
        return cls(type(exc), exc, None)

    def format(self, **kwargs):
        return iter(format_exception(self._value))

    def format_exception_only(self):
        return iter(format_exception_only(self._value))

    def __str__(self):
        return str(self._value)
