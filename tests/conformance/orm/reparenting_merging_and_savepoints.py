from sqlalchemy import *
from sqlalchemy.orm import *
class Base(DeclarativeBase): pass
class P(Base):
    __tablename__='p'
    id: Mapped[int]=mapped_column(primary_key=True)
    name: Mapped[str]
    cs: Mapped[list['C']]=relationship(back_populates='p', cascade='all, delete-orphan', order_by='C.id')
    def __repr__(self): return f'P({self.name})'
class C(Base):
    __tablename__='c'
    id: Mapped[int]=mapped_column(primary_key=True)
    name: Mapped[str]
    p_id: Mapped[int|None]=mapped_column(ForeignKey('p.id'))
    p: Mapped[P|None]=relationship(back_populates='cs')
    def __repr__(self): return f'C({self.name})'
e=create_engine('sqlite://'); Base.metadata.create_all(e)
s=Session(e)
p=P(name='p1',cs=[C(name='c1'),C(name='c2')]); q=P(name='p2')
s.add_all([p,q]); s.commit()
p.name='px'; s.commit()
c=p.cs[0]; q.cs.append(c); print(p.cs,q.cs,c.p); s.commit()
print(p.cs,q.cs)
del q.cs[0]; s.flush(); print(s.query(C).count(), inspect(c).deleted)
s.rollback(); print(q.cs, c in s)
n=s.begin_nested(); p.name='nested'; s.flush(); n.rollback(); print(p.name)
with s.begin_nested(): p.name='kept'
print(p.name); s.commit()
s.delete(p); print(s.deleted); s.commit(); print(inspect(p).detached)
s.expire(q,['name']); print(q.name); s.refresh(q); s.refresh(q,['name'])
s.expunge(q); print(q in s, inspect(q).detached); q.name='off'
m=s.merge(q); print(m is q, m.name, s.dirty); s.commit()
try: s.add(P(id=m.id,name='dup')); s.flush()
except Exception as x: print(type(x).__name__, x)
s.rollback()
print(s.get(P,99), s.get(P,m.id) is m)
try: s.get_one(P,99)
except Exception as x: print(type(x).__name__, x)
print(s.execute(select(P.name, func.count(C.id)).join(P.cs, isouter=True).group_by(P.id)).all())
print(s.execute(select(P,C).join(C.p)).all())
print(s.scalars(select(C).where(C.p.has(P.name=='off'))).all(), s.scalars(select(P).where(P.cs.any())).all(), s.scalars(select(P).where(~P.cs.any(C.name=='zz'))).all())
print(s.scalars(select(C).where(C.p==m)).all())
print(s.execute(update(P).values(name=P.name+'!')).rowcount, m.name)
print(s.scalars(insert(P).returning(P),[{'name':'i1'},{'name':'i2'}]).all())
print(s.execute(delete(P).where(P.name.like('i%'))).rowcount)
s.commit(); s.close()
with Session(e) as s2, s2.begin():
    s2.add(P(name='ctx'))
with Session.begin(Session(e)) as t: pass
print(sessionmaker(e)().query(P.name).order_by(P.id.desc()).all())
