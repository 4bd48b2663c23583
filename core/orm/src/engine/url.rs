//! Database URLs: parsed and written as SQLAlchemy does.
//!
//! It knows the form of a URL and the names of dialects and drivers, and opens
//! nothing. SQLAlchemy counterpart: `sqlalchemy.engine.url`.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::sql::compiler::Dialect;

/// `?key=value`, in order.
pub type Query = IndexMap<String, QueryValue, FxBuildHasher>;

/// The value of a key of a URL's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryValue {
    /// The key stands there once.
    One(String),
    /// The key has several values, or was given as a list of them.
    Many(Vec<String>),
}

impl QueryValue {
    /// Its values.
    pub fn values(&self) -> &[String] {
        match self {
            QueryValue::One(value) => std::slice::from_ref(value),
            QueryValue::Many(values) => values,
        }
    }

    /// This value with more behind it.
    fn joined(&self, more: &QueryValue) -> QueryValue {
        QueryValue::Many([self.values(), more.values()].concat())
    }
}

impl From<&str> for QueryValue {
    fn from(value: &str) -> QueryValue {
        QueryValue::One(value.to_string())
    }
}

/// A database URL in its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// `dialect+driver`
    pub drivername: String,
    /// The user.
    pub username: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// The host.
    pub host: Option<String>,
    /// The port.
    pub port: Option<i64>,
    /// The database, a file for SQLite.
    pub database: Option<String>,
    /// `?key=value`, in order.
    pub query: Query,
}

/// Why a text is no URL, or a URL is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// `sqlalchemy.exc.ArgumentError`
    #[error("Could not parse SQLAlchemy URL from given URL string")]
    Unparsable,
    /// `ValueError`, as `int()` gives it for the port.
    #[error("invalid literal for int() with base 10: {}", crate::types::python_str(.0))]
    Port(String),
    /// `sqlalchemy.exc.NoSuchModuleError`
    #[error("Can't load plugin: sqlalchemy.dialects:{0}")]
    NoSuchDialect(String),
}

/// Drivers, each with the name of the class that SQLAlchemy has for it.
type Drivers = &'static [(&'static str, &'static str)];

/// The dialects that a URL can name, each with its drivers, the usual one
/// first, and the name of the class that SQLAlchemy has for it.
const DRIVERS: &[(&str, Dialect, Drivers)] = &[
    (
        "sqlite",
        Dialect::Sqlite,
        &[
            ("pysqlite", "SQLiteDialect_pysqlite"),
            ("aiosqlite", "SQLiteDialect_aiosqlite"),
            ("pysqlcipher", "SQLiteDialect_pysqlcipher"),
            ("pysqlite_numeric", "_SQLiteDialect_pysqlite_numeric"),
        ],
    ),
    (
        "postgresql",
        Dialect::Postgresql,
        &[
            ("psycopg", "PGDialect_psycopg"),
            ("psycopg2", "PGDialect_psycopg2"),
            ("asyncpg", "PGDialect_asyncpg"),
            ("pg8000", "PGDialect_pg8000"),
            ("psycopg_async", "PGDialectAsync_psycopg"),
            ("psycopg2cffi", "PGDialect_psycopg2cffi"),
        ],
    ),
    ("mysql", Dialect::Mysql, MYSQL_DRIVERS),
    (
        "mariadb",
        Dialect::Mysql,
        &[
            ("mysqldb", "MariaDBDialect_mysqldb"),
            ("pymysql", "MariaDBDialect_pymysql"),
            ("aiomysql", "MariaDBDialect_aiomysql"),
            ("asyncmy", "MariaDBDialect_asyncmy"),
            ("mysqlconnector", "MariaDBDialect_mysqlconnector"),
            ("mariadbconnector", "MariaDBDialect_mariadbconnector"),
        ],
    ),
    (
        "oracle",
        Dialect::Oracle,
        &[("oracledb", "OracleDialect_oracledb"), ("cx_oracle", "OracleDialect_cx_oracle")],
    ),
    (
        "mssql",
        Dialect::Mssql,
        &[
            ("pyodbc", "MSDialect_pyodbc"),
            ("pymssql", "MSDialect_pymssql"),
            ("aioodbc", "MSDialectAsync_aioodbc"),
        ],
    ),
];

const MYSQL_DRIVERS: Drivers = &[
    ("mysqldb", "MySQLDialect_mysqldb"),
    ("pymysql", "MySQLDialect_pymysql"),
    ("aiomysql", "MySQLDialect_aiomysql"),
    ("asyncmy", "MySQLDialect_asyncmy"),
    ("cymysql", "MySQLDialect_cymysql"),
    ("mysqlconnector", "MySQLDialect_mysqlconnector"),
    ("mariadbconnector", "MySQLDialect_mariadbconnector"),
    ("pyodbc", "MySQLDialect_pyodbc"),
];

