from sqlalchemy import create_engine
engine = create_engine('sqlite:///:memory:')

from sqlalchemy.orm import sessionmaker
Session = sessionmaker(bind=engine)

session = Session()

from sqlalchemy import Table, Column, Integer, ForeignKey
from sqlalchemy.orm import relationship
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()

association_table = Table('association', Base.metadata,
    Column('left_id', Integer, ForeignKey('left.id')),
    Column('right_id', Integer, ForeignKey('right.id')))

class Parent(Base):
    __tablename__ = 'left'
    id = Column(Integer, primary_key=True)
    children = relationship("Child",
                    secondary=association_table,
                    backref="parents")

class Child(Base):
    __tablename__ = 'right'
    id = Column(Integer, primary_key=True)

Base.metadata.create_all(engine)

# Two parents, three children, one new link a flush: in which order links of one flush go out is undefined.
mother, father = Parent(id=1), Parent(id=2)
session.add_all([mother, father])
session.flush()
for number in (1, 2, 3):
    mother.children.append(Child(id=number))
    session.flush()
for child in mother.children[:2]:
    father.children.append(child)
    session.flush()
session.commit()

for parent in session.query(Parent).order_by(Parent.id):
    print(parent.id, [child.id for child in parent.children])
for child in session.query(Child).order_by(Child.id):
    print(child.id, [parent.id for parent in child.parents])
for row in session.query(association_table).order_by(
        association_table.c.left_id, association_table.c.right_id):
    print(row)

youngest = session.get(Child, 3)
youngest.parents.remove(mother)
session.commit()
print(session.query(association_table).count(), youngest.parents, [child.id for child in mother.children])
