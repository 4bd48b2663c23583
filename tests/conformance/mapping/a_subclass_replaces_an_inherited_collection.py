from sqlalchemy import Column, ForeignKey, Integer, String, Table, create_engine
from sqlalchemy.orm import Session, declarative_base, relationship

Base = declarative_base()

people_skills = Table(
    "people_skills",
    Base.metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("skill_id", ForeignKey("skills.id"), primary_key=True),
)


class Person(Base):
    __tablename__ = "people"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    kind = Column(String)
    skills = relationship("Skill", secondary=people_skills, back_populates="people")
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "person"}

    def __repr__(self):
        return f"{type(self).__name__}({self.name})"


class Captain(Person):
    __tablename__ = "captains"
    id = Column(ForeignKey("people.id"), primary_key=True)
    badge = Column(String)
    __mapper_args__ = {"polymorphic_identity": "captain"}


class Skill(Base):
    __tablename__ = "skills"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    people = relationship("Person", secondary=people_skills, back_populates="skills")

    def __repr__(self):
        return f"Skill({self.name})"


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    sailing, rowing, fishing = Skill(name="sailing"), Skill(name="rowing"), Skill(name="fishing")
    ann = Captain(name="ann", badge="gold", skills=[sailing, rowing])
    session.add_all([ann, fishing])
    session.flush()
    ann.skills = [rowing, fishing]
    print(ann.skills, sailing.people, rowing.people, fishing.people)
    session.commit()
    ann.skills = []
    print(rowing.people)
    fishing.people = [ann]
    print(ann.skills)
    session.commit()
    print(ann.skills)
