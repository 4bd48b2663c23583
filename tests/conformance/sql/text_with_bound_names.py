from datetime import date

from sqlalchemy import Date, Integer, String, bindparam, column, create_engine, literal, select, table, text

engine = create_engine("sqlite://", echo=True)

with engine.begin() as conn:
    conn.execute(text("CREATE TABLE trip (id INTEGER PRIMARY KEY, place VARCHAR, day DATE)"))
    stmt = text("INSERT INTO trip (place, day) VALUES (:place, :day)")
    print(stmt)
    conn.execute(stmt, [{"place": "Oslo", "day": "2024-05-01"}, {"place": "Rome", "day": "2024-06-01"}])
    conn.execute(stmt.bindparams(place="Bern", day="2024-04-01"))

    by_place = text("SELECT id, place, day FROM trip WHERE place = :place").columns(id=Integer, place=String, day=Date)
    print(conn.execute(by_place, {"place": "Oslo"}).one())
    print(conn.execute(by_place.bindparams(place="Rome")).one().day.month)

    late = text("SELECT place FROM trip WHERE day > :after ORDER BY day").bindparams(bindparam("after", type_=Date))
    for row in conn.execute(late, {"after": date(2024, 4, 15)}):
        print(row.place)

    trip = table("trip", column("id", Integer), column("place", String))
    print(conn.execute(select(trip.c.place).where(text("length(place) = :n")).order_by(text("place desc")), {"n": 4}).all())
    print(conn.execute(select(trip.c.place, literal("x").label("mark")).where(trip.c.id == bindparam("key")), {"key": 3}).all())
    print(conn.execute(text(r"SELECT 'a\:b', '10:30'")).one())
    conn.execute(text("SELECT place FROM trip WHERE id = :id"))
