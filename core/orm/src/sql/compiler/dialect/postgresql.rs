//! PostgreSQL, as its psycopg driver takes it.
//!
//! SQLAlchemy counterpart: `PGCompiler`.

use super::Rules;
use crate::sql::compiler::context::Context;
use crate::sql::compiler::crud::Changeable;
use crate::sql::compiler::operators::Binary;
use crate::sql::compiler::select::FetchForm;
use crate::sql::compiler::{CompileError, Compiler, Dialect};
use crate::sql::{
    ConflictDialect, Distinct, Expr, ForUpdate, From, FunctionCall, Insert, Kind, OnConflict, Operator,
    Select, SelectItem,
};
use crate::types::{Family, SqlType};

/// PostgreSQL
pub(super) struct Postgresql;

impl Rules for Postgresql {
    fn compiler_repr(&self) -> &'static str {
        "<sqlalchemy.dialects.postgresql.psycopg.PGCompiler_psycopg object at 0x…>"
    }

    fn placeholder(&self, name: &str) -> String {
        format!("%({name})s")
    }

    fn bind_cast(&self, sql_type: &SqlType) -> String {
        Dialect::Postgresql.bind_cast(sql_type)
    }

    fn doubles_percent(&self) -> bool {
        true
    }

    fn label_length(&self) -> usize {
        Dialect::Postgresql.max_identifier_length()
    }

    fn has_booleans(&self) -> bool {
        true
    }

    fn collation(&self, name: &str) -> String {
        crate::sql::compiler::quote(name, Dialect::Postgresql)
    }

    fn hint_beside(&self, text: &str) -> Result<(String, String), CompileError> {
        match text {
            "ONLY" => Ok(("ONLY ".into(), String::new())),
            other => {
                Err(CompileError::Compile(format!("Unrecognized hint: {}", crate::types::python_str(other))))
            }
        }
    }

    fn precolumns(
        &self,
        compiler: &mut Compiler<'_>,
        select: &Select,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        match &select.distinct {
            Distinct::No => {}
            Distinct::Yes => compiler.push("DISTINCT "),
            Distinct::On(exprs) | Distinct::Extended(exprs) => {
                compiler.push("DISTINCT ON (");
                compiler.order_list(exprs, false, cx)?;
                compiler.push(") ");
            }
        }
        Ok(())
    }

    fn row_limit(
        &self,
        compiler: &mut Compiler<'_>,
        select: &Select,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if select.fetch.is_some() {
            return compiler.common_fetch(
                select,
                FetchForm { parentheses: true, ..FetchForm::default() },
                cx,
            );
        }
        compiler.common_limit(select, (" \n LIMIT ", "\n LIMIT ALL"), cx)
    }

    fn for_update(
        &self,
        compiler: &mut Compiler<'_>,
        lock: &ForUpdate,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.push(match (lock.read, lock.key_share) {
            (true, true) => " FOR KEY SHARE",
            (true, false) => " FOR SHARE",
            (false, true) => " FOR NO KEY UPDATE",
            (false, false) => " FOR UPDATE",
        });
        lock_tables(compiler, lock, cx);
        lock_options(compiler, lock);
        Ok(())
    }

    fn binary(
        &self,
        compiler: &mut Compiler<'_>,
        binary: Binary<'_>,
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        let Binary { left, op, right, modifiers, .. } = binary;
        match op {
            Operator::BitwiseXor => compiler.infix(binary, " # ", cx)?,
            Operator::ILike | Operator::NotILike => {
                compiler.expr(left, cx)?;
                compiler.push(if *op == Operator::ILike { " ILIKE " } else { " NOT ILIKE " });
                compiler.expr(right, cx)?;
                compiler.escape(modifiers);
            }
            Operator::Regexp | Operator::NotRegexp => {
                let sign = if *op == Operator::Regexp { "~" } else { "!~" };
                match modifiers.flags.as_deref() {
                    None => compiler.infix(binary, &format!(" {sign} "), cx)?,
                    Some("i") => compiler.infix(binary, &format!(" {sign}* "), cx)?,
                    Some(flags) => {
                        compiler.expr(left, cx)?;
                        let flags = compiler.quoted_text(flags);
                        compiler.push(&format!(" {sign} CONCAT('(?', {flags}, ')', "));
                        compiler.expr(right, cx)?;
                        compiler.push(")");
                    }
                }
            }
            Operator::RegexpReplace => regexp_replace(compiler, binary, cx)?,
            Operator::Match => {
                compiler.expr(left, cx)?;
                compiler.push(" @@ plainto_tsquery(");
                let config = modifiers.options.iter().find(|(name, _)| &**name == "postgresql_regconfig");
                if let Some((_, config)) = config {
                    let config = compiler.quoted_text(config);
                    compiler.push(&format!("{config}, "));
                }
                compiler.expr(right, cx)?;
                compiler.push(")");
            }
            Operator::Custom(custom)
                if &*custom.text == "->" && left.sql_type().described().class.name == "HSTORE" =>
            {
                let grouped = matches!(left.kind(), Kind::Function(_));
                compiler.push(if grouped { "(" } else { "" });
                compiler.expr(left, cx)?;
                compiler.push(if grouped { ")[" } else { "[" });
                compiler.expr(right, cx)?;
                compiler.push("]");
            }
            Operator::GetItem => subscript(compiler, left, right, cx)?,
            Operator::JsonGetItem | Operator::JsonPathGetItem => {
                return json_access(compiler, binary, cx).map(|()| true);
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
            "aggregate_strings" => compiler.joined_strings("string_agg", call, &[], cx)?,
            "pow" => compiler.renamed("power", call, cx)?,
            "substring" => {
                let [text, start, rest @ ..] = &call.arguments[..] else { return Ok(false) };
                compiler.push("SUBSTRING(");
                compiler.expr(text, cx)?;
                compiler.push(" FROM ");
                compiler.expr(start, cx)?;
                if let Some(length) = rest.first() {
                    compiler.push(" FOR ");
                    compiler.expr(length, cx)?;
                }
                compiler.push(")");
            }
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
            return compiler.joined_strings("string_agg", call, order_by, cx);
        }
        compiler.common_ordered_function(call, order_by, cx)
    }

    fn lowers_patterns(&self) -> bool {
        false
    }

    fn has_slices(&self) -> bool {
        true
    }

    fn array(
        &self,
        compiler: &mut Compiler<'_>,
        items: &[Expr],
        sql_type: &SqlType,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.push("ARRAY[");
        compiler.exprs(items, ", ", cx)?;
        compiler.push("]");
        let described = sql_type.described();
        let item = described.item("item_type");
        if items.is_empty() && item.is_some_and(|item| *item != SqlType::Null) {
            let text = compiler.type_text(sql_type)?;
            compiler.push(&format!("::{text}"));
        }
        Ok(())
    }

    fn next_value(&self, compiler: &mut Compiler<'_>, name: &str) -> Result<(), CompileError> {
        compiler.push(&format!("nextval('{}')", name.replace('\'', "''")));
        Ok(())
    }

    fn empty_set(&self, types: &[SqlType]) -> Result<String, CompileError> {
        let mut nulls = Vec::new();
        for sql_type in types {
            let known = if *sql_type == SqlType::Null { &SqlType::Integer } else { sql_type };
            let text = Dialect::Postgresql.type_text(known).map_err(CompileError::Compile)?;
            nulls.push(format!("CAST(NULL AS {text})"));
        }
        Ok(format!("SELECT {} WHERE 1!=1", nulls.join(", ")))
    }

    fn interval_literal(&self, value: &crate::types::Value) -> Option<String> {
        let crate::types::Value::Interval(microseconds) = value else { return None };
        let seconds = crate::types::python_float(*microseconds as f64 / 1e6);
        Some(format!("make_interval(secs=>{seconds})"))
    }

    fn json_index_literal(&self, compiler: &Compiler<'_>, value: &crate::types::Value) -> Option<String> {
        match value {
            crate::types::Value::Int(at) => Some(at.to_string()),
            crate::types::Value::Text(key) => Some(compiler.quoted_text(key)),
            path => crate::types::json_path::braces(path).ok().map(|path| compiler.quoted_text(&path)),
        }
    }

    fn uuid_literal(&self, digits: &str) -> String {
        format!(
            "'{}'",
            crate::types::Value::Uuid(digits.into())
                .repr()
                .trim_start_matches("UUID('")
                .trim_end_matches("')")
        )
    }

    fn inserts_nothing(&self) -> bool {
        true
    }

    fn has_default_values(&self) -> bool {
        true
    }

    fn has_default_metavalue(&self) -> bool {
        true
    }

    fn counts_before(&self) -> bool {
        true
    }

    fn has_last_row_id(&self) -> bool {
        false
    }

    fn has_sequences(&self) -> bool {
        true
    }

    fn sequences_are_optional(&self) -> bool {
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
        if conflict.dialect == ConflictDialect::Sqlite {
            let clause = if conflict.set.is_some() { "OnConflictDoUpdate" } else { "OnConflictDoNothing" };
            return Err(CompileError::Attribute(format!(
                "'{clause}' object has no attribute 'constraint_target'"
            )));
        }
        compiler.common_on_conflict(insert, conflict, columns, false, cx)
    }

    fn delete_from(
        &self,
        compiler: &mut Compiler<'_>,
        _table: &From,
        extra: &[From],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.push(" USING ");
        compiler.list(extra, ", ", |this, from| this.from(from, cx))
    }
}

