from decimal import Decimal
import datetime
import uuid
from sqlalchemy import Integer, String, bindparam, column, literal, select, table
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


def rp(stmt):
    compiled = stmt.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    print(compiled)
    print("   ", compiled.params, compiled.positiontup)


def parm(stmt):
    compiled = stmt.compile()
    print(compiled)
    print("   ", compiled.params)


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

t = table("t", column("id", Integer), column("name", String))
parm(select(t).where(t.c.id == bindparam("x")))
parm(select(t).where(t.c.id == bindparam("x", 5)))
parm(select(t).where(t.c.id == bindparam("x", value=5, unique=True), t.c.name == bindparam("x", value="q", unique=True)))
parm(select(t).where(t.c.id == bindparam("x", callable_=lambda: 42)))
parm(select(t).where(t.c.id == bindparam(None, 9)))
parm(select(t).where(t.c.id == 1, t.c.id == 2, t.c.name == "a", t.c.id > 3))
parm(select(bindparam("a", 1), bindparam("a", 1)))
parm(select(t).where(t.c.id == bindparam("weird name"), t.c.id == bindparam("a:b"), t.c.id == bindparam("p(q)"), t.c.id == bindparam("x.y%z[1]")))
show(select(t).where(t.c.id == bindparam("weird name", 1), t.c.id == bindparam("p(q)", 2)))
show(select(t).limit(bindparam("lim", type_=Integer)).offset(bindparam("off", 3)))
show(select(t).where(t.c.name == bindparam("n", type_=Integer)))
show(select(bindparam("d", datetime.date(2024, 5, 6)), bindparam("e", Decimal("1.5")), bindparam("f", 2.5), bindparam("g", True), bindparam("h", b"xy"), bindparam("i", None), bindparam("j", [1, 2])))
rp(select(t).where(t.c.id == bindparam("x", 5, literal_execute=True)))
rp(select(t).where(t.c.id.in_(bindparam("x", [1, 2], expanding=True, literal_execute=True))))
show(select(t).where(t.c.id == bindparam("x", 5, literal_execute=True)))
stmt = select(t).where(t.c.id == bindparam("x"), t.c.name == bindparam("y", "dflt"))
print(stmt.params(x=7).compile().params)
attempt(lambda: stmt.params({"y": "new"}).compile().params)
print(stmt.compile().construct_params({"x": 1}))
attempt(lambda: stmt.compile().construct_params())
req = bindparam("r", required=True)
print(req.required, bindparam("r", 5).required, bindparam("r").required, bindparam("r", None).required, bindparam("r", callable_=lambda: 1).effective_value, bindparam("q", 4).value, bindparam("q", 4).key, repr(bindparam("q", 4).type))
attempt(lambda: select(t).where(t.c.id == req).compile().construct_params(_check=True))
attempt(lambda: str(select(t).where(t.c.id == bindparam("x", 1), t.c.id == bindparam("x", 2, unique=True))))
attempt(lambda: str(select(t).where(t.c.id == bindparam("id_1", 1), t.c.id == 5)))
attempt(lambda: bindparam())
attempt(lambda: str(select(t).where(t.c.id == bindparam("x")).compile(compile_kwargs={"literal_binds": True})))
attempt(lambda: select(t).where(t.c.name == bindparam("z", 5, String)).compile().params)
print(literal(5).compile().params, literal("x", String(3)).type, literal(None).type, literal(5).label("q"), literal(5) + literal(6), literal("a") + "b")
print(repr(literal(datetime.timedelta(1)).type), repr(literal({"a": 1}).type), repr(literal([1]).type), repr(literal(uuid.UUID(int=1)).type), repr(literal(b"x").type), repr(literal(1.0).type), repr(literal(True).type), repr(literal(datetime.time(1)).type))
