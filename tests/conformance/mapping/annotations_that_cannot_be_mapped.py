from typing import ClassVar, List, Literal, Union

from sqlalchemy import Integer
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


def attempt(annotation, value=None):
    body = {
        "__tablename__": "t%d" % len(Base.metadata.tables),
        "__annotations__": {"id": Mapped[int], "x": annotation},
        "id": mapped_column(primary_key=True),
    }
    if value is not None:
        body["x"] = value
    try:
        made = type(Base)("Attempt", (Base,), body)
    except Exception as error:
        print(type(error).__name__, str(error).split("  ")[0])
    else:
        print("mapped", made.__table__.columns.keys())


attempt(int)
attempt(int, mapped_column())
attempt(ClassVar[int])
attempt(Mapped[object])
attempt(Mapped[List[str]])
attempt(Mapped[Integer])
attempt(Mapped[3])
attempt(Mapped[Union[int, str]])
attempt(Mapped[Literal["a", 1]])
attempt(Mapped["Nowhere"])
attempt(Mapped[int], mapped_column(init=False))

try:

    class Untyped(Base):
        __tablename__ = "untyped"
        id = mapped_column(primary_key=True)

except Exception as error:
    print(type(error).__name__, error)

try:

    class Aimless(Base):
        __tablename__ = "aimless"
        id: Mapped[int] = mapped_column(primary_key=True)
        target = relationship()

except Exception as error:
    print(type(error).__name__, error)


class Older(Base):
    __allow_unmapped__ = True
    __tablename__ = "older"
    id: int = mapped_column(Integer, primary_key=True)
    note: str


print(Older.__table__.columns.keys())
