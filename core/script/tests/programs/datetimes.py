import datetime
from datetime import date, timedelta, datetime as dt, timezone, time
d = dt(2024, 2, 29, 13, 5, 7); print(d, repr(d), d.isoformat(), d.date(), d.time(), d.year, d.month, d.hour, d.weekday(), d.strftime("%Y-%m-%d %H:%M:%S %a %b %j %p %I %y %A %B %d"))
print(d + timedelta(days=1, hours=2), d - timedelta(minutes=5), (dt(2024, 3, 1) - d), repr(timedelta(days=1, seconds=5)), timedelta(hours=25), timedelta(seconds=-1), timedelta(days=2) * 2, timedelta(1).total_seconds())
print(date(2024, 1, 1), repr(date(2024, 1, 1)), date(2024, 1, 1) < date(2024, 1, 2), date(2024, 3, 1) - date(2024, 2, 1), date(2024, 1, 31) + timedelta(1), date(2024, 1, 1).isoformat(), date.fromisoformat("2020-05-06"))
print(dt.fromisoformat("2024-01-02T03:04:05"), dt.strptime("2024-01-02 03:04", "%Y-%m-%d %H:%M"), d.replace(year=2025, day=1), dt.combine(date(2020, 1, 1), time(5, 6)))
print(dt(2024, 1, 1) == dt(2024, 1, 1), hash(date(2020, 1, 1)) == hash(date(2020, 1, 1)), isinstance(d, date), time(1, 2, 3), repr(time(1, 2)), dt(2024, 1, 1, 0, 0, 0, 5), f"{d:%Y/%m}")
print(dt(2024, 1, 1, tzinfo=timezone.utc), repr(timezone.utc), dt(2024, 1, 1, tzinfo=timezone.utc).isoformat())
try: date(2024, 13, 1)
except ValueError as e: print(e)
try: dt(2023, 2, 29)
except ValueError as e: print(e)
print(type(dt.now()).__name__, dt.now() > dt(2020, 1, 1), type(date.today()).__name__, datetime.date(2020, 1, 2).toordinal(), dt.min, dt.max)
