//! Microsoft SQL Server, as pyodbc takes it.
//!
//! SQLAlchemy counterpart: `MSSQLCompiler`.

use super::{Change, Rules};
use crate::sql::compiler::context::Context;
use crate::sql::compiler::functions::AggregateOrder;
use crate::sql::compiler::operators::Binary;
use crate::sql::compiler::select::literal_count;
use crate::sql::compiler::{CompileError, Compiler, Dialect};
use crate::sql::{
    Alias, AliasKind, AliasOf, Expr, ForUpdate, From, FunctionCall, Kind, Operator, Select, SelectItem,
    Window,
};
use crate::types::{Family, SqlType};

/// Microsoft SQL Server
pub(super) struct Mssql;

impl Rules for Mssql {
    fn compiler_repr(&self) -> &'static str {
        "<sqlalchemy.dialects.mssql.base.MSSQLCompiler object at 0x…>"
    }

    fn placeholder(&self, name: &str) -> String {
        format!(":{name}")
    }

    fn label_length(&self) -> usize {
        Dialect::Mssql.max_identifier_length()
    }

    fn cte_preamble(&self, _recursive: bool) -> &'static str {
        "WITH"
    }

    fn collation(&self, name: &str) -> String {
        crate::sql::compiler::quote(name, Dialect::Mssql)
    }

    /// Without OFFSET, rows are numbered and those that are wanted picked.
    fn translated(&self, compiler: &Compiler<'_>, select: &Select) -> Result<Option<Select>, CompileError> {
        if !select.limits_rows() || uses_top(select) {
            return Ok(None);
        }
        if select.order_by.is_empty() {
            return Err(CompileError::Compile(
                "MSSQL requires an order_by when using an OFFSET or a non-simple LIMIT clause".into(),
            ));
        }
        if select.fetch.as_ref().is_some_and(|fetch| fetch.percent || fetch.with_ties) {
            return Err(CompileError::Compile(
                "MSSQL needs TOP to use PERCENT and/or WITH TIES. Only simple fetch without offset can be used."
                    .into(),
            ));
        }
        let mut inner = select.clone();
        let order_by = std::mem::take(&mut inner.order_by);
        let limit = inner.fetch.take().map(|fetch| fetch.count).or(inner.limit.take());
        let offset = inner.offset.take();
        inner.limit = None;
        let number = Expr::new(Kind::Over {
            element: Expr::function(&["ROW_NUMBER"], Vec::new()),
            window: Window { order_by, ..Window::default() },
        });
        inner.items.push(SelectItem::Expr(number.label(Some("mssql_rn"))));
        let alias = Alias::new(
            AliasOf::Statement(std::rc::Rc::new(crate::sql::Statement::Select(inner))),
            None,
            AliasKind::Inline,
        );
        let columns = compiler.columns_of(&From::Alias(alias));
        let wanted = columns.into_iter().filter(|column| &*column.key != "mssql_rn").map(Expr::from);
        let mut outer = Select::of(wanted);
        let row = || Expr::named("mssql_rn", SqlType::Integer);
        if let Some(offset) = &offset {
            outer.where_.push(row().binary(Operator::Gt, offset.clone()));
        }
        if let Some(limit) = limit {
            let last = match offset {
                Some(offset) => limit.binary(Operator::Add, offset),
                None => limit,
            };
            outer.where_.push(row().binary(Operator::Le, last));
        }
        Ok(Some(outer))
    }

    fn precolumns(
        &self,
        compiler: &mut Compiler<'_>,
        select: &Select,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if let crate::sql::Distinct::Extended(_) = select.distinct {
            return Err(compiler.unsupported("<class 'sqlalchemy.dialects.postgresql.ext.DistinctOnClause'>"));
        }
        if !matches!(select.distinct, crate::sql::Distinct::No) {
            compiler.push("DISTINCT ");
        }
        if select.limits_rows() && uses_top(select) {
            let fetch = select.fetch.as_ref();
            let count = fetch.map(|fetch| &fetch.count).or(select.limit.as_ref());
            if let Some(count) = count {
                compiler.push("TOP ");
                compiler.expr(&literal_count(count), Context { literal_execute: true, ..cx })?;
                compiler.push(" ");
            }
            if let Some(fetch) = fetch {
                compiler.push(if fetch.percent { "PERCENT " } else { "" });
                compiler.push(if fetch.with_ties { "WITH TIES " } else { "" });
            }
        }
        Ok(())
    }

    fn keeps_order(&self, compiler: &Compiler<'_>, select: &Select) -> bool {
        !compiler.is_inside() || uses_top(select)
    }

    fn row_limit(
        &self,
        _compiler: &mut Compiler<'_>,
        _select: &Select,
        _cx: Context<'_>,
    ) -> Result<(), CompileError> {
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

    fn hint_beside(&self, text: &str) -> Result<(String, String), CompileError> {
        Ok((String::new(), format!(" {text}")))
    }

    fn binary(
        &self,
        compiler: &mut Compiler<'_>,
        binary: Binary<'_>,
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        let Binary { left, op, right, .. } = binary;
        match op {
            Operator::Eq
                if matches!(left.kind(), Kind::Bind(_)) && !matches!(right.kind(), Kind::Bind(_)) =>
            {
                compiler.infix_with(right, " = ", left, cx)?;
            }
            Operator::TrueDiv => {
                compiler.expr(left, cx)?;
                compiler.push(" / (");
                compiler.expr(right, cx)?;
                compiler.push(" + 0.0)");
            }
            Operator::Concat => {
                compiler.expr(left, cx)?;
                compiler.push(" + ");
                compiler.expr(right, cx)?;
            }
            Operator::Match => compiler.call_of_two("CONTAINS ", binary, cx)?,
            Operator::IsDistinct | Operator::IsNotDistinct => {
                compiler.push(if *op == Operator::IsDistinct {
                    "NOT EXISTS (SELECT "
                } else {
                    "EXISTS (SELECT "
                });
                compiler.expr(left, cx)?;
                compiler.push(" INTERSECT SELECT ");
                compiler.expr(right, cx)?;
                compiler.push(")");
            }
            Operator::JsonGetItem | Operator::JsonPathGetItem => json_value(compiler, binary, cx)?,
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
        compiler.exprs(items, " + ", cx)?;
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
            "current_date" => compiler.push("GETDATE()"),
            "length" | "char_length" => compiler.renamed("LEN", call, cx)?,
            "pow" => compiler.renamed("POWER", call, cx)?,
            "aggregate_strings" => compiler.joined_strings("string_agg", call, &[], cx)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn aggregate_order(&self) -> AggregateOrder {
        AggregateOrder::WithinGroup
    }

    fn frames_are_literal(&self) -> bool {
        true
    }

    fn extract(
        &self,
        compiler: &mut Compiler<'_>,
        field: &str,
        element: &Expr,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let field = match field {
            "doy" => "dayofyear",
            "dow" => "weekday",
            "milliseconds" => "millisecond",
            "microseconds" => "microsecond",
            other => other,
        };
        compiler.push(&format!("DATEPART({field}, "));
        compiler.expr(element, cx)?;
        compiler.push(")");
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
        compiler.plain_cast(if attempt { "TRY_CAST " } else { "CAST" }, element, sql_type, cx)
    }

    fn next_value(&self, compiler: &mut Compiler<'_>, name: &str) -> Result<(), CompileError> {
        compiler.push(&format!("NEXT VALUE FOR {name}"));
        Ok(())
    }

    fn empty_set(&self, _types: &[SqlType]) -> Result<String, CompileError> {
        Ok("SELECT 1 WHERE 1!=1".into())
    }

    fn has_default_values(&self) -> bool {
        true
    }

    fn deletes_by_name(&self) -> bool {
        true
    }

    fn prefers_returning(&self) -> bool {
        true
    }

    fn returning_is_first(&self) -> bool {
        true
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
        change: Change,
        table: &From,
        items: &[SelectItem],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let name = if change == Change::Delete { "deleted" } else { "inserted" };
        let alias = From::Alias(table.aliased(Some(name)));
        let items: Vec<SelectItem> = compiler
            .expressions_of(items)
            .iter()
            .map(|expr| {
                SelectItem::Expr(expr.map(&mut |part| match part.kind() {
                    Kind::Column(column) if column.from.as_ref().is_some_and(|from| from.is(table)) => {
                        let mut column = column.clone();
                        column.from = Some(alias.clone());
                        Some(Expr::from(column))
                    }
                    _ => None,
                }))
            })
            .collect();
        compiler.returning_as("OUTPUT ", &items, cx)
    }

    fn update_from(
        &self,
        compiler: &mut Compiler<'_>,
        table: &From,
        extra: &[From],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.push(" FROM ");
        compiler.from(table, cx)?;
        for from in extra {
            compiler.push(", ");
            compiler.from(from, cx)?;
        }
        Ok(())
    }

    fn delete_from(
        &self,
        compiler: &mut Compiler<'_>,
        table: &From,
        extra: &[From],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        self.update_from(compiler, table, extra, cx)
    }
}

/// Whether a number of rows is written as TOP.
fn uses_top(select: &Select) -> bool {
    let simple = |expr: &Expr| matches!(expr.kind(), Kind::Bind(bind) if bind.unique);
    select.offset.is_none()
        && (select.limit.as_ref().is_some_and(simple)
            || select
                .fetch
                .as_ref()
                .is_some_and(|fetch| simple(&fetch.count) && (fetch.percent || fetch.with_ties)))
}

/// `JSON_VALUE(x, '$."key"')`, and a CASE around it for another type.
fn json_value(compiler: &mut Compiler<'_>, binary: Binary<'_>, cx: Context<'_>) -> Result<(), CompileError> {
    let described = binary.sql_type.described();
    if described.class.family == Family::Json {
        return compiler.call_of_two("JSON_QUERY", binary, cx);
    }
    compiler.push("CASE ");
    compiler.call_of_two("JSON_VALUE", binary, cx)?;
    compiler.push(" WHEN NULL THEN NULL ");
    let mut cast = |before: &str, target: &str| -> Result<(), CompileError> {
        compiler.push(before);
        compiler.push("CAST(");
        compiler.call_of_two("JSON_VALUE", binary, cx)?;
        compiler.push(&format!(" AS {target})"));
        Ok(())
    };
    match described.class.family {
        Family::Integer => cast("ELSE ", "INTEGER")?,
        Family::Float => cast("ELSE ", "FLOAT")?,
        Family::Numeric => {
            let number =
                |name: &str| described.number(name).map_or("None".into(), |number| number.to_string());
            cast("ELSE ", &format!("NUMERIC({}, {})", number("precision"), number("scale")))?;
        }
        Family::Boolean => cast("WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE ", "BIT")?,
        Family::String => {
            compiler.push("ELSE ");
            compiler.call_of_two("JSON_VALUE", binary, cx)?;
        }
        _ => {
            compiler.push("ELSE ");
            compiler.call_of_two("JSON_QUERY", binary, cx)?;
        }
    }
    compiler.push(" END");
    Ok(())
}
