from typing import Optional

from sqlalchemy import String, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    author: Mapped[str]
    year: Mapped[Optional[int]]

    def __repr__(self) -> str:
        return f"Book(id={self.id!r}, title={self.title!r})"


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    session.add_all(
        [
            Book(title="Emma", author="Austen", year=1815),
            Book(title="Persuasion", author="Austen", year=1817),
            Book(title="Middlemarch", author="Eliot", year=1871),
            Book(title="Undated", author="Eliot"),
        ]
    )
    session.commit()

    for book in session.scalars(select(Book).order_by(Book.year)):
        print(book, book.year)
    for row in session.execute(select(Book.title, Book.year).where(Book.author == "Eliot")):
        print(row, row.title, row[1])
    print(session.execute(select(Book).where(Book.id == 2)).first())
    stmt = (
        select(Book.author, func.count(Book.id).label("books"), func.min(Book.year))
        .group_by(Book.author)
        .having(func.count(Book.id) > 1)
        .order_by(Book.author)
    )
    for author, books, first in session.execute(stmt):
        print(f"{author}: {books}, since {first}")
    print(session.scalar(select(func.count()).select_from(Book)))
    print(session.scalars(select(Book.title).where(Book.year.between(1815, 1820))).all())
