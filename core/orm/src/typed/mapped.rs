//! What a mapped struct says of itself: its table, its columns, its relationships.
//!
//! All of it is plain data; nothing here knows a database. `#[derive(Mapped)]`
//! writes the implementations. SQLAlchemy counterpart: what
//! `sqlalchemy.orm.decl_base` reads from a class.

use std::any::TypeId;

use super::attribute::{Column, Related, Relationship};
use super::expression::{Deferred, Expression};
use super::instance::Fields;
use super::new::New;
use super::scope::Scope;
use super::values::{ColumnType, ColumnValue, Key};
use crate::orm::{Cascade, Lazy, OrmResult, RelationshipOptions};
use crate::schema::{self, Constraint, ConstraintKind, ForeignKeyRules, Index, Table};
use crate::sql::Expr;
use crate::types::{SqlType, Value};

/// A struct that is mapped to a table, by `#[derive(Mapped)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not mapped to a table",
    label = "this is no mapped class",
    note = "put `#[derive(Mapped)]` and `#[mapped(table = \"…\")]` on the struct"
)]
pub trait Mapped: Sized + 'static {
    /// The name of the class.
    const NAME: &'static str;

    /// What [`Session::get`](super::Session::get) takes.
    type Key: Key;

    /// What the struct says of itself.
    fn definition() -> Definition;

    /// The values of an object, as the struct.
    ///
    /// # Errors
    /// When a value does not fit the type of its field.
    fn from_fields(fields: &mut Fields<'_, '_>) -> OrmResult<Self>;

    /// The struct's values, for an object that is to be made.
    fn into_new(self) -> New<Self>;
}

/// That a class is another, or inherits from it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no attributes of `{Other}`",
    label = "this is about another class",
    note = "an attribute belongs to one class: `User::name` to `User`"
)]
pub trait IsA<Other> {}

impl<T: Mapped> IsA<T> for T {}

/// A mapped struct, where Rust does not know its type.
#[derive(Clone, Copy)]
pub struct ClassRef {
    pub(super) id: TypeId,
    pub(super) name: &'static str,
    pub(super) definition: fn() -> Definition,
}

impl ClassRef {
    pub(super) fn of<T: Mapped>() -> ClassRef {
        ClassRef { id: TypeId::of::<T>(), name: T::NAME, definition: T::definition }
    }
}

/// What a mapped struct says of itself.
pub struct Definition {
    pub(super) module: &'static str,
    pub(super) table: Option<Table>,
    /// The columns in order: the attribute's name, the column, and what the mapper is told.
    pub(super) columns: Vec<ColumnDefinition>,
    pub(super) relationships: Vec<RelationshipDefinition>,
    pub(super) inherits: Option<ClassRef>,
    pub(super) polymorphic_on: Option<&'static str>,
    pub(super) polymorphic_identity: Option<Value>,
}

impl Definition {
    /// A class without a table of its own, in the module of that path.
    pub fn new(module: &'static str) -> Definition {
        Definition {
            module,
            table: None,
            columns: Vec::new(),
            relationships: Vec::new(),
            inherits: None,
            polymorphic_on: None,
            polymorphic_identity: None,
        }
    }

    /// The name of its table.
    pub fn table(mut self, name: &str) -> Definition {
        self.table = Some(Table::new(name));
        self
    }

    /// Changes its table: a schema, constraints over several columns, indexes.
    pub fn with_table(mut self, change: impl FnOnce(Table) -> Table) -> Definition {
        self.table = self.table.map(change);
        self
    }

    /// No two rows have the same values in all of these columns.
    pub fn unique(self, columns: &[&str]) -> Definition {
        let columns = columns.iter().map(|column| column.to_string()).collect();
        self.with_table(|table| table.constraint(Constraint::new(ConstraintKind::Unique { columns })))
    }

    /// An index over several columns, under a name.
    pub fn index(self, name: &str, columns: &[&str]) -> Definition {
        let columns = columns.iter().map(|column| column.to_string()).collect();
        self.with_table(|table| table.index(Index::new(Some(name.into()), columns)))
    }

    /// A column.
    pub fn column<C, V: ColumnValue>(
        mut self,
        attribute: Column<C, V>,
        change: impl FnOnce(ColumnDefinition) -> ColumnDefinition,
    ) -> Definition {
        let mut column = schema::Column::new(attribute.key(), V::Base::sql_type());
        column.nullable = V::NULLABLE;
        let key = attribute.key();
        let own = ColumnDefinition { key, column, deferred: false, version_id: false };
        self.columns.push(change(own));
        self
    }

    /// A relationship.
    pub fn relationship<C, K: Related>(
        mut self,
        attribute: Relationship<C, K>,
        change: impl FnOnce(RelationshipDefinition) -> RelationshipDefinition,
    ) -> Definition {
        self.relationships.push(change(RelationshipDefinition {
            key: attribute.key(),
            target: ClassRef::of::<K::Target>(),
            uselist: K::USELIST,
            secondary: None,
            primaryjoin: None,
            secondaryjoin: None,
            foreign_keys: Vec::new(),
            remote_side: Vec::new(),
            back_populates: None,
            cascade: None,
            order_by: Vec::new(),
            lazy: Lazy::default(),
            options: RelationshipOptions::default(),
        }));
        self
    }

    /// The class that it inherits from, and the value that tells its rows.
    pub fn inherits<Parent: Mapped>(mut self) -> Definition {
        self.inherits = Some(ClassRef::of::<Parent>());
        self
    }

    /// The attribute that tells which class of a hierarchy a row is of.
    pub fn polymorphic_on(mut self, attribute: &'static str) -> Definition {
        self.polymorphic_on = Some(attribute);
        self
    }

