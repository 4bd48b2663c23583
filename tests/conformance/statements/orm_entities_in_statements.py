from sqlalchemy import ForeignKey, String, delete, exists, func, insert, select, update
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, aliased, Bundle, with_parent


def show(stmt, **kw):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            compiled = stmt.compile(dialect=dialect, **kw)
            print(f"[{dialect.name}]", compiled)
            print("   ", compiled.params)
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

class Base(DeclarativeBase):
    pass
class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    players: Mapped[list["Player"]] = relationship(back_populates="team")
class Player(Base):
    __tablename__ = "player"
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    nick: Mapped[str | None]
    team: Mapped[Team] = relationship(back_populates="players")
print(select(Team))
print(select(Team.name, Player.nick).join(Player))
print(select(Team.name, Player.nick).join(Team.players))
print(select(Team).join(Team.players).where(Player.nick == "x"))
print(select(Player).join(Player.team).where(Team.name.like("a%")))
T2 = aliased(Team)
print(select(T2).where(T2.name == "q"))
print(select(Team.id, T2.id).join(T2, T2.id > Team.id))
named = aliased(Player, name="pl")
print(select(Team.name, named.nick).join(Team.players.of_type(named)))
print(select(Team).where(Team.players.any(Player.nick == "z")))
print(select(Team).where(~Team.players.any()))
print(select(Player).where(Player.team.has(Team.name == "z")))
print(select(Player).where(Player.team == Team(id=5)))
print(select(Player).where(Player.team == None))
print(select(Team).where(Team.players.contains(Player(id=3))))
print(select(Bundle("b", Team.id, Team.name)))
print(select(Team).join(Team.players.and_(Player.nick == "k")))
print(select(Team).outerjoin(Team.players).filter_by(name="w"))
print(select(Team).join(Player).filter_by(nick="w"))
print(select(Player).where(with_parent(Team(id=9), Team.players)))
sub = select(Team.id, func.count().label("c")).group_by(Team.id).subquery()
print(select(Team, sub.c.c).join(sub, sub.c.id == Team.id))
al = aliased(Team, select(Team).where(Team.id > 5).subquery("big"))
print(select(al).where(al.name == "n"))
print(select(Team).where(Team.id.in_(select(Player.team_id))))
print(select(func.count(Player.id), Team).join(Team).group_by(Team))
print(insert(Team).values(name="x"), update(Team).where(Team.id == 1).values(name="y"), delete(Team).where(Team.name == "z"), sep="\n")
print(select(Team).order_by(Team.name.desc()).limit(3).offset(1), select(Team.name.label("nm")).order_by("nm"), sep="\n")
print(Team.name == "x", Team.id + 1, Team.name.in_(["a"]), Team.__table__.c.name, Team.name.property.key, repr(Team.__table__.c.name.type), sep="\n")
print(select(Team.__table__.c.id), select(Team).compile(dialect=postgresql.dialect()), [d["name"] for d in select(Team, Player.nick).column_descriptions], sep="\n")
show(select(Team.name).where(exists().where(Player.team_id == Team.id)))
show(CreateTable(Player.__table__))
attempt(lambda: str(select(Team).join(Team.name)))
attempt(lambda: Team.nope)
attempt(lambda: select(Team).filter_by(nope=1))
attempt(lambda: str(select(Team).where(Team.players == 5)))
