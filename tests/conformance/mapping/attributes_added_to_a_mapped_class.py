from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, add_mapped_attribute, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)


class Player(Base):
    __tablename__ = "player"
    id: Mapped[int] = mapped_column(primary_key=True)


Team.name = mapped_column(String(30))
Player.name = Column("player_name", String)
add_mapped_attribute(Player, "team_id", mapped_column(ForeignKey("team.id")))
Player.team = relationship(Team)
Player.nickname = "none"

print(Team.__table__.columns.keys(), Player.__table__.columns.keys())
print(select(Player.name, Player.team_id).where(Team.name == "x"))
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Player(name="p", team=Team(name="t")))
    session.commit()
    player = session.scalars(select(Player)).one()
    print(player.name, player.team.name, player.team_id, player.nickname)

try:
    del Player.name
except NotImplementedError as error:
    print(error)
del Player.nickname
print(hasattr(Player, "nickname"))
try:
    Player(nickname="x")
except TypeError as error:
    print(error)
try:
    Player("x")
except TypeError as error:
    print(error)
