from typing import Optional

from sqlalchemy import ForeignKey, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    passport: Mapped[Optional["Passport"]] = relationship(back_populates="person", cascade="all, delete-orphan")
    roles: Mapped[list["Role"]] = relationship(back_populates="person", order_by="Role.film_id")


class Passport(Base):
    __tablename__ = "passport"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    person: Mapped[Person] = relationship(back_populates="passport")


class Film(Base):
    __tablename__ = "film"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


class Role(Base):
    __tablename__ = "role"
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    film_id: Mapped[int] = mapped_column(ForeignKey("film.id"), primary_key=True)
    character: Mapped[str]
    person: Mapped[Person] = relationship(back_populates="roles")
    film: Mapped[Film] = relationship()


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    buster = Person(name="Buster", passport=Passport(number="A1"))
    session.add(buster)
    session.commit()
    print(buster.passport.number, buster.passport.person is buster)

    buster.passport = Passport(number="B2")
    session.commit()
    print(session.scalars(select(Passport.number)).all())

    film = Film(title="The General")
    session.add(film)
    session.flush()
    buster.roles.append(Role(film=film, character="Johnnie Gray"))
    session.commit()
    for role in buster.roles:
        print(role.film.title, "-", role.character, (role.person_id, role.film_id))

    try:
        buster.roles.clear()
        session.flush()
    except AssertionError as error:
        print(error)