/// What a URL's driver name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DriverName {
    /// The dialect.
    pub dialect: Dialect,
    /// The module of the driver, `pysqlite`.
    pub driver: &'static str,
    /// SQLAlchemy's class for it, `SQLiteDialect_pysqlite`.
    pub class: &'static str,
}

impl DriverName {
    /// What the class of that name is for.
    pub fn of_class(class: &str) -> Option<DriverName> {
        DRIVERS.iter().find_map(|(_, dialect, drivers)| {
            let (driver, class) = drivers.iter().find(|(_, name)| *name == class)?;
            Some(DriverName { dialect: *dialect, driver, class })
        })
    }

    /// What a dialect's URLs mean that name no driver; none for no database in particular.
    pub fn default_of(dialect: Dialect) -> Option<DriverName> {
        let (_, dialect, drivers) = DRIVERS.iter().find(|(_, known, _)| *known == dialect)?;
        let (driver, class) = drivers.first()?;
        Some(DriverName { dialect: *dialect, driver, class })
    }

    /// The Python module of the driver.
    pub fn module(&self) -> &'static str {
        match self.driver {
            "pysqlite" | "pysqlite_numeric" => "sqlite3",
            "mysqldb" => "MySQLdb",
            "mysqlconnector" => "mysql.connector",
            "mariadbconnector" => "mariadb",
            "psycopg_async" => "psycopg",
            driver => driver,
        }
    }
}

impl Url {
    /// Parses `dialect+driver://user:password@host:port/database?key=value`.
    ///
    /// ```
    /// use ormscope::engine::Url;
    ///
    /// let url = Url::parse("postgresql://scott:tiger@localhost/test")?;
    /// assert_eq!(url.host.as_deref(), Some("localhost"));
    /// assert_eq!(url.render(true), "postgresql://scott:***@localhost/test");
    /// # Ok::<(), ormscope::engine::UrlError>(())
    /// ```
    ///
    /// # Errors
    /// When the text is not of that form, or its port is no number.
    pub fn parse(text: &str) -> Result<Url, UrlError> {
        let legal = |c: char| c.is_alphanumeric() || c == '_' || c == '+';
        let end = text.find(|c| !legal(c)).unwrap_or(text.len());
        let (drivername, rest) = text.split_at(end);
        let rest = rest.strip_prefix("://").filter(|_| end > 0).ok_or(UrlError::Unparsable)?;
        let (username, password, rest) = split_user(rest);
        let (host, rest) = split_host(rest);
        let (port, rest) = match rest.strip_prefix(':') {
            Some(rest) => rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())),
            None => ("", rest),
        };
        let (database, rest) = match rest.strip_prefix('/') {
            Some(rest) => {
                let (database, rest) = rest.split_at(rest.find('?').unwrap_or(rest.len()));
                (Some(unquote(database, false)), rest)
            }
            None => (None, rest),
        };
        let query = rest.strip_prefix('?').and_then(|query| query.lines().next()).unwrap_or_default();
        let mut url = Url {
            drivername: drivername.to_string(),
            username: username.map(|text| unquote(text, false)),
            password: password.map(|text| unquote(text, false)),
            host: host.map(str::to_string),
            port: None,
            database,
            query: Query::default(),
        };
        if !port.is_empty() {
            url.port = Some(parse_port(port)?);
        }
        url.update_query(parse_query(query, false), false);
        Ok(url)
    }

    /// The part of the driver name before `+`.
    pub fn dialect_name(&self) -> &str {
        self.drivername.split('+').next().unwrap_or_default()
    }

    /// What the driver name stands for.
    ///
    /// # Errors
    /// When SQLAlchemy has no such dialect or driver.
    pub fn driver(&self) -> Result<DriverName, UrlError> {
        let (dialect, driver) = match self.drivername.split_once('+') {
            Some((dialect, driver)) => (dialect, Some(driver)),
            None => (self.drivername.as_str(), None),
        };
        let known = DRIVERS.iter().find(|(name, ..)| *name == dialect).and_then(|(_, dialect, drivers)| {
            let found = drivers.iter().find(|(name, _)| driver.is_none_or(|driver| driver == *name))?;
            Some(DriverName { dialect: *dialect, driver: found.0, class: found.1 })
        });
        known.ok_or_else(|| UrlError::NoSuchDialect(self.drivername.replace('+', ".")))
    }

    /// Whether this is a SQLite database in memory.
    pub fn is_memory(&self) -> bool {
        let uri_memory = || self.query.get("mode").is_some_and(|mode| *mode == "memory".into());
        self.dialect_name() == "sqlite"
            && (matches!(self.database.as_deref(), None | Some("" | ":memory:")) || uri_memory())
    }

    /// Puts pairs into the query; a key that stands there already is replaced,
    /// or with `append` gets more values.
    pub fn update_query(&mut self, pairs: impl IntoIterator<Item = (String, QueryValue)>, append: bool) {
        let mut new = Query::default();
        for (key, value) in pairs {
            match new.get_mut(&key) {
                Some(known) => *known = known.joined(&value),
                None => {
                    new.insert(key, value);
                }
            }
        }
        if append {
            for (key, value) in &mut new {
                if let Some(known) = self.query.get(key) {
                    *value = known.joined(value);
                }
            }
            for (key, value) in std::mem::take(&mut self.query) {
                new.entry(key).or_insert(value);
            }
            self.query = new;
        } else {
            self.query.extend(new);
        }
    }

    /// `render_as_string(hide_password=…)`
    pub fn render(&self, hide_password: bool) -> String {
        let mut out = format!("{}://", self.drivername);
        if let Some(username) = &self.username {
            out.push_str(&quote(username, " +"));
            if let Some(password) = &self.password {
                out.push(':');
                out.push_str(&if hide_password { "***".to_string() } else { quote(password, " +") });
            }
            out.push('@');
        }
        if let Some(host) = &self.host {
            out.push_str(&if host.contains(':') { format!("[{host}]") } else { host.clone() });
        }
        if let Some(port) = self.port {
            out.push_str(&format!(":{port}"));
        }
        if let Some(database) = &self.database {
            out.push('/');
            out.push_str(&quote(database, " +/"));
        }
        if !self.query.is_empty() {
            let mut keys: Vec<_> = self.query.iter().collect();
            keys.sort_by_key(|(key, _)| *key);
            let pairs = keys.into_iter().flat_map(|(key, value)| {
                let pair = move |value: &String| format!("{}={}", quote_plus(key), quote_plus(value));
                value.values().iter().map(pair)
            });
            out.push('?');
            out.push_str(&pairs.collect::<Vec<_>>().join("&"));
        }
        out
    }
}

