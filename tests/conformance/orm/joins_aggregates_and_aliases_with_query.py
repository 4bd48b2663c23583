from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, func
from sqlalchemy.orm import aliased, declarative_base, relationship, sessionmaker

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    addresses = relationship("Address", back_populates="user")

    def __repr__(self):
        return "<User %s>" % self.name


class Address(Base):
    __tablename__ = "addresses"
    id = Column(Integer, primary_key=True)
    email = Column(String)
    user_id = Column(Integer, ForeignKey("users.id"))
    user = relationship("User", back_populates="addresses")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()
session.add_all([User(name=name) for name in ("ed", "jack", "mary")])
session.flush()
session.add_all([Address(email=email, user_id=n) for email, n in [("e@x", 1), ("j1@x", 2), ("j2@x", 2)]])
session.commit()

query = session.query(User.name, func.count(Address.id)).outerjoin(User.addresses).group_by(User.name)
print(query)
print(query.order_by(User.name).all())
stmt = (
    session.query(Address.user_id, func.count("*").label("address_count")).group_by(Address.user_id).subquery()
)
for u, count in session.query(User, stmt.c.address_count).outerjoin(stmt, User.id == stmt.c.user_id).order_by(User.id):
    print(u, count)

one, two = aliased(Address), aliased(Address, name="second")
pairs = (
    session.query(User.name, one.email, two.email)
    .join(one, User.addresses)
    .join(two, User.addresses)
    .filter(one.id < two.id)
)
print(pairs.all())
print(session.query(func.count(User.id)).scalar(), session.query(User).filter(~User.addresses.any()).all())
print(session.query(User).join(User.addresses).filter(Address.email == "j1@x").with_entities(User.id).scalar())
print(session.query(session.query(Address).filter_by(email="e@x").exists()).scalar())
print(session.query(User).select_from(Address).join(Address.user).filter(Address.email.endswith("2@x")).one())
print(session.query(User).filter(User.id.in_(session.query(Address.user_id))).count())
print(session.query(Address.email.label("mail")).order_by(Address.email.desc()).first().mail)
