import warnings

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, inspect, select, text
from sqlalchemy.ext.automap import (
    AutomapBase,
    automap_base,
    classname_for_table,
    generate_relationship,
    name_for_collection_relationship,
    name_for_scalar_relationship,
)
from sqlalchemy.orm import DeclarativeBase, Session, interfaces, relationship

DDL = [
    "CREATE TABLE author (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR NOT NULL)",
    "CREATE TABLE book (id INTEGER NOT NULL PRIMARY KEY, title VARCHAR, author_id INTEGER NOT NULL REFERENCES author(id) ON DELETE CASCADE)",
    "CREATE TABLE review (id INTEGER NOT NULL PRIMARY KEY, stars INTEGER, book_id INTEGER REFERENCES book(id) ON DELETE SET NULL)",
    "CREATE TABLE tag (id INTEGER NOT NULL PRIMARY KEY, word VARCHAR)",
    "CREATE TABLE book_tag (book_id INTEGER REFERENCES book(id), tag_id INTEGER REFERENCES tag(id), PRIMARY KEY (book_id, tag_id))",
    "CREATE TABLE node (id INTEGER NOT NULL PRIMARY KEY, parent_id INTEGER REFERENCES node(id))",
    "CREATE TABLE log (line VARCHAR)",
]
engine = create_engine("sqlite://")
with engine.begin() as connection:
    for statement in DDL:
        connection.execute(text(statement))


def told(cls):
    mapper = inspect(cls)
    for key in sorted(mapper.relationships.keys()):
        rel = mapper.relationships[key]
        print("  ", rel, rel.direction.name, rel.mapper.class_.__name__, rel.cascade, rel.passive_deletes, rel.uselist)


print("-- all from the database")
Base = automap_base()
try:
    Base.classes.author
except AttributeError as error:
    print("no", error)
Base.prepare(autoload_with=engine)
print(sorted(Base.classes.keys()), len(Base.classes), "log" in Base.classes, "book_tag" in Base.classes)
Author, Book, Review, Tag, Node = [getattr(Base.classes, name) for name in ("author", "book", "review", "tag", "node")]
print(Author, Author.__name__, Author.__mro__[1].__name__, issubclass(Author, AutomapBase), Base.classes["book"] is Book)
Base.registry.configure()
for cls in (Author, Book, Review, Tag, Node):
    print(cls.__name__)
    told(cls)
s = Session(engine)
author = Author(name="Ann", book_collection=[Book(title="One"), Book(title="Two")])
author.book_collection[0].tag_collection.append(Tag(word="good"))
author.book_collection[0].review_collection.append(Review(stars=5))
s.add(author)
s.commit()
print([book.title for book in author.book_collection], author.book_collection[0].author is author)
print([(tag.word, [book.title for book in tag.book_collection]) for tag in s.scalars(select(Tag))])
print(s.execute(select(Book.title, Review.stars).join(Book.review_collection)).all())
root = Node(id=1)
s.add_all([root, Node(id=2, node=root)])
s.commit()
print([node.id for node in root.node_collection], s.get(Node, 2).node.id)
print(Base.by_module.keys(), Base.by_module.sqlalchemy.ext.automap.author is Author)
s.close()

print("-- classes and relationships of one's own")


class Shared(DeclarativeBase):
    pass


Base = automap_base(Shared)


class Writer(Base):
    __tablename__ = "author"
    full_name = Column("name", String)
    works = relationship("book", back_populates="written_by")

    def __repr__(self):
        return f"Writer({self.full_name!r})"


class Marked(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
    book_collection = relationship("book", secondary="book_tag", back_populates="marks")


try:
    select(Writer)
except Exception as error:
    print(type(error).__name__, error)


def camel(base, tablename, table):
    return tablename


def scalar(base, local_cls, referred_cls, constraint):
    if referred_cls is Writer:
        return "written_by"
    return "the_" + name_for_scalar_relationship(base, local_cls, referred_cls, constraint)


def collection(base, local_cls, referred_cls, constraint):
    if local_cls is Writer:
        return "works"
    if referred_cls is Marked:
        return "marks"
    return name_for_collection_relationship(base, local_cls, referred_cls, constraint)


made = []


def generate(base, direction, return_fn, attrname, local_cls, referred_cls, **kw):
    made.append((direction is interfaces.ONETOMANY, return_fn.__name__, attrname, local_cls.__name__, referred_cls.__name__))
    if direction is interfaces.ONETOMANY:
        kw["cascade"] = "all"
        kw.pop("passive_deletes", None)
    return generate_relationship(base, direction, return_fn, attrname, local_cls, referred_cls, **kw)


Base.prepare(
    autoload_with=engine,
    classname_for_table=camel,
    name_for_scalar_relationship=scalar,
    name_for_collection_relationship=collection,
    generate_relationship=generate,
    collection_class=set,
    reflection_options={"only": ["author", "book", "tag", "book_tag"]},
)
Base.registry.configure()
print(sorted(made))
print(sorted(Base.classes.keys()))
for cls in (Writer, Marked, Base.classes.book):
    print(cls.__name__)
    told(cls)
s = Session(engine)
writer = s.scalars(select(Writer)).one()
print(writer, sorted(book.title for book in writer.works), type(s.scalars(select(Marked)).one().book_collection).__name__)
print(s.scalars(select(Base.classes.book).order_by(Base.classes.book.id)).first().marks)
s.close()

print("-- from metadata that is there")
metadata = MetaData()
metadata.reflect(engine, only=["node", "author"])
Table("extra", metadata, Column("id", Integer, primary_key=True), Column("author_id", ForeignKey("author.id")))
Table("author_two", metadata, Column("id", Integer, primary_key=True))
Base = automap_base(metadata=metadata)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    Base.prepare(classname_for_table=lambda base, name, table: name.split("_")[0])
    print(len([one for one in caught if "Ignoring duplicate class name 'author'" in str(one.message)]))
print(sorted(Base.classes.keys()))
later = Base.classes
Table("late", metadata, Column("id", Integer, primary_key=True), Column("node_id", ForeignKey("node.id")))
Base.prepare()
print(sorted(Base.classes.keys()), later is Base.classes)

print("-- by module")
Base = automap_base()
Base.prepare(autoload_with=engine, modulename_for_table=lambda base, name, table: "library." + ("people" if name == "author" else "things"))
print(sorted(Base.by_module.library.keys()), Base.by_module.library.people.author.__module__, len(Base.classes))
print(Base.by_module["library"]["things"].book.__name__, classname_for_table(Base, "x", None))
