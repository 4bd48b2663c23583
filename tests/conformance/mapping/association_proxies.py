from sqlalchemy import Column, ForeignKey, Table, create_engine, select
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, attribute_keyed_dict, mapped_column, relationship


class Base(DeclarativeBase):
    pass


article_tag = Table(
    "article_tag",
    Base.metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Article(Base):
    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list["Tag"]] = relationship(secondary=article_tag)
    words: AssociationProxy[list[str]] = association_proxy("tags", "word", creator=lambda word: Tag(word=word))
    notes: Mapped[dict[str, "Note"]] = relationship(
        collection_class=attribute_keyed_dict("key"), cascade="all, delete-orphan", back_populates="article"
    )
    texts = association_proxy("notes", "text", creator=lambda key, text: Note(key=key, text=text))


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    text: Mapped[str]
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id"))
    article: Mapped[Article] = relationship(back_populates="notes")
    siblings = association_proxy("article", "words")


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    article = Article(words=["news"])
    article.words.append("python")
    article.words.extend(["sql", "orm"])
    article.words.remove("news")
    print(article.words, [tag.word for tag in article.tags], "sql" in article.words, article.words[1:])
    article.texts["author"] = "ed"
    article.texts.update({"editor": "sue", "author": "edward"})
    print(article.texts, sorted(article.notes), article.notes["editor"].article is article)
    print(article.notes["author"].siblings)
    session.add(article)
    session.commit()
    print(sorted(article.words), sorted(article.texts.items()))
    article.words = ["sql", "rust"]
    del article.texts["editor"]
    session.commit()
    print(sorted(article.words), article.texts, article.texts.get("editor"))
    print(select(Article.id).where(Article.words == "rust"))
    print(select(Article.id).where(Article.words.like("ru%")))
    print(session.scalars(select(Article.id).where(Article.texts == "edward")).all())
