//! Writing statements in Rust: methods with SQLAlchemy's names, each of which
//! gives the statement with something added.
//!
//! SQLAlchemy counterpart: the generative methods of `Select`, `Insert`, `Update`
//! and `Delete`.

use std::rc::Rc;

use super::build::ExpressionError;
use super::dml::{
    Assignment, ConflictDialect, ConflictTarget, Delete, Insert, InsertValues, OnConflict, Update,
};
use super::element::{Bind, BindValue, Expr};
use super::from::{Alias, AliasKind, AliasOf, Cte, From, JoinKind};
use super::operand::Operand;
use super::select::{Distinct, JoinTarget, Select, SelectItem, SetOp};
use super::statement::{Statement, TextStatement};
use crate::types::{SqlType, Value};

macro_rules! statements {
    ($($kind:ident),*) => {
        $(
            impl std::convert::From<$kind> for Statement {
                fn from(statement: $kind) -> Statement {
                    Statement::$kind(statement)
                }
            }

            impl std::convert::From<&$kind> for Statement {
                fn from(statement: &$kind) -> Statement {
                    Statement::$kind(statement.clone())
                }
            }
        )*
    };
}

statements!(Select, Insert, Update, Delete);

impl std::convert::From<&Statement> for Statement {
    fn from(statement: &Statement) -> Statement {
        statement.clone()
    }
}

impl Statement {
    /// `text()`; each `:name` is a bind.
    ///
    /// This is a door to raw SQL: the text is not looked at.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// assert_eq!(text(Statement::text("SELECT :n"))?, "SELECT :n");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn text(sql: &str) -> Statement {
        Statement::Text(Rc::new(TextStatement::new(sql)))
    }
}

