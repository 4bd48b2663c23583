from sqlalchemy import Column, ForeignKey, Integer, String, Table, create_engine, inspect, select, text
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.orm import DeclarativeBase, Session, relationship

engine = create_engine("sqlite://")
with engine.begin() as connection:
    for statement in (
        "CREATE TABLE owner (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20), kind VARCHAR)",
        "CREATE TABLE pet (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR, owner_id INTEGER REFERENCES owner(id))",
        "CREATE TABLE toy (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR)",
        "CREATE TABLE pet_toy (pet_id INTEGER REFERENCES pet(id), toy_id INTEGER REFERENCES toy(id))",
    ):
        connection.execute(text(statement))


def attempt(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)


class Base(DeclarativeBase):
    pass


class Reflected(DeferredReflection):
    __abstract__ = True


class Owner(Reflected, Base):
    __tablename__ = "owner"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "plain"}
    pets = relationship("Pet", back_populates="owner", order_by="Pet.id")

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


attempt(lambda: select(Owner))
attempt(lambda: inspect(Owner))
print(Owner.__table__.c.keys())
Owner.prepare(engine)
print(Owner.__table__.c.keys(), repr(Owner.__table__.c.name.type))


class Fancy(Owner):
    __mapper_args__ = {"polymorphic_identity": "fancy"}


Fancy.prepare(engine)


class Pet(Reflected, Base):
    __tablename__ = "pet"
    label = Column("name", String)
    owner = relationship("Owner", back_populates="pets")
    toys = relationship("Toy", secondary="pet_toy")


class Toy(Reflected, Base):
    __tablename__ = "toy"


attempt(lambda: Toy.prepare("nothing"))
with engine.connect() as connection:
    Toy.prepare(connection)
    Pet.prepare(connection)
print(sorted(Pet.__table__.c.keys()), [str(key.column) for key in Pet.__table__.c.owner_id.foreign_keys])
print(sorted(Base.metadata.tables), Base.metadata.tables["pet_toy"].c.keys())
s = Session(engine)
s.add(Fancy(name="Ann", pets=[Pet(label="Rex", toys=[Toy(name="ball")]), Pet(label="Tom")]))
s.add(Owner(name="Bo"))
s.commit()
print(s.scalars(select(Owner).order_by(Owner.id)).all())
print(s.execute(select(Pet.label, Toy.name).join(Pet.toys)).all())
print([pet.label for pet in s.scalars(select(Fancy)).one().pets])
