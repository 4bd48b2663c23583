from sqlalchemy import Column, Integer, String, create_engine, inspect
from sqlalchemy.orm import Session, declarative_base

Base = declarative_base()


class Account(Base):
    __tablename__ = "account"
    id = Column(Integer, primary_key=True)
    owner = Column(String)
    balance = Column(Integer, default=0)

    def __repr__(self):
        return "<Account %s: %d>" % (self.owner, self.balance)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)

ada = Account(owner="ada", balance=100)
session.add(ada)
session.commit()

ada.balance -= 70
bob = Account(owner="bob", balance=70)
session.add(bob)
session.flush()
print(ada, bob, bob.id)

session.rollback()
print(ada)
print(bob in session, inspect(bob).transient, bob.balance)
print(session.query(Account).all())

session.delete(ada)
session.flush()
print(inspect(ada).deleted)
session.rollback()
print(inspect(ada).persistent, ada)

session.add(bob)
session.commit()
print([account.owner for account in session.query(Account).order_by(Account.owner.desc())])