    /// The value by which rows of this class are told from those of others.
    pub fn polymorphic_identity(mut self, value: impl Into<Value>) -> Definition {
        self.polymorphic_identity = Some(value.into());
        self
    }
}

/// A column of a mapped struct.
pub struct ColumnDefinition {
    pub(super) key: &'static str,
    /// The column, to be changed as any other.
    pub column: schema::Column,
    pub(super) deferred: bool,
    pub(super) version_id: bool,
}

impl ColumnDefinition {
    /// Has the column changed.
    pub fn with(mut self, change: impl FnOnce(schema::Column) -> schema::Column) -> ColumnDefinition {
        self.column = change(self.column);
        self
    }

    /// The name that it has in the database.
    pub fn named(mut self, name: &str) -> ColumnDefinition {
        self.column.name = name.into();
        self.column.key = name.into();
        self
    }

    /// The type that it has in the database.
    pub fn sql_type(mut self, sql_type: SqlType) -> ColumnDefinition {
        self.column.sql_type = sql_type;
        self
    }

    /// Has it loaded only when it is asked for.
    pub fn deferred(mut self) -> ColumnDefinition {
        self.deferred = true;
        self
    }

    /// Has it count the versions of a row.
    pub fn version_id(mut self) -> ColumnDefinition {
        self.version_id = true;
        self
    }

    /// What its reference does: `ON DELETE`, `ON UPDATE`.
    pub fn rules(mut self, rules: &ForeignKeyRules) -> ColumnDefinition {
        for key in &mut self.column.foreign_keys {
            key.rules.clone_from(rules);
        }
        self
    }
}

/// A relationship of a mapped struct.
pub struct RelationshipDefinition {
    pub(super) key: &'static str,
    pub(super) target: ClassRef,
    pub(super) uselist: bool,
    pub(super) secondary: Option<&'static str>,
    pub(super) primaryjoin: Option<Deferred<Expr>>,
    pub(super) secondaryjoin: Option<Deferred<Expr>>,
    pub(super) foreign_keys: Vec<Deferred<Expr>>,
    pub(super) remote_side: Vec<Deferred<Expr>>,
    pub(super) back_populates: Option<&'static str>,
    pub(super) cascade: Option<&'static str>,
    pub(super) order_by: Vec<Deferred<Expr>>,
    /// When related objects are loaded.
    pub lazy: Lazy,
    /// What else it is told.
    pub options: RelationshipOptions,
}

impl RelationshipDefinition {
    /// The attribute at the other end that mirrors this one.
    pub fn back_populates(mut self, key: &'static str) -> Self {
        self.back_populates = Some(key);
        self
    }

    /// `"all, delete-orphan"`
    pub fn cascade(mut self, words: &'static str) -> Self {
        self.cascade = Some(words);
        self
    }

    /// The table between the two.
    pub fn secondary(mut self, table: &'static str) -> Self {
        self.secondary = Some(table);
        self
    }

    /// The order in which a collection is loaded.
    pub fn order_by(mut self, expression: impl Expression) -> Self {
        self.order_by.push(expression.sql().deferred());
        self
    }

    /// The columns to regard as foreign keys.
    pub fn foreign_keys(mut self, column: impl Expression) -> Self {
        self.foreign_keys.push(column.sql().deferred());
        self
    }

    /// The columns to regard as the other side's.
    pub fn remote_side(mut self, column: impl Expression) -> Self {
        self.remote_side.push(column.sql().deferred());
        self
    }

    /// The join, where it is not made from foreign keys.
    pub fn primaryjoin(mut self, condition: impl Expression) -> Self {
        self.primaryjoin = Some(condition.sql().deferred());
        self
    }

    /// The join of the other side of the table between.
    pub fn secondaryjoin(mut self, condition: impl Expression) -> Self {
        self.secondaryjoin = Some(condition.sql().deferred());
        self
    }

    /// When related objects are loaded.
    pub fn lazy(mut self, lazy: Lazy) -> Self {
        self.lazy = lazy;
        self
    }

    /// Changes what else it is told.
    pub fn with(mut self, change: impl FnOnce(&mut RelationshipOptions)) -> Self {
        change(&mut self.options);
        self
    }

    pub(super) fn parsed_cascade(&self) -> OrmResult<Option<Cascade>> {
        self.cascade.map(Cascade::parse).transpose()
    }

    /// The columns that expressions are, where they are columns.
    pub(super) fn columns(
        exprs: &[Deferred<Expr>],
        scope: &Scope<'_>,
    ) -> OrmResult<Vec<crate::types::ColumnId>> {
        let mut columns = Vec::new();
        for expr in exprs {
            let expr = expr(scope)?;
            if let crate::sql::Kind::Column(column) = expr.kind() {
                columns.extend(column.base);
            }
        }
        Ok(columns)
    }
}

/// Mapped structs that are told of at once: one, or a tuple of them.
pub trait Classes {
    /// What they are.
    #[doc(hidden)]
    fn classes() -> Vec<ClassRef>;
}

impl<T: Mapped> Classes for T {
    fn classes() -> Vec<ClassRef> {
        vec![ClassRef::of::<T>()]
    }
}

macro_rules! classes {
    ($(($($part:ident),*);)*) => {
        $(impl<$($part: Mapped),*> Classes for ($($part,)*) {
            fn classes() -> Vec<ClassRef> {
                vec![$(ClassRef::of::<$part>()),*]
            }
        })*
    };
}

classes! {
    (A, B);
    (A, B, C);
    (A, B, C, D);
    (A, B, C, D, E);
    (A, B, C, D, E, F);
    (A, B, C, D, E, F, G);
    (A, B, C, D, E, F, G, H);
}
