# Defaults of every kind: values, callables, expressions, the database's own.
from sqlalchemy import *
from sqlalchemy.orm import declarative_base, Session, DeclarativeBase, Mapped, mapped_column
import datetime
e = create_engine("sqlite://", echo=True)
m = MetaData()
other = Table("other", m, Column("id", Integer, primary_key=True), Column("v", Integer))
t = Table("t", m, Column("id", Integer, primary_key=True),
   Column("a", Integer, default=select(func.max(other.c.v)).scalar_subquery()),
   Column("b", DateTime, default=func.current_timestamp()),
   Column("c", String, default=func.lower("ABC"), onupdate=func.upper("xyz")),
   Column("d", Integer, default=5, onupdate=lambda: 9),
   Column("e", Integer, server_default=text("7")),
   Column("f", Integer, Sequence("seq")),
   Column("g", Integer, Computed("d * 2")),
   Column("h", String, default=literal("lit")),
   Column("i", String, default=lambda ctx: "ctx%s" % ctx.get_current_parameters()["d"]))
m.create_all(e)
with e.begin() as c:
    c.execute(other.insert(), [{"v": 3}, {"v": 8}])
    r = c.execute(t.insert())
    print(r.inserted_primary_key)
    c.execute(t.insert(), [{"d": 1}, {"d": 2}])
    c.execute(t.insert().values([{"d": 3}, {"d": 4}]))
    print([row[1:2] + row[3:] for row in c.execute(select(t))])
    c.execute(t.update().where(t.c.id == 1).values(e=1))
    print([row[1:2] + row[3:] for row in c.execute(select(t).where(t.c.id == 1))])
    c.execute(t.insert().values(d=None, c=func.lower("Q")))
print(t.insert()); print(t.update())
class Base(DeclarativeBase): pass
class A(Base):
    __tablename__ = "aa"
    __table_args__ = (UniqueConstraint("x", "y", name="uqxy"), CheckConstraint("x > 0", name="ckx"), {"comment": "hello", "sqlite_autoincrement": True, "info": {"k": 1}})
    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int] = mapped_column(default=3, comment="cx")
    y: Mapped[str] = mapped_column(String(5), server_default="q", index=True)
    z: Mapped[str] = mapped_column(default=func.lower("ZZ"), onupdate=func.upper("up"))
Base.metadata.create_all(e)
print(A.__table__.comment, A.__table__.info, A.__table__.c.x.comment, sorted(str(i.name) for i in A.__table__.indexes))
with Session(e) as s:
    a = A()
    s.add(a); s.flush()
    print(a.id, a.x, a.y, a.z)
    a.x = 10
    s.flush()
    print(a.z)
    s.commit()
    print(a.z)
