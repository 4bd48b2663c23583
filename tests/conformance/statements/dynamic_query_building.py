from sqlalchemy import (
    Column, Float, Integer, MetaData, String, Table, case, create_engine, desc, false,
    func, insert, literal, or_, select, union_all, update,
)

engine = create_engine("sqlite://", echo=True)
m = MetaData()
movie = Table("movie", m, Column("id", Integer, primary_key=True), Column("title", String(40)), Column("year", Integer), Column("genre", String(10)), Column("score", Float))
m.create_all(engine)
DATA = [("Alpha", 1999, "drama", 7.5), ("Beta%", 2005, "comedy", 6.1), ("Gamma", 2005, "drama", 8.8), ("delta", 2011, "scifi", 5.0), ("Omega_1", 2020, None, None)]
def search(title=None, years=None, genres=None, min_score=None, sort="title", page=1, size=2, count=False):
    stmt = select(movie)
    filters = []
    if title:
        filters.append(movie.c.title.icontains(title, autoescape=True))
    if years:
        filters.append(movie.c.year.between(*years))
    if genres is not None:
        filters.append(or_(*(movie.c.genre.is_(None) if g is None else movie.c.genre == g for g in genres)) if genres else false())
    if min_score is not None:
        filters.append(func.coalesce(movie.c.score, 0) >= min_score)
    stmt = stmt.where(*filters)
    if count:
        return select(func.count()).select_from(stmt.subquery())
    col, _, direction = sort.partition(" ")
    key = movie.c[col]
    stmt = stmt.order_by(key.desc().nulls_last() if direction == "desc" else key.asc(), movie.c.id)
    return stmt.limit(size).offset((page - 1) * size)
with engine.begin() as conn:
    conn.execute(insert(movie), [dict(zip(("title", "year", "genre", "score"), row)) for row in DATA])
    for kw in [{}, {"title": "a"}, {"title": "%"}, {"title": "_"}, {"years": (2000, 2010)}, {"genres": ["drama", None]}, {"genres": []}, {"min_score": 6, "sort": "score desc"}, {"page": 2}, {"title": "a", "years": (1990, 2012), "genres": ["drama", "scifi"], "min_score": 5.5, "sort": "year desc", "size": 10}]:
        print(kw, [r.title for r in conn.execute(search(**kw))])
        print(conn.scalar(search(**kw, count=True)))
    for name in ("title", "genre"):
        print(conn.execute(select(movie.c[name], func.count().label("n")).group_by(movie.c[name]).order_by(desc("n"), movie.c[name])).all())
    wanted = {"year": 2005, "genre": "drama"}
    print(conn.execute(select(movie.c.title).where(*(movie.c[k] == v for k, v in wanted.items()))).scalars().all())
    print(conn.execute(select(movie.c.title).filter_by(**wanted)).scalars().all())
    print(conn.execute(select(*(c for c in movie.c if c.name.startswith(("t", "y")))).order_by(movie.c.id).limit(1)).mappings().one())
    changes = {"score": movie.c.score + 1, "genre": func.upper(movie.c.genre)}
    print(conn.execute(update(movie).where(movie.c.score < 7).values(changes)).rowcount)
    print(conn.execute(select(movie.c.genre, movie.c.score).order_by(movie.c.id)).all())
    pivot = select(movie.c.year, *(func.sum(case((movie.c.genre == g, 1), else_=0)).label(g) for g in ("drama", "COMEDY"))).group_by(movie.c.year).order_by(movie.c.year)
    print(conn.execute(pivot).mappings().all())
    stmt = union_all(*(select(literal(n).label("n"), func.count().label("c")).where(movie.c.year > n) for n in (1998, 2005, 2015))).order_by("n")
    print(conn.execute(stmt).all())
