//! Relationships: what joins two mapped classes.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.relationships`.

use crate::orm::OrmResult;
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::sql::Expr;
use crate::types::{ColumnId, MapperId, TableId};

/// Which side holds the foreign key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The other side.
    OneToMany,
    /// This side.
    ManyToOne,
    /// A table between the two.
    ManyToMany,
}

/// What happens to related objects: `cascade=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cascade {
    /// `save-update`
    pub save_update: bool,
    /// `merge`
    pub merge: bool,
    /// `delete`
    pub delete: bool,
    /// `delete-orphan`
    pub delete_orphan: bool,
    /// `expunge`
    pub expunge: bool,
    /// `refresh-expire`
    pub refresh_expire: bool,
}

impl Default for Cascade {
    fn default() -> Cascade {
        Cascade {
            save_update: true,
            merge: true,
            delete: false,
            delete_orphan: false,
            expunge: false,
            refresh_expire: false,
        }
    }
}

impl Cascade {
    /// Reads `"all, delete-orphan"`.
    ///
    /// # Errors
    /// When a word is no cascade.
    pub fn parse(text: &str) -> OrmResult<Cascade> {
        let mut cascade = Cascade {
            save_update: false,
            merge: false,
            delete: false,
            delete_orphan: false,
            expunge: false,
            refresh_expire: false,
        };
        let mut unknown = Vec::new();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "all" => {
                    cascade = Cascade {
                        save_update: true,
                        merge: true,
                        delete: true,
                        expunge: true,
                        refresh_expire: true,
                        ..cascade
                    };
                }
                "none" => cascade = Cascade::parse("")?,
                "save-update" => cascade.save_update = true,
                "merge" => cascade.merge = true,
                "delete" => cascade.delete = true,
                "delete-orphan" => cascade.delete_orphan = true,
                "expunge" => cascade.expunge = true,
                "refresh-expire" => cascade.refresh_expire = true,
                other => unknown.push(crate::types::python_str(other)),
            }
        }
        if unknown.is_empty() {
            return Ok(cascade);
        }
        unknown.sort();
        Err(OrmError::new(
            OrmErrorKind::Argument,
            format!("Invalid cascade option(s): {}", unknown.join(", ")),
        ))
    }
}

/// When related objects are loaded: `lazy=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lazy {
    /// When they are asked for.
    #[default]
    Select,
    /// With the same statement.
    Joined,
    /// With one more statement.
    SelectIn,
    /// With one more statement, around the first one.
    Subquery,
    /// When the object that has it was loaded.
    Immediate,
    /// Never: asking is an error.
    Raise,
    /// Never where a statement would be needed: then asking is an error.
    RaiseOnSql,
    /// Never: the attribute stays empty.
    NoLoad,
    /// By a query of the program's own: `lazy="dynamic"`.
    Dynamic,
    /// By a statement of the program's own: `lazy="write_only"`.
    WriteOnly,
}

/// What `relationship()` is told.
#[derive(Clone, Debug, Default)]
pub struct RelationshipSettings {
    /// The class at the other end.
    pub target: Option<MapperId>,
    /// The table between the two.
    pub secondary: Option<TableId>,
    /// The join of this side, where it is not made from foreign keys.
    pub primaryjoin: Option<Expr>,
    /// The join of the other side of `secondary`.
    pub secondaryjoin: Option<Expr>,
    /// The columns to regard as foreign keys.
    pub foreign_keys: Vec<ColumnId>,
    /// The columns to regard as the other side's.
    pub remote_side: Vec<ColumnId>,
    /// Whether the attribute is a collection, where it is not by direction.
    pub uselist: Option<bool>,
    /// The attribute at the other end that mirrors this one.
    pub back_populates: Option<String>,
    /// `cascade=`
    pub cascade: Option<Cascade>,
    /// `order_by=`
    pub order_by: Vec<Expr>,
    /// `lazy=`
    pub lazy: Lazy,
    /// The relationship whose mirror it is, which tells its join: class and attribute.
    pub mirror_of: Option<(MapperId, String)>,
    /// What else it is told.
    pub options: RelationshipOptions,
}

/// What `relationship()` is told and keeps.
#[derive(Clone, Copy, Debug)]
pub struct RelationshipOptions {
    /// `passive_deletes=True`
    pub passive_deletes: bool,
    /// `passive_deletes="all"`
    pub passive_deletes_all: bool,
    /// `passive_updates=True`
    pub passive_updates: bool,
    /// `post_update=True`
    pub post_update: bool,
    /// `viewonly=True`
    pub viewonly: bool,
    /// `single_parent=True`
    pub single_parent: bool,
    /// `innerjoin=True`: eager joins are inner ones.
    pub innerjoin: bool,
    /// `join_depth=`
    pub join_depth: Option<u32>,
    /// `omit_join=`
    pub omit_join: Option<bool>,
    /// `active_history=True`
    pub active_history: bool,
    /// `load_on_pending=True`
    pub load_on_pending: bool,
    /// `sync_backref=`
    pub sync_backref: Option<bool>,
}

impl Default for RelationshipOptions {
    fn default() -> RelationshipOptions {
        RelationshipOptions {
            passive_deletes: false,
            passive_deletes_all: false,
            passive_updates: true,
            post_update: false,
            viewonly: false,
            single_parent: false,
            innerjoin: false,
            join_depth: None,
            omit_join: None,
            active_history: false,
            load_on_pending: false,
            sync_backref: None,
        }
    }
}

/// A relationship whose join is known.
#[derive(Clone, Debug)]
pub struct Relationship {
    /// The class that has the attribute.
    pub parent: MapperId,
    /// The attribute's place in its mapper.
    pub attribute: u32,
    /// The class at the other end.
    pub target: MapperId,
    /// Which side holds the foreign key.
    pub direction: Direction,
    /// Whether the attribute is a collection.
    pub uselist: bool,
    /// The table between the two.
    pub secondary: Option<TableId>,
    /// The join of this side.
    pub primaryjoin: Expr,
    /// The join of the other side of `secondary`.
    pub secondaryjoin: Option<Expr>,
    /// (source, destination) of keys that a flush copies: parent to child for
    /// one-to-many, child to parent for many-to-one, parent to `secondary`.
    pub pairs: Vec<(ColumnId, ColumnId)>,
    /// Child to `secondary`.
    pub secondary_pairs: Vec<(ColumnId, ColumnId)>,
    /// (this side's, the other side's) column of each comparison.
    pub local_remote: Vec<(ColumnId, ColumnId)>,
    /// The attribute at the other end that mirrors this one.
    pub reverse: Option<u32>,
    /// `cascade=`
    pub cascade: Cascade,
    /// `order_by=`
    pub order_by: Vec<Expr>,
    /// `lazy=`
    pub lazy: Lazy,
    /// What else it was told.
    pub options: RelationshipOptions,
    /// Whether a class refers to itself.
    pub self_referential: bool,
    /// Whether the program said itself which columns of the join are remote, and which foreign.
    pub(crate) told: (bool, bool),
    /// Whether its condition is nothing but columns that equal each other.
    pub simple: bool,
    /// Whether it is just the target's primary key that is referred to, so that
    /// the identity map can answer.
    pub use_get: bool,
}
