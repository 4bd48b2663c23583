//! SQLAlchemy's engine, schema, expression language and Session in Rust.
//!
//! There are two ways to use it. With [`typed`], structs are mapped to tables by
//! `#[derive(Mapped)]`, and Rust knows the type of each attribute, statement and
//! row; the README shows it beside the Python that it mirrors. What follows here
//! is the way beneath, by ids and by name, on which the other stands.
//!
//! # Five minutes
//! A [`Schema`](schema::Schema) holds the tables, [`Engines`](engine::Engines)
//! the databases; statements are built from both by name, and are plain data
//! until they are compiled or executed.
//!
//! ```
//! use std::rc::Rc;
//!
//! use ormscope::engine::driver::SqliteDriver;
//! use ormscope::engine::{EngineOptions, Engines, Parameters, Url};
//! use ormscope::schema::{Column, Schema, Table};
//! use ormscope::sql::compiler::Dialect;
//! use ormscope::sql::{Insert, Select, to_sql};
//! use ormscope::types::SqlType;
//!
//! // engine = create_engine("sqlite://"); connection = engine.connect()
//! let mut engines = Engines::new(Rc::new(SqliteDriver));
//! let engine = engines.create(Url::parse("sqlite://")?, EngineOptions::default())?;
//! let connection = engines.connect(engine)?;
//!
//! // Table("owner", metadata, Column("id", Integer, primary_key=True), …)
//! let mut schema = Schema::default();
//! let metadata = schema.add_metadata(Default::default());
//! let id = || Column::new("id", SqlType::Integer).primary_key();
//! let name = || Column::new("name", SqlType::Text).not_null();
//! let owner = schema.add_table(metadata, Table::new("owner").column(id()).column(name()))?;
//! let pet = Table::new("pet")
//!     .column(id())
//!     .column(name())
//!     .column(Column::new("age", SqlType::Integer))
//!     .column(Column::new("owner_id", SqlType::Integer).references("owner.id"));
//! let pet = schema.add_table(metadata, pet)?;
//!
//! // metadata.create_all(connection)
//! engines.create_tables(&schema, connection, &[owner, pet], true)?;
//!
//! // connection.execute(insert(owner).values(id=1, name="Ann"))
//! let ann = Insert::into(owner).value("id", 1).value("name", "Ann");
//! engines.execute(&schema, connection, ann, &Parameters::None)?;
//!
//! // connection.execute(insert(pet), [{"name": "Rex", …}, …])
//! let pets = Parameters::many(
//!     ["name", "age", "owner_id"],
//!     [["Rex".into(), 3.into(), 1.into()], ["Tom".into(), 12.into(), 1.into()]],
//! );
//! engines.execute(&schema, connection, Insert::into(pet), &pets)?;
//! engines.commit(connection)?;
//!
//! // select(pet.c.name, owner.c.name.label("owner")).join(owner).where(…).order_by(…)
//! let (pet_name, age) = (schema.c(pet, "name")?, schema.c(pet, "age")?);
//! let owner_name = schema.c(owner, "name")?;
//! let old = Select::of([pet_name.clone(), owner_name.named_as("owner")])
//!     .join(owner)
//!     .where_((age.gt(10) & owner_name.like("A%")) | age.is_null())
//!     .order_by([age.desc(), pet_name]);
//! assert_eq!(
//!     to_sql(&schema, &old, Dialect::Sqlite)?,
//!     "SELECT pet.name, owner.name AS owner \n\
//!      FROM pet JOIN owner ON owner.id = pet.owner_id \n\
//!      WHERE pet.age > ? AND owner.name LIKE ? OR pet.age IS NULL \
//!      ORDER BY pet.age DESC, pet.name",
//! );
//!
//! // for row in connection.execute(…)
//! let found = engines.execute(&schema, connection, &old, &Parameters::None)?;
//! for row in &found.rows {
//!     println!("{} belongs to {}", row[0], row[1]);
//! }
//! assert_eq!(found.rows, [["Tom".into(), "Ann".into()]]);
//! engines.close(connection)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to go on
//! | to | see |
//! | --- | --- |
//! | compare, compute, negate, sort | [`Expr`](sql::Expr) |
//! | select, join, group, `WITH` | [`Select`](sql::Select) |
//! | insert, upsert; change; delete | [`Insert`](sql::Insert), [`OnConflict`](sql::OnConflict); [`Update`](sql::Update); [`Delete`](sql::Delete) |
//! | see the SQL of a statement, of an expression | [`to_sql`](sql::to_sql), [`compile_to_text`](sql::compiler::compile_to_text) |
//! | see parameters and result columns too | [`compile`](sql::compiler::compile) |
//! | define tables, constraints, defaults | [`schema`] |
//! | connect, execute, commit, reflect | [`engine`] |
//! | map structs, use a session | [`typed`], [`#[derive(Mapped)]`](derive@typed::Mapped) |
//! | map classes that only the program knows, by ids | [`orm`] |
//!
//! # The doors to raw SQL
//! Values are bound and names are quoted where they must be, whatever is in
//! them. SQL that is taken as it is comes in only through these:
//!
//! | door | takes |
//! | --- | --- |
//! | [`Statement::text`](sql::Statement::text), [`Expr::text`](sql::Expr::text), [`TextStatement`](sql::TextStatement) | a statement, or a part of one; `:name` is a bind |
//! | [`typed::text`] | the same in statements of mapped structs |
//! | [`Expr::literal_column`](sql::Expr::literal_column) | a column's place |
//! | [`CustomOperator`](sql::CustomOperator) (`op()`) | an operator |
//! | [`Frame::exclude`](sql::Frame), [`Kind::Extract`](sql::Kind::Extract) | what follows EXCLUDE; the field |
//! | [`Kind::NameReference`](sql::Kind::NameReference) | a name, where it is printed outside of any SELECT |
//! | [`Affix`](sql::Affix), [`Hint`](sql::Hint) | prefixes, suffixes and hints of statements and CTEs |
//! | `quote` of `Some(false)` in [`Column`](schema::Column), [`Table`](schema::Table), [`Index`](schema::Index) | names that are never quoted |
//! | [`Table::prefixes`](schema::Table), [`Options`](schema::Options), [`Ddl::Text`](sql::Ddl::Text) | texts of DDL; defaults, checks and computed columns are expressions |
//! | a `DOMAIN`'s check and default, the operator classes of an exclusion, the options of a [view](schema::MadeOf) | parts of PostgreSQL's DDL |
//! | [`SqlType`](types::SqlType) of the program's own, collations and character sets of MySQL's types | the text of a column's type |
//! | [`Engines::execute_raw`](engine::Engines::execute_raw) | a statement for the driver (`exec_driver_sql`) |

#![warn(missing_docs)]

pub mod engine;
pub mod expression;
pub mod orm;
pub mod schema;
pub mod sql;
pub mod typed;
pub mod types;
