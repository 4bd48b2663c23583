from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    and_,
    case,
    cast,
    create_engine,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

metadata = MetaData()
staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(20)),
    Column("team", String(10)),
    Column("salary", Integer),
    Column("boss_id", Integer),
)
engine = create_engine("sqlite://")
metadata.create_all(engine)

with engine.begin() as conn:
    conn.execute(
        staff.insert(),
        [
            {"name": "Ada", "team": "core", "salary": 90, "boss_id": None},
            {"name": "Brian", "team": "core", "salary": 70, "boss_id": 1},
            {"name": "Cleo", "team": "docs", "salary": 60, "boss_id": 1},
            {"name": "Dmitri", "team": None, "salary": 55, "boss_id": 3},
        ],
    )

    def show(stmt):
        print(conn.execute(stmt).all())

    show(select(staff.c.name).where(and_(staff.c.team == "core", staff.c.salary < 80)))
    show(select(staff.c.name).where(or_(staff.c.team.is_(None), staff.c.team != "core")).order_by(staff.c.name))
    show(select(staff.c.team, func.sum(staff.c.salary).label("total")).group_by(staff.c.team).order_by("total"))
    level = case((staff.c.salary >= 80, "high"), (staff.c.salary >= 60, "middle"), else_="low")
    show(select(staff.c.name, level.label("level")).order_by(staff.c.id))
    boss = staff.alias()
    show(select(staff.c.name, boss.c.name).outerjoin(boss, staff.c.boss_id == boss.c.id).order_by(staff.c.id.desc()))
    show(select(boss.c.name).where(exists().where(staff.c.boss_id == boss.c.id)).order_by(boss.c.name))
    show(union_all(select(staff.c.name).where(staff.c.id == 1), select(literal_column("'nobody'"))))
    show(select(cast(staff.c.salary, String) + " coins", staff.c.salary / 20, staff.c.salary // 20).limit(1))
    average = select(func.avg(staff.c.salary)).scalar_subquery()
    show(select(staff.c.name, staff.c.salary - average).where(staff.c.salary > average))
    team = select(staff.c.team, func.max(staff.c.salary).label("top")).group_by(staff.c.team).cte("team")
    show(select(staff.c.name).join(team, and_(team.c.team == staff.c.team, team.c.top == staff.c.salary)))
    rank = func.row_number().over(partition_by=staff.c.team, order_by=staff.c.salary.desc())
    show(select(staff.c.name, rank).where(staff.c.team == "core"))
