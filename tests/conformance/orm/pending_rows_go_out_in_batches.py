from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Word(Base):
    __tablename__ = "word"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    length: Mapped[int | None]


class Code(Base):
    __tablename__ = "code"
    # Its key is given by the program: nothing has to come back from the database.
    key: Mapped[str] = mapped_column(primary_key=True)
    meaning: Mapped[str]


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    words = [Word(text=text, length=len(text)) for text in "the quick brown fox".split()]
    session.add_all(words)
    session.flush()
    print([word.id for word in words])

    # A value that was never set goes out as None, in the same batch.
    session.add_all([Word(text="a", length=1), Word(text="b"), Word(text="c"), Word(text="d", length=1)])
    session.flush()

    session.add_all([Code(key="gkpj", meaning="integrity"), Code(key="7s2a", meaning="rollback")])
    session.commit()

    for word in session.scalars(select(Word).where(Word.length > 3).order_by(Word.id)):
        word.length = None
    for word in words[:1]:
        word.text = word.text.upper()
    session.commit()
    print(session.execute(select(Word.text, Word.length).order_by(Word.id)).all())
