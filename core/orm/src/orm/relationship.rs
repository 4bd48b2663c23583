//! Relationships: what joins two mapped classes.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.relationships`.

use super::error::{OrmError, OrmErrorKind};
use super::{Orm, OrmResult};
use crate::sql::compiler::{JoinError, join_condition};
use crate::sql::{Expr, From, Kind, Operator};
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
    /// Never: asking is an error.
    Raise,
    /// Never: the attribute stays empty.
    NoLoad,
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
    /// `passive_deletes=True`
    pub passive_deletes: bool,
    /// `post_update=True`
    pub post_update: bool,
    /// `viewonly=True`
    pub viewonly: bool,
    /// `single_parent=True`
    pub single_parent: bool,
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
    /// The attribute at the other end that mirrors this one.
    pub reverse: Option<u32>,
    /// `cascade=`
    pub cascade: Cascade,
    /// `order_by=`
    pub order_by: Vec<Expr>,
    /// `lazy=`
    pub lazy: Lazy,
    /// `passive_deletes=True`
    pub passive_deletes: bool,
    /// `post_update=True`
    pub post_update: bool,
    /// `viewonly=True`
    pub viewonly: bool,
    /// Whether a class refers to itself.
    pub self_referential: bool,
    /// For many-to-one: whether it is the target's primary key that is referred
    /// to, so that the identity map can answer.
    pub use_get: bool,
}

impl Orm {
    /// Works out the join of a relationship.
    ///
    /// # Errors
    /// When foreign keys give none, or more than one.
    pub(super) fn build_relationship(
        &self,
        parent: MapperId,
        attribute: u32,
        settings: &RelationshipSettings,
    ) -> OrmResult<Relationship> {
        let name = self.attribute_name(parent, attribute);
        let target = settings.target.ok_or_else(|| {
            OrmError::new(OrmErrorKind::Argument, format!("relationship {name} has no target"))
        })?;
        let (own_table, target_table) = (self.mapper(parent).table, self.mapper(target).table);
        let self_referential = own_table == target_table;
        let (own, other) = (From::Table(own_table), From::Table(target_table));
        let wrap = |error: JoinError, through: Option<TableId>| self.join_error(&name, &error, through);
        let mut relationship = Relationship {
            parent,
            attribute,
            target,
            direction: Direction::OneToMany,
            uselist: true,
            secondary: settings.secondary,
            primaryjoin: Expr::constant(true),
            secondaryjoin: None,
            pairs: Vec::new(),
            secondary_pairs: Vec::new(),
            reverse: None,
            cascade: settings.cascade.unwrap_or_default(),
            order_by: settings.order_by.clone(),
            lazy: settings.lazy,
            passive_deletes: settings.passive_deletes,
            post_update: settings.post_update,
            viewonly: settings.viewonly,
            self_referential,
            use_get: false,
        };
        if let Some(secondary) = settings.secondary {
            let between = From::Table(secondary);
            relationship.direction = Direction::ManyToMany;
            relationship.primaryjoin = match &settings.primaryjoin {
                Some(join) => join.clone(),
                None => join_condition(&self.schema, &own, &between).map_err(|e| wrap(e, Some(secondary)))?,
            };
            let second = match &settings.secondaryjoin {
                Some(join) => join.clone(),
                None => {
                    join_condition(&self.schema, &other, &between).map_err(|e| wrap(e, Some(secondary)))?
                }
            };
            let into = |join: &Expr| -> Vec<(ColumnId, ColumnId)> {
                equal_columns(join)
                    .into_iter()
                    .map(|(a, b)| if a.table == secondary { (b, a) } else { (a, b) })
                    .collect()
            };
            relationship.pairs = into(&relationship.primaryjoin);
            relationship.secondary_pairs = into(&second);
            relationship.secondaryjoin = Some(second);
        } else {
            relationship.primaryjoin = match &settings.primaryjoin {
                Some(join) => join.clone(),
                None => match self.join_over(&own, &other, &settings.foreign_keys) {
                    Some(join) => join,
                    None => join_condition(&self.schema, &own, &other).map_err(|e| wrap(e, None))?,
                },
            };
            // (referenced, foreign) for each equality.
            let mut keys = Vec::new();
            for (a, b) in equal_columns(&relationship.primaryjoin) {
                let refers = |from: ColumnId, to: ColumnId| {
                    settings.foreign_keys.contains(&from)
                        || (settings.foreign_keys.is_empty()
                            && self.schema.foreign_keys(from.table).contains(&(from, to)))
                };
                if refers(b, a) {
                    keys.push((a, b));
                } else if refers(a, b) {
                    keys.push((b, a));
                }
            }
            if keys.is_empty() {
                return Err(OrmError::new(
                    OrmErrorKind::Argument,
                    format!(
                        "Could not locate any relevant foreign key columns for primary join condition '{}' on relationship {name}.  Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or are annotated in the join condition with the foreign() annotation.",
                        crate::sql::compiler::compile_to_text(
                            &self.schema,
                            &relationship.primaryjoin,
                            crate::sql::compiler::Dialect::Default
                        )
                    ),
                ));
            }
            let foreign_here = if self_referential {
                keys.iter().any(|(referenced, _)| settings.remote_side.contains(referenced))
            } else {
                keys.iter().any(|(_, foreign)| foreign.table == own_table)
            };
            relationship.direction = if foreign_here { Direction::ManyToOne } else { Direction::OneToMany };
            relationship.pairs = keys;
        }
        relationship.uselist = settings.uselist.unwrap_or(relationship.direction != Direction::ManyToOne);
        if relationship.direction == Direction::ManyToOne {
            let key = self.mapper(target).primary_key.clone();
            relationship.use_get = key.len() == relationship.pairs.len()
                && key.iter().all(|id| relationship.pairs.iter().any(|(referenced, _)| referenced == id));
        }
        let needs_single_parent = relationship.cascade.delete_orphan
            && relationship.direction != Direction::OneToMany
            && !settings.single_parent;
        if needs_single_parent {
            let direction = match relationship.direction {
                Direction::ManyToOne => "many-to-one",
                _ => "many-to-many",
            };
            let target = &self.mapper(target).class_name;
            return Err(OrmError::coded(
                OrmErrorKind::Argument,
                "bbf0",
                format!(
                    "For {direction} relationship {name}, delete-orphan cascade is normally configured only on the \"one\" side of a one-to-many relationship, and not on the \"many\" side of a many-to-one or many-to-many relationship.  To force this relationship to allow a particular \"{target}\" object to be referenced by only a single \"{}\" object at a time via the {name} relationship, which would allow delete-orphan cascade to take place in this direction, set the single_parent=True flag.",
                    self.mapper(parent).class_name
                ),
            ));
        }
        Ok(relationship)
    }

