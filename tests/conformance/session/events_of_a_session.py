from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


NAMES = """before_flush after_flush after_flush_postexec before_commit after_commit after_rollback
after_soft_rollback after_begin after_transaction_create after_transaction_end""".split()


def listener(name):
    def tell(session, *rest):
        shown = []
        for thing in rest:
            kind = type(thing).__name__
            if kind == "SessionTransaction":
                kind += f"(nested={thing.nested}, inside={thing.parent is not None})"
            shown.append(kind)
        print("  ", name, *shown)

    return tell


for name in NAMES:
    event.listen(Session, name, listener(name))

engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    print("add and commit")
    user = User(name="ed")
    session.add(user)
    session.commit()
    print("savepoint")
    with session.begin_nested():
        user.name = "edward"
    print("savepoint, rolled back")
    savepoint = session.begin_nested()
    user.name = "nobody"
    session.flush()
    savepoint.rollback()
    print("rollback")
    session.rollback()
    print("a flush that fails")
    session.add(User(name=None))
    try:
        session.flush()
    except Exception as error:
        print(type(error).__name__)
    session.rollback()
    print("query")
    print(session.scalars(select(User.name)).all())
    print("the end")
