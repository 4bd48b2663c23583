from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import (
    Bundle, DeclarativeBase, Mapped, aliased, mapped_column, relationship, with_parent,
)


class Base(DeclarativeBase):
    pass


class Band(Base):
    __tablename__ = "band"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    songs: Mapped[list["Song"]] = relationship(back_populates="band")


class Song(Base):
    __tablename__ = "song"
    id: Mapped[int] = mapped_column(primary_key=True)
    band_id: Mapped[int] = mapped_column(ForeignKey("band.id"))
    title: Mapped[str]
    band: Mapped[Band] = relationship(back_populates="songs")


hit = aliased(Song, name="hit")
print(select(Band.name, hit.title).join(Band.songs.of_type(hit)))
print(select(Band).join(Band.songs.and_(Song.title == "x")))
print(select(Bundle("both", Band.id, Band.name)), Bundle("both", Band.id, Band.name).c.keys())
print(select(Song).where(with_parent(Band(id=9), Band.songs)))
print(select(Band).where(with_parent(Song(band_id=4), Song.band)))
print(select(Band).join(Song).filter_by(title="w"))
print(select(hit).filter_by(title="v"))
try:
    select(Band).join(Song).filter_by(id=3)
except Exception as error:
    print(type(error).__name__)
try:
    select(Band).filter_by(nothing=3)
except Exception as error:
    print(type(error).__name__, error)
print([entry["name"] for entry in select(Band, Song.title, func.count()).column_descriptions])
print(Band.name.property.key, Band.songs.property.key, Band.name.property, Band.songs.prop)
