//! Oracle Database, as python-oracledb takes it.
//!
//! SQLAlchemy counterpart: `OracleCompiler`.

use super::postgresql::{lock_options, regexp_replace};
use super::{Change, Rules};
use crate::sql::compiler::context::Context;
use crate::sql::compiler::functions::AggregateOrder;
use crate::sql::compiler::operators::Binary;
use crate::sql::compiler::select::FetchForm;
use crate::sql::compiler::{CompileError, Compiler, Dialect, Source};
use crate::sql::{Expr, ForUpdate, From, FunctionCall, Operator, Select, SelectItem};
use crate::types::{Date, DateTime, Family, SqlType, Time, Zoned};

/// Oracle Database
pub(super) struct Oracle;

impl Rules for Oracle {
    fn compiler_repr(&self) -> &'static str {
        "<sqlalchemy.dialects.oracle.cx_oracle.OracleCompiler_cx_oracle object at 0x…>"
    }

    fn placeholder(&self, name: &str) -> String {
        // A name that the database would refuse is quoted.
        if crate::sql::compiler::quote(name, Dialect::Oracle) == name {
            format!(":{name}")
        } else {
            format!(":\"{name}\"")
        }
    }

    fn label_length(&self) -> usize {
        Dialect::Oracle.max_identifier_length()
    }

    fn has_booleans(&self) -> bool {
        true
    }

    // Its constants are numbers all the same.
    fn boolean(&self, value: bool) -> &'static str {
        if value { "1" } else { "0" }
    }

    fn except(&self) -> &'static str {
        " MINUS "
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
        let own = sql_type.for_dialect("oracle");
        let described = own.described();
        let length = match described.class.family {
            Family::String if !described.class.is_a("Text") => described.number("length"),
            Family::Enum => own.enumeration().map(|made| made.width()),
            _ => return compiler.plain_cast("CAST", element, sql_type, cx),
        };
        compiler.push("CAST(");
        compiler.expr(element, cx)?;
        // The text type of a CAST must have a length.
        compiler.push(&format!(" AS VARCHAR2({} CHAR))", length.unwrap_or(4000)));
        Ok(())
    }

    fn alias_keyword(&self) -> &'static str {
        " "
    }

    fn row_suffix(&self) -> &'static str {
        ".COLUMN_VALUE"
    }

    fn cte_preamble(&self, _recursive: bool) -> &'static str {
        "WITH"
    }

    fn default_from(&self, _has_where: bool) -> &'static str {
        " FROM DUAL"
    }

    fn collation(&self, name: &str) -> String {
        crate::sql::compiler::quote(name, Dialect::Oracle)
    }

    fn orders_by_label(&self) -> bool {
        false
    }

    fn row_limit(
        &self,
        compiler: &mut Compiler<'_>,
        select: &Select,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let form = FetchForm { literal: true, limit_too: true, ..FetchForm::default() };
        compiler.common_fetch(select, form, cx)
    }

    fn for_update(
        &self,
        compiler: &mut Compiler<'_>,
        lock: &ForUpdate,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        compiler.push(" FOR UPDATE");
        if !lock.of.is_empty() {
            compiler.push(" OF ");
            compiler.list(&lock.of, ", ", |this, item| match item {
                SelectItem::Expr(expr) => this.expr(expr, cx),
                SelectItem::From(from) => {
                    let name = this.reference_to(from, cx);
                    this.push(&name);
                    Ok(())
                }
                SelectItem::Entity(_) => Ok(()),
            })?;
        }
        lock_options(compiler, lock);
        Ok(())
    }

    fn select_hint(&self, hints: &[(From, String)]) -> Option<String> {
        let texts: Vec<String> = hints.iter().map(|(_, text)| format!("/*+ {text} */")).collect();
        if texts.is_empty() { None } else { Some(texts.join(" ")) }
    }

    fn binary(
        &self,
        compiler: &mut Compiler<'_>,
        binary: Binary<'_>,
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        let regexp_like = |compiler: &mut Compiler<'_>| -> Result<(), CompileError> {
            compiler.push("REGEXP_LIKE(");
            compiler.expr(binary.left, cx)?;
            compiler.push(", ");
            compiler.expr(binary.right, cx)?;
            if let Some(flags) = &binary.modifiers.flags {
                let flags = compiler.quoted_text(flags);
                compiler.push(&format!(", {flags}"));
            }
            compiler.push(")");
            Ok(())
        };
        match binary.op {
            Operator::TrueDiv => compiler.infix(binary, " / ", cx)?,
            Operator::FloorDiv => compiler.floor_division(binary, cx)?,
            Operator::Mod => compiler.call_of_two("mod", binary, cx)?,
            Operator::IsDistinct | Operator::IsNotDistinct => {
                compiler.push("DECODE(");
                compiler.expr(binary.left, cx)?;
                compiler.push(", ");
                compiler.expr(binary.right, cx)?;
                compiler.push(if *binary.op == Operator::IsDistinct { ", 0, 1) = 1" } else { ", 0, 1) = 0" });
            }
            Operator::Regexp => regexp_like(compiler)?,
            Operator::NotRegexp => {
                compiler.push("NOT ");
                regexp_like(compiler)?;
            }
            Operator::RegexpReplace => regexp_replace(compiler, binary, cx)?,
            Operator::BitwiseXor => compiler.call_of_two("BITXOR", binary, cx)?,
            Operator::BitwiseOr => compiler.call_of_two("BITOR", binary, cx)?,
            Operator::BitwiseAnd => compiler.call_of_two("BITAND", binary, cx)?,
            Operator::LeftShift => {
                return Err(CompileError::Compile("Cannot compile bitwise_lshift in oracle".into()));
            }
            Operator::RightShift => {
                return Err(CompileError::Compile("Cannot compile bitwise_rshift in oracle".into()));
            }
            Operator::Match => {
                compiler.push("CONTAINS (");
                compiler.expr(binary.left, cx)?;
                compiler.push(", ");
                compiler.expr(binary.right, cx)?;
                compiler.push(")");
            }
            Operator::JsonGetItem | Operator::JsonPathGetItem => json_value(compiler, binary, cx)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn unary(
        &self,
        _compiler: &mut Compiler<'_>,
        op: &Operator,
        _operand: &Expr,
        _cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        if *op == Operator::BitwiseNot {
            return Err(CompileError::Compile("Cannot compile bitwise_not in oracle".into()));
        }
        Ok(false)
    }

    fn function(
        &self,
        compiler: &mut Compiler<'_>,
        call: &FunctionCall,
        cx: Context<'_>,
    ) -> Result<bool, CompileError> {
        let name = call.name.to_ascii_lowercase();
        match &*name {
            "now" => compiler.push("CURRENT_TIMESTAMP"),
            "char_length" => compiler.renamed("LENGTH", call, cx)?,
            "pow" => compiler.renamed("POWER", call, cx)?,
            "aggregate_strings" => compiler.joined_strings("LISTAGG", call, &[], cx)?,
            "uid" | "current_date" | "sysdate" | "user" | "current_time" | "current_timestamp"
                if call.arguments.is_empty() =>
            {
                compiler.push(&if call.generic { name.to_uppercase() } else { call.name.to_string() });
            }
            _ if cx.in_from && name != "table" => {
                compiler.push("TABLE (");
                compiler.common_function(call, Context { in_from: false, ..cx })?;
                compiler.push(")");
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn aggregate_order(&self) -> AggregateOrder {
        AggregateOrder::WithinGroup
    }

    fn next_value(&self, compiler: &mut Compiler<'_>, name: &str) -> Result<(), CompileError> {
        compiler.push(&format!("{name}.nextval"));
        Ok(())
    }

    fn empty_set(&self, _types: &[SqlType]) -> Result<String, CompileError> {
        Ok("SELECT 1 FROM DUAL WHERE 1!=1".into())
    }

    fn date_literal(&self, compiler: &Compiler<'_>, date: &Date) -> String {
        format!("TO_DATE({}, 'YYYY-MM-DD')", compiler.quoted_text(&date.iso()))
    }

    fn datetime_literal(&self, compiler: &Compiler<'_>, moment: &DateTime) -> String {
        let time = moment.time.storage();
        let time = time.strip_suffix(".000000").unwrap_or(&time);
        to_moment(compiler, &format!("{} {time}", moment.date.iso()), &moment.time)
    }

    fn zoned_literal(&self, compiler: &Compiler<'_>, moment: &Zoned) -> String {
        to_moment(compiler, &moment.iso(), &moment.local.time)
    }

    fn has_default_metavalue(&self) -> bool {
        true
    }

    fn inserts_several_rows(&self) -> bool {
        false
    }

    fn inserts_nothing(&self) -> bool {
        true
    }

    fn has_last_row_id(&self) -> bool {
        false
    }

    fn update_from(
        &self,
        _compiler: &mut Compiler<'_>,
        _table: &From,
        _extra: &[From],
        _cx: Context<'_>,
    ) -> Result<(), CompileError> {
        Err(CompileError::NotImplemented(
            "This backend does not support multiple-table criteria within UPDATE".into(),
        ))
    }

    fn cte_follows_insert(&self) -> bool {
        true
    }

    fn has_sequences(&self) -> bool {
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
        let exprs = compiler.expressions_of(items);
        compiler.push("RETURNING ");
        compiler.exprs(&exprs, ", ", cx)?;
        compiler.push(" INTO ");
        compiler.list(exprs.iter().enumerate(), ", ", |this, (at, expr)| {
            this.named_parameter(format!("ret_{at}").into(), expr.sql_type(), Source::Given)
        })
    }
}

/// `JSON_VALUE(x, '$."key"' RETURNING INTEGER ERROR ON ERROR)`
fn json_value(compiler: &mut Compiler<'_>, binary: Binary<'_>, cx: Context<'_>) -> Result<(), CompileError> {
    let described = binary.sql_type.described();
    let literal = Context { literal_binds: true, ..cx };
    let access = |compiler: &mut Compiler<'_>, name: &str| -> Result<(), CompileError> {
        compiler.push(&format!("{name}("));
        compiler.expr(binary.left, cx)?;
        compiler.push(", ");
        compiler.expr(binary.right, literal)
    };
    let returning = match described.class.family {
        Family::Boolean => {
            compiler.push("CASE ");
            access(compiler, "JSON_VALUE")?;
            compiler.push(") WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE CAST(");
            access(compiler, "JSON_VALUE")?;
            compiler.push(") AS NUMBER(1)) END");
            return Ok(());
        }
        Family::Integer => "INTEGER".to_string(),
        Family::Float => "FLOAT".to_string(),
        Family::Numeric => {
            let number =
                |name: &str| described.number(name).map_or("None".into(), |number| number.to_string());
            format!("NUMBER({}, {})", number("precision"), number("scale"))
        }
        Family::String => "VARCHAR2(4000)".to_string(),
        _ => {
            access(compiler, "JSON_QUERY")?;
            compiler.push(")");
            return Ok(());
        }
    };
    access(compiler, "JSON_VALUE")?;
    compiler.push(&format!(" RETURNING {returning} ERROR ON ERROR)"));
    Ok(())
}

/// `TO_DATE('…', '…')`
fn to_moment(compiler: &Compiler<'_>, text: &str, time: &Time) -> String {
    let text = compiler.quoted_text(text);
    let (name, format) = match time.microsecond {
        0 => ("TO_DATE", "YYYY-MM-DD HH24:MI:SS"),
        _ => ("TO_TIMESTAMP", "YYYY-MM-DD HH24:MI:SS.FF"),
    };
    format!("{name}({text}, '{format}')")
}
