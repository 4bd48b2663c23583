from sqlalchemy import create_engine, text

engine = create_engine("sqlite://", echo=True)

with engine.connect() as conn:
    result = conn.execute(text("select 'hello world'"))
    print(result.all())

with engine.connect() as conn:
    conn.execute(text("CREATE TABLE some_table (x int, y int)"))
    conn.execute(text("INSERT INTO some_table (x, y) VALUES (:x, :y)"), [{"x": 1, "y": 1}, {"x": 2, "y": 4}])
    conn.commit()
    conn.execute(text("INSERT INTO some_table (x, y) VALUES (5, 5)"))
    conn.rollback()

with engine.begin() as conn:
    conn.execute(text("INSERT INTO some_table (x, y) VALUES (:x, :y)"), {"x": 6, "y": 8})

try:
    with engine.begin() as conn:
        conn.execute(text("DELETE FROM some_table"))
        print("in the block:", conn.scalar(text("SELECT count(*) FROM some_table")))
        raise RuntimeError("leave")
except RuntimeError:
    pass

with engine.connect() as conn:
    result = conn.execute(text("SELECT x, y FROM some_table WHERE y > :y ORDER BY x, y"), {"y": 2})
    for row in result:
        print(f"x: {row.x}  y: {row.y}")
    print(conn.in_transaction(), conn.closed)
    transaction = conn.get_transaction()
    print(transaction.is_active)
    inner = conn.begin_nested()
    conn.execute(text("UPDATE some_table SET y = 0"))
    inner.rollback()
    print(conn.execute(text("SELECT sum(y) FROM some_table")).scalar())
print(conn.closed)
conn.execute(text("SELECT 1"))
