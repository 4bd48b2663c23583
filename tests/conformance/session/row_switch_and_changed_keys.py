import warnings

from sqlalchemy import ForeignKey, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Country(Base):
    __tablename__ = "country"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    cities: Mapped[list["City"]] = relationship(back_populates="country", passive_updates=False)


class City(Base):
    __tablename__ = "city"
    id: Mapped[int] = mapped_column(primary_key=True)
    country_code: Mapped[str | None] = mapped_column(ForeignKey("country.code"))
    country: Mapped[Country | None] = relationship(back_populates="cities")


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    swiss = Country(code="SW", name="Switzerland", cities=[City(), City()])
    session.add(swiss)
    session.commit()

    # The cities follow the code of their country.
    swiss.code = "CH"
    session.commit()
    print([city.country_code for city in swiss.cities])

    # Deleted and added under the same key: the row is updated.
    old = Country(code="AT", name="Osterreich")
    session.add(old)
    session.flush()
    session.delete(old)
    new = Country(code="AT", name="Austria")
    session.add(new)
    session.flush()
    print(new in session, old in session, session.get(Country, "AT") is new)
    session.rollback()

    # An object with the key of one that stays is warned of.
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        session.get(Country, "CH")
        kept = session.get(Country, "CH")
        session.add(Country(code="CH", name="again"))
        try:
            session.flush()
        except Exception as error:
            print(type(error).__name__)
        for warning in caught:
            print(warning.category.__name__, str(warning.message).split(" conflicts ")[0].split(" at 0x")[0])
