from sqlalchemy import ForeignKey, create_engine, inspect, select, text
from sqlalchemy.ext.declarative import DeferredReflection
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

engine = create_engine("sqlite://")
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE river (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, length INTEGER)"))
    connection.execute(text("CREATE TABLE bridge (id INTEGER PRIMARY KEY, river_id INTEGER, built INTEGER)"))
    connection.execute(text("INSERT INTO river VALUES (1, 'Rhine', 1233)"))


class Reflected(DeferredReflection):
    __abstract__ = True


class Base(DeclarativeBase):
    pass


class River(Reflected, Base):
    __tablename__ = "river"
    bridges = relationship("Bridge", back_populates="river")


class Bridge(Reflected, Base):
    __tablename__ = "bridge"
    river_id: Mapped[int] = mapped_column(ForeignKey("river.id"))
    river = relationship("River", back_populates="bridges")


try:
    select(River)
except Exception as error:
    print(type(error).__name__, error)
Reflected.prepare(engine)
print(River.__table__.columns.keys(), Bridge.__table__.columns.keys())
with Session(engine) as session:
    rhine = session.scalars(select(River)).one()
    rhine.bridges.append(Bridge(built=1900))
    session.commit()
    print(rhine.name, rhine.bridges[0].built, rhine.bridges[0].river_id)
print(inspect(Bridge).local_table is Bridge.__table__)
