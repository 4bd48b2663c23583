from sqlalchemy import URL, create_engine, make_url


def attempt(label, action):
    try:
        print(label, repr(action()))
    except Exception as error:
        print(label, type(error).__module__, type(error).__name__, error)


url = make_url("postgresql://scott:tiger@localhost/test?a=b")
attempt("no scheme", lambda: make_url("just a name"))
attempt("empty", lambda: make_url(""))
attempt("not a string", lambda: make_url(42))
attempt("word as port", lambda: make_url("postgresql://u:p@host:port/db"))
attempt("two hosts", lambda: make_url("postgresql://one:1,two:2/db"))
attempt("unknown dialect", lambda: create_engine("nosuch://host/db"))
attempt("unknown driver", lambda: make_url("postgresql+nosuch://host/db").get_dialect())
attempt("sqlite with host", lambda: create_engine("sqlite://host/file.db"))
attempt("port", lambda: url.set(port="x"))
attempt("database", lambda: url.set(database=5))
attempt("unknown part", lambda: url.set(colour="red"))
attempt("drivername", lambda: URL.create(5))
attempt("query value", lambda: URL.create("sqlite", query={"a": 1}))
attempt("query key", lambda: url.update_query_dict({1: "a"}))
attempt("positional", lambda: URL("sqlite"))
attempt("query is fixed", lambda: url.query.update({"b": "c"}))


def assign():
    url.host = "elsewhere"


attempt("parts are fixed", assign)
