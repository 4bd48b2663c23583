from sqlalchemy import create_engine, insert, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Track(Base):
    __tablename__ = "track"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column("track_title")
    seconds: Mapped[int | None]


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.execute(insert(Track), [{"title": "one", "seconds": 61}, {"title": "two", "seconds": 62}, {"title": "three"}])
    print(session.execute(select(Track.title, Track.seconds)).all())

    first = session.get(Track, 1)
    session.execute(update(Track), [{"id": 1, "seconds": 99}, {"id": 2, "seconds": 98, "title": "zwei"}])
    print(first.seconds)

    session.bulk_insert_mappings(Track, [{"title": "four"}, {"title": "five", "seconds": 5}])
    session.bulk_update_mappings(Track, [{"id": 4, "title": "vier"}])
    session.bulk_save_objects([Track(title="six"), Track(title="seven", seconds=7)])
    print(session.execute(select(Track.id, Track.title, Track.seconds)).all())
    try:
        session.execute(update(Track), [{"seconds": 1}])
    except Exception as error:
        print(type(error).__name__, error)
