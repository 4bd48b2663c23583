# Rows become reports: grouped, summed, formatted and logged with the standard library.
import io
import itertools
import logging
import statistics
import sys
from collections import defaultdict, namedtuple
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache, reduce
from operator import attrgetter, itemgetter
from pprint import pprint

from sqlalchemy import Column, DateTime, Integer, MetaData, Numeric, String, Table, create_engine, insert, select

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
log = logging.getLogger("report")
engine = create_engine("sqlite://")
metadata = MetaData()
sales = Table(
    "sales", metadata, Column("id", Integer, primary_key=True), Column("shop", String(10)),
    Column("amount", Numeric(10, 2)), Column("at", DateTime),
)
metadata.create_all(engine)
start = datetime(2024, 2, 28, 9, 30)


@contextmanager
def timed(name):
    log.info("begin %s", name)
    yield
    log.info("end %s", name)


with timed("load"), engine.begin() as conn:
    conn.execute(insert(sales), [
        {"shop": shop, "amount": Decimal(amount), "at": start + timedelta(hours=9 * at)}
        for at, (shop, amount) in enumerate([("north", "10.50"), ("south", "7.25"), ("north", "3.99"), ("south", "20")])
    ])
    rows = conn.execute(select(sales).order_by(sales.c.shop, sales.c.id)).all()


@dataclass(order=True)
class Summary:
    total: Decimal
    shop: str = field(compare=False)
    days: list = field(default_factory=list, compare=False, repr=False)


summaries = []
for shop, group in itertools.groupby(rows, key=attrgetter("shop")):
    group = list(group)
    summaries.append(Summary(sum(row.amount for row in group), shop, [f"{row.at:%a %d %b %H:%M}" for row in group]))
for summary in sorted(summaries, reverse=True):
    print(summary, summary.days)
pprint([asdict(summary) for summary in summaries], width=60)
by_day = defaultdict(Decimal)
for row in rows:
    by_day[row.at.date().isoformat()] += row.amount
print(dict(by_day), max(by_day.items(), key=itemgetter(1)))
amounts = [row.amount for row in rows]
print(statistics.mean(amounts), statistics.median(amounts), reduce(lambda a, b: a * b, amounts).quantize(Decimal("0.01"), ROUND_HALF_UP), Fraction(amounts[0]))
Line = namedtuple("Line", sales.c.keys())
print(Line(*rows[0]), Line(*rows[0])._asdict()["shop"])


@lru_cache
def count(shop):
    with engine.connect() as conn:
        return len(conn.execute(select(sales.c.id).where(sales.c.shop == shop)).all())


print(count("north"), count("north"), count.cache_info())
with redirect_stdout(io.StringIO()) as page:
    print("hidden", *amounts, sep="|")
log.warning("%d characters on the page: %r", len(page.getvalue()), page.getvalue())
