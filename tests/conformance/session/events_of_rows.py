from sqlalchemy import ForeignKey, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Stamped:
    created: Mapped[str | None]
    changed: Mapped[str | None]


@event.listens_for(Stamped, "before_insert", propagate=True)
def stamp_insert(mapper, connection, target):
    target.created = "then"


@event.listens_for(Stamped, "before_update", propagate=True)
def stamp_update(mapper, connection, target):
    target.changed = "now"


class Author(Stamped, Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="author", cascade="all, delete-orphan")


class Book(Stamped, Base):
    __tablename__ = "books"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
    author: Mapped[Author] = relationship(back_populates="books")


class Log(Base):
    __tablename__ = "log"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


for name in ["after_insert", "after_update", "before_delete", "after_delete"]:

    @event.listens_for(Stamped, name, propagate=True)
    def write_log(mapper, connection, target, name=name):
        text = f"{name} {mapper.class_.__name__} {target.id}"
        connection.execute(Log.__table__.insert().values(text=text))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    author = Author(name="Le Guin", books=[Book(title="The Dispossessed")])
    session.add(author)
    session.commit()
    print(author.created, author.changed, author.books[0].created)
    author.name = "Ursula K. Le Guin"
    author.books.append(Book(title="The Word for World is Forest"))
    session.commit()
    print(author.created, author.changed, author.books[1].changed)
    session.delete(author)
    session.commit()
    print(*session.scalars(select(Log.text).order_by(Log.id)), sep="\n")

    @event.listens_for(Author, "before_insert")
    def refuse(mapper, connection, target):
        raise ValueError(f"no more authors, {target.name}")

    session.add(Author(name="nobody"))
    try:
        session.commit()
    except ValueError as error:
        print("ValueError:", error)
    try:
        session.scalars(select(Log)).all()
    except Exception as error:
        print(type(error).__name__, error)
