from sqlalchemy import JSON, create_engine, select
from sqlalchemy.ext.mutable import Mutable, MutableDict, MutableList
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Settings(Base):
    __tablename__ = "settings"
    id: Mapped[int] = mapped_column(primary_key=True)
    options: Mapped[dict] = mapped_column(MutableDict.as_mutable(JSON), default=dict)
    recent: Mapped[list] = mapped_column(MutableList.as_mutable(JSON), default=list)
    plain: Mapped[dict] = mapped_column(JSON, default=dict)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    settings = Settings(options={"theme": "dark"}, recent=["a"], plain={"n": 1})
    print(type(settings.options).__name__, type(settings.recent).__name__, type(settings.plain).__name__)
    session.add(settings)
    session.commit()
    settings.options["size"] = 12
    settings.recent.append("b")
    print(settings in session.dirty)
    session.commit()
    print(settings.options, settings.recent)
    settings.options.update(theme="light")
    settings.recent.sort(reverse=True)
    del settings.options["size"]
    session.commit()
    print(settings.options, settings.recent, settings.options is settings.options)
    settings.plain["n"] = 2
    print(settings.plain, settings in session.dirty)
    session.rollback()
    settings.options = {"new": True}
    settings.options.setdefault("more", [])
    session.commit()
    print(settings.options, settings.recent.pop(), len(settings.recent))
    try:
        settings.options = 5
    except ValueError as error:
        print(error)
    print(isinstance(settings.options, (dict, Mutable)))
