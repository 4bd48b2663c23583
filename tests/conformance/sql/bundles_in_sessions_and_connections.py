"""A bundle is one value of a session's rows; a connection gives its columns one by one."""

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Bundle, DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class City(Base):
    __tablename__ = "city"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    people: Mapped[int]


class AsDict(Bundle):
    def create_row_processor(self, query, procs, labels):
        def processor(row):
            return dict(zip(labels, (proc(row) for proc in procs)))

        return processor


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
pair = Bundle("pair", City.id, City.name)
with Session(engine) as session:
    session.add_all([City(id=1, name="Bern", people=130), City(id=2, name="Genf", people=200)])
    session.commit()
    for row in session.execute(select(pair, City.people).order_by(City.id)):
        print(row, row.pair.name, row.people, row._fields)
    print(session.scalars(select(pair).where(pair.c.name == "Genf")).all())
    print(session.execute(select(AsDict("d", City.name, City.people)).order_by(City.id)).all())
    for description in select(pair, City.people, City).column_descriptions:
        print(description["name"], description["aliased"], description["entity"])
with engine.connect() as connection:
    print(connection.execute(select(pair).order_by(City.id)).all())
