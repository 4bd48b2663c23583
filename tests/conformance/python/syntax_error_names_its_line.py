from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base

Base = declarative_base()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String)

    def __repr__(self):
    return "<User(name='%s')>" % self.name


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
print("never printed")
