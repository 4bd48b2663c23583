from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, lambda_stmt, select

book = Table("book", MetaData(), Column("id", Integer, primary_key=True), Column("title", String), Column("pages", Integer))
engine = create_engine("sqlite://", echo=True)


def find(conn, least, title=None):
    stmt = lambda_stmt(lambda: select(book.c.title))
    stmt += lambda s: s.where(book.c.pages >= least)
    if title is not None:
        stmt = stmt + (lambda s: s.where(book.c.title == title))
    return conn.execute(stmt).scalars().all()


with engine.begin() as conn:
    book.create(conn)
    conn.execute(insert(book), [{"title": "Emma", "pages": 400}, {"title": "Ulysses", "pages": 700}])
    print(find(conn, 300), find(conn, 500), find(conn, 300, "Emma"), find(conn, 500, "Emma"))
    few = 450
    print(conn.execute(select(book.c.id).where(lambda: book.c.pages < few)).scalars().all())
print(lambda_stmt(lambda: select(book.c.id)))
try:
    lambda_stmt(select(book))
except Exception as err:
    print(type(err).__name__, err)
