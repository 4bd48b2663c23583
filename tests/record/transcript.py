"""What a run printed and what SQLAlchemy logged, as events in the order in which they happened.

Knows SQLAlchemy's log and how to normalise text; knows nothing about processes, clocks or files. The
format is the one that `ormscope transcript` prints: one event is one of stdout, sql, log, error, end.
"""
import io
import logging
import re
import traceback

HIDDEN = "[SQL parameters hidden due to hide_parameters=True]"

INSTALLED_FOLDER = re.compile(r"(?:/[^\s'\"():/]+)+(?=/(?:sqlalchemy|python3[^/]*)/)")
ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,16}\b")
ANONYMOUS_NAME = re.compile(r"%\((-?\d{7,}) ")


def normalised(text):
    """`text` without what differs from machine to machine or from run to run."""
    text = INSTALLED_FOLDER.sub("…", text)
    text = ADDRESS.sub("0x…", text)
    return ANONYMOUS_NAME.sub("%(… ", text)


class Transcript:
    """The events so far, and the printed text that is not yet one. Ignores everything once closed."""

    def __init__(self):
        self.events = []
        self.printed = []
        self.closed = False

    def print(self, text):
        if not self.closed:
            self.printed.append(text)

    def add(self, event):
        """Adds `event` after what was printed before it."""
        if not self.closed:
            self.flush_printed()
            self.events.append(event)

    def close(self):
        self.flush_printed()
        self.closed = True

    def flush_printed(self):
        text = "".join(self.printed)
        self.printed.clear()
        for line in re.findall(r"[^\n]*\n|[^\n]+", text):
            self.events.append({"kind": "stdout", "text": normalised(line)})


class Stdout(io.TextIOBase):
    """The script's `sys.stdout`."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self, transcript):
        self.transcript = transcript

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.transcript.print(text)
        return len(text)


class Engines:
    """The engines of the run, numbered from 1 in order of creation."""

    def __init__(self):
        self.known = []

    @staticmethod
    def root(engine):
        """The engine that was created; `execution_options()` hands out proxies of it."""
        while hasattr(engine, "_proxied"):
            engine = engine._proxied
        return engine

    @staticmethod
    def echo(engine):
        return engine._echo if engine._echo in (True, "debug") else False

    def meet(self, engine):
        if self.number(engine) is None:
            self.known.append(self.root(engine))

    def number(self, engine):
        root = self.root(engine)
        return next((n for n, known in enumerate(self.known, 1) if known is root), None)

    def described(self):
        return [
            {
                "id": number,
                "url": engine.url.render_as_string(hide_password=True),
                "echo": self.echo(engine),
            }
            for number, engine in enumerate(self.known, 1)
        ]


class StatementLog(logging.Handler):
    """Turns SQLAlchemy's log into events. A statement is logged as a line, its parameters as the next."""

    def __init__(self, transcript, engines):
        super().__init__()
        self.transcript = transcript
        self.engines = engines
        self.statement = None  # the last statement, while its parameters may still come

    def emit(self, entry):
        engine = getattr(entry, "ormscope_engine", None)
        if entry.levelno < logging.INFO:
            if engine is not None and engine._echo == "debug":
                self.transcript.add(
                    {"kind": "log", "level": entry.levelname, "text": normalised(entry.getMessage())}
                )
        elif self.statement is not None and str(entry.msg).endswith(("[%s] %r", HIDDEN)):
            self.add_parameters(entry)
        else:
            self.statement = {
                "kind": "sql",
                "statement": normalised(entry.getMessage()),
                "parameters": None,
                "tag": None,
                "cache": None,
                "batch": None,
                "echo": False if engine is None else self.engines.echo(engine),
                "engine": None if engine is None else self.engines.number(engine),
            }
            self.transcript.add(self.statement)

    def add_parameters(self, entry):
        if entry.msg.endswith(HIDDEN):
            # 1.4 puts the statistics into the message, 2.1 into the arguments.
            statistics = entry.args[0] if entry.args else re.match(r".*?\[([^\]]*)\]", entry.msg).group(1)
            parameters = HIDDEN
        else:
            statistics, parameters = entry.args[0], normalised(repr(entry.args[1]))
        statement, self.statement = self.statement, None
        statement.update(parameters=parameters, **parsed_statistics(statistics))


def parsed_statistics(text):
    """`generated in 0.1s (insertmanyvalues) 1/2 (ordered)` → cache, tag and batch, without durations."""
    found = {"cache": None, "tag": None, "batch": None}
    batch = re.search(r"(\d+)/(\d+) \(([^)]*)\)\s*$", text)
    if batch and "insertmanyvalues" in text:
        found["batch"] = "{}/{} ({})".format(*batch.groups())
    for start, cache in (("generated in", "generated"), ("cached since", "cached"), ("insertmany", "batch")):
        if text.startswith(start):
            found["cache"] = cache
            return found
    disabled = re.match(r"caching disabled(?: \((.*?)\))?", text)
    named = re.match(r"raw sql|no key|dialect \S+ does not support caching", text)
    if disabled:
        found["tag"] = "caching disabled" + (f" ({disabled.group(1)})" if disabled.group(1) else "")
    else:
        found["tag"] = named.group() if named else "unknown"
    return found


def listen(transcript, engines):
    """Makes SQLAlchemy log every engine's statements, echoing or not, to `transcript` and nowhere else."""
    from sqlalchemy import log
    from sqlalchemy.engine import base

    # Engine.__init__ cannot be wrapped, create_engine() reads its signature; but it asks for a logger.
    make_logger = log.instance_logger

    def instance_logger(instance, echoflag=None):
        if isinstance(instance, base.Engine):
            engines.meet(instance)
        return make_logger(instance, echoflag)

    log.instance_logger = instance_logger
    log._add_default_handler = lambda logger: None  # echo=True would print every statement once more

    def naming_its_engine(method):
        def logged(self, message, *args, **options):
            return method(self, message, *args, extra={"ormscope_engine": self.engine}, **options)

        return logged

    base.Connection._log_info = naming_its_engine(base.Connection._log_info)
    base.Connection._log_debug = naming_its_engine(base.Connection._log_debug)

    logger = logging.getLogger("sqlalchemy.engine.Engine")
    logger.setLevel(logging.INFO)
    logger.addHandler(StatementLog(transcript, engines))
    logger.propagate = False


def described_error(error, script):
    lines = [
        (line, frame.f_code.co_name)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == script
    ]
    innermost = lines[-1][0] if lines else None
    if isinstance(error, SyntaxError):
        message = error.msg
        if not lines and error.filename == script:
            innermost = error.lineno
    else:
        try:
            message = str(error)
        except Exception as second:
            message = f"<unprintable: {second}>"
    return {
        "kind": "error",
        "type": type(error).__name__,
        "module": type(error).__module__,
        "message": normalised(message),
        "line": innermost,
        "top": next((line for line, name in reversed(lines) if name == "<module>"), None),
    }
