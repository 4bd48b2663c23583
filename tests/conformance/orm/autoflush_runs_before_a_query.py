from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class Task(Base):
    __tablename__ = "tasks"
    id = Column(Integer, primary_key=True)
    title = Column(String)
    done = Column(Integer, default=0)


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
Session = sessionmaker(bind=engine)
session = Session()

task = Task(title="write")
session.add(task)
print(task.id, task.done)
print(session.query(Task).filter_by(title="write").count())
print(task.id, task.done)

task.title = "rewrite"
print(session.query(Task.title).all())

with session.no_autoflush:
    session.add(Task(title="hidden"))
    print(session.query(Task).count())
print(session.query(Task).count())
session.rollback()

quiet = sessionmaker(bind=engine, autoflush=False)()
quiet.add(Task(title="later"))
print(quiet.query(Task).count(), len(quiet.new))
quiet.commit()
print(quiet.query(Task).count(), len(quiet.new))
