//! A database with its mapped classes: what sessions are opened on.
//!
//! It owns the [`Orm`] of the floor below, which is always within reach.
//! SQLAlchemy counterpart: an `Engine`, a `MetaData` and a `registry` together.

use std::rc::Rc;

use super::mapped::Classes;
use super::registry::{Registry, schema_error};
use super::scope::Scope;
use super::select::Select;
use super::session::Session;
use crate::engine::driver::SqliteDriver;
use crate::engine::{
    Driver, EngineError, EngineOptions, ErrorKind, Observer, Outcome, Probe, StatementEvent, Url, UrlError,
};
use crate::orm::{Orm, OrmError, OrmErrorKind, OrmResult, SessionOptions};
use crate::schema::Table;
use crate::sql::to_sql;
use crate::types::{EngineId, SessionId, TableId};

/// A database, and the classes that are mapped to its tables.
///
/// ```
/// use ormscope::typed::prelude::*;
///
/// #[derive(Mapped)]
/// #[mapped(table = "pets")]
/// struct Pet {
///     #[mapped(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// let mut db = Database::open("sqlite://")?;
/// db.create_all::<Pet>()?;
/// let mut session = db.session();
/// session.add(new!(Pet { name: "Rex" }))?;
/// session.commit()?;
/// # Ok::<(), OrmError>(())
/// ```
pub struct Database {
    pub(super) orm: Orm,
    pub(super) registry: Registry,
    engine: EngineId,
}

impl Database {
    /// `create_engine(url)`. Nothing is connected yet.
    ///
    /// # Errors
    /// When the URL has no form of SQLAlchemy's, or names no dialect of it.
    pub fn open(url: &str) -> OrmResult<Database> {
        let url = Url::parse(url).map_err(|error| {
            let kind = match error {
                UrlError::NoSuchDialect(_) => ErrorKind::NoSuchModule,
                _ => ErrorKind::Argument,
            };
            EngineError::new(kind, error.to_string())
        })?;
        let options = EngineOptions::of(&url);
        Database::with(Rc::new(SqliteDriver), url, options)
    }

    /// The same with a driver and options that are given.
    ///
    /// # Errors
    /// When SQLAlchemy has no such dialect.
    pub fn with(driver: Rc<dyn Driver>, url: Url, options: EngineOptions) -> OrmResult<Database> {
        let mut orm = Orm::new(driver);
        let engine = orm.engines.create(url, options)?;
        let registry = Registry::new(&mut orm);
        Ok(Database { orm, registry, engine })
    }

    /// Tells of mapped classes: one, or a tuple of them. Those that they have
    /// relationships to, or inherit from, come along.
    ///
    /// # Errors
    /// SQLAlchemy's configuration errors.
    pub fn map<C: Classes>(&mut self) -> OrmResult<()> {
        self.registry.map(&mut self.orm, C::classes())
    }

    /// Tells of a table that no class is mapped to, such as the one between
    /// two classes.
    ///
    /// # Errors
    /// When there is one of that name.
    pub fn add_table(&mut self, table: Table) -> OrmResult<TableId> {
        self.orm.schema.add_table(self.registry.metadata, table).map_err(schema_error)
    }

    /// Tells of mapped classes, as [`Database::map`], and creates the tables
    /// that are not there: `metadata.create_all(engine)`.
    ///
    /// # Errors
    /// SQLAlchemy's configuration errors, and the database's.
    pub fn create_all<C: Classes>(&mut self) -> OrmResult<()> {
        self.map::<C>()?;
        self.on_tables(true)
    }

    /// Drops the tables of all classes: `metadata.drop_all(engine)`.
    ///
    /// # Errors
    /// The database's.
    pub fn drop_all(&mut self) -> OrmResult<()> {
        self.on_tables(false)
    }

    fn on_tables(&mut self, create: bool) -> OrmResult<()> {
        let Orm { engines, schema, .. } = &mut self.orm;
        let tables: Vec<TableId> = schema.metadata(self.registry.metadata).tables.values().copied().collect();
        let connection = engines.connect(self.engine)?;
        let done = engines.begin(connection).and_then(|_| {
            match create {
                true => engines.create_tables(schema, connection, &tables, true),
                false => engines.drop_tables(schema, connection, &tables, true),
            }?;
            engines.commit(connection)
        });
        // A connection that is closed rolls back what was begun on it.
        engines.close(connection)?;
        Ok(done?)
    }

