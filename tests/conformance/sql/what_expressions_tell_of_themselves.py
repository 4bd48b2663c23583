from sqlalchemy import (
    Integer, String, and_, bindparam, case, cast, column, extract, func, literal, literal_column, null, text, type_coerce,
)


def attempt(action):
    try:
        print(action())
    except Exception as error:
        print(f"{type(error).__name__}: {error}")


size, name = column("size", Integer), column("name", String)
test = size == 5
print(test.left, test.right, test.right.value, test.right.key, test.type)
print([str(part) for part in and_(size > 1, name == "x").clauses])
chosen = case((size == 1, "one"), (size == 2, "two"), else_="many")
print(len(chosen.whens), chosen.else_.value, chosen.value, case({1: "a"}, value=size).value)
print(cast(size, String).clause, cast(size, String).type, type_coerce(size, String).clause)
print(extract("year", name).field, extract("year", name).expr, size.desc().element, size.label("big").element)
call = func.area.round(size, 2)
print(call.name, call.packagenames, call.clauses, [str(part) for part in call.clauses], len(call.clauses))
print(literal_column("now").is_literal, size.is_literal, size.table, size.name, size.key)

plain = bindparam("limit")
print(plain.key, plain.value, plain.required, plain.unique, plain.expanding, plain.callable, plain.type)
given = bindparam("limit", 7, unique=True)
print(given.required, given.unique, given.value, bindparam("f", callable_=lambda: 3).effective_value)
print(text("a = :b").text, text("a").type, text("a").compare(text("a")), text("a").compare(text("b")))

for element in (size, size.label("big"), literal("x"), plain, bindparam("all", [1, 2], expanding=True), func.now(), func.area(), null(), test, text("a")):
    print(repr(element), type(element).__name__)
attempt(lambda: size.nothing)
attempt(lambda: test.nothing)
attempt(lambda: func.max(size).nothing)
attempt(lambda: text("a").nothing)
attempt(lambda: column("size", wide=True))
