from sqlalchemy import create_engine, event, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, object_session


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def state_of(note):
    state = inspect(note)
    names = ["transient", "pending", "persistent", "deleted", "detached"]
    return [name for name in names if getattr(state, name)][0]


def listen(session, name):
    @event.listens_for(session, name)
    def tell(session, note):
        print("  ", name, note.text, state_of(note), object_session(note) is session)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
for name in """before_attach after_attach transient_to_pending pending_to_transient pending_to_persistent
loaded_as_persistent persistent_to_deleted persistent_to_detached persistent_to_transient
detached_to_persistent deleted_to_persistent deleted_to_detached""".split():
    listen(session, name)

note = Note(text="milk")
print("add, expunge, add, flush")
session.add(note)
session.expunge(note)
session.add(note)
session.flush()
print("rollback")
session.rollback()
print("once more, and commit")
session.add(note)
session.commit()
session.refresh(note)
print("expunge and back")
session.expunge(note)
session.add(note)
print("delete, flush, rollback")
session.delete(note)
session.flush()
session.rollback()
note.text
print("delete, commit")
session.delete(note)
session.commit()
session.add(Note(text="bread"))
session.commit()
session.expunge_all()
print("load, close")
print(session.scalars(select(Note)).one().text)
session.close()
