//! Mappers: which tables and which attributes a class has, and which class it
//! inherits from.
//!
//! How one is made is in `mapping.rs`.
//! SQLAlchemy counterpart: `sqlalchemy.orm.mapper`.

use std::any::Any;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::building::all_tables;
use super::relationship::{Relationship, RelationshipSettings};
use crate::orm::Orm;
use crate::sql::{Expr, From};
use crate::types::{ColumnId, KeyValue, MapperId, TableId, Value};

/// A class's mapping.
#[derive(Clone, Debug)]
pub struct Mapper {
    /// The class's name.
    pub class_name: String,
    /// `module.Class`, by which SQLAlchemy orders mappers.
    pub sort_key: String,
    /// The mapper of the class that it inherits from.
    pub inherits: Option<MapperId>,
    /// The mapper at the root of its hierarchy; its own where it inherits nothing.
    pub base: MapperId,
    /// The mapper that its identity keys name.
    pub identity: MapperId,
    /// The mappers that inherit from it directly.
    pub children: Vec<MapperId>,
    /// The table that it adds to those of its parent: `local_table`. A class
    /// of single-table inheritance has its parent's.
    pub table: TableId,
    /// The same as an element of FROM: a class may be mapped to a join or a select.
    pub local: From,
    /// All of its tables, joined: `persist_selectable`.
    pub selectable: From,
    /// The tables in it, its parent's first.
    pub tables: Vec<TableId>,
    /// Whether it has no table of its own.
    pub single: bool,
    /// Whether its table stands for itself, without its parent's.
    pub concrete: bool,
    /// What joins its table to its parent's.
    pub inherit_condition: Option<Expr>,
    /// (parent's column, own column) that the join holds equal.
    pub inherited_pairs: Vec<(ColumnId, ColumnId)>,
    /// The primary key's columns.
    pub primary_key: Vec<ColumnId>,
    /// What tells which class a row is of.
    pub polymorphic: Polymorphic,
    /// Its attributes by their place. Classes of one hierarchy share places:
    /// an attribute has the same in all that have it, and those of others are absent.
    pub attributes: Vec<Attribute>,
    /// The places of its attributes, in SQLAlchemy's order.
    pub order: Vec<u32>,
    /// What else it was told.
    pub options: MapperOptions,
    /// Whether its relationships are worked out.
    pub configured: bool,
    /// Whether `clear_mappers()` ended it.
    pub disposed: bool,
    /// The names that the hierarchy has given places to; only at its root.
    pub(crate) places: FxHashMap<String, u32>,
    pub(crate) by_key: FxHashMap<String, u32>,
    pub(crate) by_column: FxHashMap<ColumnId, u32>,
}

/// The attribute of a discriminator that is mapped under no other name.
pub(crate) const DISCRIMINATOR: &str = "_sa_polymorphic_on";

/// What tells which class of a hierarchy a row is of.
#[derive(Clone, Debug, Default)]
pub struct Polymorphic {
    /// The column or expression that tells.
    pub on: Option<Expr>,
    /// The attribute that holds it, where it is one that can be set.
    pub attribute: Option<u32>,
    /// Its value for this class.
    pub identity: Option<Value>,
    /// Whether no object is of just this class.
    pub is_abstract: bool,
    /// How this class's own columns are loaded when its parent is queried.
    pub load: Option<PolymorphicLoad>,
    /// Which further classes a query for this one loads at once.
    pub with: Option<WithPolymorphic>,
    /// Whose rows have which value; at the root of the hierarchy.
    pub map: FxHashMap<KeyValue, MapperId>,
}

/// `polymorphic_load=`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolymorphicLoad {
    /// In the same statement.
    Inline,
    /// In one more.
    SelectIn,
}

/// `with_polymorphic=`
#[derive(Clone, Debug)]
pub struct WithPolymorphic {
    /// The classes; none for all.
    pub mappers: Option<Vec<MapperId>>,
    /// What to select from, where it is not made from the classes' tables.
    pub selectable: Option<From>,
}

/// What `__mapper_args__` says beside of inheritance.
#[derive(Clone, Debug)]
pub struct MapperOptions {
    /// The column that counts a row's versions.
    pub version_id: Option<ColumnId>,
    /// Where a version comes from.
    pub version_generator: VersionGenerator,
    /// Whether a delete leaves the rows of inherited tables to the database.
    pub passive_deletes: bool,
    /// Whether the database changes foreign keys after a change of the key.
    pub passive_updates: bool,
    /// Whether a DELETE that finds fewer rows is worth a warning.
    pub confirm_deleted_rows: bool,
    /// Whether values that the database makes are fetched at once; none for `"auto"`.
    pub eager_defaults: Option<bool>,
    /// Whether rows of several objects go out in one statement.
    pub batch: bool,
    /// Whether an object with one parent of several is no orphan.
    pub legacy_is_orphan: bool,
    /// Whether a key that is NULL in part is a key.
    pub allow_partial_pks: bool,
}