impl Select {
    /// More to select.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let select = Select::of([id]).column(age).select_from(pet).distinct();
    /// assert_eq!(text(select.into())?, "SELECT DISTINCT pet.id, pet.age \nFROM pet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn column(mut self, expr: impl Into<Expr>) -> Select {
        self.items.push(SelectItem::Expr(expr.into()));
        self
    }

    /// What stands in FROM even where no column is of it.
    pub fn select_from(mut self, from: impl Into<From>) -> Select {
        self.from.push(from.into());
        self
    }

    /// A condition of WHERE; several are joined by AND.
    ///
    /// ```
    /// use ormscope::schema::{Column, Schema, Table};
    /// use ormscope::sql::compiler::Dialect;
    /// use ormscope::sql::{Expr, Select, to_sql};
    /// use ormscope::types::SqlType;
    ///
    /// let mut schema = Schema::default();
    /// let metadata = schema.add_metadata(Default::default());
    /// let table = Table::new("pet")
    ///     .column(Column::new("name", SqlType::Text))
    ///     .column(Column::new("age", SqlType::Integer));
    /// let pet = schema.add_table(metadata, table)?;
    /// let (name, age) = (schema.c(pet, "name")?, schema.c(pet, "age")?);
    ///
    /// let oldest = Select::of([name.clone(), age.clone()])
    ///     .where_(age.gt(3))
    ///     .where_(name.is_not_null())
    ///     .order_by([age.desc(), name.clone()])
    ///     .limit(2);
    /// assert_eq!(
    ///     to_sql(&schema, &oldest, Dialect::Default)?,
    ///     "SELECT pet.name, pet.age \n\
    ///      FROM pet \n\
    ///      WHERE pet.age > :age_1 AND pet.name IS NOT NULL ORDER BY pet.age DESC, pet.name\n \
    ///      LIMIT :param_1",
    /// );
    ///
    /// let namesakes = Select::of([name.clone(), Expr::func("count", []).named_as("n")])
    ///     .group_by([name])
    ///     .having(Expr::func("count", []).gt(1));
    /// assert_eq!(
    ///     to_sql(&schema, &namesakes, Dialect::Default)?,
    ///     "SELECT pet.name, count(*) AS n \n\
    ///      FROM pet GROUP BY pet.name \n\
    ///      HAVING count(*) > :count_1",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn where_(mut self, condition: impl Into<Expr>) -> Select {
        self.where_.push(condition.into());
        self
    }

    /// `GROUP BY`
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let counted = Select::of([age.clone()]).group_by([age]).having(Expr::func("count", []).gt(1));
    /// assert_eq!(text(counted.into())?, "SELECT pet.age \nFROM pet GROUP BY pet.age \nHAVING count(*) > :count_1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn group_by(mut self, exprs: impl IntoIterator<Item = Expr>) -> Select {
        self.group_by.extend(exprs);
        self
    }

    /// A condition of HAVING; several are joined by AND.
    pub fn having(mut self, condition: impl Into<Expr>) -> Select {
        self.having.push(condition.into());
        self
    }

    /// `ORDER BY`
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let page = Select::of([id.clone()]).order_by([id.desc()]).limit(10).offset(20);
    /// assert_eq!(text(page.into())?, "SELECT pet.id \nFROM pet ORDER BY pet.id DESC\n LIMIT :param_1 OFFSET :param_2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn order_by(mut self, exprs: impl IntoIterator<Item = Expr>) -> Select {
        self.order_by.extend(exprs);
        self
    }

    /// `LIMIT`
    pub fn limit(mut self, count: i64) -> Select {
        self.limit = Some(Expr::bind("param", Value::Int(count), SqlType::Integer));
        self
    }

    /// `OFFSET`
    pub fn offset(mut self, count: i64) -> Select {
        self.offset = Some(Expr::bind("param", Value::Int(count), SqlType::Integer));
        self
    }

    /// `SELECT DISTINCT`
    pub fn distinct(mut self) -> Select {
        self.distinct = Distinct::Yes;
        self
    }

    /// `JOIN`, with the condition that follows from the foreign keys.
    ///
    /// ```
    /// use ormscope::schema::{Column, Schema, Table};
    /// use ormscope::sql::compiler::Dialect;
    /// use ormscope::sql::{Select, to_sql};
    /// use ormscope::types::SqlType;
    ///
    /// let mut schema = Schema::default();
    /// let metadata = schema.add_metadata(Default::default());
    /// let id = || Column::new("id", SqlType::Integer).primary_key();
    /// let owner = schema.add_table(metadata, Table::new("owner").column(id()))?;
    /// let reference = Column::new("owner_id", SqlType::Integer).references("owner.id");
    /// let pet = schema.add_table(metadata, Table::new("pet").column(id()).column(reference))?;
    ///
    /// let pets = Select::of([schema.c(pet, "id")?, schema.c(owner, "id")?]);
    /// assert_eq!(
    ///     to_sql(&schema, pets.clone().join(owner), Dialect::Default)?,
    ///     "SELECT pet.id, owner.id AS id_1 \nFROM pet JOIN owner ON owner.id = pet.owner_id",
    /// );
    /// let older = schema.c(pet, "id")?.gt(schema.c(owner, "id")?);
    /// assert_eq!(
    ///     to_sql(&schema, pets.outer_join_on(owner, older), Dialect::Default)?,
    ///     "SELECT pet.id, owner.id AS id_1 \nFROM pet LEFT OUTER JOIN owner ON pet.id > owner.id",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn join(self, right: impl Into<From>) -> Select {
        self.joined(right.into(), None, JoinKind::Inner)
    }

    /// `JOIN … ON` a condition.
    pub fn join_on(self, right: impl Into<From>, on: impl Into<Expr>) -> Select {
        self.joined(right.into(), Some(on.into()), JoinKind::Inner)
    }

    /// `LEFT OUTER JOIN`, with the condition that follows from the foreign keys.
    pub fn outer_join(self, right: impl Into<From>) -> Select {
        self.joined(right.into(), None, JoinKind::Outer)
    }

    /// `LEFT OUTER JOIN … ON` a condition.
    pub fn outer_join_on(self, right: impl Into<From>, on: impl Into<Expr>) -> Select {
        self.joined(right.into(), Some(on.into()), JoinKind::Outer)
    }

    fn joined(mut self, right: From, on: Option<Expr>, kind: JoinKind) -> Select {
        self.joins.push(JoinTarget::new(right, on, kind));
        self
    }

    /// This in WITH, under a name.
    ///
    /// ```
    /// use ormscope::schema::Schema;
    /// use ormscope::sql::compiler::Dialect;
    /// use ormscope::sql::{Expr, Select, SetOp, to_sql};
    /// use ormscope::types::SqlType;
    ///
    /// let schema = Schema::default();
    /// let one = Expr::literal_column("1", SqlType::Integer).named_as("n");
    /// let numbers = Select::of([one]).recursive_cte("numbers");
    /// let n = schema.c(&numbers, "n")?;
    /// let numbers = numbers.continued(SetOp::UnionAll, Select::of([&n + 1]).where_(n.lt(10)))?;
    /// assert_eq!(
    ///     to_sql(&schema, Select::of([schema.c(&numbers, "n")?]), Dialect::Default)?,
    ///     "WITH RECURSIVE numbers(n) AS \n\
    ///      (SELECT 1 AS n UNION ALL SELECT numbers.n + :n_1 AS anon_1 \n\
    ///      FROM numbers \n\
    ///      WHERE numbers.n < :n_2)\n \
    ///      SELECT numbers.n \n\
    ///      FROM numbers",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cte(&self, name: &str) -> Rc<Alias> {
        self.named(Some(name), AliasKind::Cte(Cte::default()))
    }

    /// This in WITH RECURSIVE, to be [continued](Alias::continued).
    pub fn recursive_cte(&self, name: &str) -> Rc<Alias> {
        self.named(Some(name), AliasKind::Cte(Cte { recursive: true, ..Cte::default() }))
    }
}

