from sqlalchemy import ForeignKey, create_engine, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import (
    PASSIVE_NO_INITIALIZE,
    flag_dirty,
    flag_modified,
    get_attribute,
    get_history,
    set_committed_value,
)


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parents"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    children: Mapped[list["Child"]] = relationship(back_populates="parent")


class Child(Base):
    __tablename__ = "children"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parents.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="children")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    parent = Parent(name="p", children=[Child(), Child()])
    session.add(parent)
    session.commit()
    state = inspect(parent)
    print(state.attrs.keys(), sorted(state.unloaded), state.expired)
    print(state.attrs.name.loaded_value, state.attrs.name.history)
    print(get_history(parent, "name", PASSIVE_NO_INITIALIZE), get_history(parent, "name"))
    parent.name = "q"
    print(state.attrs.name.history, sorted(state.unmodified))
    history = get_history(parent, "children")
    print(len(history.unchanged), history.has_changes(), history.empty(), len(history.sum()))
    parent.children.pop()
    history = state.attrs.children.history
    print(len(history.added), len(history.unchanged), len(history.deleted), len(history.non_added()))
    session.rollback()
    set_committed_value(parent, "name", "as loaded")
    set_committed_value(parent, "children", [])
    print(get_attribute(parent, "name"), parent.children, parent in session.dirty)
    flag_dirty(parent)
    print(parent in session.dirty, session.is_modified(parent))
    flag_modified(parent, "name")
    session.commit()
    print(parent.name, len(parent.children))
    try:
        flag_modified(Parent(), "name")
    except Exception as error:
        print(type(error).__name__, error)
