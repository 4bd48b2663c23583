from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class Point(Base):
    __tablename__ = "point"
    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int]
    y: Mapped[int] = mapped_column(default=0)

    def moved(self, dx, dy=0):
        return Point(x=self.x + dx, y=self.y + dy)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = Session(engine)
point = Point(x=1, y=2)


def attempt(label, action):
    try:
        print(label, action())
    except Exception as error:
        print(label, f"{type(error).__name__}: {error}")


attempt("method", lambda: point.moved(4).x)
attempt("missing argument", lambda: point.moved())
attempt("too many", lambda: point.moved(1, 2, 3))
attempt("unknown keyword", lambda: point.moved(1, dz=3))
attempt("unknown attribute", lambda: point.z)
attempt("on the class", lambda: Point.z)
attempt("on None", lambda: session.get(Point, 1).x)
attempt("add", lambda: point.x + "1")
attempt("none", lambda: Point(x=None).moved(1))
attempt("call", lambda: point())
attempt("index", lambda: [1, 2][2])
attempt("key", lambda: {"x": 1}["y"])
attempt("unpack", lambda: [a for a, b in [(1, 2, 3)]])
attempt("constructor", lambda: Point(1, 2))
attempt("divide", lambda: point.x / 0)
attempt("int", lambda: int("four"))
attempt("import", lambda: __import__("nosuchmodule"))

session.ad(point)
