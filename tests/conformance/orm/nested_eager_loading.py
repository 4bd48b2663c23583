from sqlalchemy import *
from sqlalchemy.orm import *
class Base(DeclarativeBase): pass
tag_link = Table('tag_link', Base.metadata, Column('post_id', ForeignKey('post.id'), primary_key=True), Column('tag_id', ForeignKey('tag.id'), primary_key=True))
class U(Base):
    __tablename__='u'
    id: Mapped[int]=mapped_column(primary_key=True)
    name: Mapped[str]
    posts: Mapped[list['Post']]=relationship(back_populates='u', order_by='Post.id')
class Post(Base):
    __tablename__='post'
    id: Mapped[int]=mapped_column(primary_key=True)
    title: Mapped[str]
    u_id: Mapped[int|None]=mapped_column(ForeignKey('u.id'))
    u: Mapped[U|None]=relationship(back_populates='posts')
    tags: Mapped[list['Tag']]=relationship(secondary=tag_link, back_populates='posts', order_by='Tag.id')
class Tag(Base):
    __tablename__='tag'
    id: Mapped[int]=mapped_column(primary_key=True)
    name: Mapped[str]
    posts: Mapped[list[Post]]=relationship(secondary=tag_link, back_populates='tags')
e=create_engine('sqlite://'); Base.metadata.create_all(e)
with Session(e) as s:
    a,b=Tag(name='a'),Tag(name='b')
    s.add_all([a,b]); s.flush()
    u1=U(name='u1',posts=[Post(title="p1",tags=[a]),Post(title="p2")]); u2=U(name='u2')
    s.add_all([u1,u2]); s.flush()
    u1.posts[0].tags.append(b); s.flush(); u1.posts[1].tags.append(b)
    s.add(Post(title='p3')); s.commit()
with Session(e) as s:
    for p in s.scalars(select(Post).options(joinedload(Post.tags)).order_by(Post.id)).unique():
        print(p.title,[t.name for t in p.tags])
with Session(e) as s:
    for p in s.scalars(select(Post).options(selectinload(Post.tags), selectinload(Post.u)).order_by(Post.id)):
        print(p.title,[t.name for t in p.tags], p.u and p.u.name)
with Session(e) as s:
    for u in s.query(U).options(joinedload(U.posts).joinedload(Post.tags)).all():
        print(u.name,[(p.title,[t.name for t in p.tags]) for p in u.posts])
with Session(e) as s:
    for u in s.query(U).options(selectinload(U.posts).selectinload(Post.tags)).all():
        print(u.name,[(p.title,[t.name for t in p.tags]) for p in u.posts])
with Session(e) as s:
    for u in s.query(U).options(selectinload(U.posts).joinedload(Post.tags)).all():
        print(u.name,[(p.title,[t.name for t in p.tags]) for p in u.posts])
with Session(e) as s:
    try: s.scalars(select(U).options(joinedload(U.posts))).all()
    except Exception as x: print(type(x).__name__, x)
