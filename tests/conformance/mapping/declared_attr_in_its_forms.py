from typing import Optional

from sqlalchemy import CheckConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, has_inherited_table, mapped_column
from sqlalchemy.schema import CreateIndex, CreateTable


class Base(DeclarativeBase):
    pass


calls = []


class Audited:
    @declared_attr.directive
    def __table_args__(cls):
        calls.append(("args", cls.__name__))
        return (Index(f"ix_{cls.__tablename__}_by", "by"), {"comment": f"{cls.__name__}s"})

    @declared_attr
    def by(cls) -> Mapped[Optional[str]]:
        calls.append(("by", cls.__name__))
        return mapped_column(String(len(cls.__name__)))

    @declared_attr.cascading
    def mark(cls):
        return mapped_column(Integer, default=7)

    @declared_attr.directive
    def kind(cls) -> str:
        return cls.__name__.upper()


class Invoice(Audited, Base):
    __tablename__ = "invoice"
    id: Mapped[int] = mapped_column(primary_key=True)


class Payment(Audited, Base):
    __tablename__ = "payment"
    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int] = mapped_column()
    fee: Mapped[int] = mapped_column("costs")
    __table_args__ = (
        UniqueConstraint(amount, fee),
        CheckConstraint(amount > fee, name="enough"),
        Index("ix_amount", amount.desc(), fee),
    )

    @declared_attr
    def total(cls) -> Mapped[int]:
        return mapped_column(default=lambda: cls.__name__)


for mapped in (Invoice, Payment):
    print(CreateTable(mapped.__table__))
    for index in sorted(mapped.__table__.indexes, key=lambda index: index.name):
        print(CreateIndex(index))
    print(mapped.kind, mapped.__table__.comment, has_inherited_table(mapped))
print(calls)
