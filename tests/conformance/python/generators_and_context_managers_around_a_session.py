from contextlib import contextmanager

from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Entry(Base):
    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]

    def __repr__(self):
        return f"<{self.text}>"


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)


@contextmanager
def session_scope():
    """Provide a transactional scope around a series of operations."""
    session = Session(engine)
    try:
        yield session
        session.commit()
        print("committed")
    except Exception as error:
        session.rollback()
        print("rolled back:", error)
        raise
    finally:
        session.close()


def numbered(session, start=1):
    for number, entry in enumerate(session.scalars(select(Entry).order_by(Entry.id)), start):
        got = yield number, entry
        if got:
            print("got", got)


with session_scope() as session:
    session.add_all([Entry(text=word) for word in ("one", "two", "three")])

try:
    with session_scope() as session:
        session.add(Entry(text="four"))
        session.flush()
        assert session.query(Entry).count() == 3, "too many entries"
except AssertionError as error:
    print("assertion:", error)

with session_scope() as session:
    walk = numbered(session)
    print(next(walk))
    print(walk.send("a message"))
    print(list(walk), [entry.text for _, entry in numbered(session, start=10)])
    print(next(walk, "nothing left"))

with session_scope() as session:
    session.get(Entry, 1).text = None
