from sqlalchemy import URL, make_url

forms = [
    "postgresql://scott:tiger@localhost:5432/test",
    "mysql+pymysql://kx%40jj:p%2Fw@[2001:db8::1]:3306/shop?charset=utf8mb4",
    "postgresql://user:pass@/dbname?host=/var/run/postgresql&host=/tmp",
    "sqlite:///relative/file.db",
    "sqlite:////absolute/file.db",
    "sqlite://",
    "oracle://user:@host/",
    "mssql+pyodbc://sa:secret@server/db?driver=ODBC+Driver+18",
]
for form in forms:
    url = make_url(form)
    print(url)
    print(url.render_as_string(hide_password=False))
    print(tuple(url))
    print(url.get_backend_name(), url.get_driver_name(), url.normalized_query)

url = make_url(forms[0])
print(url.set(database="other", port=None, host="db.example"))
print(url.update_query_dict({"sslmode": "require", "option": ["a", "b"]}))
more = url.update_query_string("option=1").update_query_pairs([("option", "2")], append=True)
print(more, more.query, more.query["option"])
print(more.difference_update_query(["option"]) == url)
print(url.translate_connect_args(username="user", database="dbname"))
made = URL.create("postgresql", "dbuser", "kx@jj5/g", "pghost10", database="app db", query={"a": "x y"})
print(made, made.password, hash(made) == hash(make_url(made)))
print(made != url, made == "postgresql://", len(made), made[0], made._asdict()["host"])
print(url.get_dialect().name, make_url("mariadb+mysqldb://").get_dialect().__name__)
