from sqlalchemy import ForeignKey, create_engine, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Parent(Base):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    children: Mapped[list["Child"]] = relationship(back_populates="parent", cascade="all, delete-orphan")


class Child(Base):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="children")


def attempt(what):
    try:
        what()
    except Exception as error:
        print(type(error).__name__, str(error).split("\n")[0])


def stand(session):
    print(session.is_active, session.in_transaction(), session.in_nested_transaction())


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine, expire_on_commit=False) as session:
    # Only what is chosen, and what it needs, is flushed.
    first, second = Parent(name="first"), Parent(name="second")
    session.add_all([first, second])
    session.flush([second])
    print(inspect(first).pending, inspect(second).persistent)

    # A pending object that is merged is merged into another.
    print(session.merge(first) is first, len(session.new))
    session.rollback()

    # Without expiry a deleted object stays with its session, and can be deleted again.
    parent = Parent(name="p", children=[Child()])
    session.add(parent)
    session.commit()
    session.delete(parent)
    session.commit()
    print(inspect(parent).deleted, inspect(parent).detached)
    attempt(lambda: session.add(parent))
    session.delete(parent)
    print(parent in session.deleted)
    session.rollback()

    # An orphan of a parent outside of the session is written when it was added since.
    loose, child = Parent(name="loose"), Child()
    loose.children.append(child)
    loose.children.remove(child)
    session.add(child)
    session.flush()
    print(inspect(child).persistent)
    session.rollback()

    # A commit that fails leaves the savepoint to be rolled back.
    session.add(Parent(name="same"))
    savepoint = session.begin_nested()
    session.add(Parent(name="same"))
    attempt(savepoint.commit)
    stand(session)
    late = Parent(name="late")
    session.add(late)
    savepoint.rollback()
    stand(session)
    print(inspect(late).transient)
    session.commit()
    print(session.scalars(select(Parent.name)).all())

    # Closing a session ends its savepoints.
    session.begin_nested()
    session.scalars(select(Parent.name)).all()
