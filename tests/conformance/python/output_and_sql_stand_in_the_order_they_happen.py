import sys

from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, relationship, sessionmaker

Base = declarative_base()


class Folder(Base):
    __tablename__ = "folder"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    files = relationship("File", back_populates="folder", order_by="File.id")

    def __str__(self):
        # Loads while print() is at work.
        return f"{self.name}({len(self.files)})"


class File(Base):
    __tablename__ = "file"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    folder_id = Column(Integer, ForeignKey("folder.id"))
    folder = relationship(Folder, back_populates="files")

    def __repr__(self):
        return f"{self.folder.name}/{self.name}"


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()
session.add(Folder(name="etc", files=[File(name="hosts"), File(name="passwd")]))
session.commit()

print("folder", session.query(Folder).first(), "loaded", sep=" -> ", end=".\n")
session.expire_all()
print("files", session.query(File).order_by(File.id).all())
session.expire_all()
folder = session.get(Folder, 1)
print(f"before {folder} after")
sys.stdout.write("no newline yet")
session.commit()
print("", folder.id)
print([str(f) for f in folder.files], *folder.files)
