from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, declarative_base, make_transient, relationship

Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    name = Column(String, unique=True)
    books = relationship("Book", back_populates="shelf", order_by="Book.id")


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    title = Column(String)
    shelf_id = Column(ForeignKey("shelf.id"))
    shelf = relationship(Shelf, back_populates="books")


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Shelf(name="top", books=[Book(title="a"), Book(title="b"), Book(title="c")]))
    session.commit()
    shelf = session.scalars(select(Shelf)).one()
    first, second, third = shelf.books
    session.expire(first)
    print("shelf" in first.__dict__, "shelf_id" in first.__dict__)
    shelf.books.remove(first)
    print(first.__dict__.get("shelf", "unknown"), inspect(first).attrs.shelf.history)
    second.shelf = None
    print([book.title for book in shelf.books], inspect(second).attrs.shelf.history)
    session.flush()
    print(first.shelf_id, second.shelf_id, third.shelf_id)
    session.commit()

    session.expire(third)
    state = inspect(third)
    print(state.expired, sorted(state.expired_attributes))
    make_transient(third)
    print(state.transient, state.expired, sorted(state.expired_attributes), third.title)

    session.add_all([Shelf(name="top"), Book(title="d")])
    try:
        session.flush()
    except IntegrityError as error:
        print(error.orig)
    for objects in [[], [shelf], None]:
        try:
            session.flush(objects) if objects else session.flush()
            print("flushed")
        except Exception as error:
            print(type(error).__name__, str(error)[:60])
    session.rollback()
    session.flush()
    print(session.new, session.dirty)
