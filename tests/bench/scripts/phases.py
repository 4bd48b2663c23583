"""The seven phases: what a program does with an ORM all day, on many objects.

Runs unchanged under SQLAlchemy on CPython, on Pyodide and in Ormscope. Each
phase is announced, timed by the script itself and printed with a sum over all
it has seen: `phase NAME MICROSECONDS SUM`. Sums are equal everywhere.
"""

from time import perf_counter

from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

SIZE = 10000
LAZY = SIZE // 10


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    age: Mapped[int]
    addresses: Mapped[list["Address"]] = relationship(back_populates="user")


class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    user: Mapped["User"] = relationship(back_populates="addresses")


def phase(name, work):
    print("start", name)
    started = perf_counter()
    total = work()
    micros = (perf_counter() - started) * 1_000_000
    print("phase", name, round(micros), total)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
fresh = Session(engine)
users = []
loaded = []


def make():
    for number in range(SIZE):
        address = Address(email=f"user{number}@example.org")
        users.append(User(name=f"user {number}", age=number % 90, addresses=[address]))
    session.add_all(users)
    return len(session.new)


def flush():
    session.flush()
    return len(session.identity_map)


def commit():
    session.commit()
    return len(session.identity_map)


def refresh():
    total = 0
    for user in session.scalars(select(User)):
        total += user.id + len(user.name) + user.age
    return total


def change():
    for user in users:
        user.name = "changed " + user.name
    session.flush()
    return len(session.dirty)


def load():
    total = 0
    for user in fresh.scalars(select(User)):
        total += user.id + len(user.name) + user.age
        loaded.append(user)
    return total


def lazy():
    total = 0
    for user in loaded[:LAZY]:
        for address in user.addresses:
            total += address.id + len(address.email) + address.user_id
    return total


phase("make", make)
phase("flush", flush)
phase("commit", commit)
phase("refresh", refresh)
phase("change", change)
session.commit()
phase("load", load)
phase("lazy", lazy)
