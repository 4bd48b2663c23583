//! Function calls and windows as text.

use super::context::Context;
use super::{CompileError, Compiler};
use crate::sql::{Expr, Frame, FrameBound, FrameUnit, FunctionCall, Kind, Window};

impl Compiler<'_> {
    /// Writes a function call.
    pub(super) fn function(&mut self, call: &FunctionCall, cx: Context<'_>) -> Result<(), CompileError> {
        let inner = cx.inside();
        if !self.rules().function(self, call, inner)? {
            self.common_function(call, inner)?;
        }
        if call.with_ordinality {
            self.push(" WITH ORDINALITY");
        }
        Ok(())
    }

    /// Writes a function call as most dialects have it.
    pub(super) fn common_function(
        &mut self,
        call: &FunctionCall,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if call.generic && &*call.name == "aggregate_strings" {
            return Err(CompileError::Compile(format!(
                "{} dialect does not support the aggregate_strings function",
                self.dialect.name()
            )));
        }
        let own = if call.generic { generic_name(&call.name) } else { None };
        for package in &call.packages {
            self.function_name(package);
            self.push(".");
        }
        match own {
            Some(name) => self.push(name),
            None => self.function_name(&call.name),
        }
        if own.is_some() && call.arguments.is_empty() && !always_in_parentheses(&call.name) {
            return Ok(());
        }
        self.arguments(call, cx)
    }

    /// `(a, b)`
    pub(super) fn arguments(&mut self, call: &FunctionCall, cx: Context<'_>) -> Result<(), CompileError> {
        self.push("(");
        self.exprs(&call.arguments, ", ", cx)?;
        self.push(")");
        Ok(())
    }

    /// `name(a, b)`
    pub(super) fn renamed(
        &mut self,
        name: &str,
        call: &FunctionCall,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        self.push(name);
        self.arguments(call, cx)
    }

    /// A function's name keeps its case; only strange characters are quoted.
    fn function_name(&mut self, name: &str) {
        let plain =
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$') && !name.is_empty();
        if plain {
            self.push(name);
        } else {
            let quoted = super::quote_always(name, self.dialect);
            self.push(&quoted);
        }
    }

    /// `x OVER (…)`
    pub(super) fn over(
        &mut self,
        element: &Expr,
        window: &Window,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        self.expr(element, cx)?;
        // The frame's numbers are met before what stands in front of it.
        let frame = match &window.frame {
            Some(frame) => Some(self.apart(|this| this.frame(frame, cx))?),
            None => None,
        };
        self.push(" OVER (");
        let mut separator = "";
        for (keyword, exprs) in [("PARTITION BY ", &window.partition_by), ("ORDER BY ", &window.order_by)] {
            if !exprs.is_empty() {
                self.push(separator);
                self.push(keyword);
                self.exprs(exprs, ", ", cx)?;
                separator = " ";
            }
        }
        if let Some(frame) = frame {
            self.push(separator);
            self.out.append(frame);
        }
        self.push(")");
        Ok(())
    }

    fn frame(&mut self, frame: &Frame, cx: Context<'_>) -> Result<(), CompileError> {
        self.push(match frame.unit {
            FrameUnit::Rows => "ROWS BETWEEN ",
            FrameUnit::Range => "RANGE BETWEEN ",
            FrameUnit::Groups => "GROUPS BETWEEN ",
        });
        let cx = Context { literal_execute: self.rules().frames_are_literal(), ..cx };
        self.bound(&frame.lower, "UNBOUNDED PRECEDING", cx)?;
        self.push(" AND ");
        self.bound(&frame.upper, "UNBOUNDED FOLLOWING", cx)?;
        if let Some(exclude) = &frame.exclude {
            self.push(" EXCLUDE ");
            self.push(&exclude.clone());
        }
        Ok(())
    }

    fn bound(&mut self, bound: &FrameBound, unbounded: &str, cx: Context<'_>) -> Result<(), CompileError> {
        match bound {
            FrameBound::Unbounded => self.push(unbounded),
            FrameBound::Current => self.push("CURRENT ROW"),
            FrameBound::Preceding(expr) => {
                self.expr(expr, cx)?;
                self.push(" PRECEDING");
            }
            FrameBound::Following(expr) => {
                self.expr(expr, cx)?;
                self.push(" FOLLOWING");
            }
        }
        Ok(())
    }

    /// `x WITHIN GROUP (ORDER BY …)`, or ORDER BY inside the call.
    pub(super) fn within_group(
        &mut self,
        element: &Expr,
        order_by: &[Expr],
        inline: bool,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        if inline
            && self.rules().aggregate_order() == AggregateOrder::Inline
            && let Kind::Function(call) = element.kind()
        {
            return self.rules().ordered_function(self, call, order_by, cx.inside());
        }
        self.expr(element, cx)?;
        self.push(" WITHIN GROUP (ORDER BY ");
        self.exprs(order_by, ", ", cx)?;
        self.push(")");
        Ok(())
    }

    /// `f(a, b ORDER BY c)`
    pub(super) fn common_ordered_function(
        &mut self,
        call: &FunctionCall,
        order_by: &[Expr],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        for package in &call.packages {
            self.function_name(package);
            self.push(".");
        }
        self.function_name(&call.name);
        self.push("(");
        self.exprs(&call.arguments, ", ", cx)?;
        self.push(" ORDER BY ");
        self.exprs(order_by, ", ", cx)?;
        self.push(")");
        Ok(())
    }

    /// `string_agg(x, ', ' ORDER BY y)`: texts joined, the separator written into the text.
    pub(super) fn joined_strings(
        &mut self,
        name: &str,
        call: &FunctionCall,
        order_by: &[Expr],
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        let [text, separator, ..] = &call.arguments[..] else { return self.renamed(name, call, cx) };
        self.push(name);
        self.push("(");
        self.expr(text, cx)?;
        self.push(", ");
        self.expr(separator, Context { literal_execute: true, ..cx })?;
        if !order_by.is_empty() {
            self.push(" ORDER BY ");
            self.exprs(order_by, ", ", cx)?;
        }
        self.push(")");
        Ok(())
    }
}

/// Where a dialect has the ORDER BY of an aggregate function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AggregateOrder {
    /// Inside the call.
    Inline,
    /// In WITHIN GROUP.
    WithinGroup,
}

/// The functions that are written in their own way.
fn generic_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "coalesce" => "coalesce",
        "current_date" => "CURRENT_DATE",
        "current_time" => "CURRENT_TIME",
        "current_timestamp" => "CURRENT_TIMESTAMP",
        "current_user" => "CURRENT_USER",
        "localtime" => "LOCALTIME",
        "localtimestamp" => "LOCALTIMESTAMP",
        "random" => "random",
        "sysdate" => "sysdate",
        "session_user" => "SESSION_USER",
        "user" => "USER",
        "cube" => "CUBE",
        "rollup" => "ROLLUP",
        "grouping_sets" => "GROUPING SETS",
        _ => return None,
    })
}

fn always_in_parentheses(name: &str) -> bool {
    matches!(name, "coalesce" | "random" | "cube" | "rollup" | "grouping_sets")
}
