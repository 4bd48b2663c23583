//! `create_all` and `drop_all`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.ddl`'s schema generator and dropper.

use super::connection::ConnectionId;
use super::error::{EngineError, ErrorKind};
use super::execute::{Execution, Parameters};
use super::listen::{Listener, Quiet};
use super::{Cause, Engines, Reflector};
use crate::schema::{Abilities, Schema};
use crate::sql::{Ddl, Statement};
use crate::types::TableId;

impl dyn Listener + '_ {
    /// Creates tables, each after those it refers to; with `check_first`, those that
    /// do not exist.
    ///
    /// # Errors
    /// The database's, or the compiler's.
    pub fn create_tables(
        &mut self,
        connection: ConnectionId,
        tables: &[TableId],
        check_first: bool,
    ) -> Result<(), EngineError> {
        self.because_of(Cause::Schema, |at| {
            let mut missing = Vec::new();
            for &table in tables {
                if !check_first || !at.has_table(connection, table)? {
                    missing.push(table);
                }
            }
            let statements = at.parts().1.creation(&missing, Abilities::SQLITE);
            at.run_all(connection, statements)
        })
    }

    /// Drops tables, each before those it refers to; with `check_first`, those that exist.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_tables(
        &mut self,
        connection: ConnectionId,
        tables: &[TableId],
        check_first: bool,
    ) -> Result<(), EngineError> {
        self.because_of(Cause::Schema, |at| {
            let mut present = Vec::new();
            for &table in tables {
                if !check_first || at.has_table(connection, table)? {
                    present.push(table);
                }
            }
            let statements = at
                .parts()
                .1
                .removal(&present, Abilities::SQLITE)
                .map_err(|cycle| EngineError::new(ErrorKind::CircularDependency, cycle.join(", ")))?;
            at.run_all(connection, statements)
        })
    }

    /// Runs DDL, one statement after another.
    ///
    /// # Errors
    /// The database's, or the compiler's.
    pub fn run_all(&mut self, connection: ConnectionId, statements: Vec<Ddl>) -> Result<(), EngineError> {
        self.because_of(Cause::Schema, |at| {
            statements.into_iter().try_for_each(|ddl| at.run_ddl(connection, ddl))
        })
    }

    /// Runs something whose statements have this cause.
    fn because_of<T>(&mut self, cause: Cause, run: impl FnOnce(&mut Self) -> T) -> T {
        self.engines().push_cause(cause);
        let result = run(self);
        self.engines().pop_cause();
        result
    }

    /// Whether a table exists, by the PRAGMAs that SQLAlchemy asks.
    ///
    /// # Errors
    /// The database's.
    pub fn has_table(&mut self, connection: ConnectionId, table: TableId) -> Result<bool, EngineError> {
        let map = self.engines().connection_options(connection).schema_map;
        let table = self.parts().1.table(table);
        let own = table.schema.as_deref();
        let found = map.iter().flat_map(|map| map.iter()).find(|(from, _)| from.as_deref() == own);
        let owner = found.map_or(own, |(_, to)| to.as_deref());
        let (name, owner) = (table.name.clone(), owner.map(str::to_string));
        Reflector::default().has_table(self, connection, &name, owner.as_deref())
    }

    fn run_ddl(&mut self, connection: ConnectionId, ddl: Ddl) -> Result<(), EngineError> {
        let (engines, schema) = self.parts();
        let engine = engines.connection(connection)?.engine;
        let statement = Statement::Ddl(ddl);
        engines.set_schema_map(engines.connection_options(connection).schema_map);
        let prepared = engines.prepare(schema, engine, &statement, &Parameters::None, Execution::Plain);
        engines.set_schema_map(None);
        let prepared = prepared?;
        self.send(connection, prepared).map(|_| ())
    }
}

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
        let mut quiet = Quiet { engines: self, schema };
        (&mut quiet as &mut dyn Listener).create_tables(connection, tables, check_first)
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
        let mut quiet = Quiet { engines: self, schema };
        (&mut quiet as &mut dyn Listener).drop_tables(connection, tables, check_first)
    }

    /// Runs something whose statements have this cause.
    pub fn with_cause<T>(&mut self, cause: Cause, run: impl FnOnce(&mut Engines) -> T) -> T {
        self.push_cause(cause);
        let result = run(self);
        self.pop_cause();
        result
    }
}
