# MATCH over several columns, in MySQL's modes.
from sqlalchemy import Column, Integer, MetaData, String, Table, desc, select
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.mysql import match

article = Table(
    "article",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("title", String(80)),
    Column("body", String(400)),
)
found = match(article.c.title, article.c.body, against="sea +ship")


def show(statement):
    compiled = statement.compile(dialect=mysql.dialect())
    print(compiled, compiled.params, sep="\n")


show(found)
show(found.in_boolean_mode())
show(found.in_natural_language_mode().with_query_expansion())
show(select(article.c.id).where(found.in_boolean_mode()).order_by(desc(found)))
show(match(article.c.title, against=article.c.body))
for arguments in [{"against": "x"}, {}]:
    try:
        show(match(*([] if arguments else [article.c.title]), **arguments))
    except Exception as refused:
        print(type(refused).__name__, refused)
try:
    match(article.c.title, against="x", in_any_mode=True)
except Exception as refused:
    print(type(refused).__name__, refused)
