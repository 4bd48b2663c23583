from sqlalchemy import ForeignKey, create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, attributes, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "teams"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    players: Mapped[list["Player"]] = relationship(back_populates="team")


class Player(Base):
    __tablename__ = "players"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    team: Mapped[Team | None] = relationship(back_populates="players")


def shown(value):
    return value.name if isinstance(value, (Team, Player)) else value


@event.listens_for(Player.name, "set", retval=True)
def strip_name(target, value, oldvalue, initiator):
    print("  set name", repr(value), oldvalue)
    return value.strip()


@event.listens_for(Team.name, "set", active_history=True)
def team_renamed(target, value, oldvalue, initiator):
    print("  set team's name", value, oldvalue, initiator.key)


@event.listens_for(Player.team, "set")
def joined(target, value, oldvalue, initiator):
    print("  set team", shown(value), shown(oldvalue))


@event.listens_for(Team.players, "append")
def appended(target, value, initiator):
    print("  append", value.name)


@event.listens_for(Team.players, "remove")
def removed(target, value, initiator):
    print("  remove", value.name)


@event.listens_for(Team.players, "bulk_replace")
def replaced(target, values, initiator):
    print("  replace by", [value.name for value in values])


@event.listens_for(Player.name, "modified")
def flagged(target, initiator):
    print("  modified", target.name)


red, blue = Team(name="red"), Team(name="blue")
ann, bob = Player(name=" ann "), Player(name="bob")
print("append")
red.players.append(ann)
print("set the other side")
bob.team = red
print("move")
bob.team = blue
print("replace")
red.players = [bob]
print("remove")
red.players.remove(bob)
print(ann.team, bob.team)
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(red)
    session.commit()
    print("a value that has to be loaded")
    red.name = "crimson"
    session.commit()
    session.add(ann)
    attributes.flag_modified(ann, "name")
print(event.contains(Player.name, "set", strip_name))
event.remove(Player.name, "set", strip_name)
print(event.contains(Player.name, "set", strip_name), repr(Player(name=" x ").name))
