"""What expressions of PostgreSQL's HSTORE and JSONB have of their own."""
from sqlalchemy import Column, Integer, MetaData, Table, literal
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import HSTORE, INET, JSONB, array

notes = Table(
    "notes", MetaData(), Column("id", Integer, primary_key=True), Column("tags", HSTORE), Column("body", JSONB),
    Column("plain", postgresql.JSON), Column("host", INET),
)
tags, body = notes.c.tags, notes.c.body
for expression in [
    tags["a"], tags["a"] == "1", tags.has_key("a"), tags.has_all(array(["a", "b"])), tags.contains({"a": "1"}), tags.defined("a"),
    tags.delete("a"), tags.slice(array(["a", "b"])), tags.keys(), tags.vals(), tags.array(), tags.matrix(), tags + {"c": "2"},
    body["a"].astext, body[("a", "b")].astext, body["a"].astext == "x", body["n"].astext.cast(Integer) > 5, body["a"]["b"],
    body.has_key("k"), body.has_any(array(["a"])), ~body.contains({"x": 1}), body.contained_by({"x": 1}), body.path_exists("$.a"),
    body.path_match("$.a == 1"), body.delete_path(["a", "b"]), body - "a", body - 1, body + {"z": 1}, notes.c.plain["a"].astext,
    notes.c.host.op("<<")("10.0.0.0/8"), notes.c.host == "10.0.0.1", literal(2**31), literal(2**31 - 1),
]:
    compiled = expression.compile(dialect=postgresql.dialect())
    print(compiled, compiled.params, repr(expression.type))
for value in (body == {"a": 1}, notes.c.host == "10.0.0.1", tags == {"a": "b"}, body["a"].astext == "it's"):
    try:
        print(value.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    except Exception as error:
        print(type(error).__name__, error)
try:
    notes.c.id.defined("x")
except AttributeError as error:
    print(error)
