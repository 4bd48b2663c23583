from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.exc import IntegrityError, PendingRollbackError
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class Member(Base):
    __tablename__ = "member"

    id = Column(Integer, primary_key=True)
    email = Column(String(80), unique=True, nullable=False)
    name = Column(String(40))


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()

session.add(Member(email="ann@example.org", name="Ann"))
session.commit()

session.add(Member(email="ann@example.org", name="Another Ann"))
try:
    session.commit()
except IntegrityError as error:
    print(error)
    print(repr(error.orig), error.statement, error.params)

try:
    session.query(Member).count()
except PendingRollbackError as error:
    print(error)

session.rollback()
print(session.query(Member).count(), list(session.new))

session.add(Member(name="No Mail"))
try:
    session.flush()
except IntegrityError as error:
    print(error.orig)
finally:
    session.rollback()

session.add(Member(email="bea@example.org"))
session.commit()
print(session.query(Member.id, Member.email).order_by(Member.id).all())
