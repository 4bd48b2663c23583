from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, case, create_engine, delete, func, select, tuple_, update
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()


class Animal(Base):
    __tablename__ = "animals"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    name = Column(String)
    age = Column(Integer)
    tame = Column(Boolean, default=False)
    seen = Column(Integer, onupdate=lambda: 7)
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}

    def __repr__(self):
        return f"{type(self).__name__}({self.name}, {self.age})"


class Bird(Animal):
    wings = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "bird"}


class Parrot(Bird):
    __mapper_args__ = {"polymorphic_identity": "parrot"}


class Place(Base):
    __tablename__ = "places"
    id = Column(Integer, primary_key=True)
    animal_id = Column(ForeignKey("animals.id"))


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
session = Session(engine)
session.add_all(
    [
        Animal(name="rex", age=3),
        Bird(name="tit", age=1, wings=2),
        Parrot(name="ara", age=40, wings=2),
        Parrot(name="kea", age=None, wings=2),
    ]
)
session.commit()
animals = session.scalars(select(Animal).order_by(Animal.id)).all()

print(update(Bird).values(wings=1))
print(delete(Parrot).where(Parrot.age > 1))
session.execute(update(Bird).values(age=Bird.age + 1))
print(animals)
session.execute(update(Parrot).where(Parrot.name.startswith("a")).values(name="ARA"))
print(animals, [animal.__dict__.get("seen") for animal in animals])

for condition in [
    Animal.name.like("r%"),
    func.lower(Animal.name) == "rex",
    Animal.age.between(1, 2),
    Place.id == 1,
    Animal.__table__.c.age == 1,
    Animal.id.in_(select(Place.animal_id)),
    -Animal.age == 1,
    case((Animal.age == 1, 2)) == 2,
    Animal.name.contains("x"),
    ~Animal.name.endswith("x"),
    ~Animal.tame,
    Animal.age.op("%")(2) == 1,
    Animal.name + 1 == "x",
]:
    for how in ["evaluate", "auto"]:
        try:
            statement = update(Animal).where(condition).values(age=5).execution_options(synchronize_session=how)
            print(how, session.execute(statement).rowcount, [animal.__dict__.get("age") for animal in animals])
        except Exception as error:
            print(how, type(error).__name__, str(error).split(" at 0x")[0])
    session.rollback()
    list(map(repr, animals))

session.execute(update(Animal).where(Animal.tame, Animal.age.is_not(None)).values(age=9))
session.execute(update(Animal).where(tuple_(Animal.name, Animal.age).in_([("rex", 3)])).values(age=Animal.age * 2))
print(animals)
session.execute(update(Animal).where(Animal.age % 2 == 0).values(name=func.upper(Animal.name)))
print([animal.__dict__.get("name") for animal in animals])
print(animals)
animals[0].age = 100
with session.no_autoflush:
    session.execute(update(Animal).where(Animal.name == "REX").values(age=1))
print([animal.__dict__.get("age") for animal in animals])
session.expire(animals[1], ["name"])
session.execute(update(Animal).where(Animal.name == "tit").values(age=77))
print(animals[1].__dict__.get("age"), animals[1])
session.expire(animals[1], ["name"])
session.execute(delete(Bird).where(Bird.name == "tit"))
print(animals[1] in session, animals[2] in session)
rows = session.execute(
    delete(Parrot).where(func.length(Parrot.name) == 3).returning(Parrot.name), execution_options={"synchronize_session": "fetch"}
)
print(rows.all(), [animal in session for animal in animals])
rows = session.execute(update(Animal).values(age=2).returning(Animal.id), execution_options={"synchronize_session": "fetch"})
print(rows.all(), [animal.__dict__.get("age") for animal in animals if animal in session])
for wrong in ["sometimes", 3]:
    try:
        session.execute(update(Animal).values(age=2), execution_options={"synchronize_session": wrong})
    except Exception as error:
        print(type(error).__name__, error)
