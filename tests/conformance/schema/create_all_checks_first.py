from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, create_engine, inspect

engine = create_engine("sqlite://", echo=True)
metadata = MetaData()

# Declared in the wrong order: create_all() follows the foreign keys.
line = Table(
    "line",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("invoice_id", ForeignKey("invoice.id"), nullable=False),
    Column("text", String(100)),
)
invoice = Table(
    "invoice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", Integer, ForeignKey("customer.id")),
)
customer = Table("customer", metadata, Column("id", Integer, primary_key=True), Column("name", String(50), unique=True))

print([table.name for table in metadata.sorted_tables])
customer.create(engine)
print("only what is missing is created")
metadata.create_all(engine)
print("nothing is missing now")
metadata.create_all(engine)
print(inspect(engine).get_table_names())

print("children go first")
metadata.drop_all(engine, tables=[line, invoice])
print(inspect(engine).get_table_names(), inspect(engine).has_table("customer"))
metadata.drop_all(engine)
metadata.drop_all(engine)
customer.drop(engine, checkfirst=True)
customer.drop(engine)
