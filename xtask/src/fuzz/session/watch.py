"""What a program of `cargo xtask fuzz-session` is watched with: steps, and pictures of the session after each.

Only what changed since the step before is printed. Nothing here may emit SQL, so attributes are looked at
without loading them. Every object met is kept: an object's death would depend on reference cycles.
"""
import gc

from sqlalchemy import ForeignKey, Table, Column, create_engine, delete, func, inspect, select, update
from sqlalchemy.orm import (
    DeclarativeBase, Mapped, Session, joinedload, make_transient, make_transient_to_detached, mapped_column,
    relationship, selectinload, subqueryload,
)

gc.disable()

known = {}  # name → object
names = {}  # id of an object → its name
pictures = {}  # name → what was printed of it last
here = {"session": None, "engine": None, "tidy": False}


def keep(name, obj):
    """Gives an object its name, unless it has one."""
    if obj is not None and id(obj) not in names:
        known[name] = obj
        names[id(obj)] = name
    return obj


def shown(value):
    """A value without addresses: objects by name, collections one by one."""
    if id(value) in names:
        return names[id(value)]
    if value is None or isinstance(value, (bool, int, str)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join([shown(each) for each in value]) + "]"
    return "a " + type(value).__name__


def lane(state):
    for name in ("transient", "pending", "persistent", "deleted", "detached"):
        if getattr(state, name):
            return name
    return "nowhere"


def picture(obj):
    state = inspect(obj)
    marks = [mark for mark in ("modified", "expired") if getattr(state, mark)]
    parts = [lane(state), *marks, shown(state.identity)]
    if state.expired_attributes:
        parts.append("expired " + " ".join(sorted(state.expired_attributes)))
    unloaded = state.unloaded
    for key in sorted(state.mapper.attrs.keys()):
        try:
            added, unchanged, deleted = state.attrs[key].history
        except Exception as error:  # what a many-to-one was before it was deleted has to be loaded
            parts.append(key + " " + type(error).__name__)
            continue
        if key in unloaded and not (added or unchanged or deleted):
            continue
        text = key + ("? " if key in unloaded else " ")
        if added:
            text += "+" + shown(added)
        if deleted:
            text += "-" + shown(deleted)
        if unchanged or not (added or deleted):
            text += "=" + shown(unchanged)
        parts.append(text)
    return " | ".join(parts)


def meet(session):
    """Names what came in by queries, cascades and merging."""
    loaded = [(type(obj).__name__, str(inspect(obj).identity), obj) for obj in session.identity_map.values()]
    loaded.sort(key=lambda entry: entry[:2])
    for obj in [*[entry[2] for entry in loaded], *session.new]:
        if id(obj) not in names:
            keep(type(obj).__name__ + "#" + str(len(known)), obj)


def changed(name, text):
    if pictures.get(name) != text:
        pictures[name] = text
        print(name, text)


def look():
    session = here["session"]
    meet(session)
    for collection in ("new", "dirty", "deleted"):
        members = sorted([names.get(id(obj), "a stranger") for obj in getattr(session, collection)])
        changed("session." + collection, " ".join(members))
    keys = sorted([key[0].__name__ + " " + shown(key[1]) for key in session.identity_map.keys()])
    changed("session.identity_map", ", ".join(keys))
    marks = [session.is_active, session.in_transaction(), session.in_nested_transaction()]
    changed("session is active, in a transaction, nested:", str(marks))
    for name, obj in list(known.items()):
        changed(name, picture(obj))


class step:
    """One operation: its number before it, its error and what it changed after it."""

    def __init__(self, number):
        self.number = number

    def __enter__(self):
        print(f"@step {self.number}")

    def __exit__(self, kind, error, trace):
        if isinstance(error, Exception):
            print(kind.__name__, error)
            if here["tidy"] and not here["session"].is_active:
                here["session"].rollback()
        look()
        return isinstance(error, Exception)


def begin(base, foreign_keys, tidy, **settings):
    """A new database with the tables of a family of models, and a session."""
    known.clear()
    names.clear()
    pictures.clear()
    engine = create_engine("sqlite://")
    base.metadata.create_all(engine)
    if foreign_keys:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    here.update(session=Session(engine, **settings), engine=engine, tidy=tidy)
    return here["session"]


def end(base):
    """Prints what is left in the tables, and closes everything."""
    here["session"].close()
    with here["engine"].connect() as connection:
        for table in base.metadata.sorted_tables:
            rows = connection.execute(select(table).order_by(*table.c)).all()
            print(table.name, [tuple(row) for row in rows])
    here["engine"].dispose()


def run(number, program, base):
    print(f"@program {number}")
    program()
    with step("end"):
        end(base)