/// User and password, where an `@` ends them, and what follows. A password may
/// contain `/` and `?`, a user may not.
fn split_user(text: &str) -> (Option<&str>, Option<&str>, &str) {
    let (user, rest) = text.split_at(text.find([':', '/']).unwrap_or(text.len()));
    if let Some((password, rest)) = rest.strip_prefix(':').and_then(|rest| rest.split_once('@')) {
        return (Some(user), Some(password), rest);
    }
    match user.rfind('@') {
        Some(at) => (Some(&text[..at]), None, &text[at + 1..]),
        None => (None, None, text),
    }
}

/// The host, an IPv6 address without its brackets, and what follows.
fn split_host(text: &str) -> (Option<&str>, &str) {
    if let Some(inner) = text.strip_prefix('[') {
        let place = &inner[..inner.find(['/', '?']).unwrap_or(inner.len())];
        if let Some(end) = place.rfind(']').filter(|end| *end > 0) {
            return (Some(&inner[..end]), &inner[end + 1..]);
        }
    }
    let (host, rest) = text.split_at(text.find(['/', ':', '?']).unwrap_or(text.len()));
    (Some(host).filter(|host| !host.is_empty()), rest)
}

/// The port as Python's `int()` reads it.
fn parse_port(text: &str) -> Result<i64, UrlError> {
    let trimmed = text.trim();
    let misplaced = trimmed.starts_with('_') || trimmed.ends_with('_') || trimmed.contains("__");
    let digits = if misplaced { None } else { trimmed.replace('_', "").parse().ok() };
    digits.ok_or_else(|| UrlError::Port(text.to_string()))
}

/// The pairs of `key=value&key=value`; blank values count only when asked for.
pub fn parse_query(text: &str, keep_blank_values: bool) -> Vec<(String, QueryValue)> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.filter_map(|pair| match pair.split_once('=') {
        Some((key, value)) if keep_blank_values || !value.is_empty() => Some((key, value)),
        None if keep_blank_values => Some((pair, "")),
        _ => None,
    });
    pairs.map(|(key, value)| (unquote(key, true), QueryValue::One(unquote(value, true)))).collect()
}

/// Percent-decoding; `plus` makes `+` a space.
fn unquote(text: &str, plus: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let source = text.as_bytes();
    let mut at = 0;
    while at < source.len() {
        let hex = source.get(at + 1..at + 3).filter(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        let byte = hex.and_then(|pair| std::str::from_utf8(pair).ok());
        match (source[at], byte.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                at += 3;
                continue;
            }
            (b'+', _) if plus => bytes.push(b' '),
            (byte, _) => bytes.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Percent-encoding, as Python's `urllib.parse.quote` with these characters left alone.
fn quote(text: &str, safe: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || "_.-~".contains(c) || safe.contains(c) {
            out.push(c);
        } else {
            let mut buffer = [0; 4];
            for byte in c.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    out
}

fn quote_plus(text: &str) -> String {
    quote(text, " ").replace(' ', "+")
}
