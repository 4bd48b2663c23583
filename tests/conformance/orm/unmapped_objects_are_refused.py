from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker
from sqlalchemy.orm.exc import UnmappedInstanceError

Base = declarative_base()


class Song(Base):
    __tablename__ = "songs"
    id = Column(Integer, primary_key=True)
    title = Column(String)


class Plain:
    pass


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = sessionmaker(engine)()

for thing in (Plain(), "a string", None, Song):
    try:
        session.add(thing)
    except UnmappedInstanceError as error:
        print(error)

try:
    Song(titel="a typing error")
except TypeError as error:
    print(error)

try:
    session.query(Song).filter_by(name="Yesterday")
except Exception as error:
    print(type(error).__name__, error)

song = Song(title="Help!")
try:
    session.delete(song)
except Exception as error:
    print(type(error).__name__)
print(song in session, session.new)

song.notes = "not mapped, so not saved"
session.add(song)
session.commit()
print(song.notes, session.query(Song).one() is song)

session.delete(Plain())
