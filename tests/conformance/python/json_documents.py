# Documents go through a JSON column and through a type of the program's own over text.
import json
from datetime import date
from decimal import Decimal

from sqlalchemy import JSON, Column, Integer, MetaData, Table, Text, create_engine, insert, select
from sqlalchemy.types import TypeDecorator


class Document(TypeDecorator):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return None if value is None else json.dumps(value, sort_keys=True, default=str, separators=(",", ":"))

    def process_result_value(self, value, dialect):
        return None if value is None else json.loads(value, parse_float=Decimal)


engine = create_engine("sqlite://")
metadata = MetaData()
notes = Table("notes", metadata, Column("id", Integer, primary_key=True), Column("raw", JSON), Column("own", Document))
metadata.create_all(engine)

with engine.begin() as conn:
    conn.execute(insert(notes), [
        {"raw": {"tags": ["a", "é"], "n": 1.5}, "own": {"when": date(2024, 5, 17), "price": 2.50}},
        {"raw": [1, None, True], "own": None},
        {"raw": "text", "own": [{"b": 1, "a": 2}]},
    ])
    for row in conn.execute(select(notes).order_by(notes.c.id)):
        print(row)
    rows = [dict(row._mapping) for row in conn.execute(select(notes.c.id, notes.c.raw))]
print(json.dumps(rows, indent=2, ensure_ascii=False))
print(json.dumps({"z": (1, 2), "a": float("inf"), 3: None}), json.loads('{"k": [1, 2.0, "\\u00e9"]}'))
for text in ['{"a": }', "[1, 2", '{"a" 1}', "nothing"]:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        print(error)
try:
    with engine.begin() as conn:
        conn.execute(insert(notes), {"raw": {"when": date(2024, 5, 17)}})
except Exception as error:
    print(type(error).__name__, str(error).splitlines()[0])
