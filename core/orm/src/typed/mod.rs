//! Mapped structs: classes, attributes and statements whose types Rust knows.
//!
//! [`#[derive(Mapped)]`](derive@Mapped) on a struct gives its table, its mapper
//! and its attributes as values ([`Column`], [`Relationship`]); a [`Database`]
//! is told of the classes, and its [`Session`] speaks of objects by handles
//! ([`Instance`]). Nothing is named by strings. It adds no behaviour: whatever
//! happens, happens in the floor below, which does not know of this one.
//! SQLAlchemy counterpart: `sqlalchemy.orm` with Declarative.
//!
//! The README of this crate shows it beside the Python that it mirrors.
//!
//! ```
//! use ormscope::typed::prelude::*;
//!
//! #[derive(Mapped)]
//! #[mapped(table = "users")]
//! struct User {
//!     #[mapped(primary_key)]
//!     id: i64,
//!     name: String,
//!     #[mapped(back_populates = "user", cascade = "all, delete-orphan")]
//!     addresses: Many<Address>,
//! }
//!
//! #[derive(Mapped)]
//! #[mapped(table = "addresses")]
//! struct Address {
//!     #[mapped(primary_key)]
//!     id: i64,
//!     email: String,
//!     #[mapped(foreign_key = "users.id")]
//!     user_id: i64,
//!     #[mapped(back_populates = "addresses")]
//!     user: One<User>,
//! }
//!
//! let mut db = Database::open("sqlite://")?;
//! db.create_all::<(User, Address)>()?;
//! let mut session = db.session();
//! session.add(new!(User { name: "ed", addresses: [new!(Address { email: "ed@example.org" })] }))?;
//! session.commit()?;
//!
//! let at_example = select::<User>().join(User::addresses).where_(Address::email.ends_with("example.org"));
//! for user in session.scalars(at_example)?.all()? {
//!     assert_eq!(user.get(&mut session, User::name)?, "ed");
//!     for address in user.get(&mut session, User::addresses)? {
//!         assert_eq!(address.get(&mut session, Address::user)?.as_ref(), Some(&user));
//!     }
//! }
//! # Ok::<(), OrmError>(())
//! ```

mod alias;
mod attribute;
mod database;
mod execute;
mod expression;
pub mod func;
mod hooks;
mod instance;
mod mapped;
mod new;
mod options;
mod registry;
mod related;
mod result;
mod scope;
mod select;
mod session;
mod values;

pub use alias::{Alias, Class, aliased, class};
pub use attribute::{Attribute, Column, Many, One, Related, Relationship};
pub use database::Database;
pub use execute::{Delete, Executable, Insert, Update, delete, insert, update};
pub use expression::{
    Base, Comparable, Conditions, Expression, Expressions, Literal, Operand, Sql, literal, text,
};
pub use instance::{Fields, Instance};
pub use mapped::{ClassRef, Classes, ColumnDefinition, Definition, IsA, Mapped, RelationshipDefinition};
pub use new::{Addable, Assign, Member, MemberToMake, New, Setting};
pub use options::{
    Load, contains_eager, defaultload, defer, immediateload, joinedload, lazyload, raiseload, selectinload,
    subqueryload, undefer,
};
pub use ormscope_derive::Mapped;
pub use related::{Along, Narrowed, with_parent};
pub use result::{FromRow, Rows, Single};
pub use scope::Scope;
pub use select::{JoinPath, Maybe, Select, Selection, Source, select};
pub use session::{AnyInstance, Session};
pub use values::{ColumnType, ColumnValue, Decimal, Interval, Key, ParseValueError, Uuid};

/// What a program of mapped structs needs: `use ormscope::typed::prelude::*`.
pub mod prelude {
    pub use super::{
        Alias, AnyInstance, ColumnType, Database, Decimal, Expression, Instance, Interval, Many, Mapped, New,
        One, Rows, Select, Session, Sql, Uuid, aliased, class, contains_eager, defaultload, defer, delete,
        func, immediateload, insert, joinedload, lazyload, literal, raiseload, select, selectinload,
        subqueryload, undefer, update, with_parent,
    };
    pub use crate::new;
    pub use crate::orm::{Lifecycle, OrmError, OrmErrorKind, OrmResult};
}
