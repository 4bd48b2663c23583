from _sys import *

__stdout__, __stderr__ = stdout, stderr


class _Fields(tuple):
    def __repr__(self):
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(self._names, self))
        return f"sys.{type(self).__name__}({shown})"


def _fields(name, **values):
    made = type(name, (_Fields,), {"_names": tuple(values)})
    for at, key in enumerate(values):
        setattr(made, key, property(lambda self, at=at: tuple.__getitem__(self, at)))
    made.__module__ = "sys"
    return tuple.__new__(made, tuple(values.values()))


version_info = _fields("version_info", major=3, minor=11, micro=7, releaselevel="final", serial=0)
float_info = _fields("float_info", max=1.7976931348623157e+308, max_exp=1024, max_10_exp=308,
                     min=2.2250738585072014e-308, min_exp=-1021, min_10_exp=-307, dig=15, mant_dig=53,
                     epsilon=2.220446049250313e-16, radix=2, rounds=1)
int_info = _fields("int_info", bits_per_digit=30, sizeof_digit=4, default_max_str_digits=4300,
                   str_digits_check_threshold=640)
hexversion = 0x030b07f0
maxunicode = 0x10ffff
implementation = type("SimpleNamespace", (), {"name": "cpython", "cache_tag": "cpython-311", "version": version_info})()
prefix = exec_prefix = base_prefix = "/usr"
copyright = "Copyright (c) 2001-2023 Python Software Foundation."
warnoptions = []
flags = _fields("flags", debug=0, inspect=0, interactive=0, optimize=0, dont_write_bytecode=0, no_user_site=0,
                no_site=0, ignore_environment=0, verbose=0, bytes_warning=0, quiet=0, hash_randomization=0,
                isolated=0, dev_mode=False, utf8_mode=0)


class _Stdin:
    name, encoding = "<stdin>", "utf-8"

    def read(self, size=-1):
        raise OSError("nobody is there to type: give the value in the script itself")

    readline = readlines = read

    def isatty(self):
        return False

    def __iter__(self):
        return self

    __next__ = read


stdin = __stdin__ = _Stdin()


def exception():
    return exc_info()[1]


def getdefaultencoding():
    return "utf-8"


def getfilesystemencoding():
    return "utf-8"


def displayhook(value):
    if value is not None:
        print(repr(value))


def excepthook(exctype, value, traceback):
    pass


def getrefcount(object):
    raise NotImplementedError("references are not counted in a way that scripts could see")


def settrace(tracefunc):
    pass


setprofile = settrace


def gettrace():
    return None
