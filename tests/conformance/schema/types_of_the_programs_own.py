from sqlalchemy import create_engine, MetaData, Table, Column, Integer, String, Text, select, insert, bindparam, func, literal
from sqlalchemy.orm import declarative_base, Session
from sqlalchemy.types import TypeDecorator, UserDefinedType, VARCHAR
from sqlalchemy.dialects import postgresql, mysql, sqlite

class JSONEncodedDict(TypeDecorator):
    impl = VARCHAR
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is not None:
            value = ';'.join('%s=%s' % p for p in value.items())
        return value

    def process_result_value(self, value, dialect):
        if value is not None:
            value = dict(p.split('=') for p in value.split(';') if p)
        return value

class Upper(TypeDecorator):
    impl = String
    cache_ok = True
    def process_bind_param(self, value, dialect):
        if not isinstance(value, str):
            raise ValueError("need text")
        return value.upper()

class Guid(TypeDecorator):
    impl = String(36)
    cache_ok = True
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(String(32))

class Money(UserDefinedType):
    cache_ok = True
    def __init__(self, precision=8):
        self.precision = precision
    def get_col_spec(self, **kw):
        return "MONEY(%s)" % self.precision
    def bind_processor(self, dialect):
        def process(value):
            return value * 100
        return process
    def result_processor(self, dialect, coltype):
        def process(value):
            return value / 100
        return process

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("data", JSONEncodedDict(100)), Column("name", Upper(20)), Column("g", Guid), Column("m", Money(4)))
metadata.create_all(engine)
print(repr(t.c.data.type), t.c.data.type, repr(t.c.name.type), repr(t.c.g.type), t.c.m.type)
print(t.c.data.type is t.c.data.type, isinstance(t.c.name.type, Upper), t.c.m.type.precision, t.c.name.type.impl.length)
with engine.begin() as c:
    c.execute(t.insert(), [{"data": {"a": 1}, "name": "bob", "g": "x", "m": 5}, {"data": None, "name": "sue", "g": "y", "m": 7}])
    print(c.execute(select(t)).all())
    print(c.execute(select(t.c.id).where(t.c.name == "bob")).all())
    print(c.execute(select(t.c.id).where(t.c.name.in_(["bob", "sue"]))).all())
    try:
        c.execute(t.insert().values(name=5, data={}))
    except Exception as e:
        print(type(e).__name__, e)
for d in (postgresql, mysql, sqlite):
    print(t.c.g.type.compile(dialect=d.dialect()), t.c.data.type.compile(dialect=d.dialect()))
v = String(50).with_variant(VARCHAR(100), "mysql").with_variant(Text(), "postgresql", "sqlite")
for d in (postgresql, mysql, sqlite):
    print(v.compile(d.dialect()))
print(v, repr(v), v.length)
Base = declarative_base()
class Doc(Base):
    __tablename__ = "doc"
    id = Column(Integer, primary_key=True)
    body = Column(JSONEncodedDict)
Base.metadata.create_all(engine)
with Session(engine) as s:
    d = Doc(body={"k": [1, 2]})
    s.add(d)
    s.commit()
    print(d.body)
    d.body = {"z": 1}
    s.commit()
    print(s.query(Doc).filter(Doc.body == {"z": 1}).count())
