//! Column expressions as text.

use super::{CompileError, Compiler, Dialect};
use crate::sql::From;
use crate::sql::TextStatement;
use crate::sql::{BinaryOp, BoolOp, UnaryOp};
use crate::sql::{Expr, FunctionCall};
use crate::types::SqlType;

impl Compiler<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) -> Result<(), CompileError> {
        match expr {
            Expr::Column(column) => {
                let bare = matches!((&column.from, self.bare), (From::Table(id), Some(bare)) if *id == bare);
                if !bare && let Some(from) = self.name_of_from(&column.from) {
                    self.out.push_str(&from);
                    self.out.push('.');
                }
                self.ident(&column.name);
            }
            Expr::Bind(bind) => self.bind(bind),
            Expr::Null => self.out.push_str("NULL"),
            Expr::True => self.out.push_str(if self.dialect.has_booleans() { "true" } else { "1" }),
            Expr::False => self.out.push_str(if self.dialect.has_booleans() { "false" } else { "0" }),
            Expr::Star => self.out.push('*'),
            Expr::Literal { text, .. } => self.raw(text),
            Expr::Binary { left, op, right, .. } => self.binary(left, op, right)?,
            Expr::Between { value, low, high, negated } => {
                self.expr(value)?;
                self.out.push_str(if *negated { " NOT BETWEEN " } else { " BETWEEN " });
                self.expr(low)?;
                self.out.push_str(" AND ");
                self.expr(high)?;
            }
            Expr::Unary { op, operand } => self.unary(*op, operand)?,
            Expr::Bool { op, conditions } => self.bool_list(*op, conditions)?,
            Expr::Grouping(inner) => {
                self.out.push('(');
                self.expr(inner)?;
                self.out.push(')');
            }
            Expr::Function(call) => self.function(call)?,
            Expr::Label { element, .. } => self.expr(&(**element).clone().grouped_against(-1))?,
            Expr::TypeCoerce { element, .. } => self.expr(element)?,
            Expr::Extract { field, element } => self.extract(field, element)?,
            Expr::Cast { element, sql_type } => {
                self.out.push_str("CAST(");
                self.expr(element)?;
                self.out.push_str(" AS ");
                let text = self.dialect.type_text(sql_type).map_err(CompileError::Compile)?;
                self.out.push_str(&text);
                self.out.push(')');
            }
            Expr::Case { whens, otherwise } => {
                self.out.push_str("CASE");
                for (condition, result) in whens.iter() {
                    self.out.push_str(" WHEN ");
                    self.expr(&condition.clone().grouped_against(i8::MAX))?;
                    self.out.push_str(" THEN ");
                    self.expr(result)?;
                }
                if let Some(otherwise) = otherwise {
                    self.out.push_str(" ELSE ");
                    self.expr(otherwise)?;
                }
                self.out.push_str(" END");
            }
            Expr::Tuple(items) => {
                self.out.push('(');
                self.list(items, ", ", |this, item| this.expr(item))?;
                self.out.push(')');
            }
            Expr::Subquery(select) => {
                self.out.push('(');
                self.select(select, super::select::Place::Inside)?;
                self.out.push(')');
            }
        }
        Ok(())
    }

    /// An expression where a condition is wanted: a boolean column of a database
    /// without booleans is compared with 1.
    pub(super) fn condition(&mut self, expr: &Expr) -> Result<(), CompileError> {
        self.expr(expr)?;
        if self.compares_with_integer(expr) {
            self.out.push_str(" = 1");
        }
        Ok(())
    }

    pub(super) fn bool_list(&mut self, op: BoolOp, conditions: &[Expr]) -> Result<(), CompileError> {
        self.list(conditions, op.text(), |this, condition| this.condition(condition))
    }

    fn compares_with_integer(&self, expr: &Expr) -> bool {
        let plain = matches!(expr, Expr::Column(_) | Expr::Bind(_) | Expr::Cast { .. } | Expr::Function(_));
        plain && !self.dialect.has_booleans() && expr.sql_type() == SqlType::Boolean
    }

    fn binary(&mut self, left: &Expr, op: &BinaryOp, right: &Expr) -> Result<(), CompileError> {
        match op {
            BinaryOp::ILike | BinaryOp::NotILike if self.dialect != Dialect::Postgresql => {
                self.out.push_str("lower(");
                self.expr(left)?;
                self.out.push(')');
                self.out.push_str(op.text());
                self.out.push_str("lower(");
                self.expr(right)?;
                self.out.push(')');
                return Ok(());
            }
            BinaryOp::NotIn => {
                self.out.push('(');
                self.expr(left)?;
                self.out.push_str(op.text());
                self.expr(right)?;
                self.out.push(')');
                return Ok(());
            }
            BinaryOp::Pattern { before, after, escape, .. } => {
                return self.pattern(left, op, right, (*before, *after), escape.as_deref());
            }
            BinaryOp::IsDistinct | BinaryOp::IsNotDistinct if self.dialect == Dialect::Sqlite => {
                self.expr(left)?;
                self.out.push_str(if *op == BinaryOp::IsDistinct { " IS NOT " } else { " IS " });
                return self.expr(right);
            }
            BinaryOp::Regexp | BinaryOp::NotRegexp if self.dialect != Dialect::Default => {
                let negated = *op == BinaryOp::NotRegexp;
                self.expr(left)?;
                self.out.push_str(match (self.dialect, negated) {
                    (Dialect::Postgresql, false) => " ~ ",
                    (Dialect::Postgresql, true) => " !~ ",
                    (_, false) => " REGEXP ",
                    (_, true) => " NOT REGEXP ",
                });
                return self.expr(right);
            }
            BinaryOp::Mod if self.dialect.doubles_percent() => {
                self.expr(left)?;
                self.out.push_str(" %% ");
                return self.expr(right);
            }
            BinaryOp::Concat if self.dialect == Dialect::Mysql => {
                self.out.push_str("concat(");
                self.expr(left)?;
                self.out.push_str(", ");
                self.expr(right)?;
                self.out.push(')');
                return Ok(());
            }
            BinaryOp::Div => return self.true_division(left, right),
            BinaryOp::FloorDiv if !right.sql_type().is_integer() || self.dialect == Dialect::Mysql => {
                self.out.push_str("FLOOR(");
                self.expr(left)?;
                self.out.push_str(" / ");
                self.expr(right)?;
                self.out.push(')');
                return Ok(());
            }
            _ => {}
        }
        self.expr(left)?;
        match op {
            BinaryOp::ILike => self.out.push_str(" ILIKE "),
            BinaryOp::NotILike => self.out.push_str(" NOT ILIKE "),
            BinaryOp::Custom { text, .. } => {
                self.out.push(' ');
                self.raw(text);
                self.out.push(' ');
            }
            _ => self.out.push_str(op.text()),
        }
        self.expr(right)?;
        if let BinaryOp::Like { escape: Some(escape) } | BinaryOp::NotLike { escape: Some(escape) } = op {
            self.out.push_str(" ESCAPE '");
            self.out.push_str(&escape.replace('\'', "''"));
            self.out.push('\'');
        }
        Ok(())
    }

    /// `x LIKE '%' || y || '%'`
    fn pattern(
        &mut self,
        left: &Expr,
        op: &BinaryOp,
        right: &Expr,
        (before, after): (bool, bool),
        escape: Option<&str>,
    ) -> Result<(), CompileError> {
        self.expr(left)?;
        self.out.push_str(op.text());
        let percent = if self.dialect.doubles_percent() { "'%%'" } else { "'%'" };
        let mysql = self.dialect == Dialect::Mysql;
        let between = if mysql { ", " } else { " || " };
        if mysql {
            self.out.push_str("concat(");
        }
        if before {
            self.out.push_str(percent);
            self.out.push_str(between);
        }
        self.expr(right)?;
        if after {
            self.out.push_str(between);
            self.out.push_str(percent);
        }
        if mysql {
            self.out.push(')');
        }
        if let Some(escape) = escape {
            self.out.push_str(&format!(" ESCAPE '{}'", escape.replace('\'', "''")));
        }
        Ok(())
    }

    /// `EXTRACT(year FROM x)`, which SQLite has as `STRFTIME`.
    fn extract(&mut self, field: &str, element: &Expr) -> Result<(), CompileError> {
        if self.dialect != Dialect::Sqlite {
            self.out.push_str(&format!("EXTRACT({field} FROM "));
            self.expr(element)?;
            self.out.push(')');
            return Ok(());
        }
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
            other => return Err(CompileError::Compile(format!("{other} is not a valid extract argument."))),
        };
        self.out.push_str(&format!("CAST(STRFTIME('{format}', "));
        self.expr(element)?;
        self.out.push_str(") AS INTEGER)");
        Ok(())
    }

    /// `/` gives a fraction, whatever the operands.
    fn true_division(&mut self, left: &Expr, right: &Expr) -> Result<(), CompileError> {
        self.expr(left)?;
        self.out.push_str(" / ");
        match self.dialect {
            Dialect::Sqlite => {
                self.out.push('(');
                self.expr(right)?;
                self.out.push_str(" + 0.0)");
            }
            Dialect::Mysql | Dialect::Oracle => self.expr(right)?,
            _ => {
                let fraction = right.sql_type().is_numeric() && !right.sql_type().is_integer();
                let sql_type = if fraction {
                    right.sql_type()
                } else {
                    SqlType::Numeric { precision: None, scale: None }
                };
                self.expr(&Expr::Cast { element: std::rc::Rc::new(right.clone()), sql_type })?;
            }
        }
        Ok(())
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr) -> Result<(), CompileError> {
        match op {
            UnaryOp::Not if self.compares_with_integer(operand) => {
                self.expr(operand)?;
                self.out.push_str(" = 0");
                return Ok(());
            }
            UnaryOp::Not => self.out.push_str("NOT "),
            UnaryOp::Neg => self.out.push('-'),
            UnaryOp::Exists => self.out.push_str("EXISTS "),
            UnaryOp::Distinct => self.out.push_str("DISTINCT "),
            UnaryOp::Asc | UnaryOp::Desc | UnaryOp::NullsFirst | UnaryOp::NullsLast => {}
        }
        self.expr(operand)?;
        self.out.push_str(match op {
            UnaryOp::Asc => " ASC",
            UnaryOp::Desc => " DESC",
            UnaryOp::NullsFirst => " NULLS FIRST",
            UnaryOp::NullsLast => " NULLS LAST",
            _ => "",
        });
        Ok(())
    }

    fn function(&mut self, call: &FunctionCall) -> Result<(), CompileError> {
        // These are written without parentheses.
        let bare =
            matches!(&*call.name, "current_timestamp" | "current_date" | "current_time" | "current_user");
        if bare || (&*call.name == "now" && self.dialect == Dialect::Sqlite) {
            let name =
                if &*call.name == "now" { "CURRENT_TIMESTAMP".into() } else { call.name.to_uppercase() };
            self.out.push_str(&name);
        } else {
            self.function_name(&call.name);
            self.out.push('(');
            self.list(&call.arguments, ", ", |this, argument| this.expr(argument))?;
            self.out.push(')');
        }
        if let Some(filter) = &call.filter {
            self.out.push_str(" FILTER (WHERE ");
            self.condition(filter)?;
            self.out.push(')');
        }
        if let Some(window) = &call.over {
            self.out.push_str(" OVER (");
            if !window.partition_by.is_empty() {
                self.out.push_str("PARTITION BY ");
                self.list(&window.partition_by, ", ", |this, expr| this.expr(expr))?;
            }
            if !window.order_by.is_empty() {
                self.out.push_str(if window.partition_by.is_empty() { "ORDER BY " } else { " ORDER BY " });
                self.list(&window.order_by, ", ", |this, expr| this.expr(expr))?;
            }
            self.out.push(')');
        }
        Ok(())
    }

    /// A function's name keeps its case; only strange characters are quoted.
    fn function_name(&mut self, name: &str) {
        for (at, part) in name.split('.').enumerate() {
            if at > 0 {
                self.out.push('.');
            }
            let plain = part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
                && !part.starts_with(|c: char| c.is_ascii_digit());
            if plain {
                self.out.push_str(part);
            } else {
                let quoted = super::quote(part, self.dialect);
                self.out.push_str(&quoted);
            }
        }
    }

    /// SQL text as it stands.
    fn raw(&mut self, text: &str) {
        if self.dialect.doubles_percent() {
            self.out.push_str(&text.replace('%', "%%"));
        } else {
            self.out.push_str(text);
        }
    }

    /// `text()`: each `:name` becomes a placeholder; `\:` is a colon, `::` a cast.
    pub(super) fn text_statement(&mut self, statement: &TextStatement) {
        for piece in TextPiece::all(&statement.text) {
            match piece {
                TextPiece::Sql(text) => self.raw(text),
                TextPiece::Bind(name) => {
                    let bound = statement.binds.iter().find(|bind| &*bind.key == name).cloned();
                    match bound {
                        Some(bind) => self.bind(&bind),
                        None => self.parameter(super::Parameter {
                            name: name.into(),
                            sql_type: SqlType::Null,
                            source: super::Source::Given,
                            expanding_at: None,
                        }),
                    }
                }
            }
        }
    }
}

