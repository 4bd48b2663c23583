//! MySQL, as its drivers take it.
//!
//! SQLAlchemy counterpart: `MySQLCompiler`.

use super::Rules;
use super::postgresql::{lock_options, regexp_replace};
use crate::sql::compiler::context::Context;
use crate::sql::compiler::crud::Changeable;
use crate::sql::compiler::insert::typed_as;
use crate::sql::compiler::operators::Binary;
use crate::sql::compiler::{CompileError, Compiler, Dialect};
use crate::sql::{
    ConflictDialect, Dml, Expr, ForUpdate, From, FunctionCall, Insert, JoinKind, Kind, OnConflict, Operator,
    Select,
};
use crate::types::{Family, SqlType};

/// MySQL
pub(super) struct Mysql;

impl Rules for Mysql {
    fn compiler_repr(&self) -> &'static str {
        "<sqlalchemy.dialects.mysql.mysqldb.MySQLCompiler_mysqldb object at 0x…>"
    }

    fn placeholder(&self, _name: &str) -> String {
        "%s".into()
    }

    fn doubles_percent(&self) -> bool {
        true
    }

    fn escapes_backslashes(&self) -> bool {
        true
    }

    fn label_length(&self) -> usize {
        Dialect::Mysql.max_identifier_length()
    }

    fn boolean(&self, value: bool) -> &'static str {
        if value { "true" } else { "false" }
    }

    fn collation(&self, name: &str) -> String {
        crate::sql::compiler::quote(name, Dialect::Mysql)
    }

    fn join_keyword(&self, kind: JoinKind) -> &'static str {
        match kind {
            JoinKind::Inner => " INNER JOIN ",
            JoinKind::Outer => " LEFT OUTER JOIN ",
            JoinKind::Full => " FULL OUTER JOIN ",
        }
    }

    fn default_from(&self, has_where: bool) -> &'static str {
        if has_where { " FROM DUAL" } else { "" }
    }

    fn row_limit(
        &self,
        compiler: &mut Compiler<'_>,
        select: &Select,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if select.fetch.is_some() {
            return compiler.common_fetch(select, Default::default(), cx);
        }
        compiler.push(" \n LIMIT ");
        if let Some(offset) = &select.offset {
            compiler.expr(offset, cx)?;
            compiler.push(", ");
        }
        match &select.limit {
            Some(limit) => compiler.expr(limit, cx),
            None => {
                compiler.push("18446744073709551615");
                Ok(())
            }
        }
    }

    fn for_update(
        &self,
        compiler: &mut Compiler<'_>,
        lock: &ForUpdate,
        _cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.push(if lock.read { " LOCK IN SHARE MODE" } else { " FOR UPDATE" });
        lock_options(compiler, lock);
        Ok(())
    }

    fn hint_beside(&self, text: &str) -> Result<(String, String), CompileError> {
        Ok((String::new(), format!(" {text}")))
    }

    fn binary(
        &self,
        compiler: &mut Compiler<'_>,
        binary: Binary<'_>,
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        let Binary { left, op, right, modifiers, .. } = binary;
        match op {
            Operator::TrueDiv => compiler.infix(binary, " / ", cx)?,
            Operator::FloorDiv => compiler.floor_division(binary, cx)?,
            Operator::Concat => compiler.call_of_two("concat", binary, cx)?,
            Operator::IsDistinct => {
                compiler.push("NOT (");
                compiler.infix(binary, " <=> ", Context { literal_binds: false, ..cx })?;
                compiler.push(")");
            }
            Operator::IsNotDistinct => {
                compiler.infix(binary, " <=> ", Context { literal_binds: false, ..cx })?;
            }
            Operator::Regexp | Operator::NotRegexp => match &modifiers.flags {
                None if *op == Operator::Regexp => compiler.infix(binary, " REGEXP ", cx)?,
                None => compiler.infix(binary, " NOT REGEXP ", cx)?,
                Some(flags) => {
                    compiler.push(if *op == Operator::Regexp { "" } else { "NOT " });
                    compiler.push("REGEXP_LIKE(");
                    compiler.expr(left, cx)?;
                    compiler.push(", ");
                    compiler.expr(right, cx)?;
                    let flags = compiler.quoted_text(flags);
                    compiler.push(&format!(", {flags})"));
                }
            },
            Operator::RegexpReplace => regexp_replace(compiler, binary, cx)?,
            Operator::Match => match_against(compiler, binary, cx)?,
            Operator::JsonGetItem | Operator::JsonPathGetItem => json_extract(compiler, binary, cx)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn list(
        &self,
        compiler: &mut Compiler<'_>,
        op: &Operator,
        items: &[Expr],
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        if *op != Operator::Concat {
            return Ok(false);
        }
        compiler.push("concat(");
        compiler.exprs(items, ", ", cx)?;
        compiler.push(")");
        Ok(true)
    }

    fn function(
        &self,
        compiler: &mut Compiler<'_>,
        call: &FunctionCall,
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        match &*call.name.to_ascii_lowercase() {
            "random" => compiler.renamed("rand", call, cx)?,
            "sysdate" => compiler.push("SYSDATE()"),
            "rollup" => {
                compiler.exprs(&call.arguments, ", ", cx)?;
                compiler.push(" WITH ROLLUP");
            }
            "aggregate_strings" => group_concat(compiler, call, &[], cx)?,
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
            return group_concat(compiler, call, order_by, cx);
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
        let field = if field == "milliseconds" { "millisecond" } else { field };
        compiler.push(&format!("EXTRACT({field} FROM "));
        compiler.expr(element, cx)?;
        compiler.push(")");
        Ok(())
    }

    // MariaDB has sequences.
    fn next_value(&self, compiler: &mut Compiler<'_>, name: &str) -> Result<(), CompileError> {
        compiler.push(&format!("nextval({name})"));
        Ok(())
    }

    fn cast(
        &self,
        compiler: &mut Compiler<'_>,
        element: &Expr,
        sql_type: &SqlType,
        attempt: bool,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if attempt {
            return Err(compiler.unsupported("<class 'sqlalchemy.sql.elements.TryCast'>"));
        }
        match cast_type(compiler, sql_type)? {
            Some(text) => {
                compiler.push("CAST(");
                compiler.expr(element, cx)?;
                compiler.push(&format!(" AS {text})"));
                Ok(())
            }
            // It has no such cast, but must know the type.
            None => {
                compiler.type_text(sql_type)?;
                compiler.expr(&element.grouped(None), cx)
            }
        }
    }

    fn empty_set(&self, types: &[SqlType]) -> Result<String, CompileError> {
        let ones = vec!["1"; types.len().max(1)].join(", ");
        let named: Vec<String> = (0..types.len().max(1)).map(|at| format!("1 AS _in_{at}")).collect();
        Ok(format!("SELECT {ones} FROM (SELECT {}) as _empty_set WHERE 1!=1", named.join(", ")))
    }

    fn has_default_metavalue(&self) -> bool {
        true
    }

    fn returns_inserted(&self) -> bool {
        false
    }

    fn cte_follows_insert(&self) -> bool {
        true
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
        _cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if conflict.dialect != ConflictDialect::Mysql {
            let clause = if conflict.set.is_some() { "OnConflictDoUpdate" } else { "OnConflictDoNothing" };
            let package = match conflict.dialect {
                ConflictDialect::Sqlite => "sqlite",
                _ => "postgresql",
            };
            return Err(
                compiler.unsupported(&format!("<class 'sqlalchemy.dialects.{package}.dml.{clause}'>"))
            );
        }
        on_duplicate_key(compiler, insert, conflict, columns)
    }

    fn deletes_by_name(&self) -> bool {
        true
    }

    fn sets_with_table(&self) -> bool {
        true
    }

    fn update_tables(
        &self,
        compiler: &mut Compiler<'_>,
        table: &From,
        extra: &[From],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.from(table, cx)?;
        for from in extra {
            compiler.push(", ");
            compiler.from(from, cx)?;
        }
        Ok(())
    }

    fn update_from(
        &self,
        _compiler: &mut Compiler<'_>,
        _table: &From,
        _extra: &[From],
        _cx: Context<'_>,
    ) -> Result<(), CompileError> {
        Ok(())
    }

    fn delete_from(
        &self,
        compiler: &mut Compiler<'_>,
        table: &From,
        extra: &[From],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.push(" USING ");
        if !extra.iter().any(|from| from.contains(table)) {
            compiler.from(table, cx)?;
            compiler.push(", ");
        }
        compiler.list(extra, ", ", |this, from| this.from(from, cx))
    }

    fn dml_limit(&self, compiler: &mut Compiler<'_>, dml: &Dml, cx: Context<'_>) -> Result<(), CompileError> {
        if let Some(limit) = &dml.limit {
            compiler.push(" LIMIT ");
            compiler.expr(limit, Context { literal_execute: true, ..cx })?;
        }
        Ok(())
    }
}

/// `group_concat(x ORDER BY y SEPARATOR ', ')`
fn group_concat(
    compiler: &mut Compiler<'_>,
    call: &FunctionCall,
    order_by: &[Expr],
    cx: Context<'_>,
) -> Result<(), CompileError> {
    let [text, separator, ..] = &call.arguments[..] else {
        return compiler.renamed("group_concat", call, cx);
    };
    compiler.push("group_concat(");
    compiler.expr(text, cx)?;
    if !order_by.is_empty() {
        compiler.push(" ORDER BY ");
        compiler.exprs(order_by, ", ", cx)?;
    }
    compiler.push(" SEPARATOR ");
    compiler.expr(separator, Context { literal_execute: true, ..cx })?;
    compiler.push(")");
    Ok(())
}

/// `MATCH (x) AGAINST (y IN BOOLEAN MODE)`
fn match_against(
    compiler: &mut Compiler<'_>,
    binary: Binary<'_>,
    cx: Context<'_>,
) -> Result<(), CompileError> {
    let option = |name: &str, default: bool| {
        let given = binary.modifiers.options.iter().find(|(key, _)| &**key == name);
        given.map_or(default, |(_, value)| &**value == "True")
    };
    let boolean = option("mysql_boolean_mode", true);
    let natural = option("mysql_natural_language", false);
    let expansion = option("mysql_query_expansion", false);
    if boolean && (natural || expansion) {
        let python = |flag: bool| if flag { "True" } else { "False" };
        return Err(CompileError::Compile(format!(
            "Invalid MySQL match flags: in_boolean_mode={}, in_natural_language_mode={}, with_query_expansion={}",
            python(boolean),
            python(natural),
            python(expansion)
        )));
    }
    compiler.push("MATCH (");
    compiler.expr(binary.left, cx)?;
    compiler.push(") AGAINST (");
    compiler.expr(binary.right, cx)?;
    compiler.push(if boolean { " IN BOOLEAN MODE" } else { "" });
    compiler.push(if natural { " IN NATURAL LANGUAGE MODE" } else { "" });
    compiler.push(if expansion { " WITH QUERY EXPANSION" } else { "" });
    compiler.push(")");
    Ok(())
}

/// `JSON_EXTRACT(x, '$.key')`, and a CASE around it for another type.
fn json_extract(
    compiler: &mut Compiler<'_>,
    binary: Binary<'_>,
    cx: Context<'_>,
) -> Result<(), CompileError> {
    let described = binary.sql_type.described();
    let extract = |compiler: &mut Compiler<'_>| compiler.call_of_two("JSON_EXTRACT", binary, cx);
    if described.class.family == Family::Json {
        return extract(compiler);
    }
    compiler.push("CASE ");
    extract(compiler)?;
    compiler.push(" WHEN 'null' THEN NULL ");
    match described.class.family {
        Family::Integer => {
            compiler.push("ELSE CAST(");
            extract(compiler)?;
            compiler.push(" AS SIGNED INTEGER)");
        }
        Family::Numeric | Family::Float => match (described.number("precision"), described.number("scale")) {
            (Some(precision), Some(scale)) => {
                compiler.push("ELSE CAST(");
                extract(compiler)?;
                compiler.push(&format!(" AS DECIMAL({precision}, {scale}))"));
            }
            _ => {
                compiler.push("ELSE ");
                extract(compiler)?;
                compiler.push("+0.0000000000000000000000");
            }
        },
        Family::Boolean => compiler.push("WHEN true THEN true ELSE false"),
        Family::String => {
            compiler.push("ELSE JSON_UNQUOTE(");
            extract(compiler)?;
            compiler.push(")");
        }
        _ => {
            compiler.push("ELSE ");
            extract(compiler)?;
        }
    }
    compiler.push(" END");
    Ok(())
}

/// The type after CAST; none where there is no such cast.
fn cast_type(compiler: &Compiler<'_>, sql_type: &SqlType) -> Result<Option<String>, CompileError> {
    let own = sql_type.for_dialect("mysql");
    let described = own.described();
    let class = described.class;
    let text = |sql_type: &SqlType| compiler.type_text(sql_type).map(Some);
    Ok(match class.family {
        Family::Integer if described.flag("unsigned") => Some("UNSIGNED INTEGER".into()),
        Family::Integer => Some("SIGNED INTEGER".into()),
        Family::DateTime if class.is_a("TIMESTAMP") => Some("DATETIME".into()),
        Family::DateTime | Family::Date | Family::Time | Family::Interval => return text(own),
        Family::Enum => {
            let text = own.enumeration().filter(|made| !made.native);
            text.map(|made| format!("CHAR({})", made.width()))
        }
        Family::Any | Family::Boolean => None,
        Family::String => {
            Some(described.number("length").map_or_else(|| "CHAR".into(), |length| format!("CHAR({length})")))
        }
        Family::Binary | Family::Pickle => Some("BINARY".into()),
        Family::Json => Some("JSON".into()),
        Family::Numeric => text(own)?.map(|text| text.replace("NUMERIC", "DECIMAL")),
        Family::Array => return text(own),
        Family::Float | Family::Uuid | Family::JsonIndex => None,
    })
}

/// `ON DUPLICATE KEY UPDATE a = VALUES(a)`
fn on_duplicate_key(
    compiler: &mut Compiler<'_>,
    insert: &Insert,
    conflict: &OnConflict,
    columns: &[Changeable],
) -> Result<(), CompileError> {
    let set = conflict.set.as_deref().unwrap_or_default();
    let mut order: Vec<&Changeable> = Vec::new();
    if conflict.ordered {
        order.extend(set.iter().filter_map(|(key, _)| columns.iter().find(|column| column.key == *key)));
    }
    order.extend(
        columns.iter().filter(|column| !conflict.ordered || !set.iter().any(|(key, _)| *key == column.key)),
    );
    // What is asked of the rest, such as literal values, does not reach it in SQLAlchemy either.
    let cx = Context::PLAIN;
    let unknown =
        set.iter().map(|(key, _)| &**key).filter(|key| !columns.iter().any(|one| &*one.key == *key));
    compiler.warn_of_unknown(&insert.table, unknown);
    compiler.push("ON DUPLICATE KEY UPDATE ");
    let found = order.into_iter().filter_map(|column| {
        set.iter().find(|(key, _)| *key == column.key).map(|(_, value)| (column, value))
    });
    let found: Vec<(&Changeable, &Expr)> = found.collect();
    compiler.list(found, ", ", |this, (column, value)| {
        this.ident(&column.name);
        this.push(" = ");
        // What would have been inserted is asked for by a function.
        let value = typed_as(value, column).map(&mut |expr| match expr.kind() {
            Kind::Column(inserted) => match &inserted.from {
                Some(From::Alias(alias))
                    if conflict.proposed.as_ref().is_some_and(|own| own.id == alias.id) =>
                {
                    let name = crate::sql::compiler::quote(inserted.name.base(), Dialect::Mysql);
                    Some(Expr::literal_column(&format!("VALUES({name})"), inserted.sql_type.clone()))
                }
                _ => None,
            },
            _ => None,
        });
        this.expr(&value.grouped(None), cx)
    })
}
