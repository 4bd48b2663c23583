//! `#[derive(Mapped)]`: from a struct to what `ormscope::typed` wants to know of it.
//!
//! It reads syntax and writes syntax, and knows no type: whatever it writes is
//! checked where the struct is. SQLAlchemy counterpart: the scan of a class in
//! `sqlalchemy.orm.decl_base`.

mod class;
mod field;
mod write;

use proc_macro::TokenStream;

/// Maps a struct to a table.
///
/// The struct's fields become attributes: `User::name` for a column,
/// `User::addresses` for a relationship, each a constant of the struct. A field
/// of type `Option<T>` takes NULL; one of type `Many<T>` or `One<T>` is a
/// relationship. Which types a column can have is said by `ColumnType`.
///
/// # On the struct
/// | attribute | says |
/// | --- | --- |
/// | `table = "users"` | the table's name |
/// | `schema = "main"` | the schema that it is in |
/// | `unique(first, last)` | no two rows have the same values in all of these fields |
/// | `index(name = "ix_names", first, last)` | an index over several fields |
/// | `polymorphic_on = kind` | the field that tells which class of a hierarchy a row is of |
/// | `polymorphic_identity = "employee"` | its value for this class |
/// | `inherits = Employee` | the class that it inherits from; without a `table`, it is in the same |
///
/// # On a column
/// | attribute | says |
/// | --- | --- |
/// | `primary_key` | part of the primary key |
/// | `foreign_key = "users.id"` | what it refers to |
/// | `on_delete = "CASCADE"`, `on_update = "…"` | what the reference does |
/// | `unique`, `index` | a constraint, an index of its own |
/// | `name = "user_name"` | its name in the database, where that is not the field's |
/// | `length = 50` | the most characters |
/// | `sql_type = SqlType::Text` | its type in the database |
/// | `default = 0`, `default_with = now` | the value of rows inserted without one: a value, a function |
/// | `server_default = "0"` | the same, made by the database: a string, or an `Expr` |
/// | `deferred` | it is loaded when it is asked for |
/// | `version_id` | it counts the versions of a row |
///
/// # On a relationship
/// | attribute | says |
/// | --- | --- |
/// | `back_populates = "user"` | the attribute at the other end that mirrors it |
/// | `cascade = "all, delete-orphan"` | what happens to related objects |
/// | `secondary = "user_groups"` | the table between the two |
/// | `order_by = Address::id` | the order in which it is loaded; several times for several expressions |
/// | `lazy = "selectin"` | when it is loaded: `select`, `joined`, `selectin`, `subquery`, `immediate`, `raise`, `raise_on_sql`, `noload`, `write_only` |
/// | `foreign_keys = Order::billing_id` | which column refers to the other side, where several do |
/// | `remote_side = Node::id` | the other side's column, where a class refers to itself |
/// | `primaryjoin = …`, `secondaryjoin = …` | the join, where foreign keys do not tell |
/// | `viewonly`, `passive_deletes`, `single_parent`, `post_update` | as in SQLAlchemy |
///
/// A mistake is told where it stands.
#[proc_macro_derive(Mapped, attributes(mapped))]
pub fn mapped(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand(&input).unwrap_or_else(|error| error.into_compile_error()).into()
}

/// What is written for a struct.
fn expand(input: &syn::DeriveInput) -> syn::Result<proc_macro2::TokenStream> {
    class::Class::read(input).map(|class| write::written(&class))
}

#[cfg(test)]
mod tests;
