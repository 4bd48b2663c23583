from sqlalchemy import create_engine
from sqlalchemy.engine import make_url, URL


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

for u in [
    "sqlite://", "sqlite:///:memory:", "sqlite:///foo.db", "sqlite:////abs/foo.db", "sqlite:///C:\\path\\foo.db", "sqlite:///file:path?mode=ro&uri=true", "postgresql://scott:tiger@localhost/test", "postgresql+psycopg2://scott:tiger@localhost:5432/test", "mysql+pymysql://u:p%40ss@host/db?charset=utf8mb4&x=1", "postgresql://user@/db", "postgresql://user:pass@/dbname", "postgresql:///db?host=/var/run", "postgresql://u:p@/db?host=h1:1&host=h2:2", "mysql://u:p@[::1]:3306/db", "mysql://u:p@[fe80::1%25eth0]/db", "oracle+oracledb://u:p@host:1521/?service_name=x", "mssql+pyodbc:///?odbc_connect=DRIVER%3D", "dialect://user:pa:ss@host/db", "dialect://us%2Fer:p%23w@host:99/d%20b?a=b&a=c&k=%26", "dialect://:pw@host", "dialect://u:@host/", "dialect://host", "a_b+c-d://h", "pg://u:p@h/db?x=", "pg://u:p@h/a/b/c", "pg://u@h?q=1",
]:
    url = make_url(u) if not u.startswith("a_b") else None
    if url is None:
        attempt(lambda: make_url(u))
        continue
    print(u, "->", url, "|", url.render_as_string(hide_password=False), "|", url.drivername, url.username, url.password, url.host, url.port, url.database, dict(url.query), url.get_backend_name())
for u in ("", "nope", "postgresql://h1:123,h2/db", "postgresql://h:port/db", "postgresql://u:p@h:5x/db", "://x", "sqlite", "sqlite:", "sqlite:/x", 5, None, "postgresql://[::1/db"):
    attempt(lambda: make_url(u))
u = URL.create("postgresql+psycopg", username="me", password="p@ss/w:rd", host="db.example", port=5433, database="app", query={"sslmode": "require", "opt": ("a", "b")})
print(u, repr(u), u.render_as_string(False), u.query, u.normalized_query, sep="\n")
print(u.set(database="other", port=None), u.update_query_dict({"x": "y"}), u.update_query_string("sslmode=no&z=1"), u.update_query_pairs([("k", "1"), ("k", "2")], append=True), u.difference_update_query(["sslmode"]), u == make_url(u.render_as_string(False)), u != make_url("sqlite://"), hash(u) == hash(make_url(u)), u._replace(username="z"), sep="\n")
print(u.get_backend_name(), u.get_driver_name(), make_url("mysql://").get_driver_name(), make_url("sqlite://").get_driver_name(), u.get_dialect().name, u.translate_connect_args(), u.translate_connect_args(username="user"))
print(isinstance(u, tuple), len(u), u[0], list(u)[:2], u._asdict()["host"])
attempt(lambda: URL.create("x", port="abc"))
attempt(lambda: URL.create("x", username=5))
attempt(lambda: URL.create(5))
attempt(lambda: URL.create("x", query={"a": 5}))
attempt(lambda: URL("x"))
attempt(lambda: setattr(u, "host", "z"))
attempt(lambda: URL.create("x", password="secret"))
e = create_engine("sqlite:///:memory:")
print(e, e.url, e.name, e.driver, e.dialect.name, repr(e))
attempt(lambda: create_engine(5))
attempt(lambda: create_engine("foo+bar://x"))
attempt(lambda: create_engine("sqlite+nope://x"))
