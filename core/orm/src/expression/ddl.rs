//! `CREATE` and `DROP`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.ddl`.

use crate::types::TableId;

/// A statement that defines the schema.
#[derive(Clone, Debug, Hash)]
pub enum Ddl {
    /// `CREATE TABLE`
    CreateTable(CreateTable),
    /// `DROP TABLE`
    DropTable(DropTable),
    /// `CREATE INDEX` for one of a table's indexes, by place.
    CreateIndex {
        /// The table.
        table: TableId,
        /// The index's place in the table.
        index: u32,
    },
}

/// `CREATE TABLE`
#[derive(Clone, Debug, Hash)]
pub struct CreateTable {
    /// The table.
    pub table: TableId,
    /// `IF NOT EXISTS`
    pub if_not_exists: bool,
}

/// `DROP TABLE`
#[derive(Clone, Debug, Hash)]
pub struct DropTable {
    /// The table.
    pub table: TableId,
    /// `IF EXISTS`
    pub if_exists: bool,
}
