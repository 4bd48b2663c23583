import os

from sqlalchemy import Column, Integer, String, create_engine, inspect
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class Visit(Base):
    __tablename__ = "visits"
    id = Column(Integer, primary_key=True)
    page = Column(String(40))


engine = create_engine("sqlite:///visits.sqlite", echo=True)
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()
session.add_all([Visit(page="/"), Visit(page="/about")])
session.commit()
print(session.query(Visit).count())

# Another session has another connection to the file: it does not see what is not committed.
session.add(Visit(page="/secret"))
session.flush()
other = sessionmaker(bind=engine)()
print(session.query(Visit).count(), other.query(Visit).count())
other.close()
session.rollback()
session.close()
engine.dispose()

again = create_engine("sqlite:///visits.sqlite")
print(inspect(again).get_table_names())
for column in inspect(again).get_columns("visits"):
    print(column["name"], column["type"], column["nullable"])
with sessionmaker(bind=again)() as session:
    print([visit.page for visit in session.query(Visit).order_by(Visit.id)])
print(repr(again))
