from dataclasses import InitVar, fields, is_dataclass
from typing import List, Optional

from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    mapped_column,
    registry,
    relationship,
)


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str]
    born: Mapped[Optional[int]] = mapped_column(default=None)
    style: Mapped[str] = mapped_column(default="plain", repr=False)
    books: Mapped[List["Book"]] = relationship(default_factory=list, back_populates="author")
    secret: InitVar[str] = "?"

    def __post_init__(self, secret):
        print("made", self.name, self.style, secret)


class Book(Base, kw_only=True, order=True):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(init=False, primary_key=True, compare=False)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), init=False, repr=False)
    title: Mapped[str]
    pages: Mapped[int] = mapped_column(insert_default=func.abs(-9), init=False, repr=False)
    author: Mapped[Optional[Author]] = relationship(back_populates="books", default=None, repr=False)


ann = Author("ann", secret="x")
print(ann, ann.style, ann.books)
print(ann == Author("ann"), is_dataclass(Author), [field.name for field in fields(Author)])
ann.books.append(Book(title="b"))
print(ann, Author.__match_args__)
for wrong in (lambda: Author(), lambda: Book("t"), lambda: Author("x", age=3)):
    try:
        wrong()
    except TypeError as error:
        print(error)

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(ann)
    session.commit()
    print(ann.id, ann.style, ann.books[0].pages, ann.books[0].author is ann)
    print(session.execute(select(Author.style, Author.born)).all())

others = registry()


@others.mapped_as_dataclass(repr=False)
class Point:
    __tablename__ = "point"
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(default=2)


print(Point(1) == Point(1, 2), Point(1).y)