impl Alias {
    /// A CTE that goes on with another select, which may be of itself.
    ///
    /// # Errors
    /// When this is no CTE of a select.
    pub fn continued(&self, op: SetOp, next: Select) -> Result<Rc<Alias>, ExpressionError> {
        let (Some(cte), Some(first)) = (self.cte(), self.select()) else {
            return Err(ExpressionError::Argument("only a CTE of a SELECT can be continued".into()));
        };
        let combined = Statement::Select(Select::combined(op, vec![first.clone(), next]));
        let cte = Cte { restates: Some(cte.restates.unwrap_or(self.id)), ..cte.clone() };
        Ok(Alias::new(AliasOf::Statement(Rc::new(combined)), self.name.as_deref(), AliasKind::Cte(cte)))
    }
}

impl Assignment {
    /// A value for the column of that key, whose type it takes; or an expression.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let mut update = Update::of(pet);
    /// update.values.push(Assignment::of("age", 3));
    /// assert_eq!(text(update.into())?, "UPDATE pet SET age=:age");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(key: &str, value: impl Into<Operand>) -> Assignment {
        let value = match value.into() {
            Operand::Expr(expr) => expr,
            Operand::Value(value) => {
                Expr::from(Bind { for_column: true, ..Bind::unique("param", BindValue::One(value)) })
            }
        };
        Assignment::to(key, value)
    }
}

impl Insert {
    /// A value for a column of the one row that is inserted.
    ///
    /// ```
    /// use ormscope::schema::{Column, Schema, Table};
    /// use ormscope::sql::compiler::Dialect;
    /// use ormscope::sql::{Expr, Insert, OnConflict, to_sql};
    /// use ormscope::types::SqlType;
    ///
    /// let mut schema = Schema::default();
    /// let metadata = schema.add_metadata(Default::default());
    /// let table = Table::new("pet")
    ///     .column(Column::new("id", SqlType::Integer).primary_key())
    ///     .column(Column::new("name", SqlType::Text));
    /// let pet = schema.add_table(metadata, table)?;
    ///
    /// let insert = Insert::into(pet).value("id", 1).value("name", "Rex");
    /// assert_eq!(
    ///     to_sql(&schema, &insert, Dialect::Default)?,
    ///     "INSERT INTO pet (id, name) VALUES (:id, :name)",
    /// );
    /// let insert = insert.returning([schema.c(pet, "id")?]);
    /// assert_eq!(
    ///     to_sql(&schema, &insert, Dialect::Sqlite)?,
    ///     "INSERT INTO pet (id, name) VALUES (?, ?) RETURNING id",
    /// );
    /// let several = Insert::into(pet).rows(["name"], [["Rex".into()], ["Tom".into()]]);
    /// assert_eq!(
    ///     to_sql(&schema, &several, Dialect::Default)?,
    ///     "INSERT INTO pet (name) VALUES (:name_m0), (:name_m1)",
    /// );
    ///
    /// // An upsert: what was to be inserted is called `excluded`.
    /// let excluded = ormscope::sql::From::from(pet).aliased(Some("excluded"));
    /// let renames = OnConflict::in_sqlite([schema.c(pet, "id")?]).set("name", schema.c(&excluded, "name")?);
    /// assert_eq!(
    ///     to_sql(&schema, Insert::into(pet).value("id", 1).value("name", "Rex").on_conflict(renames), Dialect::Sqlite)?,
    ///     "INSERT INTO pet (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value(mut self, key: &str, value: impl Into<Operand>) -> Insert {
        let assignment = Assignment::of(key, value);
        match &mut self.values {
            InsertValues::Row(row) => row.push(assignment),
            _ => self.values = InsertValues::Row(vec![assignment]),
        }
        self
    }

    /// Several rows in one statement.
    pub fn rows<const N: usize>(
        mut self,
        keys: [&str; N],
        rows: impl IntoIterator<Item = [Operand; N]>,
    ) -> Insert {
        let row =
            |row: [Operand; N]| keys.iter().zip(row).map(|(key, value)| Assignment::of(key, value)).collect();
        self.values = InsertValues::Rows(rows.into_iter().map(row).collect());
        self
    }

    /// The rows of a select, for the columns of these keys.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let copy = Insert::into(pet).from_select(["age"], Select::of([id]));
    /// assert_eq!(text(copy.into())?, "INSERT INTO pet (age) SELECT pet.id \nFROM pet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_select<const N: usize>(mut self, keys: [&str; N], select: Select) -> Insert {
        let keys = keys.into_iter().map(Rc::from).collect();
        self.values = InsertValues::Select(keys, Box::new(select), true);
        self
    }

    /// What happens to a row that conflicts with one that is there.
    pub fn on_conflict(mut self, conflict: OnConflict) -> Insert {
        self.on_conflict.push(conflict);
        self
    }

    /// `RETURNING`
    pub fn returning(mut self, exprs: impl IntoIterator<Item = Expr>) -> Insert {
        self.returning.extend(exprs.into_iter().map(SelectItem::Expr));
        self
    }
}

