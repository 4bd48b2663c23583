from sqlalchemy import Column, Integer, String, and_, create_engine, not_, or_
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String)
    fullname = Column(String)
    nickname = Column(String)

    def __repr__(self):
        return "<User(name='%s', fullname='%s', nickname='%s')>" % (self.name, self.fullname, self.nickname)


engine = create_engine("sqlite:///:memory:")
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()
session.add_all(
    [
        User(name="ed", fullname="Ed Jones", nickname="edsnickname"),
        User(name="wendy", fullname="Wendy Williams", nickname="windy"),
        User(name="mary", fullname="Mary Contrary", nickname="mary"),
        User(name="fred", fullname="Fred Flintstone"),
    ]
)
session.commit()

for instance in session.query(User).order_by(User.id):
    print(instance.name, instance.fullname)
for name, fullname in session.query(User.name, User.fullname).filter(User.name != "ed"):
    print(name, fullname)
for row in session.query(User, User.name).filter(User.id < 3).all():
    print(row.User, row.name)
for u in session.query(User).order_by(User.id)[1:3]:
    print(u)
print(session.query(User).filter(User.name.like("%ed")).count())
print(session.query(User).filter(User.name.in_(["ed", "wendy", "jack"])).all())
print(session.query(User.name).filter(~User.name.in_(["ed", "wendy"])).order_by(User.name).all())
print(session.query(User).filter(User.nickname == None).one().name)  # noqa: E711
print(session.query(User.id).filter(User.nickname.is_not(None)).count())
print(session.query(User).filter(and_(User.name == "mary", User.fullname.contains("Con"))).first())
print(session.query(User.name).filter(or_(User.name == "ed", User.name == "fred")).order_by(User.name.desc()).all())
print(session.query(User).filter(not_(User.name.startswith("w"))).filter_by(nickname="mary").scalar())
print(session.query(User.name).distinct().limit(2).offset(1).all())
print(session.query(User).filter_by(name="nobody").first())
