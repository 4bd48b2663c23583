from sqlalchemy import ForeignKey, create_engine, delete, inspect, select, update
from sqlalchemy.orm import (
    DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload, subqueryload,
)


class Base(DeclarativeBase):
    pass


class Company(Base):
    __tablename__ = "company"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]


class Person(Base):
    __tablename__ = "person"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    kind: Mapped[str]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    company: Mapped[Company | None] = relationship()


class Engineer(Person):
    __tablename__ = "engineer"
    __mapper_args__ = {"polymorphic_identity": "engineer"}
    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    language: Mapped[str | None]


class Manager(Person):
    __tablename__ = "manager"
    __mapper_args__ = {"polymorphic_identity": "manager"}
    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    level: Mapped[int | None]


def attempt(what):
    try:
        what()
    except Exception as error:
        print(type(error).__name__, error)


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    ada = Engineer(name="ada", company=Company(name="c"))
    session.add(ada)
    session.flush()
    # A query by the object's own key is sent in any case, and so is a subquery.
    session.scalars(select(Engineer).options(selectinload(Engineer.company))).all()
    session.scalars(select(Engineer).options(subqueryload(Engineer.company))).all()
    print(sorted(inspect(ada).expired_attributes))
    session.scalars(select(Person)).all()
    print(sorted(inspect(ada).expired_attributes))

    # An object of a sister class is none, and is not asked for.
    session.commit()
    print(session.get(Manager, 1))

    # The table of a class is its own; the columns that it inherits are others'.
    attempt(lambda: session.execute(update(Engineer).where(Engineer.id == 1).values(name="b")))
    print(session.execute(update(Engineer).where(Engineer.id == 1).values(language="ada")).rowcount)
    print(session.execute(delete(Manager).where(Manager.id == 1)).rowcount)

    # An object of another class of the hierarchy cannot take what it has no attribute for.
    session.add(Person(name="p"))
    session.flush()
    attempt(lambda: session.merge(Manager(id=2, name="m", level=3)))
