from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class Artist(Base):
    __tablename__ = "artist"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    albums: Mapped[list["Album"]] = relationship(back_populates="artist", order_by="Album.year")


class Album(Base):
    __tablename__ = "album"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    year: Mapped[int]
    artist_id: Mapped[int] = mapped_column(ForeignKey("artist.id"))
    artist: Mapped[Artist] = relationship(back_populates="albums")


engine = create_engine("sqlite://", echo=True)
Base.metadata.create_all(engine)

with Session(engine) as session:
    session.add(Artist(name="Björk", albums=[Album(title="Post", year=1995), Album(title="Debut", year=1993)]))
    session.add(Artist(name="Portishead", albums=[Album(title="Dummy", year=1994)]))
    session.commit()

with Session(engine) as session:
    for artist in session.scalars(select(Artist).options(selectinload(Artist.albums)).order_by(Artist.id)):
        print(artist.name, [album.title for album in artist.albums])

with Session(engine) as session:
    for album in session.scalars(select(Album).options(joinedload(Album.artist)).order_by(Album.year)):
        print(album.title, "by", album.artist.name)

with Session(engine) as session:
    stmt = select(Artist).options(joinedload(Artist.albums)).order_by(Artist.name)
    for artist in session.scalars(stmt).unique():
        print(artist.name, len(artist.albums))
