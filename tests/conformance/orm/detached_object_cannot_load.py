from sqlalchemy import ForeignKey, create_engine, inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.exc import DetachedInstanceError


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    pets: Mapped[list["Pet"]] = relationship(back_populates="owner")


class Pet(Base):
    __tablename__ = "pet"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("owner.id"))
    owner: Mapped[Owner] = relationship(back_populates="pets")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)

with Session(engine) as session:
    session.add(Owner(name="Ann", pets=[Pet(name="Rex")]))
    session.commit()
    owner = session.get(Owner, 1)
    print(owner.name)

state = inspect(owner)
print(state.detached, state.persistent, state.identity)
print(owner.name)
try:
    owner.pets
except DetachedInstanceError as error:
    print(type(error).__name__)

with Session(engine) as session:
    session.add(owner)
    print([pet.name for pet in owner.pets])
    session.expunge(owner)
    print(owner in session, [pet.name for pet in owner.pets])
    session.add(owner)
    session.commit()

owner.name
