from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelf"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    books: Mapped[int] = mapped_column(default=0)


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    upper = Shelf(label=func.upper("poems"))
    plain = Shelf(label="prose", books=3)
    session.add_all([upper, plain])
    session.flush()
    print(upper.id, upper.label, plain.id, plain.label)

    plain.books = Shelf.books + 4
    session.flush()
    print(plain.books)

    plain.books = select(func.count(Shelf.id)).scalar_subquery()
    upper.label = func.lower(Shelf.label)
    session.commit()
    print(plain.books, upper.label)
