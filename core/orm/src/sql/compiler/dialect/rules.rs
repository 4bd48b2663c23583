//! The common way of writing SQL, which a dialect overrides where it differs.
//!
//! SQLAlchemy counterpart: `SQLCompiler`, and the flags of `DefaultDialect`.

use crate::sql::compiler::binds::empty_list_with_condition;
use crate::sql::compiler::context::Context;
use crate::sql::compiler::crud::Changeable;
use crate::sql::compiler::functions::AggregateOrder;
use crate::sql::compiler::operators::Binary;
use crate::sql::compiler::select::FetchForm;
use crate::sql::compiler::{CompileError, Compiler};
use crate::sql::{
    Dml, Expr, ForUpdate, From, FunctionCall, Insert, JoinKind, OnConflict, Operator, Select, SelectItem,
};
use crate::types::{Date, DateTime, SqlType, Time, Value, Zoned};

/// What a change of rows is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sql::compiler) enum Change {
    Insert,
    Update,
    Delete,
}

/// Whether something was written: nothing means that the common way is taken.
type Written = Result<bool, CompileError>;
type Done = Result<(), CompileError>;

/// A dialect's ways; what is not overridden is written as most databases have it.
#[allow(unused_variables)] // the common way often needs less than an override
pub(in crate::sql::compiler) trait Rules {
    /// The compiler as SQLAlchemy's errors name it.
    fn compiler_repr(&self) -> &'static str;

    /// The placeholder of a parameter.
    fn placeholder(&self, name: &str) -> String;

    /// The cast after a placeholder.
    fn bind_cast(&self, sql_type: &SqlType) -> String {
        String::new()
    }

    /// Whether `%` in text must be doubled for the driver.
    fn doubles_percent(&self) -> bool {
        false
    }

    /// Whether a backslash in text must be doubled.
    fn escapes_backslashes(&self) -> bool {
        false
    }

    /// How long the name of a label may be.
    fn label_length(&self) -> usize;

    /// Whether it has a type for booleans.
    fn has_booleans(&self) -> bool {
        false
    }

