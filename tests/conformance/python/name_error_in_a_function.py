from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    name = Column(String)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
Session = sessionmaker(bind=engine)


def add_user(name):
    user = User(name=name)
    sesion.add(user)
    return user


def main():
    names = ["ed", "wendy"]
    print("adding", ", ".join(names))
    for name in names:
        add_user(name)


if __name__ == "__main__":
    main()
