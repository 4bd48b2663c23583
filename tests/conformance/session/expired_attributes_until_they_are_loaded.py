from sqlalchemy import ForeignKey, create_engine, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    parent: Mapped["Node | None"] = relationship(back_populates="children", remote_side=[id])
    children: Mapped[list["Node"]] = relationship(back_populates="parent", cascade="all")


def show(node):
    state = inspect(node)
    print(state.expired, state.modified, sorted(state.expired_attributes), sorted(state.unloaded))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    root = Node(name="root", children=[Node(name="leaf")])
    leaf = root.children[0]
    session.add(root)
    session.commit()
    show(root)
    root.name = "new"
    show(root)
    print(len(root.children))
    show(root)
    show(leaf)
    with session.no_autoflush:
        leaf.name = "changed"
        session.scalars(select(Node).order_by(Node.id)).all()
    show(leaf)
    session.refresh(root)
    show(root)
    for names in (["name"], ["children"], ["parent"], ["name", "parent"]):
        session.refresh(leaf, names)
        show(leaf)

    # expire() goes on along its cascade, and lets what is pending go.
    root.children.append(Node(name="pending"))
    pending = root.children[-1]
    session.expire(root)
    show(root)
    show(leaf)
    print(pending in session, inspect(pending).transient)
    try:
        session.expire(pending)
    except Exception as error:
        print(type(error).__name__)

    # What was expired when its row went away cannot be loaded again.
    session.rollback()
    lost = Node(name="lost")
    session.add(lost)
    session.flush()
    session.expire(lost)
    session.rollback()
    show(lost)
    for what in (lambda: lost.name, lambda: setattr(lost, "id", 3), lambda: session.merge(lost)):
        try:
            what()
        except Exception as error:
            print(type(error).__name__)
    session.add(lost)
    try:
        session.flush()
    except Exception as error:
        print(type(error).__name__)
