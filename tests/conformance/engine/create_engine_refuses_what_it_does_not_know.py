from sqlalchemy import create_engine, engine_from_config
from sqlalchemy.pool import NullPool, QueuePool, StaticPool


def attempt(url, **options):
    try:
        engine = create_engine(url, **options)
        print(engine, type(engine.pool).__name__)
    except Exception as error:
        print(type(error).__name__, error)


attempt("sqlite://", pool_size=5)
attempt("sqlite:///a.db", pool_size=2, max_overflow=0, pool_timeout=1, pool_use_lifo=True)
attempt("sqlite://", max_overflow=3)
attempt("sqlite://", poolclass=NullPool, pool_size=5)
attempt("sqlite:///a.db", poolclass=StaticPool)
attempt("sqlite://", poolclass=QueuePool, pool_recycle=3600, pool_pre_ping=True)
attempt("sqlite://", colour="red", shape="round")
attempt("sqlite:///a.db", encoding="utf8")
attempt("sqlite://", future=False)
attempt("sqlite://", strategy="threadlocal")
attempt("sqlite://", plugins=["nosuch"])
attempt("sqlite://", pool_reset_on_return="maybe")
attempt("sqlite://", echo=False, hide_parameters=True, query_cache_size=10, logging_name="log")
attempt("sqlite://", json_serializer=str, insertmanyvalues_page_size=5, execution_options={"a": 1})

settings = {"sqlalchemy.url": "sqlite:///b.db", "sqlalchemy.pool_size": "7", "sqlalchemy.echo": "false"}
engine = engine_from_config(settings)
print(engine.pool.size(), engine.echo, engine.name, engine.driver, engine.logging_name)
print(engine_from_config({"db.url": "sqlite://"}, prefix="db.").url)
try:
    engine_from_config({})
except KeyError as error:
    print("missing", error)
first = create_engine("sqlite://", execution_options={"colour": "red"})
second = first.execution_options(shape="round")
print(type(second).__name__, second.get_execution_options(), first.get_execution_options())
print(second.pool is first.pool, second.url is not None, first.engine is first)
bad = create_engine("sqlite://", isolation_level="SOMETIMES")
try:
    bad.connect()
except Exception as error:
    print(type(error).__name__, error)
