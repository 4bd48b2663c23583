from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()


class Shelf(Base):
    __tablename__ = "shelf"
    id = Column(Integer, primary_key=True)
    room = Column(String(20))
    books = relationship("Book", backref="shelf")


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    title = Column(String(50))
    shelf_id = Column(Integer, ForeignKey("shelf.id"))


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

session = Session(engine)
shelf = Shelf(room="study", books=[Book(title="one"), Book(title="two")])
session.add(shelf)
session.commit()

session.delete(shelf)
print(shelf in session.deleted, len(session.deleted))
session.commit()

for book in session.query(Book).order_by(Book.id):
    print(book.title, book.shelf_id, book.shelf)

lonely = session.query(Book).filter(Book.shelf_id.is_(None)).first()
session.delete(lonely)
session.commit()
print(session.query(Book.title).all())
print(lonely in session)