impl OnConflict {
    /// SQLite's `ON CONFLICT (…) DO NOTHING`, until something is [set](OnConflict::set).
    pub fn in_sqlite(index: impl IntoIterator<Item = Expr>) -> OnConflict {
        OnConflict::with(ConflictDialect::Sqlite, ConflictTarget::Index(index.into_iter().collect(), None))
    }

    /// PostgreSQL's `ON CONFLICT (…) DO NOTHING`, until something is [set](OnConflict::set).
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let upsert = Insert::into(pet).value("id", 1).on_conflict(OnConflict::in_postgresql([id]).set("age", 3));
    /// assert_eq!(
    ///     to_sql(&schema, &upsert, Dialect::Postgresql)?,
    ///     "INSERT INTO pet (id) VALUES (%(id)s::INTEGER) ON CONFLICT (id) DO UPDATE SET age = %(param_1)s::INTEGER",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn in_postgresql(index: impl IntoIterator<Item = Expr>) -> OnConflict {
        OnConflict::with(
            ConflictDialect::Postgresql,
            ConflictTarget::Index(index.into_iter().collect(), None),
        )
    }

    fn with(dialect: ConflictDialect, target: ConflictTarget) -> OnConflict {
        OnConflict { dialect, target, set: None, where_: None, ordered: false, proposed: None }
    }

    /// `DO UPDATE SET` a column of the row that is there.
    pub fn set(mut self, key: &str, value: impl Into<Operand>) -> OnConflict {
        let assignment = Assignment::of(key, value);
        self.set.get_or_insert_default().push((key.into(), assignment.value));
        self
    }
}

impl Update {
    /// What a column is set to.
    ///
    /// ```
    /// use ormscope::schema::{Column, Schema, Table};
    /// use ormscope::sql::compiler::Dialect;
    /// use ormscope::sql::{Delete, Update, to_sql};
    /// use ormscope::types::SqlType;
    ///
    /// let mut schema = Schema::default();
    /// let metadata = schema.add_metadata(Default::default());
    /// let table = Table::new("pet").column(Column::new("age", SqlType::Integer));
    /// let pet = schema.add_table(metadata, table)?;
    /// let age = schema.c(pet, "age")?;
    ///
    /// let birthday = Update::of(pet).value("age", &age + 1).where_(age.lt(9));
    /// assert_eq!(
    ///     to_sql(&schema, &birthday, Dialect::Default)?,
    ///     "UPDATE pet SET age=(pet.age + :age_1) WHERE pet.age < :age_2",
    /// );
    /// let farewell = Delete::from(pet).where_(age.is_null());
    /// assert_eq!(to_sql(&schema, &farewell, Dialect::Default)?, "DELETE FROM pet WHERE pet.age IS NULL");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn value(mut self, key: &str, value: impl Into<Operand>) -> Update {
        self.values.push(Assignment::of(key, value));
        self
    }

    /// A condition of WHERE; several are joined by AND.
    pub fn where_(mut self, condition: impl Into<Expr>) -> Update {
        self.where_.push(condition.into());
        self
    }

    /// `RETURNING`
    pub fn returning(mut self, exprs: impl IntoIterator<Item = Expr>) -> Update {
        self.returning.extend(exprs.into_iter().map(SelectItem::Expr));
        self
    }
}

impl Delete {
    /// A condition of WHERE; several are joined by AND.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::{self, *}, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let column = |name: &str| Column::new(name, SqlType::Integer);
    /// # let pet = schema.add_table(metadata, Table::new("pet").column(column("id")).column(column("age")))?;
    /// # let (id, age) = (schema.c(pet, "id")?, schema.c(pet, "age")?);
    /// # let text = |statement: Statement| to_sql(&schema, statement, Dialect::Default);
    /// let delete = Delete::from(pet).where_(age.lt(1)).returning([id]);
    /// assert_eq!(to_sql(&schema, &delete, Dialect::Sqlite)?, "DELETE FROM pet WHERE pet.age < ? RETURNING id");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn where_(mut self, condition: impl Into<Expr>) -> Delete {
        self.where_.push(condition.into());
        self
    }

    /// `RETURNING`
    pub fn returning(mut self, exprs: impl IntoIterator<Item = Expr>) -> Delete {
        self.returning.extend(exprs.into_iter().map(SelectItem::Expr));
        self
    }
}
