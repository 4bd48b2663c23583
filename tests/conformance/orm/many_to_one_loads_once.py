from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Player(Base):
    __tablename__ = "player"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    team: Mapped[Team | None] = relationship()


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    reds = Team(name="Reds")
    session.add_all([Player(name="Ana", team=reds), Player(name="Bo", team=reds), Player(name="Cy")])
    session.commit()

with Session(engine) as session:
    players = session.scalars(select(Player).order_by(Player.name)).all()
    print("one SELECT for the team of both")
    for player in players:
        print(player.name, player.team.name if player.team else None)

    cy = players[2]
    cy.team_id = 1
    print("the key is set, the relationship not yet:", cy.team)
    session.commit()
    print("now it is:", cy.team.name)

    cy.team = Team(name="Blues")
    session.flush()
    print(cy.team_id)
    cy.team = None
    session.flush()
    print(cy.team_id)
