# oracle: sa=1.4
from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.declarative import as_declarative, declarative_base, declared_attr
from sqlalchemy.orm import relationship, sessionmaker

Base = declarative_base()


class Common(object):
    made = Column(String(20), default="now")

    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()

    id = Column(Integer, primary_key=True)


class Farm(Common, Base):
    name = Column(String)
    animals = relationship("Animal", backref="farm", order_by="Animal.id")


class Animal(Common, Base):
    kind = Column(String, nullable=False)
    farm_id = Column(Integer, ForeignKey("farm.id"))

    @declared_attr
    def legs(cls):
        return Column(Integer, default=4)


print(Farm.__table__.columns.keys(), Animal.__table__.columns.keys())
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()
session.add(Farm(name="hill", animals=[Animal(kind="cow"), Animal(kind="hen", legs=2)]))
session.commit()
print([(animal.kind, animal.legs, animal.made) for animal in session.query(Farm).one().animals])
Animal.weight = Column("kilos", Integer)
print(Animal.__table__.columns.keys(), Animal.weight)


@as_declarative()
class Model(object):
    def __repr__(self):
        return "<%s>" % type(self).__name__


class Barn(Model):
    __tablename__ = "barn"
    id = Column(Integer, primary_key=True)


print(Barn(id=1), Barn.__table__.columns.keys())
try:
    Barn(roof=2)
except TypeError as error:
    print(error)
