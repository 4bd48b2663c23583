from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, reconstructor


class Base(DeclarativeBase):
    pass


class Color(Base):
    __tablename__ = "colors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

    @reconstructor
    def from_row(self):
        self.shade = f"pale {self.name}"


@event.listens_for(Color, "init")
def on_init(target, args, kwargs):
    print("init", args, kwargs)
    kwargs.setdefault("name", "grey")


@event.listens_for(Color, "init_failure")
def on_failure(target, args, kwargs):
    print("init_failure", kwargs)


@event.listens_for(Color, "load")
def on_load(target, context):
    print("load", target.name)


@event.listens_for(Color, "refresh")
def on_refresh(target, context, attrs):
    print("refresh", attrs and sorted(attrs))


@event.listens_for(Color, "expire")
def on_expire(target, attrs):
    print("expire", attrs)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Color(), Color(name="red")])
    try:
        Color(hue=3)
    except TypeError as error:
        print(error)
    session.commit()
    session.expunge_all()
    colors = session.scalars(select(Color).order_by(Color.id)).all()
    print([color.shade for color in colors])
    session.expire(colors[0], ["name"])
    print(colors[0].name)
    session.refresh(colors[1])
    session.refresh(colors[1], ["name"])
    session.expire_all()
    print(len(session.scalars(select(Color)).all()))
