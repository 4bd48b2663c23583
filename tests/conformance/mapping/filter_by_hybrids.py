# Which element filter_by() looks at: a hybrid speaks for its class, an
# expression only for the tables of its columns.
from sqlalchemy import create_engine, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column("first_name")
    last: Mapped[str]

    @hybrid_property
    def full(self):
        return self.first + " " + self.last


def attempt(build):
    try:
        print(build())
    except Exception as error:
        print(type(error).__name__, error)


other = aliased(Person)
attempt(lambda: select(Person.full).filter_by(full="Ann Lee"))
attempt(lambda: select(Person.full).filter_by(first="Ann"))
attempt(lambda: select(Person.full.label("name")).filter_by(first_name="Ann"))
attempt(lambda: select(other.full).filter_by(last="Lee"))
attempt(lambda: select(func.max(Person.id)).filter_by(first="Ann"))
attempt(lambda: select(func.max(Person.id)).filter_by(first_name="Ann"))
attempt(lambda: select(Person.id + 1).filter_by(first="Ann"))
attempt(lambda: select(Person.__table__.c.id + 1).filter_by(first_name="Ann"))

engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Person(first="Ann", last="Lee"), Person(first="Bo", last="Ray")])
    session.commit()
    print(session.scalars(select(Person.full).filter_by(full="Bo Ray")).all())
    print(session.query(Person.full).filter_by(first="Ann").all())
