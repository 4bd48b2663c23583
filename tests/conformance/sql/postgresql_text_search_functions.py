"""The first of several arguments of a text search function is the name of a configuration."""

from sqlalchemy import String, column, func, literal, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import to_tsquery

note = table("note", column("body", String), column("words", postgresql.TSVECTOR), column("q", postgresql.TSQUERY))
for expression in (
    func.to_tsvector("english", note.c.body),
    func.to_tsvector(note.c.body),
    to_tsquery("english", "rust & orm"),
    func.ts_headline("english", note.c.body, func.to_tsquery("orm")),
    func.ts_headline(note.c.body, note.c.q),
    func.to_tsvector("english", note.c.body).bool_op("@@")(func.websearch_to_tsquery("simple", "x")),
    func.phraseto_tsquery(literal("a"), "b"),
    note.c.words.match("orm"),
):
    for dialect in (None, postgresql.dialect(), sqlite.dialect()):
        compiled = select(expression).compile(dialect=dialect)
        print(compiled, compiled.params)
    print(repr(expression.type))
