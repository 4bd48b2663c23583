from sqlalchemy import ForeignKey, String, create_engine, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    fullname: Mapped[str | None]
    addresses: Mapped[list["Address"]] = relationship(back_populates="user", cascade="all, delete-orphan")

    def __repr__(self) -> str:
        return f"User(id={self.id!r}, name={self.name!r}, fullname={self.fullname!r})"


class Address(Base):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    email_address: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped["User"] = relationship(back_populates="addresses")

    def __repr__(self) -> str:
        return f"Address(id={self.id!r}, email_address={self.email_address!r})"


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    sandy = User(
        name="sandy",
        fullname="Sandy Cheeks",
        addresses=[Address(email_address="sandy@sqlalchemy.org"), Address(email_address="sandy@squirrelpower.org")],
    )
    session.add_all([sandy, User(name="patrick")])
    session.commit()

    stmt = select(Address).join(Address.user).where(User.name == "sandy").order_by(Address.id)
    first = session.scalars(stmt).first()
    sandy.addresses.remove(first)
    session.flush()
    print(inspect(first).deleted, sandy.addresses)

    session.delete(sandy)
    session.commit()
    print(session.scalars(select(User)).all(), session.scalars(select(Address)).all())
    print(inspect(sandy).detached)
