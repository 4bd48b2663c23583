from sqlalchemy import (
    Column, DDL, ForeignKey, Integer, MetaData, String, Table, create_engine,
    create_mock_engine, inspect,
)
from sqlalchemy import event


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

engine = create_engine("sqlite://", echo=True)
m = MetaData()
child = Table("child", m, Column("id", Integer, primary_key=True), Column("p", ForeignKey("parent.id")))
grand = Table("grand", m, Column("id", Integer, primary_key=True), Column("c", ForeignKey("child.id")), Column("p", ForeignKey("parent.id")))
parent = Table("parent", m, Column("id", Integer, primary_key=True), Column("n", String, index=True))
print([t.name for t in m.sorted_tables], list(m.tables))
m.create_all(engine)
m.create_all(engine)
attempt(lambda: parent.create(engine))
parent.create(engine, checkfirst=True)
m.drop_all(engine, tables=[grand])
print(inspect(engine).get_table_names())
m.drop_all(engine)
m.drop_all(engine)
attempt(lambda: parent.drop(engine))
parent.drop(engine, checkfirst=True)
cyc = MetaData()
x = Table("x", cyc, Column("id", Integer, primary_key=True), Column("y_id", ForeignKey("y.id", name="fk_xy", use_alter=True)))
y = Table("y", cyc, Column("id", Integer, primary_key=True), Column("x_id", ForeignKey("x.id", name="fk_yx")))
cyc.create_all(engine)
cyc.drop_all(engine)
self_ref = Table("node", cyc, Column("id", Integer, primary_key=True), Column("up", ForeignKey("node.id")))
self_ref.create(engine)
self_ref.drop(engine)
cyc2 = MetaData()
Table("p", cyc2, Column("id", Integer, primary_key=True), Column("q_id", ForeignKey("q.id")))
Table("q", cyc2, Column("id", Integer, primary_key=True), Column("p_id", ForeignKey("p.id")))
attempt(lambda: cyc2.create_all(engine))
def dump(sql, *args, **kw):
    print(str(sql.compile(dialect=mock.dialect)).strip())
for url in ("postgresql://", "mysql+pymysql://"):
    attempt(lambda: None)
    try:
        mock = create_mock_engine(url, dump)
        m.create_all(mock, checkfirst=False)
        cyc.create_all(mock, checkfirst=False)
        cyc.drop_all(mock, checkfirst=False)
    except Exception as err:
        print(type(err).__name__, err)
event.listen(parent, "after_create", DDL("CREATE TRIGGER %(table)s_x; -- %(fullname)s 100%%").execute_if(dialect="postgresql"))
event.listen(m, "before_create", lambda target, connection, **kw: print("before_create", type(target).__name__, sorted(t.name for t in kw["tables"])))
m.create_all(engine)
