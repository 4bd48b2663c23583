from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, func, text
from sqlalchemy.orm import declarative_base, relationship, sessionmaker

Base = declarative_base()


class Author(Base):
    __tablename__ = "author"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    books = relationship("Book", back_populates="author", order_by="Book.id")

    def __repr__(self):
        return f"Author({self.name})"


class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    title = Column(String)
    pages = Column(Integer)
    author_id = Column(ForeignKey("author.id"))
    author = relationship(Author, back_populates="books")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = sessionmaker(engine)()
s.add_all([Author(name="ann", books=[Book(title="a", pages=10), Book(title="b", pages=30)]), Author(name="bob", books=[Book(title="c", pages=20)]), Author(name="cy")])
s.commit()
q = s.query(Author)
print(q.filter(Author.id == 1).union(q.filter(Author.name == "cy")).order_by(Author.name).all())
print(q.except_(q.filter_by(name="bob")).filter(Author.id > 1).all())
print(s.query(Author.name).union_all(s.query(Book.title)).count())
print(q.filter(text("name = :n")).params(n="bob").one())
print(s.query(Book.pages).filter(Book.author_id == Author.id).correlate(Author).statement)
print(q.filter(q.session.query(Book).filter(Book.author_id == Author.id).exists()).order_by(Author.id).all())
print([d["name"] for d in s.query(Author, Book.title, func.count(Book.id).label("n")).column_descriptions])
print(q.order_by(Author.id)[1:], q.order_by(Author.id)[0], q.order_by(Author.id).slice(1, 2).all())
for wrong in [lambda: q.limit(1).filter_by(id=1), lambda: q.filter_by(id=1).get(1), lambda: q[-1], lambda: s.query()]:
    try:
        print(wrong())
    except Exception as error:
        print(type(error).__name__, error)
print(s.query(Book).with_parent(q.get(1)).order_by(Book.id).count(), q.get({"id": 2}))
