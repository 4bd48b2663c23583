from sqlalchemy import Column, Integer, String, create_engine, func, select
from sqlalchemy.orm import Bundle, aliased, declarative_base, sessionmaker

Base = declarative_base()


class City(Base):
    __tablename__ = "city"
    id = Column(Integer, primary_key=True)
    name = Column(String)
    people = Column(Integer)

    def __repr__(self):
        return f"City({self.name})"


class Pairs(Bundle):
    def create_row_processor(self, query, procs, labels):
        def row_to_dict(row):
            return dict(zip(labels, [proc(row) for proc in procs]))

        return row_to_dict


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
s = sessionmaker(engine)()
s.add_all([City(name="Ulm", people=126), City(name="Bonn", people=330)])
s.commit()
info = Bundle("info", City.name, City.people)
for row in s.execute(select(info, City.id).where(info.c.people > 200)):
    print(row.info.name, row.info.people, row.id, row._fields)
print(s.query(Pairs("p", City.id, City.name.label("n"))).order_by(City.id).all())
print(s.query(Bundle("one", City.name, City.people, single_entity=True)).order_by(City.id).all())
nested = Bundle("outer", City.id, Bundle("inner", City.name, City.people))
print(s.execute(select(nested).order_by(City.id)).first().outer.inner.name)
other = aliased(City, name="other")
row = s.execute(select(City, other, City.name, func.count(), func.max(City.people).label("most")).where(City.id == other.id).group_by(City.id).order_by(City.id)).first()
print(row._mapping[City], row._mapping[other], row._mapping[City.name], row.most, list(row._mapping.keys()))
print(City in row._mapping, row.City is row[0], row.other is row[1])
