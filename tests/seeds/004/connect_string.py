from sqlalchemy import make_url

url = make_url("postgresql+psycopg2://user:password@host:5432/dbname?key=val&key2=val2")
print(url)
print(url.drivername, url.get_backend_name(), url.get_driver_name(), url.port)
print(url.query)
print(url.render_as_string(hide_password=False))

# Connection Thru Unix Domain:
url = make_url("postgresql+psycopg2://user:pass@/dbname")
print(url, repr(url.host), repr(url.port), url.database)
url = make_url("postgresql+psycopg2://user:pass@/dbname?host=/var/run/postgresql")
print(url, url.host, url.query["host"])
