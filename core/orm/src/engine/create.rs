//! `create_all` and `drop_all`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.ddl`'s schema generator and dropper.

use super::connection::ConnectionId;
use super::error::{EngineError, ErrorKind};
use super::execute::{Execution, Parameters};
use super::{Cause, Engines};
use crate::schema::{Abilities, Schema};
use crate::sql::compiler::{Dialect, quote};
use crate::sql::{Ddl, Statement};
use crate::types::TableId;

impl Engines {
    /// Creates tables, each after those it refers to; with `check_first`, those that
    /// do not exist.
    ///
    /// # Errors
    /// The database's, or the compiler's.
    pub fn create_tables(
        &mut self,
        schema: &Schema,
        connection: ConnectionId,
        tables: &[TableId],
        check_first: bool,
    ) -> Result<(), EngineError> {
        self.with_cause(Cause::Schema, |engines| {
            let mut missing = Vec::new();
            for &table in tables {
                if !check_first || !engines.has_table(schema, connection, table)? {
                    missing.push(table);
                }
            }
            for ddl in schema.creation(&missing, Abilities::default()) {
                engines.run_ddl(schema, connection, ddl)?;
            }
            Ok(())
        })
    }

    /// Drops tables, each before those it refers to; with `check_first`, those that exist.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_tables(
        &mut self,
        schema: &Schema,
        connection: ConnectionId,
        tables: &[TableId],
        check_first: bool,
    ) -> Result<(), EngineError> {
        self.with_cause(Cause::Schema, |engines| {
            let mut present = Vec::new();
            for &table in tables {
                if !check_first || engines.has_table(schema, connection, table)? {
                    present.push(table);
                }
            }
            let removal = schema
                .removal(&present, Abilities::default())
                .map_err(|cycle| EngineError::new(ErrorKind::CircularDependency, cycle.join(", ")))?;
            for ddl in removal {
                engines.run_ddl(schema, connection, ddl)?;
            }
            Ok(())
        })
    }

    /// Runs DDL, one statement after another.
    ///
    /// # Errors
    /// The database's, or the compiler's.
    pub fn run_all(
        &mut self,
        schema: &Schema,
        connection: ConnectionId,
        statements: Vec<Ddl>,
    ) -> Result<(), EngineError> {
        self.with_cause(Cause::Schema, |engines| {
            statements.into_iter().try_for_each(|ddl| engines.run_ddl(schema, connection, ddl))
        })
    }

    /// Runs something whose statements have this cause.
    pub fn with_cause<T>(&mut self, cause: Cause, run: impl FnOnce(&mut Engines) -> T) -> T {
        self.push_cause(cause);
        let result = run(self);
        self.pop_cause();
        result
    }

    /// Whether a table exists, by the PRAGMAs that SQLAlchemy asks.
    fn has_table(
        &mut self,
        schema: &Schema,
        connection: ConnectionId,
        table: TableId,
    ) -> Result<bool, EngineError> {
        let table = schema.table(table);
        let name = format!("\"{}\"", table.name.replace('"', "\"\""));
        let places = match &table.schema {
            Some(owner) => vec![quote(owner, Dialect::Sqlite)],
            None => vec!["main".to_string(), "temp".to_string()],
        };
        for place in places {
            let found = self.execute_raw(connection, &format!("PRAGMA {place}.table_info({name})"), &[])?;
            if !found.rows.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn run_ddl(&mut self, schema: &Schema, connection: ConnectionId, ddl: Ddl) -> Result<(), EngineError> {
        let engine = self.connection(connection)?.engine;
        let statement = Statement::Ddl(ddl);
        let prepared = self.prepare(schema, engine, &statement, &Parameters::None, Execution::Plain)?;
        self.send(connection, prepared).map(|_| ())
    }
}