impl Default for MapperOptions {
    fn default() -> MapperOptions {
        MapperOptions {
            version_id: None,
            version_generator: VersionGenerator::Counter,
            passive_deletes: false,
            passive_updates: true,
            confirm_deleted_rows: true,
            eager_defaults: None,
            batch: true,
            legacy_is_orphan: false,
            allow_partial_pks: true,
        }
    }
}

/// Where the versions of rows come from.
#[derive(Clone, Debug)]
pub enum VersionGenerator {
    /// Counted from 1.
    Counter,
    /// From the database.
    Server,
    /// From code of the program's, which is handed the version before.
    Code(Rc<dyn Any>),
}

/// A mapped attribute.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Its name.
    pub key: String,
    /// What it is.
    pub kind: AttributeKind,
    /// The class that declares it.
    pub parent: MapperId,
    /// Further columns of the same value: those of inherited tables.
    pub more_columns: Vec<ColumnId>,
    /// Whether it is loaded only when it is asked for.
    pub deferred: bool,
    /// The deferred attributes that are loaded with it.
    pub group: Option<Rc<str>>,
    /// Whether asking for it while it is not loaded is an error.
    pub raiseload: bool,
    /// Whether its old value is loaded before it changes.
    pub active_history: bool,
}

impl Attribute {
    /// One that is loaded with its object.
    pub fn new(key: &str, kind: AttributeKind, parent: MapperId) -> Attribute {
        Attribute {
            key: key.to_string(),
            kind,
            parent,
            more_columns: Vec::new(),
            deferred: false,
            group: None,
            raiseload: false,
            active_history: false,
        }
    }

    /// Its columns, the nearest table's first.
    pub fn columns(&self) -> impl Iterator<Item = ColumnId> + '_ {
        let first = match self.kind {
            AttributeKind::Column(id) => Some(id),
            _ => None,
        };
        first.into_iter().chain(self.more_columns.iter().copied())
    }
}

/// What a mapped attribute is.
#[derive(Clone, Debug)]
pub enum AttributeKind {
    /// Another class of the hierarchy's.
    Absent,
    /// A column's value.
    Column(ColumnId),
    /// An expression's value: `column_property()`.
    Expression(Expr),
    /// A relationship that is not worked out yet.
    Unconfigured(Box<RelationshipSettings>),
    /// A relationship.
    Relationship(Rc<Relationship>),
}

impl AttributeKind {
    /// Whether it is a single value, and not a relationship.
    pub fn is_value(&self) -> bool {
        matches!(self, AttributeKind::Column(_) | AttributeKind::Expression(_))
    }

    /// Whether it has a value only where a query gives it an expression:
    /// `query_expression()`.
    pub fn is_blank(&self) -> bool {
        matches!(self, AttributeKind::Expression(expr) if matches!(expr.kind(), crate::sql::Kind::Null))
    }
}

impl Mapper {
    /// The place of the attribute of that name.
    pub fn attribute(&self, key: &str) -> Option<usize> {
        self.by_key.get(key).map(|at| *at as usize)
    }

    /// The place of the attribute of that column.
    pub fn attribute_of(&self, column: ColumnId) -> Option<usize> {
        self.by_column.get(&column).map(|at| *at as usize)
    }

    /// The relationship at that place, where it is one.
    pub fn relationship(&self, attribute: usize) -> Option<&Rc<Relationship>> {
        match &self.attributes.get(attribute)?.kind {
            AttributeKind::Relationship(relationship) => Some(relationship),
            _ => None,
        }
    }

    /// Its attributes in SQLAlchemy's order, with their places.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Attribute)> {
        self.order.iter().map(|at| (*at as usize, &self.attributes[*at as usize]))
    }

    /// Its relationships, inherited ones too.
    pub fn relationships(&self) -> impl Iterator<Item = &Rc<Relationship>> {
        self.iter().filter_map(|(_, attribute)| match &attribute.kind {
            AttributeKind::Relationship(relationship) => Some(relationship),
            _ => None,
        })
    }

    /// The columns that are attributes: (place, the nearest table's column).
    pub fn columns(&self) -> impl Iterator<Item = (usize, ColumnId)> + '_ {
        self.iter().filter_map(|(at, attribute)| match attribute.kind {
            AttributeKind::Column(column) => Some((at, column)),
            _ => None,
        })
    }

    /// The attributes that have a column in a table: (place, column).
    pub fn columns_in(&self, table: TableId) -> impl Iterator<Item = (usize, ColumnId)> + '_ {
        self.iter().filter_map(move |(at, attribute)| {
            attribute.columns().find(|column| column.table == table).map(|column| (at, column))
        })
    }

    /// Whether a column belongs to its primary key, in one of its tables.
    pub fn is_key(&self, column: ColumnId) -> bool {
        let at = self.attribute_of(column);
        at.is_some() && self.primary_key.iter().any(|key| self.attribute_of(*key) == at)
    }
}

