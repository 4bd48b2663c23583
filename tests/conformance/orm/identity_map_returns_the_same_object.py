from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class Planet(Base):
    __tablename__ = "planets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    moons: Mapped[int | None]


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
Session = sessionmaker(engine)

with Session() as session:
    mars = Planet(name="Mars", moons=2)
    session.add_all([mars, Planet(name="Venus")])
    session.commit()

    print(session.get(Planet, 1) is mars)
    print(session.scalars(select(Planet).where(Planet.name == "Mars")).one() is mars)
    print(session.query(Planet).filter(Planet.moons > 1).first() is mars)

    # A second session has objects of its own.
    with Session() as other:
        theirs = other.get(Planet, 1)
        print(theirs is mars, theirs.name == mars.name)

    venus = session.get(Planet, 2)
    print(venus.name, venus.moons)
    again = session.get(Planet, 2)
    print(again is venus)
    del venus, again
    # Nobody holds Venus any more: the map is weak, and get() asks the database again.
    print(session.get(Planet, 2).name)
    print(session.get(Planet, 99))
