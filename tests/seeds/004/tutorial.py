from sqlalchemy import create_engine
engine = create_engine('sqlite:///:memory:', echo=True)

from sqlalchemy.ext.declarative import declarative_base
Base = declarative_base()

from sqlalchemy import Column, Integer, String
class User(Base):
    __tablename__ = 'users' # this is required at minimum!

    id = Column(Integer, primary_key=True)
    name = Column(String)
    fullname = Column(String)
    password = Column(String)

    def __repr__(self):
        return "<User(name='%s', fullname='%s', password='%s')>" % (
            self.name, self.fullname, self.password)

Base.metadata.create_all(engine)

ed_user = User(name='ed', fullname='Ed Jones', password='edspassword')
print(repr(ed_user.name))
print(repr(ed_user.password))
print(repr(str(ed_user.id))) # This won't have an id yet.

from sqlalchemy.orm import sessionmaker
Session = sessionmaker(bind=engine)

session = Session() # Things will not happen until commit or query.

ed_user = User(name='ed', fullname='Ed Jones', password='edspassword')
session.add(ed_user) # Now the instance is pending, until a flush.

our_user = session.query(User).filter_by(name='ed').first()
print(repr(our_user))

session.add_all([
    User(name='wendy', fullname='Wendy Williams', password='foobar'),
    User(name='mary', fullname='Mary Contrary', password='xxg527'),
    User(name='fred', fullname='Fred Flinstone', password='blah')])

ed_user.password = 'f8s7ccs'

print(repr(session.dirty))

print(repr(session.new)) # doctest: +SKIP

session.commit()

print(repr(ed_user.id)) # doctest: +NORMALIZE_WHITESPACE
