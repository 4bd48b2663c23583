from sqlalchemy import create_engine, select
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class City(Base):
    __tablename__ = "city"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str]


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)

with Session(engine) as session:
    session.add_all([City(name="Lyon", country="fr"), City(name="Nice", country="fr"), City(name="Bonn", country="de")])
    session.commit()

    print(session.query(City).filter_by(country="de").one().name)
    print(session.query(City).filter_by(country="it").one_or_none())
    for country in ("it", "fr"):
        try:
            session.query(City).filter(City.country == country).one()
        except (NoResultFound, MultipleResultsFound) as error:
            print(type(error).__name__, "-", error)
    try:
        session.execute(select(City).where(City.country == "fr")).scalar_one_or_none()
    except MultipleResultsFound as error:
        print(error)
    print(session.scalars(select(City.name).order_by(City.name)).first())

    session.scalars(select(City).filter_by(name="Rome")).one()