/// `left[right]`
fn subscript(
    compiler: &mut Compiler<'_>,
    left: &Expr,
    right: &Expr,
    cx: Context<'_>,
) -> Result<(), CompileError> {
    compiler.expr(left, cx)?;
    compiler.push("[");
    compiler.expr(right, cx)?;
    compiler.push("]");
    Ok(())
}

/// `x -> 'key'`, or `x ->> 'key'` inside the cast that another type asks for.
fn json_access(compiler: &mut Compiler<'_>, binary: Binary<'_>, cx: Context<'_>) -> Result<(), CompileError> {
    let is_json = binary.sql_type.described().class.family == Family::Json;
    if !cx.json_cast && !is_json {
        let cx = Context { json_cast: true, ..cx };
        return compiler.plain_cast("CAST", binary.expr, binary.sql_type, cx);
    }
    let as_text = cx.json_cast;
    let cx = Context { eager_grouping: true, json_cast: false, ..cx };
    let path = *binary.op == Operator::JsonPathGetItem;
    let is_jsonb = binary.left.sql_type().described().class.name == "JSONB";
    if !as_text && !path && is_jsonb {
        let grouped = matches!(binary.left.kind(), Kind::Function(_) | Kind::Cast { .. });
        compiler.push(if grouped { "(" } else { "" });
        compiler.expr(binary.left, cx)?;
        compiler.push(if grouped { ")" } else { "" });
        compiler.push("[");
        compiler.expr(binary.right, cx)?;
        compiler.push("]");
        return Ok(());
    }
    let sign = match (path, as_text) {
        (false, false) => " -> ",
        (false, true) => " ->> ",
        (true, false) => " #> ",
        (true, true) => " #>> ",
    };
    compiler.infix(binary, sign, cx)
}

