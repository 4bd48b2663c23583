from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine
from sqlalchemy.orm import clear_mappers, registry, relationship, sessionmaker

metadata = MetaData()
mapper_registry = registry(metadata=metadata)

department = Table(
    "department",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(30)),
)
employee = Table(
    "employee",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(30)),
    Column("department_id", None, ForeignKey("department.id")),
)


class Department(object):
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return "<Department %s>" % self.name


class Employee(object):
    greeting = "Hello"

    def __init__(self, name, department=None):
        print("__init__ of", name)
        self.name = name
        self.department = department

    def greet(self):
        return "%s, I am %s" % (self.greeting, self.name)


mapper_registry.map_imperatively(
    Department, department, properties={"employees": relationship(Employee, backref="department")}
)
mapper_registry.map_imperatively(Employee, employee)

engine = create_engine("sqlite://")
metadata.create_all(engine)
session = sessionmaker(bind=engine)()
session.add(Employee("Lee", Department("Repairs")))
session.commit()
session.close()

lee = session.query(Employee).filter_by(name="Lee").one()  # __init__ is not called when a row is loaded
print(lee.greet(), lee.department, lee.department.employees[0] is lee)
clear_mappers()
try:
    session.query(Employee)
except Exception as error:
    print(type(error).__name__, error)
print(Employee("Max").greet())
