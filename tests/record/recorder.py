#!/usr/bin/env python3
"""Runs one script under real SQLAlchemy and prints its transcript as JSON lines.

    recorder.py SCRIPT [--hashseed N] [--jitter N]

SQLAlchemy is the one of the Python that runs this file; requirements-*.txt beside it name the two
versions that recordings are made with. A script whose first line is `# oracle: sa=1.4` is refused by any
other version. ORMSCOPE_FROZEN_CLOCK names the library built from frozenclock.c.

    --hashseed N   PYTHONHASHSEED of the run, which orders sets of strings (default 0)
    --jitter N     moves objects to other addresses, which orders sets of everything else (default: not)

A recording that changes with either depends on an order that SQLAlchemy leaves undefined.

It starts Python again in a fixed environment; there it runs the script and prints the events that
transcript.py collects, one a line.
"""
import argparse
import builtins
import gc
import json
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import types
import warnings

FROZEN_AT = 1715941230  # 2024-05-17 10:20:30 UTC, as in frozenclock.c
TIME_LIMIT = 30  # seconds for one script
INNER = "ORMSCOPE_RECORDER_INNER"


def main():
    arguments = parse_arguments()
    if os.environ.get(INNER) != "1":
        start_again(arguments)
    if int(time.time()) != FROZEN_AT:
        fail("the clock is not frozen: is ORMSCOPE_FROZEN_CLOCK the library built from frozenclock.c?")
    script = os.path.abspath(arguments.script)
    try:
        with open(script, encoding="utf-8") as file:
            source = file.read()
    except OSError as error:
        fail(str(error))
    check_version(source)
    folder = tempfile.mkdtemp(prefix="ormscope-record-")
    os.chdir(folder)
    # A script inside C code may never come back to Python's signal handlers: let the kernel end it.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(TIME_LIMIT)
    scatter_memory(arguments.jitter)
    events = record(script, source)
    os.chdir("/")
    shutil.rmtree(folder, ignore_errors=True)
    for event in events:
        sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    # Leave without running exit handlers: they are no part of the run, and the script's objects die there.
    os._exit(0)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("script")
    parser.add_argument("--hashseed", default="0")
    parser.add_argument("--jitter", type=int, default=0)
    return parser.parse_args()


def fail(reason):
    sys.exit("recorder.py: " + reason)


def start_again(arguments):
    """Replaces this process by the same command in the environment that every recording has."""
    clock = os.environ.get("ORMSCOPE_FROZEN_CLOCK")
    if not clock or not os.path.exists(clock):
        fail("ORMSCOPE_FROZEN_CLOCK must name the library built from frozenclock.c (the cc line is in it)")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "SQLALCHEMY_"))
    }
    environment.update(
        {
            INNER: "1",
            "LD_PRELOAD": os.path.abspath(clock),
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONHASHSEED": arguments.hashseed,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONNOUSERSITE": "1",
        }
    )
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, *sys.argv], environment)


def check_version(source):
    """A script says in its first line which SQLAlchemy it is written for; without it, 2.1."""
    import sqlalchemy

    asked = re.match(r"#\s*oracle:.*\bsa=(\S+)", source)
    asked = asked.group(1) if asked else "2.1"
    if not sqlalchemy.__version__.startswith(asked + "."):
        fail(f"the script asks for SQLAlchemy {asked}, this Python has {sqlalchemy.__version__}")


def scatter_memory(seed):
    """Leaves holes of many sizes in the heap, so that new objects come to lie elsewhere."""
    if not seed:
        return
    choose = random.Random(seed)
    makers = (
        lambda: bytes(choose.randrange(1, 400)),
        lambda: [None] * choose.randrange(1, 40),
        lambda: (None,) * choose.randrange(1, 20),
        lambda: {"key": None},
        lambda: types.SimpleNamespace(),
    )
    litter = [choose.choice(makers)() for _ in range(60_000)]
    choose.shuffle(litter)
    gc.collect()
    sys.ormscope_litter = litter[:20_000]  # kept alive; the rest is freed here


def record(script, source):
    """Runs `source` as the main module and returns the events."""
    # Imported here, in the inner process, which leaves no compiled files behind.
    import sqlalchemy
    from transcript import Engines, Stdout, Transcript, described_error, listen

    transcript, engines = Transcript(), Engines()
    listen(transcript, engines)
    warnings.simplefilter("ignore")

    module = types.ModuleType("__main__")
    module.__file__ = script
    module.__builtins__ = builtins
    sys.modules["__main__"] = module
    sys.argv = [script]
    sys.stdin = open(os.devnull, encoding="utf-8")
    real_stdout, sys.stdout = sys.stdout, Stdout(transcript)
    failure = None
    try:
        exec(compile(source, script, "exec", dont_inherit=True), module.__dict__)
        status = "ok"
    except SystemExit as error:
        status = "error" if error.code not in (None, 0) else "exit"
        failure = error
    except BaseException as error:
        status = "error"
        failure = error
    # From here on nothing counts, not even what str(failure) may print or the SQL it may emit.
    transcript.close()
    if status == "error":
        transcript.events.append(described_error(failure, script))
    sys.stdout = real_stdout
    transcript.events.append(
        {
            "kind": "end",
            "status": status,
            "sqlalchemy": sqlalchemy.__version__,
            "engines": engines.described(),
        }
    )
    return transcript.events


if __name__ == "__main__":
    main()
