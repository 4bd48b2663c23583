//! A SQLite database's tables as it describes them itself.
//!
//! SQLAlchemy counterpart: the reflecting part of the SQLite dialect; the
//! statements are the same, in the same order.

mod parse;

use rustc_hash::FxHashMap;

use super::connection::ConnectionId;
use super::error::{EngineError, ErrorKind};
use super::listen::Listener;
use crate::sql::compiler::{Dialect, quote_always};
use crate::types::{DbValue, SqlType, Value};

/// A column as the database describes it.
#[derive(Clone, Debug)]
pub struct ReflectedColumn {
    /// Its name.
    pub name: String,
    /// Its type, by its declaration.
    pub sql_type: SqlType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// The text after DEFAULT.
    pub default: Option<String>,
    /// Its place in the primary key, from 1; 0 for none.
    pub primary_key: i64,
    /// What it is computed from, and whether it is stored.
    pub computed: Option<(String, bool)>,
}

/// A foreign key as the database describes it.
#[derive(Clone, Debug, Default)]
pub struct ReflectedForeignKey {
    /// Its constraint's name.
    pub name: Option<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// The schema of the table that it refers to.
    pub schema: Option<String>,
    /// The table that it refers to.
    pub table: String,
    /// The columns that it refers to.
    pub referred: Vec<String>,
    /// `ON DELETE`
    pub on_delete: Option<String>,
    /// `ON UPDATE`
    pub on_update: Option<String>,
    /// `DEFERRABLE`
    pub deferrable: Option<bool>,
    /// `INITIALLY`
    pub initially: Option<String>,
}

/// An index as the database describes it.
#[derive(Clone, Debug)]
pub struct ReflectedIndex {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// Whether it refuses duplicates.
    pub unique: i64,
    /// The condition of the rows that it is over.
    pub where_: Option<String>,
}

/// A name and what it stands for.
pub type Named<T> = (Option<String>, T);

/// A table, with the schema that is asked.
type Place = (Option<String>, String);

/// Asks a database about its tables; what was answered is not asked again.
///
/// ```
/// use ormscope::engine::{Engines, Reflector, Url, driver::SqliteDriver};
/// use std::rc::Rc;
///
/// let mut engines = Engines::new(Rc::new(SqliteDriver));
/// let engine = engines.create(Url::parse("sqlite://")?, Default::default())?;
/// let connection = engines.connect(engine)?;
/// engines.execute_raw(connection, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(30))", &[])?;
/// let mut reflector = Reflector::default();
/// let columns = engines.quietly(|at| reflector.columns(at, connection, "users", None))?;
/// assert_eq!(columns[1].sql_type.repr(), "VARCHAR(length=30)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Reflector {
    sql: FxHashMap<Place, Option<String>>,
    columns: FxHashMap<Place, Vec<ReflectedColumn>>,
    tables: FxHashMap<Place, bool>,
    indexes: FxHashMap<(Place, bool), Vec<ReflectedIndex>>,
    primary_keys: FxHashMap<Place, Named<Vec<String>>>,
    keys: FxHashMap<Place, Vec<ReflectedForeignKey>>,
    names: FxHashMap<(Option<String>, &'static str), Vec<String>>,
}

type Answer<T> = Result<T, EngineError>;

fn no_such_table(name: &str, schema: Option<&str>) -> EngineError {
    let name = schema.map_or(name.to_string(), |schema| format!("{schema}.{name}"));
    EngineError::new(ErrorKind::NoSuchTable, name)
}

fn always(name: &str) -> String {
    quote_always(name, Dialect::Sqlite)
}

