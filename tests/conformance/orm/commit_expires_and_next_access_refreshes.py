from sqlalchemy import Column, Float, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class Reading(Base):
    __tablename__ = "readings"

    id = Column(Integer, primary_key=True)
    sensor = Column(String(20))
    value = Column(Float)


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

Session = sessionmaker(bind=engine)
session = Session()
reading = Reading(sensor="roof", value=21.5)
session.add(reading)
session.commit()

print("read after commit")
print(reading.sensor)
print("read again, no SQL")
print(reading.value)

reading.value += 1
session.commit()
print(reading.value)

session.expire(reading, ["value"])
print("one attribute expired")
print(reading.sensor)
print(reading.value)
session.refresh(reading)
session.expire_all()
print(reading.id)
session.close()

keep = sessionmaker(bind=engine, expire_on_commit=False)()
reading = keep.get(Reading, 1)
reading.value = 30.0
keep.commit()
print("expire_on_commit=False:", reading.value)
