//! Operators as text.

use super::context::Context;
use super::{CompileError, Compiler};
use crate::sql::{Expr, FunctionCall, Kind, Modifiers, Operator, Pattern};
use crate::types::{Family, SqlType};

/// A binary expression taken apart.
#[derive(Clone, Copy)]
pub(super) struct Binary<'e> {
    /// The left operand.
    pub(super) left: &'e Expr,
    /// The operator.
    pub(super) op: &'e Operator,
    /// The right operand.
    pub(super) right: &'e Expr,
    /// What is added to the operator.
    pub(super) modifiers: &'e Modifiers,
    /// The result's type.
    pub(super) sql_type: &'e SqlType,
    /// The whole.
    pub(super) expr: &'e Expr,
}

impl Compiler<'_> {
    /// Writes a binary expression, as the dialect has it.
    pub(super) fn binary(&mut self, expr: &Expr, cx: Context<'_>) -> Result<(), CompileError> {
        let Kind::Binary { left, op, right, modifiers, sql_type, .. } = expr.kind() else { return Ok(()) };
        let binary = Binary { left, op, right, modifiers, sql_type, expr };
        // MATCH over several columns, which has all of its flags.
        if *op == Operator::Match
            && self.dialect != super::Dialect::Mysql
            && modifiers.options.iter().filter(|(name, _)| name.starts_with("mysql_")).count() == 3
        {
            return Err(self.unsupported("<class 'sqlalchemy.dialects.mysql.expression.match'>"));
        }
        if self.rules().binary(self, binary, cx)? {
            return Ok(());
        }
        self.common_binary(binary, cx)
    }

    /// Writes a binary expression as most dialects have it.
    pub(super) fn common_binary(&mut self, binary: Binary<'_>, cx: Context<'_>) -> Result<(), CompileError> {
        let Binary { left, op, right, modifiers, .. } = binary;
        match op {
            Operator::NotIn => {
                self.push("(");
                self.infix(binary, " NOT IN ", cx)?;
                self.push(")");
                Ok(())
            }
            Operator::NotMatch => {
                self.push("NOT ");
                // What it is written in is not handed on, as in SQLAlchemy.
                self.binary(&Expr::new(negated_match(binary)), Context::PLAIN)
            }
            Operator::TrueDiv => {
                let fraction = matches!(right.family(), Family::Numeric | Family::Float);
                let sql_type = if fraction {
                    right.sql_type()
                } else {
                    SqlType::Numeric { precision: None, scale: None }
                };
                self.infix_with(left, " / ", &right.cast(sql_type), cx)
            }
            Operator::FloorDiv => {
                if right.family() == Family::Integer && left.family() == Family::Integer {
                    return self.infix(binary, " / ", cx);
                }
                self.floor_division(binary, cx)
            }
            Operator::Mod => self.infix(binary, if self.doubles_percent() { " %% " } else { " % " }, cx),
            Operator::ILike | Operator::NotILike => {
                let like = if *op == Operator::ILike { " LIKE " } else { " NOT LIKE " };
                self.expr(&lowered(left), cx)?;
                self.push(like);
                self.expr(&lowered(right), cx)?;
                self.escape(modifiers);
                Ok(())
            }
            Operator::Like | Operator::NotLike => {
                self.expr(left, cx)?;
                self.push(if *op == Operator::Like { " LIKE " } else { " NOT LIKE " });
                self.expr(right, cx)?;
                self.escape(modifiers);
                Ok(())
            }
            Operator::Pattern(pattern) => self.pattern(left, *pattern, right, modifiers, cx),
            Operator::Between | Operator::NotBetween => {
                let keyword = match (op, modifiers.symmetric) {
                    (Operator::Between, false) => " BETWEEN ",
                    (Operator::Between, true) => " BETWEEN SYMMETRIC ",
                    (_, false) => " NOT BETWEEN ",
                    (_, true) => " NOT BETWEEN SYMMETRIC ",
                };
                self.infix(binary, keyword, cx)
            }
            Operator::Custom(custom) => {
                let text = custom.text.clone();
                let eager = custom.eager_grouping;
                let mut keyword = String::from(" ");
                keyword.push_str(&if self.doubles_percent() {
                    text.replace('%', "%%")
                } else {
                    text.to_string()
                });
                keyword.push(' ');
                self.infix(binary, &keyword, Context { eager_grouping: eager, ..cx })
            }
            Operator::Regexp | Operator::NotRegexp => Err(CompileError::Compile(format!(
                "{} dialect does not support regular expressions",
                self.dialect_name()
            ))),
            Operator::RegexpReplace => Err(CompileError::Compile(format!(
                "{} dialect does not support regular expression replacements",
                self.dialect_name()
            ))),
            op => match op.text() {
                Some(text) => self.infix(binary, text, cx),
                None => Err(self.unsupported(&format!("<function {}>", op.name()))),
            },
        }
    }

    /// `left op right`
    pub(super) fn infix(
        &mut self,
        binary: Binary<'_>,
        keyword: &str,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        self.infix_with(binary.left, keyword, binary.right, cx)
    }

    /// `left op right`, in parentheses inside another operator where they are always there.
    pub(super) fn infix_with(
        &mut self,
        left: &Expr,
        keyword: &str,
        right: &Expr,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let grouped = cx.in_operator && cx.eager_grouping;
        // It is said of this operator alone, not of those inside.
        let inner = Context { in_operator: true, eager_grouping: false, ..cx };
        self.push(if grouped { "(" } else { "" });
        self.expr(left, inner)?;
        self.push(keyword);
        self.expr(right, inner)?;
        self.push(if grouped { ")" } else { "" });
        Ok(())
    }

    /// `name(left, right)`
    pub(super) fn call_of_two(
        &mut self,
        name: &str,
        binary: Binary<'_>,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        self.push(name);
        self.push("(");
        self.expr(binary.left, cx)?;
        self.push(", ");
        self.expr(binary.right, cx)?;
        self.push(")");
        Ok(())
    }

    pub(super) fn floor_division(&mut self, binary: Binary<'_>, cx: Context<'_>) -> Result<(), CompileError> {
        self.push("FLOOR(");
        self.expr(binary.left, cx)?;
        self.push(" / ");
        self.expr(binary.right, cx)?;
        self.push(")");
        Ok(())
    }

    pub(super) fn escape(&mut self, modifiers: &Modifiers) {
        if let Some(escape) = &modifiers.escape {
            let mut text = self.quoted_text(escape);
            if self.rules().escapes_backslashes() {
                text = text.replace('\\', "\\\\");
            }
            self.push(&format!(" ESCAPE {text}"));
        }
    }

    /// `x LIKE '%' || y || '%'`
    fn pattern(
        &mut self,
        left: &Expr,
        pattern: Pattern,
        right: &Expr,
        modifiers: &Modifiers,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let lower = pattern.insensitive && self.rules().lowers_patterns();
        let op = match (pattern.insensitive && !lower, pattern.negated) {
            (false, false) => " LIKE ",
            (false, true) => " NOT LIKE ",
            (true, false) => " ILIKE ",
            (true, true) => " NOT ILIKE ",
        };
        let case = |side: &Expr| if lower { lowered(side) } else { side.clone() };
        self.expr(&case(left), cx)?;
        self.push(op);
        let percent = || Expr::literal_column("'%'", SqlType::String { length: None });
        let joined = |left, right| Expr::combine(left, Operator::Concat, right, Modifiers::default());
        let mut text = case(right);
        if pattern.before {
            text = joined(percent(), text);
        }
        if pattern.after {
            text = joined(text, percent());
        }
        self.expr(&text, cx)?;
        self.escape(modifiers);
        Ok(())
    }

    /// Writes a unary expression.
    pub(super) fn unary(
        &mut self,
        op: &Operator,
        operand: &Expr,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if self.rules().unary(self, op, operand, cx)? {
            return Ok(());
        }
        if let Operator::Custom(custom) = op {
            self.raw(&custom.text.clone());
            self.push(" ");
            return self.expr(operand, cx);
        }
        let Some(text) = op.text() else { return Err(self.unsupported(op.name())) };
        if op.is_order_modifier() {
            self.expr(operand, cx)?;
            self.push(text);
            return Ok(());
        }
        self.push(text);
        self.expr(operand, cx)
    }

    /// Several operands under one operator.
    pub(super) fn expr_list(
        &mut self,
        op: &Operator,
        items: &[Expr],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if self.rules().list(self, op, items, cx)? {
            return Ok(());
        }
        match op {
            Operator::Comma => self.exprs(items, ", ", cx),
            op => {
                let text = op.text().unwrap_or(", ");
                self.exprs(items, text, Context { in_operator: true, ..cx })
            }
        }
    }
}

fn negated_match(binary: Binary<'_>) -> Kind {
    Kind::Binary {
        left: binary.left.clone(),
        op: Operator::Match,
        right: binary.right.clone(),
        negation: Some(Operator::NotMatch),
        modifiers: binary.modifiers.clone(),
        sql_type: binary.sql_type.clone(),
    }
}

/// `lower(x)`, for databases whose LIKE minds case.
fn lowered(expr: &Expr) -> Expr {
    Expr::new(Kind::Function(FunctionCall::new(&["lower"], vec![expr.clone()], None)))
}