    /// `with Session(engine) as session`: it is closed when it goes out of scope.
    pub fn session(&mut self) -> Session<'_> {
        let id = self.add_session(SessionOptions::default());
        Session::new(self, id, true)
    }

    /// A session that stays open, to be [entered](Database::enter) again: there
    /// may be several of these at a time.
    pub fn add_session(&mut self, options: SessionOptions) -> SessionId {
        let bind = options.bind.or(Some(self.engine));
        self.orm.add_session(SessionOptions { bind, ..options })
    }

    /// A session that was opened before.
    ///
    /// ```
    /// use ormscope::typed::prelude::*;
    ///
    /// #[derive(Mapped)]
    /// #[mapped(table = "pets")]
    /// struct Pet {
    ///     #[mapped(primary_key)]
    ///     id: i64,
    ///     name: String,
    /// }
    ///
    /// let mut db = Database::open("sqlite://")?;
    /// db.create_all::<Pet>()?;
    /// let (one, other) = (db.add_session(Default::default()), db.add_session(Default::default()));
    /// let rex = db.enter(one)?.add(new!(Pet { name: "Rex" }))?;
    /// db.enter(one)?.commit()?;
    /// let same = db.enter(other)?.get::<Pet>(1)?;
    /// assert!(same.is_some_and(|same| same != rex));
    /// # Ok::<(), OrmError>(())
    /// ```
    ///
    /// # Errors
    /// When this database has no such session.
    pub fn enter(&mut self, id: SessionId) -> OrmResult<Session<'_>> {
        match self.orm.sessions.get(id.index()) {
            Some(_) => Ok(Session::new(self, id, false)),
            None => Err(OrmError::new(OrmErrorKind::InvalidRequest, "This database has no such session")),
        }
    }

    /// Has every statement told, with its parameters, before it is sent: the echo log.
    ///
    /// ```
    /// use std::cell::RefCell;
    /// use std::rc::Rc;
    ///
    /// use ormscope::typed::prelude::*;
    ///
    /// #[derive(Mapped)]
    /// #[mapped(table = "pets")]
    /// struct Pet {
    ///     #[mapped(primary_key)]
    ///     id: i64,
    ///     name: String,
    /// }
    ///
    /// let mut db = Database::open("sqlite://")?;
    /// db.create_all::<Pet>()?;
    /// let log = Rc::new(RefCell::new(Vec::new()));
    /// let echo = Rc::clone(&log);
    /// db.echo(move |event| echo.borrow_mut().push((event.sql.clone(), event.parameters.clone())));
    /// let mut session = db.session();
    /// session.add(new!(Pet { name: "Rex" }))?;
    /// session.flush()?;
    /// assert_eq!(
    ///     *log.borrow(),
    ///     [
    ///         ("BEGIN (implicit)".to_string(), None),
    ///         ("INSERT INTO pets (name) VALUES (?)".to_string(), Some("('Rex',)".to_string())),
    ///     ],
    /// );
    /// # Ok::<(), OrmError>(())
    /// ```
    pub fn echo(&mut self, tell: impl FnMut(&StatementEvent) + 'static) {
        self.orm.engines.observe(Some(Box::new(Echo(tell))));
    }

    /// The text of a statement in the database's dialect.
    ///
    /// # Errors
    /// When a class is not mapped, or the statement cannot be written.
    pub fn to_sql<R>(&self, select: &Select<R>) -> OrmResult<String> {
        let query = select.query(&self.scope())?;
        let lowered = self.orm.lower_with(&query.select, &query.options)?;
        Ok(to_sql(&self.orm.schema, &lowered.select, self.orm.engines.engine(self.engine).dialect)?)
    }

    /// What SQLAlchemy would have warned of since the last call.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.orm.warnings)
    }

    /// Frees objects that nothing but themselves holds, such as a parent and a
    /// child that hold each other, and tells how many: `gc.collect()`.
    pub fn collect_cycles(&mut self) -> usize {
        self.orm.collect_cycles()
    }

    /// The floor below, for what has no word of its own here.
    pub fn orm(&mut self) -> &mut Orm {
        &mut self.orm
    }

    pub(super) fn scope(&self) -> Scope<'_> {
        Scope::new(&self.orm, &self.registry)
    }
}

struct Echo<F>(F);

impl<F: FnMut(&StatementEvent)> Observer for Echo<F> {
    fn before(&mut self, event: &StatementEvent) {
        (self.0)(event);
    }

    fn after(&mut self, _: &Outcome, _: Probe<'_>) {}
}
