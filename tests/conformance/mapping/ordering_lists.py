from sqlalchemy import ForeignKey, create_engine, inspect, select
from sqlalchemy.ext.orderinglist import OrderingList, count_from_0, count_from_1, count_from_n_factory, ordering_list
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


def by_tens(index, collection):
    return (index + 1) * 10


def letters(index, collection):
    return "abcdefgh"[index]


class Lettered(OrderingList):
    """Another way to keep the position."""

    def _set_order_value(self, entity, value):
        super()._set_order_value(entity, value)
        entity.label = letters(value, self)


class Deck(Base):
    __tablename__ = "deck"
    id: Mapped[int] = mapped_column(primary_key=True)
    slides: Mapped[list["Slide"]] = relationship(
        order_by="Slide.place", collection_class=ordering_list("place"), back_populates="deck", cascade="all, delete-orphan"
    )
    notes: Mapped[list["Note"]] = relationship(
        order_by="Note.number", collection_class=ordering_list("number", count_from=1, reorder_on_append=True)
    )
    tens: Mapped[list["Ten"]] = relationship(
        order_by="Ten.number", collection_class=ordering_list("number", ordering_func=by_tens)
    )
    lettered: Mapped[list["Letter"]] = relationship(
        order_by="Letter.number", collection_class=lambda: Lettered("number")
    )


class Slide(Base):
    __tablename__ = "slide"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    place: Mapped[int | None]
    deck_id: Mapped[int | None] = mapped_column(ForeignKey("deck.id"))
    deck: Mapped[Deck | None] = relationship(back_populates="slides")

    def __repr__(self):
        return f"{self.name}:{self.place}"


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None]
    deck_id: Mapped[int | None] = mapped_column(ForeignKey("deck.id"))

    def __repr__(self):
        return f"note {self.number}"


class Ten(Base):
    __tablename__ = "ten"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None]
    deck_id: Mapped[int | None] = mapped_column(ForeignKey("deck.id"))

    def __repr__(self):
        return f"ten {self.number}"


class Letter(Base):
    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int | None]
    label: Mapped[str | None]
    deck_id: Mapped[int | None] = mapped_column(ForeignKey("deck.id"))

    def __repr__(self):
        return f"{self.label}{self.number}"


print(count_from_0(4, []), count_from_1(4, []), count_from_n_factory(7)(4, []), count_from_n_factory(7).__name__)

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)
deck = Deck(slides=[Slide(name="a"), Slide(name="b"), Slide(name="c")])
print(deck.slides, type(deck.slides).__name__)
deck.slides.insert(0, Slide(name="first"))
deck.slides.append(Slide(name="last"))
print(deck.slides)
s.add(deck)
s.commit()

print("-- loaded in order")
print(deck.slides)
popped = deck.slides.pop()
print(popped, deck.slides)
deck.slides.remove(deck.slides[1])
print(deck.slides)
del deck.slides[0]
print(deck.slides)
deck.slides[0] = Slide(name="new")
print(deck.slides)
deck.slides[0:2] = [Slide(name="x"), Slide(name="y")]
print(deck.slides)
s.commit()
print(s.execute(select(Slide.name, Slide.place).order_by(Slide.place)).all())

print("-- moved")
deck.slides.append(deck.slides.pop(0))
print(deck.slides)
moved = deck.slides[1]
deck.slides.remove(moved)
deck.slides.insert(0, moved)
print(deck.slides)
s.flush()
deck.slides.reverse()
print(deck.slides)
deck.slides.reorder()
print(deck.slides)
s.commit()
print(deck.slides)

print("-- through the other side, and positions of their own")
late = Slide(name="late", deck=deck)
print(deck.slides)
own = Slide(name="own", place=42)
deck.slides.append(own)
print(deck.slides)
deck.slides.extend([Slide(name="e"), Slide(name="f")])
print(deck.slides)
late.deck = None
print(deck.slides)
s.commit()
print(deck.slides)

print("-- other numbers")
deck.notes = [Note(number=9), Note(), Note(number=9)]
deck.tens += [Ten(), Ten()]
deck.lettered.append(Letter())
deck.lettered.insert(0, Letter())
print(deck.notes, deck.tens, deck.lettered)
s.commit()
print(deck.notes, deck.tens, deck.lettered)
print(inspect(deck).attrs.notes.history.unchanged)
deck.notes = deck.notes[1:]
print(deck.notes, inspect(deck).attrs.notes.history.deleted)
s.commit()
print(deck.notes)
deck.notes.clear()
print(deck.notes)
s.commit()
print(s.scalars(select(Note.deck_id)).all())
