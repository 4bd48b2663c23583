import gc

from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()


class Team(Base):
    __tablename__ = "team"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    players = relationship("Player", back_populates="team")


class Player(Base):
    __tablename__ = "player"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    team_id = Column(ForeignKey("team.id"))
    team = relationship("Team", back_populates="players")


gc.disable()
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Team(name="red", players=[Player(name="ann"), Player(name="bob")]))
    session.commit()

session = Session(engine)
team = session.query(Team).one()
print([player.name for player in team.players], [player.team is team for player in team.players])
print(len(session.identity_map))
kept = team.players[0]
del team
gc.collect()
# One player is still held, and through it everything else.
print(len(session.identity_map), kept.team.name)
del kept
# In the comprehension's place nothing is left that holds them but themselves.
gc.collect()
print(len(session.identity_map))
print(session.query(Player).count())
