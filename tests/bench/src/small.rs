//! Objects of five small columns, to be weighed.

use std::rc::Rc;

use ormscope::engine::driver::SqliteDriver;
use ormscope::engine::{Cause, EngineOptions, Parameters, Url};
use ormscope::orm::{MapperSettings, Object, Orm, PlainHooks, RowValue, SessionOptions};
use ormscope::schema::{Column, Table};
use ormscope::sql::{Entity, Expr, Select, SelectItem};
use ormscope::types::{MapperId, SessionId, SqlType};

use crate::Outcome;
use crate::api::words;

/// A table with rows, its class, and a session.
pub(crate) struct World {
    orm: Orm,
    session: SessionId,
    mapper: MapperId,
    id: Expr,
}

impl World {
    /// Makes the table with so many rows.
    pub(crate) fn new(size: usize) -> Outcome<World> {
        let mut orm = Orm::new(Rc::new(SqliteDriver));
        let url = Url::parse("sqlite://").map_err(words)?;
        let engine = orm.engines.create(url, EngineOptions::default()).map_err(words)?;
        let metadata = orm.schema.add_metadata(Default::default());
        let number = |name: &str| Column::new(name, SqlType::Integer);
        let text = |name: &str| Column::new(name, SqlType::String { length: None });
        let table = Table::new("small")
            .column(number("id").primary_key())
            .column(text("code"))
            .column(text("name"))
            .column(number("amount"))
            .column(number("rank"));
        let table = orm.schema.add_table(metadata, table).map_err(words)?;
        let connection = orm.engines.connect(engine).map_err(words)?;
        orm.engines.begin(connection).map_err(words)?;
        orm.engines.create_tables(&orm.schema, connection, &[table], true).map_err(words)?;
        let rows = format!(
            "INSERT INTO small SELECT value, 'c' || value, 'name ' || value, value * 2, value % 10 FROM \
             (WITH RECURSIVE n(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM n WHERE value < {}) \
             SELECT value FROM n)",
            size.saturating_sub(1)
        );
        orm.engines.execute_raw(connection, &rows, &[]).map_err(words)?;
        orm.engines.commit(connection).map_err(words)?;
        orm.engines.close(connection).map_err(words)?;
        let mapper = orm.add_mapper(MapperSettings::new("Small", "bench", table)).map_err(words)?;
        orm.configure(mapper).map_err(words)?;
        let id = orm.schema.c(table, "id").map_err(words)?;
        let session = orm.add_session(SessionOptions { bind: Some(engine), ..SessionOptions::default() });
        Ok(World { orm, session, mapper, id })
    }

    /// Loads the objects of so many ids.
    pub(crate) fn load(&mut self, from: usize, count: usize, kept: &mut Vec<Object>) -> Outcome {
        let entity = SelectItem::Entity(Entity::of(self.mapper));
        let select = Select { items: vec![entity], ..Select::default() };
        let below = (from + count) as i64;
        let select = select.where_(self.id.clone().ge(from as i64) & self.id.clone().lt(below));
        let lowered = self.orm.lower(&select).map_err(words)?;
        let found = self
            .orm
            .load(&mut PlainHooks, self.session, &lowered, &Parameters::None, Cause::Query, false)
            .map_err(words)?;
        for row in &found.rows {
            if let [RowValue::Object(Some(object))] = &row[..] {
                kept.push(object.clone());
            }
        }
        Ok(())
    }
}
