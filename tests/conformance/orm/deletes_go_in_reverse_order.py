from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Project(Base):
    __tablename__ = "project"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    tickets: Mapped[list["Ticket"]] = relationship(back_populates="project", cascade="all")


class Ticket(Base):
    __tablename__ = "ticket"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id"))
    project: Mapped[Project] = relationship(back_populates="tickets")
    comments: Mapped[list["Comment"]] = relationship(cascade="all, delete-orphan")


class Comment(Base):
    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    ticket = Ticket(title="It is slow", comments=[Comment(text="How slow?"), Comment(text="Very.")])
    project = Project(name="Engine", tickets=[ticket, Ticket(title="It is loud")])
    session.add(project)
    session.commit()

    # In one flush: a new row, a changed row, and a whole tree that goes.
    session.add(Project(name="Wheels"))
    ticket.comments[0].text = "Changed before it goes"
    session.delete(project)
    print(len(session.new), len(session.dirty), len(session.deleted))
    session.flush()
    print(session.scalars(select(Project.name)).all(), session.query(Comment).count())
    session.rollback()
    print(session.scalars(select(Project.name)).all(), session.query(Comment).count())

    ticket.comments.pop(0)
    session.delete(project.tickets[1])
    session.commit()
    print([comment.text for comment in ticket.comments], [each.title for each in project.tickets])
