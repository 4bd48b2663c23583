from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.exc import ArgumentError

for text in [
    "sqlite://",
    "sqlite:///:memory:",
    "sqlite:///file.sqlite",
    "postgresql://scott:tiger@localhost/test",
    "mysql://scott:tiger@hostname/test",
    "postgresql+psycopg2://user:pa%2Fss%40word@host:5432/dbname?connect_timeout=10&application_name=x",
    "postgresql+psycopg2://user:pass@/dbname?host=/var/run",
]:
    url = make_url(text)
    print(url, "|", url.drivername, url.host, url.port, url.database, dict(url.query))

url = make_url("postgresql+psycopg2://user:pa%2Fss%40word@host:5432/dbname")
print(str(url), repr(url))
print(url.password, url.render_as_string(hide_password=False))
print(url.get_backend_name(), url.get_driver_name())

built = URL.create("mysql+pymysql", username="scott", password="p@ss/word", host="db.example.org", database="shop")
print(built.render_as_string(hide_password=False))
print(built.set(port=3307, password=None), built == built.set(port=3307))
print(built.update_query_dict({"charset": "utf8mb4"}))
print(make_url(built) is built)

for bad in ["not a url", "", "postgresql://host:port/db"]:
    try:
        make_url(bad)
    except (ArgumentError, ValueError) as error:
        print(type(error).__name__, error)

engine = create_engine("sqlite://")
print(engine, engine.url, engine.name, engine.driver, engine.dialect.name)
create_engine("nosuch://localhost/db")
