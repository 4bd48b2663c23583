from sqlalchemy import ForeignKey, create_engine, select, text, union_all
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, join, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Dish(Base):
    __tablename__ = "dish"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[int]
    notes: Mapped[list["Note"]] = relationship(order_by="Note.id")

    def __repr__(self):
        return f"{self.name}/{self.price}"


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    dish_id: Mapped[int] = mapped_column(ForeignKey("dish.id"))
    text: Mapped[str]


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)
s.add_all([Dish(name="soup", price=4, notes=[Note(text="hot")]), Dish(name="fish", price=12), Dish(name="cake", price=5)])
s.commit()
print(s.scalars(select(Dish).from_statement(text("SELECT * FROM dish WHERE price > :p ORDER BY id")), {"p": 4}).all())
named = text("SELECT id AS i, name AS n FROM dish ORDER BY name").columns(Dish.id, Dish.name)
print(s.execute(select(Dish.name, Dish.id).from_statement(named)).all())
both = union_all(select(Dish).where(Dish.price < 5), select(Dish).where(Dish.name == "cake"))
print(s.scalars(select(Dish).from_statement(both)).all())
try:
    s.scalars(select(Dish).from_statement(text("SELECT name FROM dish"))).all()
except Exception as error:
    print(type(error).__name__, error)
dear = aliased(Dish, select(Dish).where(Dish.price > 4).cte("dear"))
print(s.scalars(select(dear).order_by(dear.price)).all())
print(s.execute(select(Dish.name, Note.text).select_from(join(Dish, Note, Dish.notes))).all())
try:
    s.execute(select(Note.id).join(Dish, Dish.id == Note.dish_id).join(dear)).all()
except Exception as error:
    print(type(error).__name__)
