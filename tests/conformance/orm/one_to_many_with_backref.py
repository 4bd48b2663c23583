from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import backref, declarative_base, relationship, sessionmaker

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(String)


class Address(Base):
    __tablename__ = "addresses"
    id = Column(Integer, primary_key=True)
    email_address = Column(String, nullable=False)
    user_id = Column(Integer, ForeignKey("users.id"))

    user = relationship("User", backref=backref("addresses", order_by=id))

    def __repr__(self):
        return "<Address(email_address='%s')>" % self.email_address


engine = create_engine("sqlite:///:memory:")
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()

jack = User(name="jack")
print(jack.addresses)
jack.addresses = [Address(email_address="jack@google.com"), Address(email_address="j25@yahoo.com")]
print(jack.addresses[1], jack.addresses[1].user.name)
session.add(jack)
session.commit()

jack = session.query(User).filter_by(name="jack").one()
print(jack.name)
print(jack.addresses)

for u, a in (
    session.query(User, Address)
    .filter(User.id == Address.user_id)
    .filter(Address.email_address == "jack@google.com")
    .all()
):
    print(u.name, a)
print(session.query(User).join(Address).filter(Address.email_address == "j25@yahoo.com").all() == [jack])
print(session.query(Address).filter(Address.user == jack).count())
print(session.query(Address).filter(Address.user.has(name="jill")).all())
print([u.name for u in session.query(User).filter(User.addresses.any(Address.email_address.like("%google%")))])
