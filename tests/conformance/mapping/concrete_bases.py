from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, inspect, select
from sqlalchemy.ext.declarative import AbstractConcreteBase, ConcreteBase
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    configure_mappers,
    declarative_base,
    mapped_column,
    polymorphic_union,
    relationship,
)

engine = create_engine("sqlite://")


class Base(DeclarativeBase):
    pass


print("-- the base has a table")


class Employee(ConcreteBase, Base):
    __tablename__ = "employee"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column()
    __mapper_args__ = {"polymorphic_identity": "employee", "concrete": True}

    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"


class Manager(Employee):
    __tablename__ = "manager"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column()
    budget: Mapped[int] = mapped_column()
    __mapper_args__ = {"polymorphic_identity": "manager", "concrete": True}


class Engineer(Employee):
    __tablename__ = "engineer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column()
    language: Mapped[str] = mapped_column()
    __mapper_args__ = {"polymorphic_identity": "engineer", "concrete": True}


Base.metadata.create_all(engine)
s = Session(engine)
s.add_all([Employee(id=1, name="e"), Manager(id=2, name="m", budget=3), Engineer(id=3, name="g", language="py")])
s.commit()
print(s.scalars(select(Employee).order_by(Employee.name)).all())
print(s.scalars(select(Manager)).one().budget)
print(s.scalars(select(Employee).where(Employee.name == "g")).one().language)
print(inspect(Employee).polymorphic_on, inspect(Employee).with_polymorphic[0], sorted(inspect(Employee).polymorphic_map))
print(select(Employee))
s.expunge_all()
print(s.get(Employee, 1), s.get(Engineer, 3))
s.close()

print("-- the base has none")
Base2 = declarative_base()


class Vehicle(AbstractConcreteBase, Base2):
    wheels = Column(Integer)

    def __repr__(self):
        return f"{type(self).__name__}({self.id}, {self.wheels})"


class Car(Vehicle):
    __tablename__ = "car"
    id = Column(Integer, primary_key=True)
    doors = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "car", "concrete": True}


class Bike(Vehicle):
    __tablename__ = "bike"
    id = Column(Integer, primary_key=True)
    bell = Column(String)
    __mapper_args__ = {"polymorphic_identity": "bike", "concrete": True}


try:
    select(Vehicle)
    print("mapped")
except Exception as error:
    print(type(error).__name__, error)
configure_mappers()
Base2.metadata.create_all(engine)
s = Session(engine)
s.add_all([Car(id=1, wheels=4, doors=5), Bike(id=2, wheels=2, bell="ding")])
s.commit()
print(s.scalars(select(Vehicle).order_by(Vehicle.id)).all())
print(s.scalars(select(Vehicle).where(Vehicle.wheels == 2)).one().bell)
print(inspect(Car).inherits is inspect(Vehicle), inspect(Car).concrete, [m.class_.__name__ for m in inspect(Vehicle).self_and_descendants])
print(s.scalars(select(Car)).all())
s.close()

print("-- a union by hand")
Base3 = declarative_base()


class Shape(Base3):
    __tablename__ = "shape"
    id = Column(Integer, primary_key=True)
    size = Column(Integer)


class Circle(Base3):
    __tablename__ = "circle"
    id = Column(Integer, primary_key=True)
    size = Column(Integer)
    radius = Column(Integer)


for union in (
    polymorphic_union({"shape": Shape.__table__, "circle": Circle.__table__}, "kind", "everything"),
    polymorphic_union({1: Shape.__table__, 2: Circle.__table__}, "kind"),
    polymorphic_union({"it's": Shape.__table__, "circle": Circle.__table__}, "kind", cast_nulls=False),
    polymorphic_union({"shape": Shape.__table__, "circle": Circle.__table__}, None),
):
    print(union.c.keys())
    print(select(union))
try:
    polymorphic_union({"shape": Shape.__table__}, "size")
except Exception as error:
    print(type(error).__name__, error)
