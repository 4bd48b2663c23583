//! What `str(statement)` shows: no database in particular, and every construct
//! in some form.
//!
//! SQLAlchemy counterpart: `StrSQLCompiler`, `StrCompileDialect`.

use super::{Change, Rules};
use crate::sql::compiler::context::Context;
use crate::sql::compiler::crud::Changeable;
use crate::sql::compiler::operators::Binary;
use crate::sql::compiler::{CompileError, Compiler, Dialect};
use crate::sql::{ConflictDialect, Expr, From, FunctionCall, Insert, OnConflict, Operator, SelectItem};
use crate::types::SqlType;

/// No database in particular.
pub(super) struct Default;

impl Rules for Default {
    fn compiler_repr(&self) -> &'static str {
        "<sqlalchemy.sql.compiler.StrSQLCompiler object at 0x…>"
    }

    fn placeholder(&self, name: &str) -> String {
        format!(":{name}")
    }

    fn label_length(&self) -> usize {
        9999
    }

    fn has_booleans(&self) -> bool {
        true
    }

    fn collation(&self, name: &str) -> String {
        crate::sql::compiler::quote(name, Dialect::Default)
    }

    fn hint_beside(&self, text: &str) -> Result<(String, String), CompileError> {
        Ok((String::new(), format!(" [{text}]")))
    }

    fn binary(
        &self,
        compiler: &mut Compiler<'_>,
        binary: Binary<'_>,
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        match binary.op {
            Operator::GetItem | Operator::JsonGetItem | Operator::JsonPathGetItem => {
                compiler.expr(binary.left, cx)?;
                compiler.push("[");
                compiler.expr(binary.right, cx)?;
                compiler.push("]");
            }
            Operator::Regexp => compiler.infix(binary, " <regexp> ", cx)?,
            Operator::NotRegexp => compiler.infix(binary, " <not regexp> ", cx)?,
            Operator::RegexpReplace => compiler.call_of_two("<regexp replace>", binary, cx)?,
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
        if call.generic && &*call.name == "aggregate_strings" {
            compiler.joined_strings(&call.name, call, &[], cx)?;
            return Ok(true);
        }
        Ok(false)
    }

    fn ordered_function(
        &self,
        compiler: &mut Compiler<'_>,
        call: &FunctionCall,
        order_by: &[Expr],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if call.generic && &*call.name == "aggregate_strings" {
            return compiler.joined_strings(&call.name, call, order_by, cx);
        }
        compiler.common_ordered_function(call, order_by, cx)
    }

    fn cast(
        &self,
        compiler: &mut Compiler<'_>,
        element: &Expr,
        sql_type: &SqlType,
        attempt: bool,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.plain_cast(if attempt { "TRY_CAST" } else { "CAST" }, element, sql_type, cx)
    }

    fn json_index_literal(&self, compiler: &Compiler<'_>, value: &crate::types::Value) -> Option<String> {
        match value {
            crate::types::Value::Int(at) => Some(at.to_string()),
            crate::types::Value::Text(key) => Some(compiler.quoted_text(key)),
            // How a path is spelled is a database's own affair.
            _ => None,
        }
    }

    fn array(
        &self,
        compiler: &mut Compiler<'_>,
        items: &[Expr],
        sql_type: &SqlType,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        // It is printed as the one database that has it writes it, placeholders too.
        let own = std::mem::replace(&mut compiler.dialect, Dialect::Postgresql);
        let done = Dialect::Postgresql.rules().array(compiler, items, sql_type, cx);
        compiler.dialect = own;
        done
    }

    fn next_value(&self, compiler: &mut Compiler<'_>, name: &str) -> Result<(), CompileError> {
        compiler.push(&format!("<next sequence value: {name}>"));
        Ok(())
    }

    fn empty_set(&self, _types: &[SqlType]) -> Result<String, CompileError> {
        Ok("SELECT 1 WHERE 1!=1".into())
    }

    fn has_sequences(&self) -> bool {
        true
    }

    fn sequences_are_optional(&self) -> bool {
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
        compiler.returning_unnumbered(items, cx)
    }

    fn on_conflict(
        &self,
        compiler: &mut Compiler<'_>,
        insert: &Insert,
        conflict: &OnConflict,
        columns: &[Changeable],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let own = match conflict.dialect {
            ConflictDialect::Sqlite => Dialect::Sqlite,
            ConflictDialect::Postgresql => Dialect::Postgresql,
            ConflictDialect::Mysql => Dialect::Mysql,
        };
        own.rules().on_conflict(compiler, insert, conflict, columns, cx)
    }

    fn delete_from(
        &self,
        compiler: &mut Compiler<'_>,
        _table: &From,
        extra: &[From],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.push(" , ");
        compiler.list(extra, ", ", |this, from| this.from(from, cx))
    }
}
