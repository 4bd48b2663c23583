class Orphans(DeclarativeBase):
    """One-to-many with delete-orphan, and below it one-to-many that only one side knows."""


class Parent(Orphans):
    __tablename__ = "parent"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(unique=True)
    size: Mapped[int | None]
    children: Mapped[list["Child"]] = relationship(back_populates="parent", cascade="all, delete-orphan")


class Child(Orphans):
    __tablename__ = "child"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("parent.id"))
    parent: Mapped[Parent | None] = relationship(back_populates="children")
    toys: Mapped[list["Toy"]] = relationship(order_by="Toy.id")


class Toy(Orphans):
    __tablename__ = "toy"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    child_id: Mapped[int | None] = mapped_column(ForeignKey("child.id"))


class Library(DeclarativeBase):
    """One-to-many without delete-orphan, many-to-one with a backref, one-to-one."""


class Author(Library):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(unique=True)


class Book(Library):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author | None] = relationship(backref="books")
    cover: Mapped["Cover | None"] = relationship(back_populates="book", cascade="all, delete-orphan")


class Cover(Library):
    __tablename__ = "cover"
    id: Mapped[int] = mapped_column(primary_key=True)
    color: Mapped[str | None]
    book_id: Mapped[int | None] = mapped_column(ForeignKey("book.id"))
    book: Mapped[Book | None] = relationship(back_populates="cover")


class Tagging(DeclarativeBase):
    """Many-to-many. A post's main tag also gives the two tables an order in a flush."""


post_tag = Table(
    "post_tag", Tagging.metadata,
    Column("post_id", ForeignKey("post.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Tag(Tagging):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    posts: Mapped[list["Post"]] = relationship(secondary=post_tag, back_populates="tags")


class Post(Tagging):
    __tablename__ = "post"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    main_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id"))
    main: Mapped[Tag | None] = relationship()
    tags: Mapped[list[Tag]] = relationship(secondary=post_tag, back_populates="posts")


class Trees(DeclarativeBase):
    """Rows that refer to their own table."""


class Node(Trees):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    parent: Mapped["Node | None"] = relationship(back_populates="children", remote_side=[id])
    children: Mapped[list["Node"]] = relationship(back_populates="parent")


class Woods(DeclarativeBase):
    """Rows that refer to their own table and go with their parent."""


class Branch(Woods):
    __tablename__ = "branch"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("branch.id"))
    twigs: Mapped[list["Branch"]] = relationship(cascade="all, delete-orphan")


class Staff(DeclarativeBase):
    """Joined inheritance, with a single-table subclass at its end."""


class Company(Staff):
    __tablename__ = "company"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    people: Mapped[list["Person"]] = relationship(back_populates="company", cascade="save-update, merge, delete")


class Person(Staff):
    __tablename__ = "person"
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "person"}
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    company: Mapped[Company | None] = relationship(back_populates="people")


class Engineer(Person):
    __tablename__ = "engineer"
    __mapper_args__ = {"polymorphic_identity": "engineer"}
    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    language: Mapped[str | None]


class Manager(Person):
    __tablename__ = "manager"
    __mapper_args__ = {"polymorphic_identity": "manager"}
    id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    level: Mapped[int | None]


class Director(Manager):
    __mapper_args__ = {"polymorphic_identity": "director"}
