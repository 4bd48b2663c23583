from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class Country(Base):
    __tablename__ = "countries"
    code = Column(String(2), primary_key=True)
    name = Column(String(50))

    def __repr__(self):
        return f"{self.code}={self.name}"


engine = create_engine("sqlite:///:memory:", echo=True)
Base.metadata.create_all(engine)
Session = sessionmaker(bind=engine)

session = Session()
france = Country(code="fr", name="France")
session.add(france)
session.commit()

# Loaded in this session: the identity map already knows the key.
france.name
try:
    session.add(Country(code="fr", name="Frankreich"))
    session.flush()
except Exception as error:
    print(type(error).__name__)
session.rollback()

# Not loaded: only the database can tell.
other = Session()
other.add(Country(code="fr", name="Francia"))
try:
    other.commit()
except IntegrityError as error:
    print(error.orig)
other.rollback()

loaded = other.get(Country, "fr")
try:
    session.add(loaded)
except InvalidRequestError as error:
    print("already in another session:", "attached to session" in str(error))
other.close()

detached = loaded
print(france)
session.add(detached)
