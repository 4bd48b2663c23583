from sqlalchemy import (
    Column, ForeignKey, Integer, MetaData, String, Table, and_, func, literal, select,
    true,
)
from sqlalchemy import exc
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite


def show(stmt, **kw):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect()):
        try:
            compiled = stmt.compile(dialect=dialect, **kw)
            print(f"[{dialect.name}]", compiled)
            print("   ", compiled.params)
        except (exc.SQLAlchemyError, NotImplementedError) as err:
            print(f"[{dialect.name}] {type(err).__name__}: {err}")


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

metadata = MetaData()
author = Table("author", metadata, Column("id", Integer, primary_key=True), Column("name", String(30)))
book = Table("book", metadata, Column("id", Integer, primary_key=True), Column("title", String(50)), Column("author_id", ForeignKey("author.id")))
review = Table("review", metadata, Column("id", Integer, primary_key=True), Column("book_id", ForeignKey("book.id")), Column("stars", Integer))
lone = Table("lone", metadata, Column("id", Integer, primary_key=True))
print(author.join(book))
print(author.outerjoin(book), author.join(book, isouter=True), author.join(book, full=True), sep="\n")
print(author.join(book, author.c.id == book.c.author_id).join(review))
print(author.join(book.join(review)))
print(author.outerjoin(book.join(review), author.c.id == book.c.author_id))
print(select(author).join(book))
print(select(author.c.name, book.c.title).join(book))
print(select(author.c.name, book.c.title).join_from(author, book))
print(select(book.c.title).join(author, isouter=True))
print(select(book.c.title).outerjoin(author))
print(select(book.c.title).join(author, full=True))
attempt(lambda: str(select(author, review.c.stars).join(book).join(review)))
print(select(author, review.c.stars).select_from(author).join(book).join(review))
print(select(author).join(book).outerjoin(review, and_(review.c.book_id == book.c.id, review.c.stars > 3)))
print(select(author).select_from(author.join(book)).where(book.c.title == "x"))
print(select(author.c.id).outerjoin_from(author, book).filter_by(title="y"))
print(select(func.count()).select_from(author).join(book))
print(select(author, lone))
attempt(lambda: str(select(author).select_from(author, lone).join(book)))
print(select(author).join(lone, true()))
print(select(author).join(lone, author.c.id == lone.c.id))
a2 = author.alias("a2")
print(select(author.c.name, a2.c.name).join(a2, a2.c.id > author.c.id))
b2 = book.alias()
attempt(lambda: str(select(b2.c.title, author.c.name).join(author)))
print(select(b2.c.title, author.c.name).select_from(b2).join(author))
print(select(b2.c.title).join(author).where(author.c.id == 1))
attempt(lambda: select(author).join(lone))
attempt(lambda: author.join(lone))
attempt(lambda: str(select(author).join(lone)))
attempt(lambda: str(select(author, book).join(review)))
attempt(lambda: str(select(author).select_from(author.join(book)).join(review)))
attempt(lambda: str(select(literal(1)).join(author)))
show(select(author.c.name).join(book, full=True))
j = author.join(book)
print(j.c.keys(), j.left.name, j.right.name, j.isouter, j.full, j.onclause)
print(j.select().where(j.c.book_title == "z"))
print(select(j.c.author_id, j.c.book_author_id))
