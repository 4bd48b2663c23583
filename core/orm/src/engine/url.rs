//! Database URLs: parsed and written as SQLAlchemy does.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.url`.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

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
    pub port: Option<u32>,
    /// The database, a file for SQLite.
    pub database: Option<String>,
    /// `?key=value`, in order.
    pub query: IndexMap<String, String, FxBuildHasher>,
}

/// Why a text is no URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// `sqlalchemy.exc.ArgumentError`
    #[error("Could not parse SQLAlchemy URL from given URL string")]
    Unparsable,
    /// `ValueError`, as `int()` gives it for the port.
    #[error("invalid literal for int() with base 10: {}", crate::types::python_str(.0))]
    Port(String),
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
        let (drivername, rest) = text.split_once("://").ok_or(UrlError::Unparsable)?;
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '+';
        if drivername.is_empty() || !drivername.chars().all(legal) {
            return Err(UrlError::Unparsable);
        }
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, parse_query(query)),
            None => (rest, IndexMap::default()),
        };
        let (authority, database) = match rest.split_once('/') {
            Some((authority, database)) => (authority, Some(database)),
            None => (rest, None),
        };
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        let (username, password) = match user.map(|user| user.split_once(':').unwrap_or((user, ""))) {
            None => (None, None),
            Some((name, _)) if !user.is_some_and(|user| user.contains(':')) => {
                (Some(unquote(name, false)), None)
            }
            Some((name, password)) => (Some(unquote(name, false)), Some(unquote(password, false))),
        };
        let (host, port) = if let Some(inner) = place.strip_prefix('[') {
            let (host, rest) = inner.split_once(']').ok_or(UrlError::Unparsable)?;
            (host, rest.strip_prefix(':').unwrap_or_default())
        } else {
            place.split_once(':').unwrap_or((place, ""))
        };
        let port = match port {
            "" => None,
            digits => Some(digits.parse().map_err(|_| UrlError::Port(digits.to_string()))?),
        };
        Ok(Url {
            drivername: drivername.to_string(),
            username,
            password,
            host: Some(host.to_string()).filter(|host| !host.is_empty()),
            port,
            database: database.map(str::to_string).filter(|database| !database.is_empty()),
            query,
        })
    }

    /// The part of the driver name before `+`.
    pub fn dialect_name(&self) -> &str {
        self.drivername.split('+').next().unwrap_or_default()
    }

    /// Whether this is a SQLite database in memory.
    pub fn is_memory(&self) -> bool {
        self.dialect_name() == "sqlite" && matches!(self.database.as_deref(), None | Some("" | ":memory:"))
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
            let mut pairs: Vec<_> = self.query.iter().collect();
            pairs.sort();
            let pairs: Vec<String> = pairs
                .iter()
                .map(|(key, value)| format!("{}={}", quote_plus(key), quote_plus(value)))
                .collect();
            out.push('?');
            out.push_str(&pairs.join("&"));
        }
        out
    }
}

fn parse_query(text: &str) -> IndexMap<String, String, FxBuildHasher> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (unquote(key, true), unquote(value, true))).collect()
}

/// Percent-decoding; `plus` makes `+` a space.
fn unquote(text: &str, plus: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let source = text.as_bytes();
    let mut at = 0;
    while at < source.len() {
        let hex = source.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (source[at], hex.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
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
