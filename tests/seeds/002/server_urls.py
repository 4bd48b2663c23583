from sqlalchemy import create_mock_engine, make_url
from sqlalchemy import Column, Integer, String
from sqlalchemy.ext.declarative import declarative_base

Base = declarative_base()

class User(Base):
    __tablename__ = 'users'

    id = Column(Integer, primary_key=True)
    name = Column(String(50))
    fullname = Column(String(50))
    password = Column(String(12))

for text in ("postgresql://scott:tiger@localhost/test",
             "mysql://scott:tiger@hostname/test"):
    url = make_url(text)
    print(url)
    print(repr(url), url.render_as_string(hide_password=False) == text)
    print(url.drivername, url.username, url.password, url.host, url.port, url.database)

    def dump(sql, *multiparams, **params):
        print(str(sql.compile(dialect=engine.dialect)).strip())

    engine = create_mock_engine(text, dump)
    print(engine.dialect.name)
    Base.metadata.create_all(engine, checkfirst=False)
