from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
Session_ = sessionmaker()
Session_.configure(bind=engine)

with Session_() as session:
    session.add(Note(text="never committed"))
    session.flush()
print("closed without commit")

with Session_.begin() as session:
    session.add(Note(text="committed at the end of the block"))
print("committed")

with Session(engine) as session, session.begin():
    session.add(Note(text="the other spelling"))

try:
    with Session_.begin() as session:
        session.add(Note(text="lost"))
        session.flush()
        raise ValueError("changed my mind")
except ValueError as error:
    print("rolled back:", error)

with Session_() as session:
    print(session.in_transaction())
    print(session.scalars(select(Note.text).order_by(Note.id)).all())
    print(session.in_transaction())
    session.commit()
    print(session.in_transaction())
print(session.is_active)
