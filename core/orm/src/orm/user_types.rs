//! Values of types that the program defines: converted around a statement.
//!
//! SQLAlchemy counterpart: `TypeDecorator`'s processors, which there are part of
//! the bind and result processors.

use std::any::Any;
use std::rc::Rc;

use super::{Hooks, Orm, OrmResult};
use crate::engine::{ConnectionId, Prepared, ResultSet};
use crate::types::SqlType;

impl Orm {
    /// Sends a prepared statement whose parameters and rows go through the
    /// program's own types.
    ///
    /// # Errors
    /// The database's, and what user code raises.
    pub(super) fn send_converted(
        &mut self,
        hooks: &mut dyn Hooks,
        connection: ConnectionId,
        mut prepared: Prepared,
    ) -> OrmResult<ResultSet> {
        for (set, place, code) in prepared.program_types(|sql_type| program_code(sql_type, true)) {
            let Some(value) = prepared.value_at(set, place).cloned() else { continue };
            let converted = match hooks.convert(self, &code, true, &value)? {
                Ok(converted) => converted,
                Err((class, message)) => return Err(prepared.refused(&class, &message).into()),
            };
            prepared.fill(set, place, converted);
        }
        let engine = self.engines.connection(connection)?.engine;
        if hooks.converts_json(engine, true) {
            for (set, place, ()) in prepared.program_types(|sql_type| is_json(sql_type).then_some(())) {
                let Some(value) = prepared.value_at(set, place).filter(|value| !value.is_null()) else {
                    continue;
                };
                let text = hooks.convert_json(self, engine, true, &value.clone())?;
                prepared.fill(set, place, text);
            }
        }
        let mut result = self.at(hooks, |at| at.send(connection, prepared))?;
        if hooks.converts_json(engine, false) {
            let columns = result.columns.iter().enumerate();
            let places: Vec<usize> =
                columns.filter(|(_, column)| is_json(&column.sql_type)).map(|(at, _)| at).collect();
            for row in &mut result.rows {
                for at in &places {
                    if let Some(value) = row.get_mut(*at).filter(|value| !value.is_null()) {
                        *value = hooks.convert_json(self, engine, false, value)?;
                    }
                }
            }
        }
        let codes: Vec<(usize, Rc<dyn Any>)> = result
            .columns
            .iter()
            .enumerate()
            .filter_map(|(at, column)| Some((at, program_code(&column.sql_type, false)?)))
            .collect();
        if codes.is_empty() {
            return Ok(result);
        }
        for row in &mut result.rows {
            for (at, code) in &codes {
                if let Some(value) = row.get_mut(*at)
                    && let Ok(converted) = hooks.convert(self, code, false, value)?
                {
                    *value = converted;
                }
            }
        }
        Ok(result)
    }
}

/// Whether values of a type are stored as JSON.
fn is_json(sql_type: &SqlType) -> bool {
    match sql_type.chosen_for("sqlite") {
        SqlType::Decorated(own) => is_json(&own.implementation),
        own => *own.generic() == SqlType::Json,
    }
}

/// The code that converts a type's values one way, if the program has some.
fn program_code(sql_type: &SqlType, outward: bool) -> Option<Rc<dyn Any>> {
    let (conversions, code) = match sql_type.chosen_for("sqlite") {
        SqlType::Decorated(own) => (own.conversions, &own.code),
        SqlType::Defined(own) => (own.conversions, &own.code),
        _ => return None,
    };
    let converts = if outward { conversions.bind } else { conversions.result };
    converts.then(|| Rc::clone(code))
}
