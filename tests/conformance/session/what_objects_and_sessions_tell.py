from sqlalchemy import ForeignKey, create_engine, event, inspect, select
from sqlalchemy.exc import CircularDependencyError
from sqlalchemy.orm import (
    CompositeProperty,
    DeclarativeBase,
    LoaderCallableStatus,
    Mapped,
    PassiveFlag,
    Relationship,
    RelationshipProperty,
    Session,
    UserDefinedOption,
    attributes,
    base,
    dynamic_loader,
    interfaces,
    joinedload,
    loading,
    mapped_column,
    relationship,
    scoped_session,
    sessionmaker,
)
from sqlalchemy.orm.session import SessionTransactionOrigin


class Base(DeclarativeBase):
    pass


class Land(Base):
    __tablename__ = "land"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    boss_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    land_id: Mapped[int | None] = mapped_column(ForeignKey("land.id"))
    boss: Mapped["Person | None"] = relationship(remote_side=id, back_populates="staff")
    staff: Mapped[list["Person"]] = relationship(back_populates="boss")
    land: Mapped[Land | None] = relationship()
    home: Mapped[Land | None] = relationship(load_on_pending=True, viewonly=True)

    def __repr__(self):
        return f"Person({self.name!r})"


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = Session(engine)

print("-- what was there before")
ann = Person(name="Ann")
print(inspect(ann).committed_state, inspect(ann) is inspect(ann))
s.add(ann)
s.commit()
ann.name = "Anna"
print(inspect(ann).committed_state)
s.rollback()
print(ann.name, inspect(ann).committed_state)
ann.name = "Anne"
bob = Person(name="Bob", boss=ann)
s.add(bob)
print({key: value for key, value in inspect(ann).committed_state.items()})
print(inspect(bob).committed_state["boss"], inspect(bob).get_history("boss", PassiveFlag.PASSIVE_OFF))
s.commit()

print("-- the identity map")
here = s.identity_map
print(type(here).__mro__[1].__name__, len(here))
print(ann.name, bob.name, inspect(ann).key in here, here.has_key(inspect(ann).key), here[inspect(ann).key] is ann)
print(sorted(key[1] for key in here.keys()), sorted(one.name for one in here.values()), len(here.items()))
print(here.contains_state(inspect(ann)), here.contains_state(inspect(Person())), here.get(("no",)), here.get(("no",), 7))
print(sorted(state.obj().name for state in here.all_states()), here.check_modified())
ann.name = "A"
print(here.check_modified(), [key[1] for key in here if key[1] == (1,)])
try:
    here[("no",)]
except KeyError as error:
    print("KeyError", error)
s.expunge(bob)
print(here.contains_state(inspect(bob)), len(here))
s.rollback()

print("-- loaded though they have no row")
s.add(Land(id=1, name="Oz"))
s.commit()
s.close()
s = Session(engine)
loose = Person(name="loose", land_id=1)
print(loose.land)
loose = Person(name="loose", land_id=1)
s.enable_relationship_loading(loose)
print(loose.land.name, loose in s.new, inspect(loose).session is s)
pending = Person(name="pending", land_id=1)
s.add(pending)
with s.no_autoflush:
    print(pending.land, pending.home.name)
s.rollback()
s.close()

print("-- who began a transaction")
s = Session(engine)
s.connection()
print(s.get_transaction().origin, s.get_transaction().nested)
nested = s.begin_nested()
print(nested.origin.name, nested.parent.origin is SessionTransactionOrigin.AUTOBEGIN)
s.rollback()
s.close()
with s.begin() as begun:
    print(begun.origin.name, begun.parent)

print("-- a circle")
a, b = Person(name="a"), Person(name="b")
a.boss, b.boss = b, a
s.add_all([a, b])
try:
    s.flush()
except CircularDependencyError as error:
    print(str(error).split("(")[0], sorted(type(step).__name__ for step in error.cycles), len(error.edges) > 4)
    print(sorted(str(step).split("<")[0] for step in error.cycles))
s.rollback()

print("-- options of one's own")


class Marker(UserDefinedOption):
    pass


@event.listens_for(s, "do_orm_execute")
def listens(state):
    print("  ", [(type(one).__name__, one.payload) for one in state.user_defined_options])


print(len(s.scalars(select(Person).options(Marker("x"), joinedload(Person.land), Marker())).all()))
print(len(s.query(Person).options(Marker(5)).all()))
print(len(s.scalars(select(Person)).all()))
try:
    select(Person).options("nonsense")
except Exception as error:
    print(type(error).__name__, error)

print("-- results that were kept")
s2 = Session(engine)
frozen = s2.execute(select(Person).order_by(Person.id)).freeze()
s2.close()
for load in (True, False):
    fresh = Session(engine)
    merged = loading.merge_frozen_result(fresh, select(Person), frozen, load=load)()
    people = merged.scalars().all()
    print([person.name for person in people], all(person in fresh for person in people))
    fresh.close()

print("-- sessions by scope")
scope = ["one"]
Scoped = scoped_session(sessionmaker(engine), scopefunc=lambda: scope[0])
first = Scoped()
print(Scoped() is first, Scoped.registry.has(), sorted(Scoped.registry.registry))
scope[0] = "two"
print(Scoped.registry.has(), Scoped() is first, sorted(Scoped.registry.registry))
try:
    Scoped(autoflush=False)
except Exception as error:
    print(type(error).__name__, error)
Scoped.remove()
print(Scoped.registry.has(), Scoped(autoflush=False).autoflush, Scoped().autoflush)
scope[0] = "one"
print(Scoped() is first)
Scoped.registry.clear()
print(Scoped() is first)

print("-- names")
print(repr(LoaderCallableStatus.NO_VALUE), base.NO_VALUE is attributes.NO_VALUE, LoaderCallableStatus.NEVER_SET.name)
print(repr(PassiveFlag.PASSIVE_NO_FETCH), int(attributes.PASSIVE_OFF), attributes.PASSIVE_NO_INITIALIZE.name)
print(interfaces.ONETOMANY.name, interfaces.MANYTOONE is inspect(Person).relationships.boss.direction)
print(isinstance(inspect(Person).relationships.boss, RelationshipProperty), issubclass(Relationship, RelationshipProperty))
print(CompositeProperty.__name__, dynamic_loader("Person").__class__.__name__ != "")
mapper = inspect(Person)
print(mapper.version_id_generator(None), mapper.version_id_generator(4), mapper.always_refresh, mapper.with_polymorphic)
print(mapper.polymorphic_load, mapper.legacy_is_orphan, mapper.primary_base_mapper is mapper, list(mapper.polymorphic_iterator()) == [mapper])
print(Person.name.is_attribute, Person.name.is_property, Person.boss.is_mapper, Person.boss.impl.key, str(Person.staff.impl))
print(Person.staff.impl.collection, Person.boss.impl.uses_objects, Person.name.impl.uses_objects)
print(base.state_str(None), base.object_state(ann) is inspect(ann))
for wrong in (5, "x"):
    try:
        base.object_state(wrong)
    except Exception as error:
        print(type(error).__name__, error)
