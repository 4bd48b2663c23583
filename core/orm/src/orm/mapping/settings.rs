//! What a program says of a class that it maps.
//!
//! SQLAlchemy counterpart: the arguments of `Mapper`.

use super::mapper::{Attribute, AttributeKind, MapperOptions, PolymorphicLoad, WithPolymorphic};
use super::relationship::RelationshipSettings;
use crate::sql::{Expr, From};
use crate::types::{ColumnId, MapperId, TableId, Value};

/// What a class's mapping is told.
#[derive(Clone, Debug, Default)]
pub struct MapperSettings {
    /// The class's name.
    pub class_name: String,
    /// The module that it is in.
    pub module: String,
    /// What it is mapped to; none for a class of single-table inheritance.
    pub table: Option<From>,
    /// The mapper of the class that it inherits from.
    pub inherits: Option<MapperId>,
    /// Whether its table stands for itself, without its parent's.
    pub concrete: bool,
    /// What joins its table to its parent's, where foreign keys do not tell.
    pub inherit_condition: Option<Expr>,
    /// Attributes that are told of, in order. Columns that are not are
    /// attributes under their own keys.
    pub properties: Vec<(String, Property)>,
    /// The primary key, where it is not the table's.
    pub primary_key: Vec<ColumnId>,
    /// What tells which class a row is of.
    pub polymorphic_on: Option<PolymorphicOn>,
    /// Its value for this class.
    pub polymorphic_identity: Option<Value>,
    /// Whether no object is of just this class.
    pub polymorphic_abstract: bool,
    /// How its own columns are loaded when its parent is queried.
    pub polymorphic_load: Option<PolymorphicLoad>,
    /// Which further classes a query for it loads at once.
    pub with_polymorphic: Option<WithPolymorphic>,
    /// The only columns that become attributes, where some are named.
    pub include: Option<Vec<String>>,
    /// Columns that become no attributes.
    pub exclude: Vec<String>,
    /// What is put before the columns' keys.
    pub column_prefix: String,
    /// What else it is told.
    pub options: MapperOptions,
}

/// What tells which class a row is of.
#[derive(Clone, Debug)]
pub enum PolymorphicOn {
    /// A column.
    Column(ColumnId),
    /// The column of an attribute.
    Attribute(String),
    /// An expression.
    Expr(Expr),
}

/// An attribute that a mapping is told of.
#[derive(Clone, Debug)]
pub struct Property {
    /// What it is.
    pub kind: PropertyKind,
    /// Whether it is loaded only when it is asked for.
    pub deferred: bool,
    /// The deferred attributes that are loaded with it.
    pub group: Option<std::rc::Rc<str>>,
    /// Whether asking for it while it is not loaded is an error.
    pub raiseload: bool,
    /// Whether its old value is loaded before it changes.
    pub active_history: bool,
}

impl Property {
    /// One without further settings.
    pub fn new(kind: PropertyKind) -> Property {
        Property { kind, deferred: false, group: None, raiseload: false, active_history: false }
    }

    /// The attribute that it makes; none where it has no column.
    pub(super) fn attribute(&self, key: &str, parent: MapperId) -> Option<Attribute> {
        let (kind, more_columns) = match &self.kind {
            PropertyKind::Columns(columns) => {
                let (first, more) = columns.split_first()?;
                (AttributeKind::Column(*first), more.to_vec())
            }
            PropertyKind::Expression(expr) => (AttributeKind::Expression(expr.clone()), Vec::new()),
            PropertyKind::Relationship(settings) => {
                (AttributeKind::Unconfigured(settings.clone()), Vec::new())
            }
        };
        Some(Attribute {
            deferred: self.deferred,
            group: self.group.clone(),
            raiseload: self.raiseload,
            active_history: self.active_history,
            more_columns,
            ..Attribute::new(key, kind, parent)
        })
    }
}

/// What an attribute is that a mapping is told of.
#[derive(Clone, Debug)]
pub enum PropertyKind {
    /// Columns of the same value.
    Columns(Vec<ColumnId>),
    /// An expression.
    Expression(Expr),
    /// A relationship.
    Relationship(Box<RelationshipSettings>),
}

impl MapperSettings {
    /// A class that is mapped to a table.
    pub fn new(class_name: &str, module: &str, table: TableId) -> MapperSettings {
        MapperSettings {
            class_name: class_name.into(),
            module: module.into(),
            table: Some(From::Table(table)),
            ..MapperSettings::default()
        }
    }

    pub(super) fn excludes(&self, name: &str) -> bool {
        self.include.as_ref().is_some_and(|names| !names.iter().any(|known| known == name))
            || self.exclude.iter().any(|known| known == name)
    }
}
