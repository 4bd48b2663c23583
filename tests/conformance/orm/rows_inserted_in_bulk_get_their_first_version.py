from sqlalchemy import create_engine, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Page(Base):
    __tablename__ = "page"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Paper(Base):
    __tablename__ = "paper"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    version: Mapped[str] = mapped_column()
    __mapper_args__ = {
        "version_id_col": version,
        "version_id_generator": lambda version: "first" if version is None else version + "+",
    }


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    session.execute(insert(Page), [{"title": "a"}, {"title": "b", "version": 9}])
    session.bulk_insert_mappings(Page, [{"title": "c"}])
    session.execute(insert(Paper), [{"title": "a"}, {"title": "b"}])
    session.commit()
    print(session.execute(select(Page.title, Page.version).order_by(Page.id)).all())
    print(session.execute(select(Paper.title, Paper.version).order_by(Paper.id)).all())
    page = session.get(Page, 1)
    page.title = "A"
    session.commit()
    print(page.version)
