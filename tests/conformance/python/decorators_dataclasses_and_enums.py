import functools
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class Level(Enum):
    LOW = 1
    HIGH = 2

    def next(self):
        return Level(self.value % len(Level) + 1)


class Alarm(Base):
    __tablename__ = "alarms"
    id = Column(Integer, primary_key=True)
    where = Column(String(20))
    level = Column(EnumType(Level), default=Level.LOW)


@dataclass
class Summary:
    title: str
    counts: dict = field(default_factory=dict)

    def add(self, level):
        self.counts[level.name] = self.counts.get(level.name, 0) + 1


def traced(prefix=">"):
    def decorate(function):
        calls = 0

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            nonlocal calls
            calls += 1
            shown = ", ".join([repr(a) for a in args] + [f"{k}={v!r}" for k, v in kwargs.items()])
            print(f"{prefix} {function.__name__}({shown}) #{calls}")
            return function(*args, **kwargs)

        return wrapper

    return decorate


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()


@traced(prefix="->")
def ring(where, level=None):
    """Save an alarm."""
    alarm = Alarm(where=where) if level is None else Alarm(where=where, level=level)
    session.add(alarm)
    session.flush()
    return alarm.level


print(ring("door"), ring("roof", level=Level.HIGH), ring.__name__, ring.__doc__)
session.commit()

summary = Summary("today")
for alarm in session.query(Alarm).order_by(Alarm.id):
    summary.add(alarm.level)
    alarm.level = alarm.level.next()
session.commit()
print(summary, summary == Summary("today", {"LOW": 1, "HIGH": 1}))
print(session.query(Alarm.where, Alarm.level).order_by(Alarm.id).all())
print([level for level in Level], Level["LOW"] is Level.LOW, repr(Level.HIGH.value), Level.LOW.name.lower())
print(session.query(Alarm).filter(Alarm.level == Level.HIGH).one().where)