impl Orm {
    /// A mapper and those that inherit from it, nearest first.
    pub fn descendants(&self, mapper: MapperId) -> Vec<MapperId> {
        let mut found = vec![mapper];
        let mut at = 0;
        while at < found.len() {
            found.extend(self.mapper(found[at]).children.iter().copied());
            at += 1;
        }
        found
    }

    /// A mapper and those that it inherits from, nearest first.
    pub fn ancestors(&self, mapper: MapperId) -> impl Iterator<Item = MapperId> + '_ {
        std::iter::successors(Some(mapper), |id| self.mapper(*id).inherits)
    }

    /// Whether a class is another or inherits from it.
    pub fn is_a(&self, mapper: MapperId, other: MapperId) -> bool {
        mapper == other || self.ancestors(mapper).any(|id| id == other)
    }

    /// `Mapper[User(users)]`
    pub fn mapper_name(&self, mapper: MapperId) -> String {
        let mapper = self.mapper(mapper);
        format!("Mapper[{}({})]", mapper.class_name, self.name_of_from(&mapper.local))
    }

    /// How messages name an element of FROM.
    pub(crate) fn name_of_from(&self, from: &From) -> String {
        match from {
            From::Table(id) => self.schema.table(*id).name.clone(),
            From::Alias(alias) => {
                alias.name.as_ref().map_or_else(|| "anon_1".into(), |name| name.to_string())
            }
            From::Join(join) => {
                format!(
                    "Join object on {} and {}",
                    self.name_of_from(&join.left),
                    self.name_of_from(&join.right)
                )
            }
            _ => "anon_1".into(),
        }
    }

    /// The condition that singles out the rows of a class of single-table
    /// inheritance: the expression and its values.
    pub fn single_criterion(&self, mapper: MapperId) -> Option<(Expr, Vec<Value>)> {
        let own = self.mapper(mapper);
        let on = own.polymorphic.on.as_ref().filter(|_| own.single && own.inherits.is_some())?;
        let values = self
            .descendants(mapper)
            .into_iter()
            .filter(|id| !self.mapper(*id).polymorphic.is_abstract)
            .map(|id| self.mapper(id).polymorphic.identity.clone().unwrap_or_default())
            .collect();
        Some((on.clone(), values))
    }

    /// The class of a row of a hierarchy.
    pub(crate) fn mapper_of_row(&self, mapper: MapperId, value: &Value) -> Option<MapperId> {
        let base = self.mapper(self.mapper(mapper).base);
        base.polymorphic.map.get(&KeyValue(value.clone())).copied()
    }

    /// The tables of a whole hierarchy in the order in which rows are written,
    /// with the nearest mapper that has each.
    pub(crate) fn sorted_tables(&self, mapper: MapperId) -> Vec<(TableId, MapperId)> {
        let mut found: Vec<(TableId, MapperId)> = Vec::new();
        for id in self.descendants(self.mapper(mapper).base) {
            for table in &self.mapper(id).tables {
                if !found.iter().any(|(known, _)| known == table) {
                    found.push((*table, id));
                }
            }
        }
        if found.len() < 2 {
            return found;
        }
        // A base that is a union has the tables of the others in its own order.
        let root = self.mapper(self.mapper(mapper).base);
        if root.tables.is_empty() {
            let order = all_tables(&root.selectable);
            found.sort_by_key(|(table, _)| order.iter().position(|known| known == table));
        }
        let mut edges: Vec<(TableId, TableId)> = Vec::new();
        for (table, id) in &found {
            if let Some(parent) = self.mapper(*id).inherits {
                edges.extend(
                    self.mapper(parent)
                        .tables
                        .iter()
                        .filter(|other| *other != table)
                        .map(|other| (*other, *table)),
                );
            }
            // Keys between the tables of different classes are rows' business, not tables'.
            for (own, other) in self.schema.foreign_keys(*table) {
                let within = found.iter().find(|(known, _)| *known == other.table);
                let same = within.is_some_and(|(_, owner)| owner == id);
                if same && own.table != other.table {
                    edges.push((other.table, *table));
                }
            }
        }
        let tables: Vec<TableId> = found.iter().map(|(table, _)| *table).collect();
        let sorted = crate::types::topological::sort(&edges, &tables).unwrap_or(tables);
        sorted
            .into_iter()
            .filter_map(|table| found.iter().find(|(known, _)| *known == table).copied())
            .collect()
    }
}
