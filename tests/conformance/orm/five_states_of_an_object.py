from sqlalchemy import create_engine, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, make_transient, mapped_column, object_session


class Base(DeclarativeBase):
    pass


class Letter(Base):
    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    sent: Mapped[bool] = mapped_column(default=False)


def show(label, obj):
    state = inspect(obj)
    names = ["transient", "pending", "persistent", "deleted", "detached"]
    current = [name for name in names if getattr(state, name)]
    print(f"{label:14}{current} key={state.identity} unloaded={sorted(state.unloaded)} expired={state.expired}")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

letter = Letter(text="Dear all")
show("made", letter)
session.add(letter)
show("added", letter)
print(object_session(letter) is session, inspect(letter).session is session)
session.flush()
show("flushed", letter)
session.commit()
show("committed", letter)
letter.sent = True
history = inspect(letter).attrs.sent.history
print(history.added, history.unchanged, history.deleted, inspect(letter).modified)
session.delete(letter)
show("delete called", letter)
session.flush()
show("delete flushed", letter)
session.commit()
show("commit", letter)
print(object_session(letter), letter.text)
make_transient(letter)
show("made transient", letter)
session.add(letter)
session.commit()
show("saved again", letter)
session.expunge(letter)
show("expunged", letter)
session.close()
