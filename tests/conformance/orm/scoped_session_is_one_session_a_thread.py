from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, scoped_session, sessionmaker

engine = create_engine("sqlite://", echo=True)
Session = scoped_session(sessionmaker(autoflush=False))
Base = declarative_base()
Base.query = Session.query_property()


class Item(Base):
    __tablename__ = "items"
    id = Column(Integer, primary_key=True)
    name = Column(String)


def init_db():
    Session.configure(bind=engine)
    Base.metadata.create_all(bind=engine)


init_db()
Session.add(Item(name="lamp"))
print(Session.new and "one is pending", Session() is Session())
Session.commit()
print(Item.query.filter_by(name="lamp").one().id)

first = Session()
lamp = Item.query.first()
Session.remove()
print(Session() is first, lamp in first, lamp in Session())
print(Session.query(Item).get(1) is lamp)
Session.remove()

unbound = sessionmaker()()
unbound.add(Item(name="no engine"))
unbound.commit()
