from sqlalchemy import ForeignKey, create_engine, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    children: Mapped[list["Child"]] = relationship(back_populates="parent", cascade="all, delete-orphan")


class Child(Base):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="children")


def show(parent):
    added, unchanged, deleted = inspect(parent).attrs.children.history
    print(len(added), len(unchanged), len(deleted), "children" in inspect(parent).unloaded, inspect(parent).modified)


def attempt(what):
    try:
        what()
    except Exception as error:
        print(type(error).__name__, error)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    # An empty collection that was only looked at is no value.
    parent = Parent()
    held = parent.children
    show(parent)
    print(held is parent.children)
    session.add(parent)
    session.flush()
    print(parent.children, held is parent.children)
    show(parent)

    # What is not in a list is removed all the same, before the list complains.
    loose = Parent()
    stranger = Child(parent=parent)
    attempt(lambda: loose.children.remove(stranger))
    show(loose)
    print(stranger.parent is parent, len(parent.children))
    attempt(lambda: loose.children.pop())
    show(loose)

    # An item that is replaced by itself goes and comes.
    child = Child()
    loose.children.append(child)
    loose.children[0] = child
    print(child.parent is loose, len(loose.children))
    loose.children[0:1] = [child, Child()]
    print(len(loose.children), [each.parent is loose for each in loose.children])

    # One that is there twice stays when it is removed once.
    twice = Parent(children=[child, child])
    twice.children.remove(child)
    print(child.parent is twice, len(twice.children))
    popped = twice.children.pop()
    print(popped.parent, len(twice.children))
