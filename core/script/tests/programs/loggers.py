import io
import logging
import sys

stream = io.StringIO()
handler = logging.StreamHandler(stream)
handler.setFormatter(logging.Formatter("%(levelname)-8s %(name)s: %(message)s"))
logger = logging.getLogger("shop.orders")
logger.addHandler(handler)
logger.setLevel(logging.DEBUG)
logger.debug("created %s", 7)
logger.info("%(name)s has %(n)d", {"name": "cart", "n": 2})
logger.warning("no arguments 100%")
logger.getChild("items").error("propagated")
logger.log(25, "between")
try:
    1 / 0
except ZeroDivisionError:
    logger.exception("failed")
print(stream.getvalue().splitlines()[:6], "ZeroDivisionError: division by zero" in stream.getvalue())
print(logger, logging.getLogger("shop"), logging.getLogger(), logger.parent, logger.handlers == [handler], logger.hasHandlers())
print(logger.getEffectiveLevel(), logging.getLogger("shop.orders.x").getEffectiveLevel(), logging.getLogger("zzz").isEnabledFor(logging.INFO), logging.getLevelName(10), logging.getLevelName("INFO"), logging.getLevelName(15))
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="[%(levelname)s] %(message)s (%(funcName)s)")


def work():
    logging.info("from a function")
    logging.debug("not shown")


work()
logging.getLogger("other").info("root handles %s", "this")
logging.warning("top")


class Only(logging.Filter):
    def filter(self, record):
        return "keep" in record.getMessage()


class Collect(logging.Handler):
    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append((record.levelname, record.getMessage(), record.name))


collect = Collect()
quiet = logging.getLogger("quiet")
quiet.propagate = False
quiet.addHandler(collect)
quiet.addFilter(Only())
quiet.warning("keep me")
quiet.warning("drop me")
quiet.info("keep, but too low? no: root says INFO")
print(collect.records, collect, handler.level)
quiet.disabled = True
quiet.error("keep disabled")
logging.disable(logging.WARNING)
logging.warning("off")
logging.error("on")
logging.disable(logging.NOTSET)
for attempt in [lambda: logger.setLevel("LOUD"), lambda: logger.setLevel(1.5)]:
    try:
        attempt()
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
braces = logging.Formatter("{levelname}|{message}", style="{")
print(braces.format(logging.LogRecord("n", logging.INFO, "p.py", 3, "a %s", ("b",), None)))
