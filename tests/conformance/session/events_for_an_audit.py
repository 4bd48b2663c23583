from sqlalchemy import create_engine, event, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, scoped_session, sessionmaker


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[int]


class Audit(Base):
    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
Shop = scoped_session(sessionmaker(engine))


@event.listens_for(Shop, "before_flush")
def audit(session, context, instances):
    for thing in list(session.new):
        if isinstance(thing, Item):
            session.add(Audit(text=f"new {thing.name}"))
    for thing in session.dirty:
        if not session.is_modified(thing):
            continue
        for attribute in inspect(thing).attrs:
            history = attribute.history
            if history.has_changes():
                session.add(Audit(text=f"{attribute.key}: {history.deleted} -> {history.added}"))
    for thing in session.deleted:
        session.add(Audit(text=f"gone {thing.name}"))


@event.listens_for(Shop, "after_flush")
def counted(session, context):
    print("flushed", len(session.new), len(session.dirty), len(session.deleted))


@event.listens_for(Shop, "before_commit", once=True)
def first_commit(session):
    print("first commit", session is Shop())


tea = Item(name="tea", price=3)
Shop.add(tea)
Shop.commit()
tea.price += 1
tea.name = tea.name
Shop.commit()
tea.name = "green tea"
Shop.rollback()
Shop.delete(tea)
Shop.commit()
print(*Shop.scalars(select(Audit.text).order_by(Audit.id)), sep="\n")
Shop.remove()
with Session(engine) as other:
    other.add(Item(name="not audited", price=1))
    other.commit()
    print(other.scalars(select(Audit)).all()[-1].text)
