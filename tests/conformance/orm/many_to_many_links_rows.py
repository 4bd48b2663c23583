from sqlalchemy import Column, ForeignKey, Integer, String, Table, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


enrolment = Table(
    "enrolment",
    Base.metadata,
    Column("student_id", ForeignKey("student.id"), primary_key=True),
    Column("course_id", ForeignKey("course.id"), primary_key=True),
)


class Student(Base):
    __tablename__ = "student"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    courses: Mapped[list["Course"]] = relationship(
        secondary=enrolment, back_populates="students", order_by="Course.title"
    )


class Course(Base):
    __tablename__ = "course"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    students: Mapped[list[Student]] = relationship(secondary=enrolment, back_populates="courses")


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    rust, python = Course(title="Rust"), Course(title="Python")
    session.add_all([rust, python])
    session.flush()
    kim = Student(name="Kim")
    session.add(kim)
    # One link a flush: in which order the links of one flush go out is undefined.
    for course in (rust, python):
        kim.courses.append(course)
        session.flush()
    session.commit()

    print([course.title for course in kim.courses], [student.name for student in rust.students])
    print(session.execute(select(enrolment).order_by(enrolment.c.course_id)).all())
    kim.courses.remove(rust)
    print([student.name for student in rust.students])
    session.commit()
    stmt = select(Student.name, Course.title).join(Student.courses)
    print(session.execute(stmt).all())
    session.delete(kim)
    session.commit()
    print(session.execute(select(enrolment)).all(), python.students)
