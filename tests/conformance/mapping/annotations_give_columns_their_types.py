import datetime
import decimal
import enum
import uuid
from typing import Literal, Optional, Union

from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateTable


class Base(DeclarativeBase):
    pass


class Size(enum.Enum):
    small = "s"
    large = "l"


class Product(Base):
    __tablename__ = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    nickname: Mapped[Optional[str]]
    weight: Mapped[float | None]
    price: Mapped[decimal.Decimal]
    stocked: Mapped[bool] = mapped_column(default=True)
    picture: Mapped[Union[bytes, None]]
    made: Mapped[datetime.date]
    sold: Mapped[Optional[datetime.datetime]]
    opens: Mapped[datetime.time]
    lasts: Mapped[datetime.timedelta]
    token: Mapped[uuid.UUID]
    size: Mapped[Size]
    grade: Mapped[Literal["A", "B", "none"]]
    other: Mapped[Optional[Literal["x", "y"]]]
    code: Mapped[str] = mapped_column(String(8), nullable=True)
    must: Mapped[Optional[int]] = mapped_column(nullable=False)
    quoted: Mapped["Optional[int]"]
    whole: "Mapped[int]"
    stored: Mapped[int] = mapped_column("stored_as")


print(CreateTable(Product.__table__))
for column in Product.__table__.columns:
    print(column.key, repr(column.type), column.nullable)
print(Product.stored, Product.__table__.c.stored_as)
