//! Function calls, and the functions that SQLAlchemy knows by itself.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.functions`.

use super::element::{Expr, FunctionCall, Kind};
use super::operators::Operator;
use crate::types::SqlType;

/// What is known of a function's result.
enum Known {
    /// It has this type.
    Type(SqlType),
    /// It has the type of its arguments.
    OfArguments,
    /// It has the type of what it sorts by, within a group.
    OfOrder,
    /// Nothing but that it is known.
    Nothing,
}

fn known(name: &str) -> Option<Known> {
    let text = || SqlType::String { length: None };
    let numeric = || SqlType::Numeric { precision: None, scale: None };
    Some(match name {
        "coalesce" | "max" | "min" | "sum" | "pow" => Known::OfArguments,
        "now" | "current_timestamp" | "localtime" | "localtimestamp" | "sysdate" => {
            Known::Type(SqlType::DateTime)
        }
        "concat" | "current_user" | "session_user" | "user" | "aggregate_strings" => Known::Type(text()),
        "char_length" | "count" | "rank" | "dense_rank" | "next_value" => Known::Type(SqlType::Integer),
        "percent_rank" | "cume_dist" => Known::Type(numeric()),
        "current_date" => Known::Type(SqlType::Date),
        "current_time" => Known::Type(SqlType::Time),
        "mode" | "percentile_cont" | "percentile_disc" => Known::OfOrder,
        "random" | "array_agg" | "any" | "all" | "some" | "cube" | "rollup" | "grouping_sets" => {
            Known::Nothing
        }
        _ => return None,
    })
}

/// The type that the first argument with a type has.
fn type_of_arguments(arguments: &[Expr]) -> SqlType {
    arguments.iter().map(Expr::sql_type).find(|known| *known != SqlType::Null).unwrap_or_default()
}

impl FunctionCall {
    /// A call of the function of that path, `package.name`; its type is known
    /// where SQLAlchemy knows it, or given.
    ///
    /// ```
    /// use ormscope::expression::FunctionCall;
    /// use ormscope::types::SqlType;
    ///
    /// assert_eq!(FunctionCall::new(&["count"], Vec::new(), None).sql_type, SqlType::Integer);
    /// ```
    pub fn new(path: &[&str], arguments: Vec<Expr>, sql_type: Option<SqlType>) -> FunctionCall {
        let (name, packages) = path.split_last().unwrap_or((&"", &[]));
        let lower = name.to_ascii_lowercase();
        let known = if packages.is_empty() { known(&lower) } else { None };
        let mut arguments: Vec<Expr> =
            arguments.iter().map(|argument| argument.grouped(Some(&Operator::Comma))).collect();
        if known.is_some() && lower == "count" && arguments.is_empty() {
            arguments.push(Expr::star());
        }
        let found = match &known {
            Some(Known::Type(sql_type)) => sql_type.clone(),
            Some(Known::OfArguments) => type_of_arguments(&arguments),
            _ => SqlType::Null,
        };
        FunctionCall {
            // A known function has its own spelling, however it was asked for.
            name: if known.is_some() { lower.as_str().into() } else { (*name).into() },
            packages: packages.iter().map(|package| (*package).into()).collect(),
            arguments,
            sql_type: sql_type.unwrap_or(found),
            with_ordinality: false,
            generic: known.is_some(),
        }
    }
}

impl Expr {
    /// A call of the function of that path.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// assert_eq!(text(&Expr::function(&["stats", "f"], vec![Expr::null()])), "stats.f(NULL)");
    /// ```
    pub fn function(path: &[&str], arguments: Vec<Expr>) -> Expr {
        Expr::new(Kind::Function(FunctionCall::new(path, arguments, None)))
    }

    /// `x WITHIN GROUP (ORDER BY …)`, or the order inside the call with `inline`.
    ///
    /// ```
    /// # use ormscope::{schema::Schema, sql::*, sql::compiler::*, types::*};
    /// # let text = |expr: &Expr| compile_to_text(&Schema::default(), expr, Dialect::Default);
    /// # let age = Expr::named("age", SqlType::Integer);
    /// let median = Expr::func("percentile_cont", [Expr::literal(0.5.into())]);
    /// let median = median.within_group(vec![age.desc()], false);
    /// assert_eq!(text(&median), "percentile_cont(:param_1) WITHIN GROUP (ORDER BY age DESC)");
    /// ```
    pub fn within_group(&self, order_by: Vec<Expr>, inline: bool) -> Expr {
        let own = match self.kind() {
            Kind::Function(call) if call.generic && !inline => match (known(&call.name), order_by.first()) {
                (Some(Known::OfOrder), Some(first)) => Some(unsorted(first).sql_type()),
                _ => None,
            },
            _ => None,
        };
        let sql_type = own.unwrap_or_else(|| self.sql_type());
        let order_by = order_by.iter().map(|expr| expr.grouped(Some(&Operator::Comma))).collect();
        Expr::new(Kind::WithinGroup { element: self.clone(), order_by, inline, sql_type })
    }
}

/// What is sorted by, without ASC, DESC and where NULLs go.
fn unsorted(expr: &Expr) -> &Expr {
    match expr.kind() {
        Kind::Unary { op, operand, .. } if op.is_order_modifier() => unsorted(operand),
        _ => expr,
    }
}