    /// `true` and `false` as constants.
    fn boolean(&self, value: bool) -> &'static str {
        match (self.has_booleans(), value) {
            (true, true) => "true",
            (true, false) => "false",
            (false, true) => "1",
            (false, false) => "0",
        }
    }

    /// `EXCEPT`
    fn except(&self) -> &'static str {
        " EXCEPT "
    }

    /// What stands between an element of FROM and its name.
    fn alias_keyword(&self) -> &'static str {
        " AS "
    }

    /// What follows the name of an alias that stands for its row.
    fn row_suffix(&self) -> &'static str {
        ""
    }

    /// The word between the sides of a join.
    fn join_keyword(&self, kind: JoinKind) -> &'static str {
        match kind {
            JoinKind::Inner => " JOIN ",
            JoinKind::Outer => " LEFT OUTER JOIN ",
            JoinKind::Full => " FULL OUTER JOIN ",
        }
    }

    /// What begins a list of CTEs.
    fn cte_preamble(&self, recursive: bool) -> &'static str {
        if recursive { "WITH RECURSIVE" } else { "WITH" }
    }

    /// What a SELECT without FROM has in its place.
    fn default_from(&self, has_where: bool) -> &'static str {
        ""
    }

    /// A collation's name.
    fn collation(&self, name: &str) -> String;

    /// A select put another way, where the dialect cannot write it as it is.
    fn translated(&self, compiler: &Compiler<'_>, select: &Select) -> Result<Option<Select>, CompileError> {
        Ok(None)
    }

    /// What stands between SELECT and the columns.
    fn precolumns(&self, compiler: &mut Compiler<'_>, select: &Select, cx: Context<'_>) -> Done {
        match &select.distinct {
            crate::sql::Distinct::No => {}
            crate::sql::Distinct::Extended(exprs) if compiler.is_string() => {
                compiler.push("DISTINCT ON (");
                compiler.exprs(exprs, ", ", cx)?;
                compiler.push(") ");
            }
            crate::sql::Distinct::Extended(_) => {
                return Err(
                    compiler.unsupported("<class 'sqlalchemy.dialects.postgresql.ext.DistinctOnClause'>")
                );
            }
            _ => compiler.push("DISTINCT "),
        }
        Ok(())
    }

    /// Whether the ORDER BY of a select is written.
    fn keeps_order(&self, compiler: &Compiler<'_>, select: &Select) -> bool {
        true
    }

    /// Whether ORDER BY may name a label.
    fn orders_by_label(&self) -> bool {
        true
    }

    /// LIMIT, OFFSET and FETCH.
    fn row_limit(&self, compiler: &mut Compiler<'_>, select: &Select, cx: Context<'_>) -> Done {
        if select.fetch.is_some() {
            return compiler.common_fetch(select, FetchForm::default(), cx);
        }
        compiler.common_limit(select, ("\n LIMIT ", "\n LIMIT -1"), cx)
    }

    /// `FOR UPDATE`
    fn for_update(&self, compiler: &mut Compiler<'_>, lock: &ForUpdate, cx: Context<'_>) -> Done {
        compiler.push(" FOR UPDATE");
        Ok(())
    }

    /// The text of hints after SELECT.
    fn select_hint(&self, hints: &[(From, String)]) -> Option<String> {
        None
    }

    /// What a hint puts before and behind a table.
    ///
    /// # Errors
    /// For one that the dialect does not know.
    fn hint_beside(&self, text: &str) -> Result<(String, String), CompileError> {
        Ok(Default::default())
    }

    /// Writes a binary expression that is different here.
    fn binary(&self, compiler: &mut Compiler<'_>, binary: Binary<'_>, cx: Context<'_>) -> Written {
        Ok(false)
    }

    /// Writes a unary expression that is different here.
    fn unary(&self, compiler: &mut Compiler<'_>, op: &Operator, operand: &Expr, cx: Context<'_>) -> Written {
        Ok(false)
    }

    /// Writes a list under an operator that is different here.
    fn list(&self, compiler: &mut Compiler<'_>, op: &Operator, items: &[Expr], cx: Context<'_>) -> Written {
        Ok(false)
    }

    /// Writes a function call that is different here.
    fn function(&self, compiler: &mut Compiler<'_>, call: &FunctionCall, cx: Context<'_>) -> Written {
        Ok(false)
    }

    /// Where the ORDER BY of an aggregate function stands.
    fn aggregate_order(&self) -> AggregateOrder {
        AggregateOrder::Inline
    }

    /// Writes a function call with ORDER BY inside.
    fn ordered_function(
        &self,
        compiler: &mut Compiler<'_>,
        call: &FunctionCall,
        order_by: &[Expr],
        cx: Context<'_>,
    ) -> Done {
        compiler.common_ordered_function(call, order_by, cx)
    }

    /// Whether the numbers of a window's frame are written into the text.
    fn frames_are_literal(&self) -> bool {
        false
    }

    /// Whether `istartswith()` and its kin compare lower case with lower case.
    fn lowers_patterns(&self) -> bool {
        true
    }

    /// `EXTRACT(field FROM x)`
    fn extract(&self, compiler: &mut Compiler<'_>, field: &str, element: &Expr, cx: Context<'_>) -> Done {
        compiler.push(&format!("EXTRACT({field} FROM "));
        compiler.expr(element, cx)?;
        compiler.push(")");
        Ok(())
    }

    /// `CAST(x AS type)`
    fn cast(
        &self,
        compiler: &mut Compiler<'_>,
        element: &Expr,
        sql_type: &SqlType,
        attempt: bool,
        cx: Context<'_>,
    ) -> Done {
        if attempt {
            return Err(compiler.unsupported("<class 'sqlalchemy.sql.elements.TryCast'>"));
        }
        compiler.plain_cast("CAST", element, sql_type, cx)
    }

    /// Whether a part of an array can be written, `1:3`.
    fn has_slices(&self) -> bool {
        false
    }

    /// `ARRAY[a, b]`
    fn array(
        &self,
        compiler: &mut Compiler<'_>,
        items: &[Expr],
        sql_type: &SqlType,
        cx: Context<'_>,
    ) -> Done {
        Err(compiler.unsupported("<class 'sqlalchemy.dialects.postgresql.array.array'>"))
    }

    /// The next value of a sequence.
    fn next_value(&self, compiler: &mut Compiler<'_>, name: &str) -> Done {
        Err(CompileError::NotImplemented(format!(
            "Dialect '{}' does not support sequence increments.",
            compiler.dialect_name()
        )))
    }

    /// What stands in the place of a list without values.
    fn empty_list(&self, types: &[SqlType], op: Option<&Operator>) -> Result<String, CompileError> {
        match empty_list_with_condition(types, op) {
            Some(text) => Ok(text),
            None => self.empty_set(types),
        }
    }

    /// A select without rows.
    fn empty_set(&self, types: &[SqlType]) -> Result<String, CompileError>;

    /// What stands before the rows of an IN.
    fn rows_prefix(&self) -> &'static str {
        ""
    }

    /// A span of time as text; none where it has none.
    fn interval_literal(&self, _value: &Value) -> Option<String> {
        None
    }

    /// What stands in the brackets of a JSON value, as text.
    fn json_index_literal(&self, compiler: &Compiler<'_>, value: &Value) -> Option<String> {
        crate::types::json_path::dollar(value).ok().map(|path| compiler.quoted_text(&path))
    }

    /// A UUID as text.
    fn uuid_literal(&self, digits: &str) -> String {
        format!("'{digits}'")
    }

    /// A moment as text.
    fn datetime_literal(&self, compiler: &Compiler<'_>, moment: &DateTime) -> String {
        let time = moment.time.storage();
        let time = time.strip_suffix(".000000").unwrap_or(&time);
        compiler.quoted_text(&format!("{} {time}", moment.date.iso()))
    }

    /// A day as text.
    fn date_literal(&self, compiler: &Compiler<'_>, date: &Date) -> String {
        compiler.quoted_text(&date.iso())
    }

    /// A moment of a time zone as text.
    fn zoned_literal(&self, compiler: &Compiler<'_>, moment: &Zoned) -> String {
        compiler.quoted_text(&moment.iso())
    }

    /// A time of day as text.
    fn time_literal(&self, compiler: &Compiler<'_>, time: &Time) -> String {
        let text = time.storage();
        compiler.quoted_text(text.strip_suffix(".000000").unwrap_or(&text))
    }

    /// Whether it can insert several rows in one statement.
    fn inserts_several_rows(&self) -> bool {
        true
    }

    /// Whether a row may be inserted without any values.
    fn inserts_nothing(&self) -> bool {
        true
    }

    /// `DEFAULT VALUES`
    fn has_default_values(&self) -> bool {
        false
    }

    /// Whether `DEFAULT` may stand among values.
    fn has_default_metavalue(&self) -> bool {
        false
    }

    /// Whether the driver tells the key of the last row.
    fn has_last_row_id(&self) -> bool {
        true
    }

    /// Whether INSERT has RETURNING.
    fn returns_inserted(&self) -> bool {
        true
    }

    /// Whether RETURNING is preferred to the key that the driver tells.
    fn prefers_returning(&self) -> bool {
        false
    }

    /// Whether a key that counts by itself does so where NULL is given for it.
    fn counts_for_null(&self) -> bool {
        false
    }

    /// Whether the next number of a key is asked for before the row is inserted.
    fn counts_before(&self) -> bool {
        false
    }

    /// Whether RETURNING stands before the values.
    fn returning_is_first(&self) -> bool {
        false
    }

    /// `RETURNING …`
    fn returning(
        &self,
        compiler: &mut Compiler<'_>,
        change: Change,
        table: &From,
        items: &[SelectItem],
        cx: Context<'_>,
    ) -> Done {
        compiler.returning(items, cx)
    }

    /// Whether the CTEs of an INSERT's select stand before the select.
    fn cte_follows_insert(&self) -> bool {
        false
    }

    /// Whether it has sequences.
    fn has_sequences(&self) -> bool {
        false
    }

    /// Whether sequences that need not be there are left out.
    fn sequences_are_optional(&self) -> bool {
        false
    }

    /// What an INSERT does with rows that conflict.
    fn on_conflict(
        &self,
        compiler: &mut Compiler<'_>,
        insert: &Insert,
        conflict: &OnConflict,
        columns: &[Changeable],
        cx: Context<'_>,
    ) -> Done {
        let element = match conflict.dialect {
            crate::sql::ConflictDialect::Mysql => "OnDuplicateClause",
            _ if conflict.set.is_some() => "OnConflictDoUpdate",
            _ => "OnConflictDoNothing",
        };
        let package = match conflict.dialect {
            crate::sql::ConflictDialect::Mysql => "mysql",
            crate::sql::ConflictDialect::Sqlite => "sqlite",
            crate::sql::ConflictDialect::Postgresql => "postgresql",
        };
        Err(compiler.unsupported(&format!("<class 'sqlalchemy.dialects.{package}.dml.{element}'>")))
    }

    /// Whether a DELETE that names other tables has only the name of its own in
    /// front of them.
    fn deletes_by_name(&self) -> bool {
        false
    }

    /// Whether SET may name columns of other tables.
    fn sets_with_table(&self) -> bool {
        false
    }

    /// The tables after UPDATE.
    fn update_tables(
        &self,
        compiler: &mut Compiler<'_>,
        table: &From,
        extra: &[From],
        cx: Context<'_>,
    ) -> Done {
        compiler.from(table, cx)
    }

    /// The other tables of an UPDATE, after what is set.
    fn update_from(
        &self,
        compiler: &mut Compiler<'_>,
        table: &From,
        extra: &[From],
        cx: Context<'_>,
    ) -> Done {
        compiler.push(" FROM ");
        compiler.list(extra, ", ", |this, from| this.from(from, cx))
    }

    /// The other tables of a DELETE.
    fn delete_from(
        &self,
        compiler: &mut Compiler<'_>,
        table: &From,
        extra: &[From],
        cx: Context<'_>,
    ) -> Done {
        Err(CompileError::NotImplemented(
            "This backend does not support multiple-table criteria within DELETE".into(),
        ))
    }

    /// The LIMIT of an UPDATE or DELETE.
    fn dml_limit(&self, compiler: &mut Compiler<'_>, dml: &Dml, cx: Context<'_>) -> Done {
        if let Some(limit) = dml.limit.as_ref().filter(|_| dml.limit_extends) {
            if !compiler.is_string() {
                return Err(compiler.unsupported("<class 'sqlalchemy.dialects.mysql.dml.DMLLimitClause'>"));
            }
            compiler.push(" LIMIT ");
            compiler.expr(limit, Context { literal_execute: true, ..cx })?;
        }
        Ok(())
    }
}
