import datetime
from typing import Any, Dict, NewType, Optional

from sqlalchemy import JSON, BigInteger, ForeignKey, Numeric, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.schema import CreateTable
from typing_extensions import Annotated

pk = Annotated[int, mapped_column(primary_key=True)]
short = Annotated[str, 20]
label = Annotated[str, mapped_column(String(40), index=True)]
stamp = Annotated[datetime.datetime, mapped_column(server_default=func.current_timestamp())]
owner = Annotated[Optional[int], mapped_column(ForeignKey("owner.id", ondelete="CASCADE"))]
Serial = NewType("Serial", int)


class Base(DeclarativeBase):
    type_annotation_map = {
        short: String(20),
        Serial: BigInteger,
        float: Numeric(8, 2),
        Dict[str, Any]: JSON,
    }


class Owner(Base):
    __tablename__ = "owner"
    id: Mapped[pk]
    name: Mapped[label]


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[pk]
    serial: Mapped[Serial]
    short_name: Mapped[short]
    maybe: Mapped[Optional[short]]
    label: Mapped[label] = mapped_column(String(60), unique=True)
    price: Mapped[float]
    extra: Mapped[Dict[str, Any]]
    made: Mapped[stamp]
    changed: Mapped[Optional[stamp]]
    owner_id: Mapped[owner]


for mapped in (Owner, Thing):
    print(CreateTable(mapped.__table__))
    print([index.name for index in mapped.__table__.indexes])

other = registry(type_annotation_map={str: String(5)})


@other.mapped
class Small:
    __tablename__ = "small"
    id: Mapped[pk]
    text: Mapped[str]


print(repr(Small.__table__))
other.update_type_annotation_map({bool: String(1)})
print(sorted(key.__name__ for key in other.type_annotation_map))
print(Small(id=1, text="t").text)
