import time
from datetime import date, datetime, timedelta, timezone
from datetime import time as clock

d, at = date(2024, 5, 17), datetime(2024, 5, 17, 10, 20, 30, 123456)
aware = at.replace(tzinfo=timezone(timedelta(hours=2)))
print(d.isocalendar(), d.isocalendar().week, date(2021, 1, 3).isocalendar()[:2], date.fromisocalendar(2024, 20, 5), d.timetuple(), at.ctime(), d.ctime())
print(at.timetuple()[:6], aware.utctimetuple()[:5], aware.tzname(), at.tzname(), aware.dst(), aware.utcoffset(), at.timetz(), at.fold)
print(at.isoformat(" ", "seconds"), at.isoformat(timespec="milliseconds"), at.time().isoformat("minutes"), aware.isoformat(sep=" "), clock(1, 2).isoformat(timespec="microseconds"))
print(at.strftime("%U %W %V %G %j %e|%x %X|%c|%-d"[:25]), d.strftime("%d.%m.%y"), f"{at:%H:%M}", f"{d}", format(d, "%B"))
print(datetime.utcfromtimestamp(0), datetime.fromtimestamp(1.5, tz=timezone.utc), date.fromtimestamp(86400), datetime.combine(d, clock(9, 30)), datetime.combine(d, clock(9), tzinfo=timezone.utc), aware.timestamp())
delta = timedelta(days=1, hours=2)
print(delta // timedelta(hours=1), delta % timedelta(hours=5), divmod(delta, timedelta(hours=5)), +delta, delta // 2, delta / 2, delta / timedelta(hours=1), delta * 1.5, -delta, abs(-delta), timedelta.resolution, timedelta(weeks=1), timedelta(0.5))
print(date.resolution, datetime.resolution, date.min, date.max, datetime.max, clock.max, hash(timedelta(1)), hash(d), hash(at), hash(clock(1, 2, 3)), hash(aware) == hash(aware.astimezone(timezone.utc)))
print({d, d + timedelta(1), d + timedelta(2), date(2020, 1, 1), date(1999, 12, 31)}, {at, at + delta})
print(at == d, at != d, sorted([at + delta, at]), max(d, date(2025, 1, 1)), d < date(2025, 1, 1), isinstance(at, date), timezone.utc, repr(timezone(timedelta(hours=-5))), timezone(timedelta(minutes=90)))


class Day(date):
    def label(self):
        return f"day {self.day}"


print(Day(2024, 1, 2).label(), Day.fromisoformat("2024-03-04").label(), type(Day.fromordinal(5)).__mro__[-2].__name__, Day.fromisocalendar(2024, 1, 1).label())
print(datetime.strptime("17/05/24 10:20 PM", "%d/%m/%y %I:%M %p"), datetime.strptime("Fri May 17 2024 +0200", "%a %b %d %Y %z"), datetime.fromisoformat("2024-05-17T10:20:30+02:00"), datetime.fromisoformat("2024-05-17"), date.fromisoformat("2024-05-17"))
for attempt in [lambda: at < d, lambda: at - aware, lambda: at < aware, lambda: date(2024, 2, 30), lambda: date.fromisocalendar(2024, 60, 1), lambda: delta // 0, lambda: datetime.strptime("x", "%Y"), lambda: timezone(timedelta(days=2)),
                lambda: date.fromisoformat("17.5.2024"), lambda: datetime(2024, 1, 1, 25), lambda: at.isoformat(timespec="x"), lambda: date(0, 1, 1), lambda: date.max + timedelta(1), lambda: d + 1, lambda: d - at, lambda: 'on ' + d, lambda: d.nope, lambda: d < 5, lambda: timedelta('x'), lambda: delta + 1]:
    try:
        print(attempt())
    except Exception as error:
        print(type(error).__name__, error)
print(time.gmtime(0), time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(86399)), time.asctime(time.gmtime(0)), time.mktime(time.gmtime(5)), time.strptime("2024-05-17", "%Y-%m-%d").tm_yday, time.gmtime(1e9).tm_year, time.ctime(0), time.tzname)