    /// `Class.attribute`
    pub fn attribute_name(&self, mapper: MapperId, attribute: u32) -> String {
        let mapper = self.mapper(mapper);
        format!("{}.{}", mapper.class_name, mapper.attributes[attribute as usize].key)
    }

    /// The join over the foreign keys named, where some are.
    fn join_over(&self, own: &From, other: &From, keys: &[ColumnId]) -> Option<Expr> {
        let (From::Table(own), From::Table(other)) = (own, other) else { return None };
        let mut conditions = Vec::new();
        for &key in keys {
            let tables = [*own, *other];
            let found = self.schema.foreign_keys(key.table).into_iter().find(|(from, to)| {
                *from == key && tables.contains(&to.table) && tables.contains(&from.table)
            });
            if let Some((from, to)) = found {
                let (to, from) = (Expr::column(&self.schema, to), Expr::column(&self.schema, from));
                conditions.push(to.binary(Operator::Eq, from));
            }
        }
        if conditions.is_empty() { None } else { Some(Expr::all_of(Operator::And, conditions)) }
    }

    fn join_error(&self, name: &str, error: &JoinError, secondary: Option<TableId>) -> OrmError {
        let through = secondary
            .map(|table| format!(" via secondary table '{}'", self.schema.table(table).name))
            .unwrap_or_default();
        let joins = if secondary.is_some() {
            "'primaryjoin' and 'secondaryjoin' expressions"
        } else {
            "a 'primaryjoin' expression"
        };
        match error {
            JoinError::NoForeignKeys(..) => OrmError::new(
                OrmErrorKind::NoForeignKeys,
                format!(
                    "Could not determine join condition between parent/child tables on relationship {name} - there are no foreign keys linking these tables{through}.  Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or specify {joins}."
                ),
            ),
            JoinError::AmbiguousForeignKeys(..) => OrmError::new(
                OrmErrorKind::AmbiguousForeignKeys,
                format!(
                    "Could not determine join condition between parent/child tables on relationship {name} - there are multiple foreign key paths linking the tables{through}.  Specify the 'foreign_keys' argument, providing a list of those columns which should be counted as containing a foreign key reference {}.",
                    if secondary.is_some() {
                        "from the secondary table to each of the parent and child tables"
                    } else {
                        "to the parent table"
                    }
                ),
            ),
        }
    }
}

/// The pairs of columns that a condition holds equal.
fn equal_columns(condition: &Expr) -> Vec<(ColumnId, ColumnId)> {
    let mut pairs = Vec::new();
    condition.walk(&mut |node| {
        if let Kind::Binary { left, op: Operator::Eq, right, .. } = node.kind()
            && let (Kind::Column(left), Kind::Column(right)) = (left.kind(), right.kind())
            && let (Some(left), Some(right)) = (left.base, right.base)
        {
            pairs.push((left, right));
        }
    });
    pairs
}
