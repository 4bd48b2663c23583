from sqlalchemy import create_engine, event, insert, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Query, Session, mapped_column, sessionmaker


class Base(DeclarativeBase):
    pass


class Page(Base):
    __tablename__ = "pages"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    hidden: Mapped[bool] = mapped_column(default=False)


engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
Maker = sessionmaker(engine)
with Maker.begin() as session:
    session.add_all([Page(title="one"), Page(title="two", hidden=True), Page(title="three")])


@event.listens_for(Maker, "do_orm_execute")
def only_visible(state):
    print("  executes", state.is_select, state.is_update, state.is_insert, state.is_orm_statement)
    if state.is_select and state.is_orm_statement and not state.execution_options.get("all_pages"):
        state.statement = state.statement.where(Page.hidden == False)


kept = {}


@event.listens_for(Maker, "do_orm_execute")
def from_cache(state):
    name = state.execution_options.get("keep_as")
    if name is None:
        return None
    if name not in kept:
        kept[name] = state.invoke_statement().freeze()
    return kept[name]()


with Maker() as session:
    print(session.scalars(select(Page.title)).all())
    print(session.scalars(select(Page.title).execution_options(all_pages=True)).all())
    print([page.title for page in session.query(Page)])
    session.execute(update(Page).where(Page.id == 1).values(title="first"))
    session.execute(insert(Page), [{"title": "four"}])
    print(session.scalar(text("select count(*) from pages")))
    for _ in range(2):
        print([page.title for page in session.scalars(select(Page).execution_options(keep_as="p"))])

with Session(engine) as session:

    @event.listens_for(Query, "before_compile", retval=True)
    def no_drafts(query):
        print("  compiles", query.column_descriptions[0]["name"])
        return query.filter(Page.title != "three")

    @event.listens_for(session, "after_bulk_update")
    def updated(context):
        print("  updated", context.values, context.result.rowcount)

    print([page.title for page in session.query(Page).order_by(Page.id)])
    session.query(Page).filter(Page.hidden).update({"hidden": False})
