//! `text()`, and `text().columns()`.

use super::context::Context;
use super::{CompileError, Compiler, Parameter, ResultColumn, Source};
use crate::sql::{TextPiece, TextStatement, TextualSelect};
use crate::types::SqlType;

impl Compiler<'_> {
    /// Writes SQL text; each `:name` becomes a placeholder.
    pub(super) fn text(&mut self, statement: &TextStatement, cx: Context<'_>) -> Result<(), CompileError> {
        for piece in TextPiece::all(&statement.text) {
            match piece {
                TextPiece::Sql(text) => self.raw(text),
                TextPiece::Bind(name) => match statement.binds.iter().find(|bind| &*bind.key == name) {
                    Some(bind) => self.bind(bind, cx)?,
                    None if cx.literal_binds => self.push("NULL"),
                    None => self.parameter(Parameter {
                        name: name.into(),
                        sql_type: SqlType::Null,
                        source: Source::Given,
                        expanding_at: None,
                        empty_list: None,
                        frame: None,
                        literal_execute: false,
                        met: 0,
                    }),
                },
            }
        }
        Ok(())
    }

    /// Writes text whose columns are known.
    pub(super) fn textual_select(
        &mut self,
        select: &TextualSelect,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let outermost = self.levels.is_empty();
        let start = self.out.text.len();
        self.levels.push(super::Level::default());
        self.independent_ctes(&select.ctes)?;
        if outermost {
            self.by_name = !select.positional;
            for column in &select.columns {
                let key = self.name(&column.name);
                let (sql_type, base) = (column.sql_type.clone(), column.base);
                self.columns.push(ResultColumn { key, sql_type, base });
            }
        }
        self.text(&select.text, cx)?;
        self.render_ctes(start, outermost, false);
        self.levels.pop();
        Ok(())
    }
}
