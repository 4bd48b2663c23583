import contextvars
import html
import inspect
import os
import sys
import traceback
from os import path


class Base:
    """A base.

        Indented.
    """

    def method(self):
        return 1


def plain():
    pass


print(inspect.isclass(Base), inspect.isfunction(plain), inspect.ismethod(Base().method), inspect.isclass(plain), inspect.getdoc(Base), inspect.getmro(Base)[0].__name__)
print([name for name, _ in inspect.getmembers(Base, inspect.isfunction)], inspect.unwrap(plain) is plain, inspect.isbuiltin(len))
var = contextvars.ContextVar("request", default="none")
token = var.set("first")
print(var.get(), var.name)
var.reset(token)
print(var.get(), html.escape("<a href='x'>&\"</a>"))
print(sys.version_info[:2], sys.version_info.major, sys.version_info >= (3, 8), sys.byteorder, sys.float_info.epsilon)
print(path.join("a", "b.py"), path.splitext("x/y.tar.gz"), path.basename("/a/b.py"), path.normpath("a/../b//c/."), os.environ.get("NO_SUCH_NAME", "usual"), os.linesep == "\n")


def fails(number):
    return 10 / number


try:
    fails(0)
except ZeroDivisionError as error:
    lines = traceback.format_exc().splitlines()
    print(lines[0], [line.strip() for line in lines if not line.startswith("  File") and set(line.strip()) - set("~^")][1:])
    print(traceback.format_exception_only(error), traceback.format_exception(error)[-1], sys.exc_info()[0])