/// `REGEXP_REPLACE(x, pattern, replacement)`
pub(super) fn regexp_replace(
    compiler: &mut Compiler<'_>,
    binary: Binary<'_>,
    cx: Context<'_>,
) -> Result<(), CompileError> {
    compiler.push("REGEXP_REPLACE(");
    compiler.expr(binary.left, cx)?;
    compiler.push(", ");
    compiler.expr(binary.right, cx)?;
    if let Some(flags) = &binary.modifiers.flags {
        let flags = compiler.quoted_text(flags);
        compiler.push(&format!(", {flags}"));
    }
    compiler.push(")");
    Ok(())
}

/// `OF a, b`
pub(super) fn lock_tables(compiler: &mut Compiler<'_>, lock: &ForUpdate, cx: Context<'_>) {
    if lock.of.is_empty() {
        return;
    }
    let cx = Context { with_schema: false, ..cx };
    let mut names: Vec<String> = Vec::new();
    let mut add = |compiler: &mut Compiler<'_>, from: &From| {
        let mut leaves = Vec::new();
        from.leaves(&mut |leaf| leaves.push(leaf.clone()));
        for leaf in leaves {
            let name = compiler.reference_to(&leaf, cx);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    };
    for item in &lock.of {
        match item {
            SelectItem::From(from) => add(compiler, from),
            SelectItem::Expr(expr) => {
                if let Kind::Column(column) = expr.kind()
                    && let Some(from) = &column.from
                {
                    add(compiler, from);
                }
            }
            SelectItem::Entity(_) => {}
        }
    }
    compiler.push(" OF ");
    compiler.push(&names.join(", "));
}

/// `NOWAIT`, `SKIP LOCKED`
pub(super) fn lock_options(compiler: &mut Compiler<'_>, lock: &ForUpdate) {
    compiler.push(if lock.nowait { " NOWAIT" } else { "" });
    compiler.push(if lock.skip_locked { " SKIP LOCKED" } else { "" });
}
