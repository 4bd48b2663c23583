from sqlalchemy import (
    Integer, LABEL_STYLE_DISAMBIGUATE_ONLY, LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL, String, case, cast, column, desc, exists, extract,
    false, func, literal, literal_column, null, select, table, text, true, tuple_,
    type_coerce,
)


def attempt(fn):
    try:
        print(fn())
    except Exception as err:
        print(f"{type(err).__name__}: {err}")

t = table("t", column("id", Integer), column("name", String), column("x y", Integer))
u = table("u", column("id", Integer), column("name", String))
for s in [
    select(t.c.id, u.c.id), select(t.c.id, t.c.id), select(t.c.id, t.c.id, t.c.id, u.c.id), select(t.c.id.label("a"), u.c.id.label("b")),
    select(t.c.id + 1, t.c.id + 1, t.c.id + 2), select(func.max(t.c.id), func.max(u.c.id), func.max(t.c.id)), select(t.c.id == 1, t.c.name + "a", -t.c.id, ~(t.c.id == 1)), select(literal(1), literal(1), literal("b")), select(t.c.id.label(None), t.c.id.label(None)),
    select((t.c.id + 1).label(None)), select(t.c["x y"], t.c["x y"].label("lab el")), select(cast(t.c.id, String), cast(t.c.name, Integer), type_coerce(t.c.id, String)), select(func.lower(t.c.name), func.lower(t.c.name).label("lower_1")), select(case((t.c.id == 1, 2)), case((t.c.id == 3, 4))),
    select(t.c.id.label("k")).order_by("k"), select(t.c.id.label("k")).order_by(desc("k")), select(t.c.id.label("k")).group_by("k").having(text("k > 1")), select((t.c.id + 1).label("k")).order_by((t.c.id + 1).label("k")), select(func.count(t.c.id).label("n"), t.c.name).group_by(t.c.name).order_by(func.count(t.c.id).label("n").desc()), select(t.c.id).order_by("id"), select(t.c.id).order_by("name"), select(t.c.id.label("z")).where(t.c.id.label("z") == 5), select(t.c.id.label("z")).order_by(t.c.id), select((t.c.id * 2).label("z")).order_by(-(t.c.id * 2).label("z")), select((t.c.id * 2).label("z")).group_by(t.c.id * 2),
    select(t, u).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL), select(t, u).set_label_style(LABEL_STYLE_NONE), select(t, u).set_label_style(LABEL_STYLE_DISAMBIGUATE_ONLY), select(t.c.id, t.c.id, u.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL), select(t.c.id, func.max(t.c.id), t.c.id + 1, t.c.name.label("q")).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL),
    select(literal_column("1"), literal_column("1 + 1"), literal_column("x").label("y"), literal_column("a.b")), select(column("q"), column("q") + 1, column("w.w")), select(t.alias().c.id, t.alias("zz").c.name), select(null(), true(), false(), null().label("nn")), select(select(t.c.id).scalar_subquery(), select(t.c.id).where(t.c.id == 3).scalar_subquery(), select(func.max(t.c.id)).scalar_subquery()), select(exists(select(t.c.id)), ~exists(select(u.c.id))), select(extract("year", t.c.name), func.now(), func.current_timestamp()), select(t.c.name.collate("x"), t.c.id.desc(), t.c.id.distinct() if hasattr(t.c.id, "distinct") else 1), select(t.c.id.is_(None), t.c.id.in_([1]), t.c.id.between(1, 2), t.c.name.like("q")),
]:
    print(s)
    print("   ", s.selected_columns.keys(), s.subquery().c.keys())
attempt(lambda: str(select(t.c.id.label("a")).order_by("b")))
attempt(lambda: str(select(tuple_(t.c.id, t.c.name))))
attempt(lambda: str(select(t.c.id.label("a"), t.c.id.label("a"))))
attempt(lambda: str(select(t.c.id.label("a"), t.c.name.label("a"))))
attempt(lambda: str(select(t.c.id.label("id"), t.c.id)))
attempt(lambda: str(select(t.c.id, t.c.name.label("id"))))
attempt(lambda: select(t.c.id, t.c.name.label("id")).subquery().c.keys())
print(t.c.id.label("x").name, t.c.id.label("x").element is t.c.id, t.c.id.label("x").label("y"), (t.c.id.label("x") + 1), t.c.id.label("x") == 5, t.c.id.label("x").type)
print(select(t).get_label_style().name, select(t).set_label_style(LABEL_STYLE_NONE).get_label_style().name)