fn text(row: &[Value], at: usize) -> Option<String> {
    match row.get(at) {
        Some(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

fn number(row: &[Value], at: usize) -> i64 {
    match row.get(at) {
        Some(Value::Int(value)) => *value,
        _ => 0,
    }
}

impl Reflector {
    /// Forgets what was answered.
    pub fn clear(&mut self) {
        *self = Reflector::default();
    }

    /// The names of the tables (`table`) or views (`view`), also the temporary ones.
    ///
    /// # Errors
    /// The database's.
    pub fn names(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        kind: &'static str,
        schema: Option<&str>,
        temporary: bool,
    ) -> Answer<Vec<String>> {
        let master = if temporary { "sqlite_temp_master" } else { "sqlite_master" };
        let place = match (temporary, schema) {
            (true, _) => Some("temp".to_string()),
            (false, schema) => schema.map(str::to_string),
        };
        let key = (place, kind);
        if let Some(known) = self.names.get(&key) {
            return Ok(known.clone());
        }
        let master = match schema {
            Some(schema) => format!("{}.{master}", always(schema)),
            None => master.to_string(),
        };
        let sql = format!(
            "SELECT name FROM {master} WHERE type='{kind}' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
        );
        let rows = at.execute_raw(connection, &sql, vec![Vec::new()], false)?.rows;
        let names: Vec<String> = rows.iter().filter_map(|row| text(row, 0)).collect();
        self.names.insert(key, names.clone());
        Ok(names)
    }

    /// The attached databases.
    ///
    /// # Errors
    /// The database's.
    pub fn schemas(&mut self, at: &mut dyn Listener, connection: ConnectionId) -> Answer<Vec<String>> {
        let key = (None, "schema");
        if let Some(known) = self.names.get(&key) {
            return Ok(known.clone());
        }
        let rows = at.execute_raw(connection, "PRAGMA database_list", vec![Vec::new()], false)?.rows;
        let names: Vec<String> =
            rows.iter().filter_map(|row| text(row, 1)).filter(|name| name != "temp").collect();
        self.names.insert(key, names.clone());
        Ok(names)
    }

    fn pragma(
        &self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        pragma: &str,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<Vec<Vec<Value>>> {
        let places = match schema {
            Some(schema) => vec![always(schema)],
            None => vec!["main".to_string(), "temp".to_string()],
        };
        for place in places {
            let sql = format!("PRAGMA {place}.{pragma}({})", always(table));
            let rows = at.execute_raw(connection, &sql, vec![Vec::new()], false)?.rows;
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
        Ok(Vec::new())
    }

    /// Whether there is a table or view of that name.
    ///
    /// # Errors
    /// The database's.
    pub fn has_table(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<bool> {
        let place = (schema.map(str::to_string), table.to_string());
        if let Some(known) = self.tables.get(&place) {
            return Ok(*known);
        }
        if let Some(schema) = schema
            && !self.schemas(at, connection)?.iter().any(|known| known == schema)
        {
            return Ok(false);
        }
        let found = self.exists(at, connection, table, schema)?;
        self.tables.insert(place, found);
        Ok(found)
    }

    fn exists(
        &self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<bool> {
        Ok(!self.pragma(at, connection, "table_info", table, schema)?.is_empty())
    }

    /// The text that created a table or view.
    ///
    /// # Errors
    /// The database's, or that there is no such table.
    pub fn table_sql(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<Option<String>> {
        let place = (schema.map(str::to_string), table.to_string());
        if let Some(known) = self.sql.get(&place) {
            return Ok(known.clone());
        }
        let found = self.ask_table_sql(at, connection, table, schema)?;
        self.sql.insert(place, found.clone());
        Ok(found)
    }

    /// The same, asked anew: SQLAlchemy does so for keys.
    fn ask_table_sql(
        &self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<Option<String>> {
        let own = schema.map(|schema| format!("{}.", always(schema))).unwrap_or_default();
        let condition = "WHERE name = ? AND type in ('table', 'view')";
        let sql = format!(
            "SELECT sql FROM  (SELECT * FROM {own}sqlite_master UNION ALL   SELECT * FROM {own}sqlite_temp_master) {condition}"
        );
        let name = vec![DbValue::text(table)];
        let rows = match at.execute_raw(connection, &sql, vec![name.clone()], false) {
            Ok(found) => found.rows,
            Err(_) => {
                let sql = format!("SELECT sql FROM {own}sqlite_master {condition}");
                at.execute_raw(connection, &sql, vec![name.clone()], false)?.rows
            }
        };
        let found = rows.first().and_then(|row| text(row, 0));
        if found.is_none() && !table.starts_with("sqlite_") {
            return Err(EngineError::new(ErrorKind::NoSuchTable, format!("{own}{table}")));
        }
        Ok(found)
    }

    /// A table's columns.
    ///
    /// # Errors
    /// The database's, or that there is no such table.
    pub fn columns(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<Vec<ReflectedColumn>> {
        let place = (schema.map(str::to_string), table.to_string());
        if let Some(known) = self.columns.get(&place) {
            return Ok(known.clone());
        }
        let rows = self.pragma(at, connection, "table_xinfo", table, schema)?;
        let mut columns = Vec::new();
        for row in &rows {
            let hidden = number(row, 6);
            if hidden == 1 {
                continue;
            }
            let name = text(row, 1).unwrap_or_default();
            let mut declaration = text(row, 2).unwrap_or_default().to_uppercase();
            let mut computed = None;
            if hidden > 1 {
                declaration = declaration.replace("GENERATED", "").replace("ALWAYS", "").trim().to_string();
                let sql = self.table_sql(at, connection, table, schema)?.unwrap_or_default();
                computed = Some((parse::computed(&sql, &name), hidden == 3));
            }
            columns.push(ReflectedColumn {
                sql_type: SqlType::of_declaration(&declaration),
                name,
                nullable: number(row, 3) == 0,
                default: row.get(4).and_then(|value| match value {
                    Value::Null => None,
                    Value::Text(text) => Some(text.to_string()),
                    other => Some(other.repr()),
                }),
                primary_key: number(row, 5),
                computed,
            });
        }
        if columns.is_empty() && !self.exists(at, connection, table, schema)? {
            return Err(no_such_table(table, schema));
        }
        self.columns.insert(place, columns.clone());
        Ok(columns)
    }

    /// A table's primary key: its constraint's name, and its columns.
    ///
    /// # Errors
    /// The database's, or that there is no such table.
    pub fn primary_key(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<Named<Vec<String>>> {
        let place = (schema.map(str::to_string), table.to_string());
        if let Some(known) = self.primary_keys.get(&place) {
            return Ok(known.clone());
        }
        let sql = self.ask_table_sql(at, connection, table, schema)?;
        let name = sql.and_then(|sql| parse::primary_key_name(&sql));
        let mut columns = self.columns(at, connection, table, schema)?;
        columns.retain(|column| column.primary_key > 0);
        columns.sort_by_key(|column| column.primary_key);
        let columns: Vec<String> = columns.into_iter().map(|column| column.name).collect();
        let key = (name.filter(|_| !columns.is_empty()), columns);
        self.primary_keys.insert(place, key.clone());
        Ok(key)
    }

    /// A table's foreign keys.
    ///
    /// # Errors
    /// The database's, or that there is no such table.
    pub fn foreign_keys(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<Vec<ReflectedForeignKey>> {
        let place = (schema.map(str::to_string), table.to_string());
        if let Some(known) = self.keys.get(&place) {
            return Ok(known.clone());
        }
        let rows = self.pragma(at, connection, "foreign_key_list", table, schema)?;
        let mut keys: Vec<(i64, ReflectedForeignKey)> = Vec::new();
        for row in &rows {
            let (id, target) = (number(row, 0), text(row, 2).unwrap_or_default());
            let referred = text(row, 4);
            let whole_key = match &referred {
                Some(_) => Vec::new(),
                // Without columns it refers to the other table's primary key.
                None => match self.primary_key(at, connection, &target, schema) {
                    Ok((_, columns)) => columns,
                    Err(error) if error.kind == ErrorKind::NoSuchTable => Vec::new(),
                    Err(error) => return Err(error),
                },
            };
            if !keys.iter().any(|(known, _)| *known == id) {
                let key = ReflectedForeignKey {
                    schema: schema.map(str::to_string),
                    table: target,
                    referred: whole_key,
                    ..ReflectedForeignKey::default()
                };
                keys.push((id, key));
            }
            if let Some((_, key)) = keys.iter_mut().find(|(known, _)| *known == id) {
                key.columns.extend(text(row, 3));
                key.referred.extend(referred);
            }
        }
        let sql = self.ask_table_sql(at, connection, table, schema)?.unwrap_or_default();
        let mut found = Vec::new();
        for clause in parse::foreign_keys(&sql) {
            let place = keys.iter().position(|(_, key)| {
                key.columns == clause.columns && key.table == clause.table && key.referred == clause.referred
            });
            if let Some(place) = place {
                let (_, key) = keys.remove(place);
                found.push(ReflectedForeignKey {
                    name: clause.name,
                    on_delete: clause.on_delete,
                    on_update: clause.on_update,
                    deferrable: clause.deferrable,
                    initially: clause.initially,
                    ..key
                });
            }
        }
        // What is left stands beside a column, without a name.
        found.extend(keys.into_iter().map(|(_, key)| key));
        self.keys.insert(place, found.clone());
        Ok(found)
    }

    /// A table's indexes in the order of their names; with `automatic`, those
    /// that UNIQUE constraints made too.
    ///
    /// # Errors
    /// The database's, or that there is no such table.
    pub fn indexes(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
        automatic: bool,
    ) -> Answer<Vec<ReflectedIndex>> {
        let place = ((schema.map(str::to_string), table.to_string()), automatic);
        if let Some(known) = self.indexes.get(&place) {
            return Ok(known.clone());
        }
        let rows = self.pragma(at, connection, "index_list", table, schema)?;
        let mut indexes = Vec::new();
        for row in &rows {
            let name = text(row, 1).unwrap_or_default();
            if !automatic && name.starts_with("sqlite_autoindex") {
                continue;
            }
            let mut index =
                ReflectedIndex { name, columns: Vec::new(), unique: number(row, 2), where_: None };
            if number(row, 4) != 0 {
                let own = schema.map(|schema| format!("{}.", always(schema))).unwrap_or_default();
                let sql = format!("SELECT sql FROM {own}sqlite_master WHERE name = ? AND type = 'index'");
                let rows =
                    at.execute_raw(connection, &sql, vec![vec![DbValue::text(&index.name)]], false)?.rows;
                let sql = rows.first().and_then(|row| text(row, 0)).unwrap_or_default();
                index.where_ = parse::predicate(&sql);
            }
            indexes.push(index);
        }
        let mut complete = Vec::new();
        for mut index in indexes {
            let rows = self.pragma(at, connection, "index_info", &index.name, schema)?;
            let names: Option<Vec<String>> = rows.iter().map(|row| text(row, 2)).collect();
            // An index over expressions cannot be described.
            if let Some(names) = names {
                index.columns = names;
                complete.push(index);
            }
        }
        complete.sort_by(|a, b| a.name.cmp(&b.name));
        if complete.is_empty() && !self.exists(at, connection, table, schema)? {
            return Err(no_such_table(table, schema));
        }
        self.indexes.insert(place, complete.clone());
        Ok(complete)
    }

    /// A table's UNIQUE constraints.
    ///
    /// # Errors
    /// The database's, or that there is no such table.
    pub fn uniques(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<Vec<Named<Vec<String>>>> {
        let indexes = self.indexes(at, connection, table, schema, true)?;
        let mut automatic: Vec<Vec<String>> = indexes
            .into_iter()
            .filter(|index| index.name.starts_with("sqlite_autoindex"))
            .map(|index| index.columns)
            .collect();
        let sql = self.table_sql(at, connection, table, schema)?.unwrap_or_default();
        let mut found = Vec::new();
        for (name, columns) in parse::uniques(&sql) {
            if let Some(at) = automatic.iter().position(|known| *known == columns) {
                automatic.remove(at);
                found.push((name, columns));
            }
        }
        Ok(found)
    }

    /// A table's CHECK constraints.
    ///
    /// # Errors
    /// The database's, or that there is no such table.
    pub fn checks(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<Vec<Named<String>>> {
        let sql = self.table_sql(at, connection, table, schema)?.unwrap_or_default();
        Ok(parse::checks(&sql))
    }

    /// Whether a table has no row id, and whether it is strict.
    ///
    /// # Errors
    /// The database's, or that there is no such table.
    pub fn options(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        table: &str,
        schema: Option<&str>,
    ) -> Answer<(bool, bool)> {
        let sql = self.table_sql(at, connection, table, schema)?.unwrap_or_default();
        Ok(parse::options(&sql))
    }

    /// The text that created a view.
    ///
    /// # Errors
    /// The database's, or that there is no such view.
    pub fn view_definition(
        &mut self,
        at: &mut dyn Listener,
        connection: ConnectionId,
        view: &str,
        schema: Option<&str>,
    ) -> Answer<String> {
        let sql = match schema {
            Some(schema) => {
                format!("SELECT sql FROM {}.sqlite_master WHERE name = ? AND type='view'", always(schema))
            }
            None => "SELECT sql FROM  (SELECT * FROM sqlite_master UNION ALL   SELECT * FROM sqlite_temp_master) WHERE name = ? AND type='view'".to_string(),
        };
        let rows = at.execute_raw(connection, &sql, vec![vec![DbValue::text(view)]], false)?.rows;
        rows.first().and_then(|row| text(row, 0)).ok_or_else(|| no_such_table(view, schema))
    }
}
