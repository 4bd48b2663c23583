from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)

    def __repr__(self):
        return f"Tag({self.name!r})"


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    session.add(Tag(name="red"))
    session.flush()
    for name in ["green", "red", "blue"]:
        try:
            with session.begin_nested():
                session.add(Tag(name=name))
        except IntegrityError as error:
            print("skipped:", error.orig)
    session.commit()
    print(session.scalars(select(Tag).order_by(Tag.id)).all())

    nested = session.begin_nested()
    session.add(Tag(name="grey"))
    session.flush()
    nested.rollback()
    print(session.in_transaction(), session.in_nested_transaction(), nested.is_active)
    session.rollback()
    print(session.scalars(select(Tag.name)).all())