/// A piece of `text()`.
enum TextPiece<'a> {
    Sql(&'a str),
    Bind(&'a str),
}

impl<'a> TextPiece<'a> {
    fn all(text: &'a str) -> Vec<TextPiece<'a>> {
        let mut pieces = Vec::new();
        let bytes = text.as_bytes();
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let (mut start, mut at) = (0, 0);
        while at < bytes.len() {
            if bytes[at] != b':' {
                at += 1;
                continue;
            }
            let before = at.checked_sub(1).map(|before| bytes[before]);
            let len = bytes[at + 1..].iter().take_while(|byte| is_word(**byte)).count();
            let after = bytes.get(at + 1 + len);
            let is_bind = len > 0
                && before.is_none_or(|byte| byte != b':' && byte != b'\\' && !is_word(byte))
                && after != Some(&b':');
            if is_bind {
                pieces.push(TextPiece::Sql(&text[start..at]));
                pieces.push(TextPiece::Bind(&text[at + 1..at + 1 + len]));
                at += 1 + len;
                start = at;
            } else if before == Some(b'\\') {
                // The backslash only protects the colon.
                pieces.push(TextPiece::Sql(&text[start..at - 1]));
                start = at;
                at += 1;
            } else {
                at += 1;
            }
        }
        pieces.push(TextPiece::Sql(&text[start..]));
        pieces
    }
}
