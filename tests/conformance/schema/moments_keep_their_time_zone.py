# A datetime with a time zone keeps it until SQLite stores it without.
import datetime
from sqlalchemy import *
from sqlalchemy.dialects import mysql, oracle, postgresql, sqlite

utc = datetime.datetime(2020, 1, 1, 12, tzinfo=datetime.timezone.utc)
summer = datetime.datetime(2020, 7, 1, 12, 30, 15, 123, tzinfo=datetime.timezone(datetime.timedelta(hours=2)))
for moment in (utc, summer):
    for dialect in (sqlite.dialect(), postgresql.dialect(), mysql.dialect(), oracle.dialect()):
        print(select(literal(moment)).compile(dialect=dialect))
        print(select(literal(moment)).compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    print(repr(literal(moment).type), select(literal(moment)).compile().params)


class Utc(TypeDecorator):
    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is not None and value.tzinfo is None:
            raise TypeError("a time zone is required")
        return value and value.astimezone(datetime.timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value, dialect):
        return value and value.replace(tzinfo=datetime.timezone.utc)


engine = create_engine("sqlite://", echo=True)
metadata = MetaData()
events = Table("events", metadata, Column("id", Integer, primary_key=True), Column("plain", DateTime(timezone=True)), Column("utc", Utc))
metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(events.insert(), [{"plain": utc, "utc": summer}, {"plain": summer, "utc": None}])
    for row in connection.execute(select(events).where(events.c.plain >= utc)):
        print(row)
    try:
        connection.execute(events.insert(), {"utc": datetime.datetime(2020, 1, 1)})
    except Exception as error:
        print(type(error).__name__, error)
