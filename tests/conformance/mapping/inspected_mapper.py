from sqlalchemy import Column, ForeignKey, Table, create_engine, inspect
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    class_mapper,
    mapped_column,
    object_mapper,
    relationship,
)
from sqlalchemy.orm.util import identity_key


class Base(DeclarativeBase):
    pass


wears = Table(
    "wears",
    Base.metadata,
    Column("cat_id", ForeignKey("cats.id"), primary_key=True),
    Column("bell_id", ForeignKey("bells.id"), primary_key=True),
)


class Owner(Base):
    __tablename__ = "owners"
    id: Mapped[int] = mapped_column(primary_key=True)
    called: Mapped[str] = mapped_column("name")
    cats: Mapped[list["Cat"]] = relationship(back_populates="owner", cascade="all, delete-orphan")


class Cat(Base):
    __tablename__ = "cats"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id"))
    owner: Mapped[Owner] = relationship(back_populates="cats")
    bells: Mapped[list["Bell"]] = relationship(secondary=wears)


class Bell(Base):
    __tablename__ = "bells"
    id: Mapped[int] = mapped_column(primary_key=True)


mapper = inspect(Owner)
print(mapper, mapper is class_mapper(Owner), mapper.class_ is Owner, mapper.local_table)
print(mapper.attrs.keys(), mapper.column_attrs.keys(), mapper.relationships.keys())
print(mapper.columns.keys(), mapper.primary_key, mapper.c.called.name)
print(mapper.get_property_by_column(Owner.__table__.c.name), mapper.has_property("called"))
try:
    mapper.get_property("name")
except Exception as error:
    print(type(error).__name__, error)
for prop in [mapper.relationships.cats, *inspect(Cat).relationships]:
    print(prop, prop.direction.name, prop.mapper, prop.target, prop.uselist, prop.back_populates)
    print([(str(a), str(b)) for a, b in prop.local_remote_pairs], prop.secondary, prop.cascade)
    print(prop.primaryjoin, "/", prop.secondaryjoin)
print(identity_key(Owner, 5), mapper.identity_key_from_primary_key((7,)))
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    owner = Owner(called="ann", cats=[Cat(), Cat()])
    session.add(owner)
    session.flush()
    print(object_mapper(owner) is mapper, mapper.identity_key_from_instance(owner))
    print(mapper.primary_key_from_instance(owner), inspect(owner).identity, inspect(owner).mapper)
other = inspect(aliased(Owner, name="other"))
print(other.mapper is mapper, other.is_aliased_class, other.name)
for wrong in (int, 5):
    try:
        class_mapper(wrong)
    except Exception as error:
        print(type(error).__name__, error)
