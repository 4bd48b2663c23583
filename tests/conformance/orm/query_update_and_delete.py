from sqlalchemy import create_engine, delete, func, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Job(Base):
    __tablename__ = "job"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    jobs = [Job(state="waiting"), Job(state="waiting", tries=3), Job(state="done", tries=1)]
    session.add_all(jobs)
    session.flush()

    changed = session.query(Job).filter(Job.state == "waiting").update({"tries": Job.tries + 1})
    print(changed, [job.tries for job in jobs])

    result = session.execute(update(Job).where(Job.tries > 3).values(state="failed"))
    print(result.rowcount, jobs[1].state)

    print(session.query(Job).filter_by(state="done").delete())
    print(jobs[2] in session)
    session.execute(delete(Job).where(Job.id == 1))
    session.commit()
    print(session.execute(select(func.count(), func.max(Job.tries)).select_from(Job)).one())
