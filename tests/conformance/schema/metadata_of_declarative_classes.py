import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, String, UniqueConstraint, create_engine, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateTable


class Base(DeclarativeBase):
    pass


class Venue(Base):
    __tablename__ = "venue"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), unique=True)
    seats: Mapped[int | None] = mapped_column(default=100)


class Concert(Base):
    __tablename__ = "concert"
    __table_args__ = (
        UniqueConstraint("venue_id", "day"),
        CheckConstraint("price >= 0", name="no_refunds"),
        Index("concert_by_day", "day"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    day: Mapped[datetime.date]
    starts: Mapped[datetime.datetime | None]
    price: Mapped[float] = mapped_column(Numeric(8, 2), server_default="0")
    sold_out: Mapped[bool] = mapped_column(default=False)
    entered: Mapped[datetime.datetime] = mapped_column(server_default=func.now())
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id", ondelete="CASCADE"))


print(repr(Venue.__table__))
for column in Concert.__table__.c:
    print(f"{column.name:9} {column.type!s:13} {'NULL' if column.nullable else 'NOT NULL'}")
print(CreateTable(Concert.__table__))
print(list(Base.metadata.tables), [index.name for index in Concert.__table__.indexes])
print(Concert.title, Concert.title.type, Concert.__mapper__.class_.__name__)

engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
Base.metadata.drop_all(engine)
