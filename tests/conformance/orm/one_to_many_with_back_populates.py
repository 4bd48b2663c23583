from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, relationship, sessionmaker

engine = create_engine("sqlite://", echo=True)
Base = declarative_base()


class Author(Base):
    __tablename__ = "authors"

    id = Column(Integer, primary_key=True)
    name = Column(String(50), nullable=False)
    books = relationship("Book", back_populates="author", order_by="Book.title")

    def __repr__(self):
        return "<Author %s>" % self.name


class Book(Base):
    __tablename__ = "books"

    id = Column(Integer, primary_key=True)
    title = Column(String(100))
    author_id = Column(Integer, ForeignKey("authors.id"))
    author = relationship("Author", back_populates="books")

    def __repr__(self):
        return "<Book %s>" % self.title


Base.metadata.create_all(engine)
Session = sessionmaker(bind=engine)
session = Session()

ursula = Author(name="Ursula K. Le Guin")
ursula.books = [Book(title="The Tombs of Atuan"), Book(title="A Wizard of Earthsea")]
print(ursula.books[0].author is ursula)
session.add(ursula)
print(session.new)
session.commit()

print("lazy load in the order asked for")
print(ursula.books)
print("the many-to-one side comes from the identity map")
print(ursula.books[0].author)

farthest = Book(title="The Farthest Shore", author=ursula)
print(farthest in ursula.books, farthest in session)
session.add(farthest)
session.commit()
print([book.author_id for book in ursula.books])

ursula.books.remove(farthest)
print(farthest.author)
session.commit()
print(farthest.author_id, len(ursula.books))
