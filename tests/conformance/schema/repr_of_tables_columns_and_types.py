from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    Unicode,
)

metadata = MetaData()
print(metadata, metadata.tables)

user = Table(
    "user",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(30), nullable=False, unique=True),
    Column("bio", Text),
    Column("email", Unicode(60), key="mail", index=True),
    Column("active", Boolean, default=True),
    Column("joined", DateTime, default=datetime.now),
)
account = Table(
    "account",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", None, ForeignKey("user.id")),
    Column("balance", Numeric(10, 2), server_default="0"),
    Column("rate", Float),
)

print(user)
print(repr(user))
for column in account.columns:
    print(column, repr(column))
print(user.c.keys(), user.c.mail.name, user.columns.name is user.c["name"])
print([column.name for column in account.primary_key], account.c.id.primary_key, account.c.rate.nullable)
print(repr(account.c.user_id.type), account.c.user_id.references(user.c.id))
print(account.foreign_keys)
for key in account.foreign_keys:
    print(key.column, key.parent, key.target_fullname)
print(repr(String(20)), repr(Numeric(10, 2)), repr(DateTime()), Integer(), String(5), Boolean())
print(metadata.tables["account"] is account, "address" in metadata.tables, list(metadata.tables))

Table("user", metadata, Column("id", Integer))
