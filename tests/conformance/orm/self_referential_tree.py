from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
from sqlalchemy.orm import backref, declarative_base, relationship, sessionmaker

Base = declarative_base()


class Node(Base):
    __tablename__ = "node"

    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey("node.id"))
    name = Column(String(50))

    children = relationship("Node", backref=backref("parent", remote_side=[id]))

    def __repr__(self):
        return "Node(%r)" % self.name

    def dump(self, depth=0):
        print("  " * depth + self.name)
        for child in self.children:
            child.dump(depth + 1)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
session = sessionmaker(bind=engine)()

root = Node(name="root")
usr = Node(name="usr", parent=root)
Node(name="etc", parent=root)
Node(name="bin", parent=usr)
root.dump()
session.add(root)
session.commit()

print("loaded level by level")
session.query(Node).filter(Node.parent_id == None).one().dump()  # noqa: E711
leaf = session.query(Node).filter_by(name="bin").one()
path = []
while leaf:
    path.append(leaf.name)
    leaf = leaf.parent
print("/".join(reversed(path)))

etc = session.query(Node).filter(Node.name == "etc").one()
etc.parent = usr
session.commit()
root.dump()
print(session.query(Node.name, Node.parent_id).order_by(Node.id).all())
