# Statements are text: programs pick them apart and put them together with re and textwrap.
import re
import textwrap
from string import Template

from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, select

metadata = MetaData()
user = Table("user_account", metadata, Column("id", Integer, primary_key=True), Column("fullName", String(30)))
address = Table(
    "address", metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("user_account.id"))
)
statement = select(user.c.fullName).join_from(user, address).where(user.c.id > 5, user.c.fullName.like("%x%"))
sql = str(statement)
print(re.findall(r":(\w+)", sql), re.sub(r"\s+", " ", sql))
print(re.findall(r"(?P<table>\w+)\.(?P<column>\"?\w+\"?)", sql))
clauses = re.split(r"\s*\n(?=FROM|WHERE)", sql)
print(clauses)
match = re.search(r"FROM (?P<left>\w+) JOIN (?P<right>\w+) ON (.+?) *\n", sql)
print(match.groupdict(), match.group(3), match.span("right"))


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


print([snake(column.name) for column in user.c], re.fullmatch(r"[a-z_]+", user.name) is not None)
print(re.sub(r"\b(select|from|where)\b", lambda m: m[0].upper(), "select a from b where c", flags=re.IGNORECASE))
print(textwrap.fill(re.sub(r"\s+", " ", sql), width=40, subsequent_indent="    "))
print(textwrap.indent(textwrap.dedent("""
    CREATE TABLE t (
        id INTEGER
    )
""").strip(), "> "))
print(Template("SELECT * FROM $table WHERE id = ${id}").substitute(table=user.name, id=3))
try:
    re.compile("(unclosed")
except re.error as error:
    print(error)
