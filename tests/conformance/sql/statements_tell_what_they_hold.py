from sqlalchemy import (
    LABEL_STYLE_DISAMBIGUATE_ONLY, LABEL_STYLE_NONE, LABEL_STYLE_TABLENAME_PLUS_COL, Column, ForeignKey, Integer,
    MetaData, String, Table, delete, func, insert, select, text, union, update,
)


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


metadata = MetaData()
film = Table("film", metadata, Column("id", Integer, primary_key=True), Column("title", String))
review = Table("review", metadata, Column("id", Integer, primary_key=True), Column("film_id", ForeignKey("film.id")), Column("stars", Integer))
base = select(film.c.id, film.c.title)
busy = base.where(film.c.id > 1).where(film.c.title == "x")
print(base.whereclause, busy.whereclause, [str(part) for part in busy.inner_columns])
print([entry["name"] for entry in busy.add_columns(func.now().label("at")).column_descriptions], base.columns_clause_froms[0] is film)
print(base.is_select, base.is_dml, insert(film).is_insert, update(film).is_update, delete(film).is_delete)
print(base.execution_options(a=1).execution_options(b=2).get_execution_options())
print(base.get_label_style().name, base.set_label_style(LABEL_STYLE_NONE).get_label_style() is LABEL_STYLE_NONE)
print(LABEL_STYLE_TABLENAME_PLUS_COL.name, LABEL_STYLE_TABLENAME_PLUS_COL.value, LABEL_STYLE_DISAMBIGUATE_ONLY)
print(union(base, base).selects[0], base.compare(select(film.c.id, film.c.title)), busy.compare(base))

change = update(film).where(film.c.id == 3).values(title="y")
print(change.whereclause, change.table is film, insert(film).whereclause if hasattr(insert(film), "whereclause") else "none")
print(insert(film).returning(film.c.id).exported_columns.keys(), insert(film).entity_description["name"])
print(select(film, review).join(review).reduce_columns(only_synonyms=False))

print(base.filter_by(title="x"), select(film).join(review).filter_by(stars=5), sep="\n")
print(update(film).filter_by(title="z").values(title="w"), delete(review).filter_by(stars=1), sep="\n")
try:
    select(film).join(review).filter_by(id=5)
except Exception as error:
    print(type(error).__name__, str(error)[:64])
attempt(lambda: base.filter_by(nothing=5))
attempt(lambda: delete(film).filter_by(nothing=5))
attempt(lambda: base.order_by(5))
attempt(lambda: base.group_by(object))
attempt(lambda: base.with_only_columns([film.c.id]))
attempt(lambda: base.c)
attempt(lambda: bool(base))
print(text("SELECT 1").execution_options(x=1).get_execution_options())
