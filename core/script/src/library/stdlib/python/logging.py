CRITICAL, ERROR, WARNING, INFO, DEBUG, NOTSET = 50, 40, 30, 20, 10, 0
FATAL, WARN = CRITICAL, WARNING
_names = {50: "CRITICAL", 40: "ERROR", 30: "WARNING", 20: "INFO", 10: "DEBUG", 0: "NOTSET"}


def getLevelName(level):
    return _names.get(level, f"Level {level}")


class Formatter:
    def __init__(self, fmt=None, datefmt=None, style="%", **kwargs):
        self._fmt = fmt or "%(message)s"


class Handler:
    def __init__(self, level=NOTSET):
        self.level = level

    def setLevel(self, level):
        self.level = level

    def setFormatter(self, fmt):
        self.formatter = fmt

    def addFilter(self, filter):
        pass

    def close(self):
        pass

    def flush(self):
        pass


class StreamHandler(Handler):
    def __init__(self, stream=None):
        super().__init__()


class NullHandler(Handler):
    pass


class FileHandler(Handler):
    def __init__(self, filename, *args, **kwargs):
        super().__init__()


class Logger:
    """A logger that keeps its level and writes nothing: there is no standard error here."""

    def __init__(self, name, level=NOTSET):
        self.name, self.level = name, level
        self.handlers = []
        self.propagate = True
        self.disabled = False

    def setLevel(self, level):
        self.level = level if isinstance(level, int) else next(n for n in _names if _names[n] == level)

    def getEffectiveLevel(self):
        return self.level or root.level

    def isEnabledFor(self, level):
        return level >= self.getEffectiveLevel()

    def addHandler(self, handler):
        self.handlers.append(handler)

    def removeHandler(self, handler):
        if handler in self.handlers:
            self.handlers.remove(handler)

    def hasHandlers(self):
        return bool(self.handlers)

    def log(self, level, msg, *args, **kwargs):
        pass

    def debug(self, msg, *args, **kwargs):
        pass

    info = warning = warn = error = exception = critical = debug

    def getChild(self, suffix):
        return getLogger(f"{self.name}.{suffix}")


root = Logger("root", WARNING)
_loggers = {}


def getLogger(name=None):
    if not name:
        return root
    if name not in _loggers:
        _loggers[name] = Logger(name)
    return _loggers[name]


def basicConfig(**kwargs):
    if "level" in kwargs:
        root.setLevel(kwargs["level"])


def disable(level=CRITICAL):
    pass


def debug(msg, *args, **kwargs):
    pass


info = warning = error = exception = critical = debug
