# Keys, positions and paths within JSON documents.
from sqlalchemy import *
from sqlalchemy.dialects import postgresql, mysql, sqlite
e = create_engine("sqlite://", echo=True)
m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("j", JSON))
m.create_all(e)
with e.begin() as c:
    c.execute(t.insert(), [{"j": {"k": "v", "n": {"x": [1, 2, {"y": 5}]}}}, {"j": [10, 20]}])
    print(c.execute(select(t.c.j["k"])).all(), c.execute(select(t.c.j["k"].as_string())).all())
    print(c.execute(select(t.c.j[("n", "x", 2, "y")].as_integer())).all(), c.execute(select(t.c.j[1])).all(), c.execute(select(t.c.j["n"]["x"][0].as_float())).all())
    print(c.execute(select(t.c.id).where(t.c.j["k"].as_string() == "v")).all())
for d in (postgresql.dialect(), mysql.dialect(), sqlite.dialect()):
    for x in (t.c.j["k"], t.c.j[1], t.c.j[("a", 1)], t.c.j["k"].as_string(), t.c.j["k"].as_integer() == 5):
        print(x.compile(dialect=d))
