from _time import *
import _time

timezone = altzone = daylight = 0
tzname = ("UTC", "UTC")


class struct_time(tuple):
    n_sequence_fields, n_fields = 9, 11

    def __new__(cls, sequence):
        values = tuple(sequence)
        if len(values) < 9:
            raise TypeError(f"time.struct_time() takes an at least 9-sequence ({len(values)}-sequence given)")
        return tuple.__new__(cls, values[:9])

    tm_zone, tm_gmtoff = "UTC", 0

    def __repr__(self):
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(_FIELDS, self))
        return f"time.struct_time({shown})"


_FIELDS = ("tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst")
for _at, _name in enumerate(_FIELDS):
    setattr(struct_time, _name, property(lambda self, at=_at: tuple.__getitem__(self, at)))


def _moment(values):
    from datetime import datetime
    return datetime(*values[:5], min(values[5], 59))


def gmtime(secs=None):
    from datetime import datetime
    moment = datetime.utcfromtimestamp(int(_time.time() if secs is None else secs // 1))
    return moment.timetuple().__class__((*moment.timetuple()[:8], 0))


localtime = gmtime


def strftime(format, t=None, /):
    return _moment(gmtime() if t is None else t).strftime(format)


def strptime(data_string, format="%a %b %d %H:%M:%S %Y", /):
    from datetime import datetime
    return datetime.strptime(data_string, format).timetuple()


def mktime(t, /):
    from datetime import timezone
    return _moment(t).replace(tzinfo=timezone.utc).timestamp()


def asctime(t=None, /):
    return _moment(gmtime() if t is None else t).ctime()


def ctime(secs=None, /):
    return asctime(gmtime(secs))


def perf_counter_ns():
    return int(perf_counter() * 1_000_000_000)


monotonic_ns = process_time_ns = perf_counter_ns
thread_time = process_time


def get_clock_info(name):
    from types import SimpleNamespace
    return SimpleNamespace(adjustable=name == "time", implementation=name, monotonic=name != "time", resolution=1e-09)
