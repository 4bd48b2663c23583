//! The modules that are written in Python, by name; those that begin with an
//! underscore are not SQLAlchemy's own.

const SOURCES: &[(&str, &str)] = &[
    ("sqlalchemy._association_collections", include_str!("python/association_collections.py")),
    ("sqlalchemy._collections", include_str!("python/collections.py")),
    ("sqlalchemy._composites", include_str!("python/composites.py")),
    ("sqlalchemy._inheritance", include_str!("python/inheritance.py")),
    ("sqlalchemy._mapped_collection", include_str!("python/mapped_collection.py")),
    ("sqlalchemy._mapped_extras", include_str!("python/mapped_extras.py")),
    ("sqlalchemy._orm_execute", include_str!("python/orm_execute.py")),
    ("sqlalchemy._orm_names", include_str!("python/orm_names.py")),
    ("sqlalchemy._postgresql", include_str!("python/postgresql.py")),
    ("sqlalchemy._support", include_str!("python/support.py")),
    ("sqlalchemy.ext.associationproxy", include_str!("python/associationproxy.py")),
    ("sqlalchemy.ext.automap", include_str!("python/automap.py")),
    ("sqlalchemy.ext.hybrid", include_str!("python/hybrid.py")),
    ("sqlalchemy.ext.mutable", include_str!("python/mutable.py")),
    ("sqlalchemy.ext.orderinglist", include_str!("python/orderinglist.py")),
    ("sqlalchemy.sql.operators", include_str!("python/operators.py")),
    ("sqlalchemy.sql.util", include_str!("python/sql_util.py")),
    ("sqlalchemy.sql.visitors", include_str!("python/visitors.py")),
];

/// The text of the module of that name, where it is one of these.
pub(super) fn source(name: &str) -> Option<&'static str> {
    SOURCES.iter().find(|(known, _)| *known == name).map(|(_, source)| *source)
}
