# A naming convention may compute parts of its names.
from sqlalchemy import *
from sqlalchemy.schema import CreateTable


def short(constraint, table):
    columns = [element.parent.name for element in constraint.elements]
    return "_".join([table.name[:3]] + columns + [element.target_fullname for element in constraint.elements])


def kind(constraint, table):
    return type(constraint).__name__.lower()[:4]


convention = {
    "short": short,
    "kind": kind,
    "fk": "fk_%(short)s",
    "uq": "%(kind)s_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(kind)s_%(table_name)s",
}
metadata = MetaData(naming_convention=convention)
users = Table("users", metadata, Column("id", Integer, primary_key=True), Column("name", String(20), unique=True), CheckConstraint("id > 0", name="positive"))
addresses = Table("addresses", metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("users.id"), index=True), UniqueConstraint("id", "user_id"))
print(CreateTable(users))
print(CreateTable(addresses))
print(users.primary_key.name, sorted(constraint.name for constraint in addresses.constraints))
print([index.name for index in addresses.indexes], sorted(metadata.naming_convention))
