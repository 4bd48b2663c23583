from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Log(Base):
    __tablename__ = "log"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    lines: Mapped[list["Line"]] = relationship()


class Line(Base):
    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    log_id: Mapped[int] = mapped_column(ForeignKey("log.id"))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as s:
    s.add_all([Log(text="x", lines=[Line()]) for _ in range(5)])
    s.commit()
with Session(engine) as s:
    found = s.scalars(select(Log).order_by(Log.id).options(selectinload(Log.lines)).execution_options(yield_per=2))
    for log in found:
        print(log.id, len(log.lines))
    for part in s.scalars(select(Log).order_by(Log.id).execution_options(yield_per=3)).partitions():
        print([log.id for log in part])
    print([log.id for log in s.query(Log).order_by(Log.id).yield_per(2)])
    try:
        s.scalars(select(Log).options(joinedload(Log.lines)).execution_options(yield_per=2)).all()
    except Exception as error:
        print(type(error).__name__, error)
