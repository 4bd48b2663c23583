"""Columns and elements of FROM of a program's own classes."""

from sqlalchemy import Integer, column, func, select, table
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnClause, FromClause


class Bracketed(ColumnClause):
    inherit_cache = True


@compiles(Bracketed)
def bracketed(element, compiler, **kw):
    return "[%s]" % element.name


class Ordinary(ColumnClause):
    inherit_cache = True


class Everything(FromClause):
    inherit_cache = True
    named_with_column = False

    def __init__(self, what):
        self.what = what


@compiles(Everything)
def everything(element, compiler, **kw):
    return "EVERY(%s)" % element.what


t = table("t", column("id", Integer))
print(select(Bracketed("x"), Bracketed("y")))
print(Bracketed("q", Integer).type, Bracketed("q").name, Bracketed("q").key)
print(select(Ordinary("plain"), t.c.id).where(Ordinary("plain") == t.c.id))
print(select(func.count()).select_from(Everything("x")))
print(select(t.c.id).select_from(t, Everything("y")))
print(Everything("z"))
