from sqlalchemy import ForeignKey, create_engine, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    children: Mapped[list["Child"]] = relationship(back_populates="parent")


class Child(Base):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="children")


def show(obj, key):
    added, unchanged, deleted = inspect(obj).attrs[key].history
    print(type(obj).__name__, key, len(added), len(unchanged), len(deleted), key in inspect(obj).unloaded)


def attempt(what):
    try:
        what()
    except Exception as error:
        print(type(error).__name__, error)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    fresh = Parent(name="a")
    del fresh.name
    show(fresh, "name")
    attempt(lambda: delattr(fresh, "name"))
    attempt(lambda: delattr(Child(), "parent"))

    parent = Parent(name="b", children=[Child(), Child()])
    session.add(parent)
    session.flush()
    one, other = parent.children
    del one.parent
    show(one, "parent")
    show(parent, "children")
    print(one.parent)
    del parent.children
    show(parent, "children")
    show(other, "parent")
    session.flush()
    print(one.parent_id, other.parent_id, parent.children)

    # An attribute without a value has nothing to write.
    del parent.name
    show(parent, "name")
    attempt(session.flush)
