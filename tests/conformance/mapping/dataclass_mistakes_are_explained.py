from typing import List

from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    mapped_column,
    relationship,
    unmapped_dataclass,
)


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Plain:
    noted: Mapped[str]


@unmapped_dataclass
class Noted:
    noted: Mapped[str] = mapped_column(default="-")


class Tracked(MappedAsDataclass):
    serial: Mapped[int] = mapped_column(default=0, kw_only=True)


def attempt(name, *bases, **body):
    annotations = body.pop("annotations", {})
    body["__annotations__"] = {"id": Mapped[int], **annotations}
    body["__tablename__"] = name
    body.setdefault("id", mapped_column(primary_key=True))
    try:
        made = type(Base)(name, (*bases, Base), body)
    except Exception as error:
        print(type(error).__name__, error)
    else:
        print(made.__table__.columns.keys(), made(1))


attempt("early", id=mapped_column(primary_key=True, default=1), annotations={"x": Mapped[int]})
attempt("mixed", Plain)
attempt("noted", Noted)
attempt("tracked", Tracked)
attempt("twice", x=mapped_column(default=1, default_factory=int), annotations={"x": Mapped[int]})
attempt("held", x=relationship(default_factory=set), annotations={"x": Mapped[List["held"]]})
attempt("left", annotations={"x": int}, x=3)
try:

    @Base.registry.mapped_as_dataclass
    class Again(Base):
        __tablename__ = "again"
        id: Mapped[int] = mapped_column(primary_key=True)

except Exception as error:
    print(type(error).__name__, error)
