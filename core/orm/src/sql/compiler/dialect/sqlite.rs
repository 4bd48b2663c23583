//! SQLite.
//!
//! SQLAlchemy counterpart: `SQLiteCompiler`.

use super::{Change, Rules};
use crate::sql::compiler::context::Context;
use crate::sql::compiler::crud::Changeable;
use crate::sql::compiler::operators::Binary;
use crate::sql::compiler::select::FetchForm;
use crate::sql::compiler::{CompileError, Compiler, Dialect};
use crate::sql::{
    ConflictDialect, ConflictTarget, Expr, ForUpdate, From, FunctionCall, Insert, OnConflict, Operator,
    Select, SelectItem,
};
use crate::types::{DateTime, Family, SqlType, Time, Zoned};

/// SQLite
pub(super) struct Sqlite;

impl Rules for Sqlite {
    fn compiler_repr(&self) -> &'static str {
        "<sqlalchemy.dialects.sqlite.base.SQLiteCompiler object at 0x…>"
    }

    fn placeholder(&self, _name: &str) -> String {
        "?".into()
    }

    fn label_length(&self) -> usize {
        Dialect::Sqlite.max_identifier_length()
    }

    fn collation(&self, name: &str) -> String {
        crate::sql::compiler::quote(name, Dialect::Sqlite)
    }

    fn row_limit(
        &self,
        compiler: &mut Compiler<'_>,
        select: &Select,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if select.fetch.is_some() {
            return compiler.common_fetch(select, FetchForm::default(), cx);
        }
        // Its form always has both.
        compiler.push(if select.limit.is_some() || select.offset.is_some() { "\n LIMIT " } else { "" });
        match &select.limit {
            Some(limit) => compiler.expr(limit, cx)?,
            // This one is bound even among literal values, as in SQLAlchemy.
            None => compiler.constant(-1, Context::PLAIN),
        }
        compiler.push(" OFFSET ");
        match &select.offset {
            Some(offset) => compiler.expr(offset, cx)?,
            None => compiler.constant(0, cx),
        }
        Ok(())
    }

    fn for_update(
        &self,
        _compiler: &mut Compiler<'_>,
        _lock: &ForUpdate,
        _cx: Context<'_>,
    ) -> Result<(), CompileError> {
        Ok(())
    }

    fn binary(
        &self,
        compiler: &mut Compiler<'_>,
        binary: Binary<'_>,
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        match binary.op {
            Operator::TrueDiv => {
                compiler.expr(binary.left, cx)?;
                compiler.push(" / (");
                compiler.expr(binary.right, cx)?;
                compiler.push(" + 0.0)");
            }
            Operator::IsDistinct | Operator::IsNotDistinct => {
                let cx = Context { literal_binds: false, ..cx };
                compiler.expr(binary.left, cx.inside())?;
                compiler.push(if *binary.op == Operator::IsDistinct { " IS NOT " } else { " IS " });
                compiler.expr(binary.right, cx.inside())?;
            }
            Operator::Regexp => compiler.infix(binary, " REGEXP ", cx)?,
            Operator::NotRegexp => compiler.infix(binary, " NOT REGEXP ", cx)?,
            Operator::BitwiseXor => {
                let cx = Context { eager_grouping: true, ..cx };
                compiler.push("(");
                compiler.infix(binary, " | ", cx)?;
                compiler.push(" - ");
                compiler.infix(binary, " & ", cx)?;
                compiler.push(")");
            }
            Operator::JsonGetItem | Operator::JsonPathGetItem => {
                let is_json = binary.sql_type.described().class.family == Family::Json;
                if !cx.json_cast && !is_json {
                    let cx = Context { json_cast: true, ..cx };
                    compiler.plain_cast("CAST", binary.expr, binary.sql_type, cx)?;
                    return Ok(true);
                }
                compiler.push(if is_json { "JSON_QUOTE(" } else { "" });
                compiler.call_of_two("JSON_EXTRACT", binary, cx)?;
                compiler.push(if is_json { ")" } else { "" });
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn function(
        &self,
        compiler: &mut Compiler<'_>,
        call: &FunctionCall,
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        match &*call.name.to_ascii_lowercase() {
            "now" => compiler.push("CURRENT_TIMESTAMP"),
            "localtimestamp" => compiler.push("DATETIME(CURRENT_TIMESTAMP, 'localtime')"),
            "char_length" => compiler.renamed("length", call, cx)?,
            "aggregate_strings" => compiler.joined_strings("group_concat", call, &[], cx)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn ordered_function(
        &self,
        compiler: &mut Compiler<'_>,
        call: &FunctionCall,
        order_by: &[Expr],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if call.generic && &*call.name == "aggregate_strings" {
            return compiler.joined_strings("group_concat", call, order_by, cx);
        }
        compiler.common_ordered_function(call, order_by, cx)
    }

    fn extract(
        &self,
        compiler: &mut Compiler<'_>,
        field: &str,
        element: &Expr,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let format = match field {
            "year" => "%Y",
            "month" => "%m",
            "day" => "%d",
            "hour" => "%H",
            "minute" => "%M",
            "second" => "%S",
            "doy" => "%j",
            "dow" => "%w",
            "week" => "%W",
            "epoch" => "%s",
            // Known to other databases, and written as they have it.
            other @ ("quarter" | "milliseconds" | "microseconds" | "timezone_hour" | "timezone_minute") => {
                other
            }
            other => return Err(CompileError::Compile(format!("{other} is not a valid extract argument."))),
        };
        compiler.push(&format!("CAST(STRFTIME('{format}', "));
        compiler.expr(element, cx)?;
        compiler.push(") AS INTEGER)");
        Ok(())
    }

    fn empty_list(&self, types: &[SqlType], _op: Option<&Operator>) -> Result<String, CompileError> {
        self.empty_set(types)
    }

    fn empty_set(&self, types: &[SqlType]) -> Result<String, CompileError> {
        let ones = vec!["1"; types.len().max(1)].join(", ");
        Ok(format!("SELECT {ones} FROM (SELECT {ones}) WHERE 1!=1"))
    }

    fn rows_prefix(&self) -> &'static str {
        "VALUES "
    }

    fn datetime_literal(&self, compiler: &Compiler<'_>, moment: &DateTime) -> String {
        compiler.quoted_text(&moment.storage())
    }

    fn zoned_literal(&self, compiler: &Compiler<'_>, moment: &Zoned) -> String {
        self.datetime_literal(compiler, &moment.local)
    }

    fn time_literal(&self, compiler: &Compiler<'_>, time: &Time) -> String {
        compiler.quoted_text(&time.storage())
    }

    fn inserts_nothing(&self) -> bool {
        true
    }

    fn has_default_values(&self) -> bool {
        true
    }

    fn returning(
        &self,
        compiler: &mut Compiler<'_>,
        _change: Change,
        _table: &From,
        items: &[SelectItem],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.returning(items, Context { with_table: false, ..cx })
    }

    fn counts_for_null(&self) -> bool {
        true
    }

    fn on_conflict(
        &self,
        compiler: &mut Compiler<'_>,
        insert: &Insert,
        conflict: &OnConflict,
        columns: &[Changeable],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if conflict.dialect == ConflictDialect::Mysql {
            return Err(compiler.unsupported("<class 'sqlalchemy.dialects.mysql.dml.OnDuplicateClause'>"));
        }
        if let ConflictTarget::Constraint(_) = conflict.target {
            // SQLite has none of those: they are not written.
            let conflict = OnConflict { target: ConflictTarget::Any, ..conflict.clone() };
            return compiler.common_on_conflict(insert, &conflict, columns, true, cx);
        }
        compiler.common_on_conflict(insert, conflict, columns, true, cx)
    }
}
