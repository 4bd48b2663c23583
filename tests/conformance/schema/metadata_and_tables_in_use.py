# MetaData as the documentation uses it: keys, references, indexes, errors.
from sqlalchemy import *
from sqlalchemy.schema import *
from sqlalchemy.orm import declarative_base, relationship, Session
e = create_engine("sqlite://", echo=True)
m = MetaData()
# self referential, composite fk, join over composite
node = Table("node", m, Column("id", Integer, primary_key=True), Column("parent_id", ForeignKey("node.id")))
inv = Table("invoice", m, Column("invoice_id", Integer, primary_key=True), Column("ref_num", Integer, primary_key=True), Column("description", String(60), nullable=False))
item = Table("invoice_item", m, Column("item_id", Integer, primary_key=True), Column("item_name", String(60), nullable=False), Column("invoice_id", Integer, nullable=False), Column("ref_num", Integer, nullable=False), ForeignKeyConstraint(["invoice_id", "ref_num"], ["invoice.invoice_id", "invoice.ref_num"]))
user = Table("user", m, Column("user_id", Integer, primary_key=True), Column("user_name", String(16), nullable=False), Column("email_address", String(60), key="email"), Column("nickname", String(50), nullable=False))
prefs = Table("user_prefs", m, Column("pref_id", Integer, primary_key=True), Column("user_id", ForeignKey("user.user_id"), nullable=False), Column("pref_name", String(40), nullable=False))
m.create_all(e)
print([t.name for t in m.sorted_tables])
for fk in item.foreign_keys: pass
print(sorted((fk.parent.name, str(fk.column)) for fk in item.foreign_keys))
print(item.c.invoice_id.references(inv.c.invoice_id), list(item.foreign_key_constraints)[0].elements[0].column, list(item.foreign_key_constraints)[0].referred_table)
print(inv.join(item))
print(user.c.email, user.c.email.name, select(user.c.email)); print(prefs.c.user_id.type, prefs.primary_key.columns.keys(), user.primary_key.contains_column(user.c.user_id))
print(select(node).where(node.c.parent_id == 5))
employees = Table("employees", m, Column("employee_id", Integer, primary_key=True), Column("employee_dept", Integer, ForeignKey("departments.department_id")))
try: m.create_all(e)
except Exception as x: print(type(x).__name__, x)
m.remove(employees)
print(employees.c.employee_dept.foreign_keys)
for fk in employees.c.employee_dept.foreign_keys:
    try: fk.column
    except Exception as x: print(type(x).__name__, x)
print(m.tables["user"], "user" in m.tables, [k for k in m.tables], m.tables.get("zz"), len(m.tables))
try: m.tables["zz"]
except KeyError as x: print("KeyError", x)
try: m.tables["q"] = 3
except TypeError as x: print(x)
for t in (user, prefs): print(t.c.keys(), t.c.user_id.primary_key, list(t.primary_key))
user.drop(e, checkfirst=True); print(inspect(e).has_table("user")); user.create(e, checkfirst=True)
m.drop_all(e, tables=[prefs, user])
print(Index("ix", user.c.user_name, user.c.nickname.desc()).columns.keys(), [i.name for i in user.indexes])
i = [i for i in user.indexes][0]; print(i.table is user, i.unique, i.expressions, i)
i2 = Index("ix2", user.c.email, unique=True); user.create(e); i3 = Index("ix3", user.c.nickname); i3.create(e); i3.drop(e)
print(isinstance(user.primary_key, PrimaryKeyConstraint), isinstance(user.c.user_id, Column), isinstance(i, Index), isinstance(user, Table), isinstance(user.c.user_id.type, Integer))
print(user.select(), user.insert(), user.delete(), user.count if hasattr(user, "count") else None)
print(bool(user.c.user_id.default is None), user.c.email.nullable, str(user.c.user_id), user.description, repr(user.c.user_id.type), user.c.user_id.autoincrement, user.autoincrement_column)
print(Table("v", m, Column("a", Integer), info={"v": 1}).info, Column("z", Integer, info={"a": 2}).info)
c = Column("orig", Integer, ForeignKey("user.user_id"), primary_key=True, default=4); print(repr(c._copy()))
print(MetaData(schema="ss").schema, Table("a", MetaData(schema="ss"), Column("x", Integer)).fullname, Table("a", MetaData(schema="ss"), Column("x", Integer), schema=BLANK_SCHEMA).fullname)
print(repr(user.c), user.c == user.columns)
