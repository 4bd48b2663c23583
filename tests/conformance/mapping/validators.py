from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None]
    addresses: Mapped[list["Address"]] = relationship(back_populates="user")

    @validates("name", "email")
    def check_text(self, key, value):
        print("  text", key, value)
        if key == "email" and "@" not in value:
            raise ValueError(f"{value!r} is no address")
        return value.strip()

    @validates("addresses", include_removes=True)
    def check_address(self, key, address, is_remove):
        print("  address", address.place, "leaves" if is_remove else "comes")
        return address


class Address(Base):
    __tablename__ = "addresses"
    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    user: Mapped[User] = relationship(back_populates="addresses")

    @validates("user", include_backrefs=False)
    def check_user(self, key, user):
        print("  user", user and user.name)
        return user


user = User(name=" ed ", email="ed@example.com")
print(repr(user.name))
try:
    user.email = "nowhere"
except ValueError as error:
    print("ValueError:", error, user.email)
home, work = Address(place="home"), Address(place="work")
print("append")
user.addresses.append(home)
print("the other side")
work.user = user
print("replace")
user.addresses = [home]
print("remove")
user.addresses.remove(home)
print(home.user, work.user)
try:

    class Twice(Base):
        __tablename__ = "twice"
        id: Mapped[int] = mapped_column(primary_key=True)

        @validates("id")
        def one(self, key, value):
            return value

        @validates("id")
        def two(self, key, value):
            return value

except Exception as error:
    print(type(error).__name__, error)
