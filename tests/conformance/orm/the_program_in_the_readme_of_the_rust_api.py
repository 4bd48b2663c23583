from sqlalchemy import ForeignKey, String, create_engine, func, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    fullname: Mapped[str | None]
    addresses: Mapped[list["Address"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", order_by="Address.id"
    )


class Address(Base):
    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped["User"] = relationship(back_populates="addresses")


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
session = Session(engine)

ed = User(
    name="ed",
    fullname="Ed Jones",
    addresses=[Address(email="ed@aol.com"), Address(email="ed@jones.net")],
)
session.add(ed)
session.add_all([User(name="wendy"), User(name="jack")])
session.commit()

of_aol = (
    select(User)
    .join(User.addresses)
    .where(Address.email.like("%@aol.com") & User.fullname.is_not(None))
    .order_by(User.id)
)
for user in session.scalars(of_aol):
    print(user.name, user.fullname)

counted = (
    select(User.name, func.count(Address.id))
    .outerjoin(User.addresses)
    .group_by(User.name)
    .order_by(User.name)
)
for name, count in session.execute(counted):
    print(name, count)

missing = session.scalars(select(User).where(~User.addresses.any()).limit(1)).first()
print(missing.name)

ed.fullname = "Edward Jones"
print(list(session.dirty) == [ed])
ed.addresses.append(Address(email="ed@example.org"))
ed.addresses.remove(ed.addresses[0])
session.commit()

with_addresses = select(User).options(selectinload(User.addresses)).order_by(User.id.desc())
for user in session.scalars(with_addresses):
    for address in user.addresses:
        print(address.user.name, address.email)

session.execute(update(User).where(User.fullname.is_(None)).values(fullname="?"))
jack = session.get(User, 3)
print(jack.fullname)
session.delete(jack)
session.rollback()
print(jack.name)
session.close()
