from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, List, Optional

from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

if TYPE_CHECKING:
    from library import Reader


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[Optional[str]]
    built: Mapped[dt.date | None]
    books: Mapped[List[Book]] = relationship(back_populates="shelf", order_by="Book.title")
    first_reader: Mapped[Optional[Reader]] = relationship(viewonly=True)


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    shelf_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id"))
    shelf: Mapped[Shelf | None] = relationship(back_populates="books")


class Reader(Base):
    __tablename__ = "reader"
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelf.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
print(repr(Shelf.__table__))
print(repr(Book.__table__))
with Session(engine) as session:
    shelf = Shelf(label="a", books=[Book(title="z"), Book(title="b")])
    session.add(shelf)
    session.commit()
    print([book.title for book in shelf.books], shelf.first_reader)
    print(session.scalars(select(Book).where(Book.shelf == shelf).order_by(Book.id)).first().shelf is shelf)
print(Shelf.books.property.uselist, Book.shelf.property.uselist, Shelf.first_reader.property.mapper)
