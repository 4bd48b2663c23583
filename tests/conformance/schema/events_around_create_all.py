# Events around the creation of tables, with functions and with DDL.
from sqlalchemy import *
from sqlalchemy.schema import DDL
e = create_engine("sqlite://", echo=True)
m = MetaData()
t = Table("t", m, Column("id", Integer, primary_key=True), Column("x", Integer, index=True))
u = Table("u", m, Column("id", Integer, primary_key=True), Column("tid", ForeignKey("t.id")))
event.listen(t, "after_create", DDL("CREATE VIEW %(table)s_v AS SELECT * FROM %(fullname)s"))
event.listen(t, "after_create", DDL("ALTER TABLE %(table)s ADD pg").execute_if(dialect="postgresql"))
event.listen(t, "before_drop", DDL("DROP VIEW %(table)s_v"))
@event.listens_for(u, "before_create")
def before(target, connection, **kw):
    print("before", target.name, sorted(kw))
@event.listens_for(m, "after_create")
def after(target, connection, **kw):
    print("all created", target is m, [x.name for x in kw["tables"]])
    connection.execute(text("INSERT INTO t (x) VALUES (5)"))
m.create_all(e)
with e.connect() as c: print(c.execute(text("select * from t_v")).all())
m.create_all(e)
m.drop_all(e)
t.create(e); t.drop(e)
