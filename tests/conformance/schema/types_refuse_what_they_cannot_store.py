# What each type takes and gives under SQLite, and what it refuses.
from sqlalchemy import *
import enum, decimal, datetime
class C(enum.Enum):
    red=1
    green=2
e=create_engine("sqlite://",echo=False)
m=MetaData()
t=Table("t",m,Column("id",Integer,primary_key=True),Column("f",Float),Column("n",Numeric),Column("i",Integer),Column("s",String),Column("e",Enum(C)),Column("e2",Enum("a","b")), Column("d",DateTime),Column("b",LargeBinary),Column("x",Float(asdecimal=True)),Column("u",Unicode), Column("bo", Boolean), Column("iv", Interval), Column('dt',Date), Column("tm",Time))
m.create_all(e)

def tr(**kw):
    with e.connect() as c:
        try:
            c.execute(t.insert().values(**kw))
            k=list(kw)[0]
            print(kw, c.execute(select(t.c[k])).all())
        except Exception as x: print(type(x).__name__, str(x).split("\n")[0])
tr(f=5)
tr(f="5.5")
tr(f="abc")
tr(f=decimal.Decimal("1.25"))
tr(n=5)
tr(n="5")
tr(n=True)
tr(i=5.5)
tr(i="7")
tr(i=True)
tr(i=decimal.Decimal(1))
tr(s=5)
tr(s=b"x")
tr(e="red")
tr(e="nope")
tr(e=C.green)
tr(e=1)
tr(e2="zz")
tr(e2=5)
tr(d="2024-01-01")
tr(d=datetime.date(2024,1,2))
tr(d=datetime.datetime(2024,1,2,3,4,5,tzinfo=datetime.timezone.utc))
tr(dt=datetime.datetime(2024,1,2))
tr(dt=5)
tr(tm=5)
tr(tm=datetime.time(1,2))
tr(b="abc")
tr(b=5)
tr(b=b"abc")
tr(x=1.5)
tr(x=decimal.Decimal("1.23"))
tr(u=5)
tr(bo=2)
tr(bo="yes")
tr(bo=1)
tr(bo=1.0)
tr(iv=5)
tr(iv=datetime.timedelta(days=-1,seconds=5))
with e.connect() as c:
    for col,v in [("d","'garbage'"),("d","5"),("dt","'2024-13-01'"),("e","'zz'"),("bo","'yes'"),("bo","5"),("n","'abc'"),("n","'1.5'"),("f","'abc'"),("iv","5"),("tm","'x'"),("b","'text'"),("s","5"),("n","12345678901234567890"),("dt","'2024-02-31'"),("d","'2024-01-01T10:00:00'"),("d","'2024-01-01'")]:
        c.exec_driver_sql("delete from t")
        c.exec_driver_sql(f"insert into t ({col}) values ({v})")
        try: print(col,v,c.execute(select(t.c[col])).all())
        except Exception as x: print(col,v,type(x).__name__, str(x))
