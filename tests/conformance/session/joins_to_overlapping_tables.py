import warnings

from sqlalchemy import Column, ForeignKey, Integer, String, create_engine, select
from sqlalchemy.orm import Session, aliased, declarative_base, relationship

Base = declarative_base()


class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    kind = Column(String)
    up_id = Column(ForeignKey("folder.id"))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "node"}


class Folder(Node):
    __tablename__ = "folder"
    id = Column(ForeignKey("node.id"), primary_key=True)
    label = Column(String)
    files = relationship("File", primaryjoin="Folder.id == File.up_id", foreign_keys="File.up_id", viewonly=True)
    __mapper_args__ = {"polymorphic_identity": "folder", "inherit_condition": id == Node.id}


class File(Node):
    __tablename__ = "file"
    id = Column(ForeignKey("node.id"), primary_key=True)
    size = Column(Integer)
    __mapper_args__ = {"polymorphic_identity": "file", "inherit_condition": id == Node.id}

    def __repr__(self):
        return f"File({self.name}, {self.size})"


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
with Session(engine) as session:
    root = Folder(name="root", label="/")
    session.add(root)
    session.flush()
    session.add_all([File(name="a", size=1, up_id=root.id), File(name="b", size=2, up_id=root.id)])
    session.commit()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        print(session.execute(select(Folder.label, File.size).join(Folder.files).where(File.size > 1)).all())
        print(session.query(Folder.label, File.name).join(Folder.files).filter(File.size == 1).all())
        print(session.execute(select(Node.name).join(File, File.up_id == Node.id)).all())
        for warning in told:
            print(warning.category.__name__, str(warning.message).split("  ")[0])
    flat = aliased(File, flat=True)
    print(session.execute(select(Folder.label, flat.size).join(Folder.files.of_type(flat)).order_by(flat.size)).all())
