from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, close_all_sessions, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str]


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
Maker = sessionmaker(engine, expire_on_commit=False)
print(sorted(Maker.kw))
with Maker() as session:
    print(session.expire_on_commit, session.autoflush, session.info, session.bind is engine, session.get_bind() is engine)
    session.expire_on_commit = True
    note = Note(body="a")
    session.add(note)
    session.commit()
    print(note.body)
    session.expunge(note)

    with Session(engine) as other:
        same = other.merge(note, load=False)
        print(same is note, same.body, other.is_modified(same))
        note.body = "changed"
        other.expunge_all()
        try:
            other.merge(note, load=False)
        except Exception as error:
            print(error)
        try:
            other.merge(Note(body="new"), load=False)
        except Exception as error:
            print(error)
        merged = other.merge_all([note, Note(body="b")])
        print([item.body for item in merged], other.is_modified(merged[0]))

waiting = Session(engine, autobegin=False)
try:
    waiting.add(Note(body="c"))
except Exception as error:
    print(error)
closed = Session(engine, close_resets_only=False)
closed.close()
try:
    closed.get(Note, 1)
except Exception as error:
    print(error)
try:
    Session().get_bind()
except Exception as error:
    print(error)
close_all_sessions()
