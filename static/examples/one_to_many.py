# One to many: a collection and the key it copies.
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy import String, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class User(Base):
    __tablename__ = "users"

    id = Column(Integer, primary_key=True)
    name = Column(String)
    posts = relationship("Post", back_populates="author")


class Post(Base):
    __tablename__ = "posts"

    id = Column(Integer, primary_key=True)
    title = Column(String, nullable=False)
    author_id = Column(Integer, ForeignKey("users.id"))
    author = relationship("User", back_populates="posts")


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
session = Session(engine)

# The post comes along by cascade. The parent is
# inserted first, its key copied into the child.
ed = User(name="ed")
ed.posts.append(Post(title="Hello"))
session.add(ed)
session.commit()

# A refresh after the commit, then a lazy load.
print(ed.name)
print([post.title for post in ed.posts])

# Set one side, and the other knows at once.
again = Post(title="Again", author=ed)
print(len(ed.posts))
session.add(again)
draft = Post(title="Draft")
