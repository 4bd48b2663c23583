//! What a SELECT selects from, and the conditions of joins.

use std::rc::Rc;

use super::{CompileError, Compiler};
use crate::schema::Schema;
use crate::sql::Expr;
use crate::sql::{AliasOf, From, Join, JoinTarget, Select, SelectItem};
use crate::sql::{BinaryOp, BoolOp};
use crate::types::ColumnId;

/// Why a join has no condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// No foreign key leads from one side to the other.
    #[error("Can't find any foreign key relationships between '{0}' and '{1}'.")]
    NoForeignKeys(String, String),
    /// More than one does.
    #[error(
        "Can't determine join between '{0}' and '{1}'; tables have more than one foreign key constraint relationship between them. Please specify the 'onclause' of this join explicitly."
    )]
    AmbiguousForeignKeys(String, String),
}

/// The condition that foreign keys give for a join.
///
/// # Errors
/// When there is no such key, or there are several.
pub fn join_condition(schema: &Schema, left: &From, right: &From) -> Result<Expr, JoinError> {
    let mut found: Vec<(ColumnId, Expr)> = Vec::new();
    let mut add = |holder: &From, target: &From| {
        for column in holder.columns(schema) {
            let Some(base) = column.base else { continue };
            for (own, theirs) in schema.foreign_keys(base.table) {
                if own != base {
                    continue;
                }
                let referent = target.columns(schema).into_iter().find(|other| other.base == Some(theirs));
                if let Some(referent) = referent {
                    let condition = Expr::Column(referent).binary(BinaryOp::Eq, Expr::Column(column.clone()));
                    found.push((base, condition));
                }
            }
        }
    };
    add(right, left);
    if !left.is(right) {
        add(left, right);
    }
    let name = |from: &From| describe(schema, from);
    match found.len() {
        0 => Err(JoinError::NoForeignKeys(name(left), name(right))),
        1 => Ok(found.remove(0).1),
        _ => Err(JoinError::AmbiguousForeignKeys(name(left), name(right))),
    }
}

fn describe(schema: &Schema, from: &From) -> String {
    match from {
        From::Table(id) => schema.table(*id).name.clone(),
        From::Alias(alias) => match (&alias.name, &alias.of) {
            (Some(name), _) => name.to_string(),
            (None, AliasOf::Table(id)) => format!("%({} {})s", alias.id.number(), schema.table(*id).name),
            (None, AliasOf::Select(_)) => format!("%({} anon)s", alias.id.number()),
        },
        From::Join(join) => {
            format!(
                "Join object on {}({}) and {}({})",
                describe(schema, &join.left),
                0,
                describe(schema, &join.right),
                0
            )
        }
    }
}

impl Compiler<'_> {
    /// The FROM list of a select: explicit elements, joins applied, then what
    /// the columns and conditions name; elements inside a join are not repeated.
    pub(super) fn display_froms(&self, select: &Select) -> Result<Vec<From>, CompileError> {
        let mut froms: Vec<From> = Vec::new();
        let mut explicit: Vec<From> = select.from.clone();
        for target in &select.joins {
            self.apply_join(select, &mut explicit, target)?;
        }
        let mut push = |from: &From| {
            if !froms.iter().any(|other| other.is(from)) {
                froms.push(from.clone());
            }
        };
        explicit.iter().for_each(&mut push);
        for item in &select.items {
            match item {
                SelectItem::Expr(expr) => expr_froms(expr, &mut push),
                SelectItem::From(from) => push(from),
                SelectItem::Entity(_) => {}
            }
        }
        select.where_.iter().for_each(|expr| expr_froms(expr, &mut push));
        let joins: Vec<From> = froms.iter().filter(|from| matches!(from, From::Join(_))).cloned().collect();
        froms.retain(|from| !joins.iter().any(|join| !join.is(from) && join.contains(from)));
        // A subquery that names only what is around it as well selects from the rest.
        let correlated = |from: &From| self.enclosing.iter().flatten().any(|outer| outer.contains(from));
        if !self.enclosing.is_empty() && froms.iter().any(|from| !correlated(from)) {
            froms.retain(|from| !correlated(from));
        }
        Ok(froms)
    }

    fn apply_join(
        &self,
        select: &Select,
        explicit: &mut Vec<From>,
        target: &JoinTarget,
    ) -> Result<(), CompileError> {
        let left = match &target.left {
            Some(left) => left.clone(),
            None => self.implicit_left(select, explicit, target)?,
        };
        let place = explicit.iter().position(|from| from.contains(&left));
        let left = place.map_or(left, |at| explicit[at].clone());
        let on = match &target.on {
            Some(on) => on.clone(),
            None => join_condition(self.schema, &left, &target.right)?,
        };
        let join = From::Join(Rc::new(Join { left, right: target.right.clone(), on, outer: target.outer }));
        match place {
            Some(at) => explicit[at] = join,
            None => explicit.push(join),
        }
        Ok(())
    }

    /// The left side of a join that does not name one.
    fn implicit_left(
        &self,
        select: &Select,
        explicit: &[From],
        target: &JoinTarget,
    ) -> Result<From, CompileError> {
        let mut candidates: Vec<From> = explicit.to_vec();
        if candidates.is_empty() {
            let mut push = |from: &From| {
                if !from.is(&target.right) && !candidates.iter().any(|other| other.is(from)) {
                    candidates.push(from.clone());
                }
            };
            for item in &select.items {
                match item {
                    SelectItem::Expr(expr) => expr_froms(expr, &mut push),
                    SelectItem::From(from) => push(from),
                    SelectItem::Entity(_) => {}
                }
            }
        }
        if let Some(on) = &target.on {
            let mut named: Vec<From> = Vec::new();
            expr_froms(on, &mut |from| named.push(from.clone()));
            let joinable =
                candidates.iter().find(|candidate| named.iter().any(|from| candidate.contains(from)));
            return joinable.or(candidates.first()).cloned().ok_or_else(|| self.no_left(target));
        }
        let joinable =
            candidates.iter().find(|left| join_condition(self.schema, left, &target.right).is_ok());
        joinable.or(candidates.first()).cloned().ok_or_else(|| self.no_left(target))
    }

    fn no_left(&self, target: &JoinTarget) -> CompileError {
        CompileError::InvalidRequest(format!(
            "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. Please use the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause if not present already to help resolve the ambiguity. ({})",
            describe(self.schema, &target.right)
        ))
    }

    /// `FROM a, b JOIN c ON …`
    pub(super) fn write_from(&mut self, from: &From) -> Result<(), CompileError> {
        match from {
            From::Table(id) => {
                let id = *id;
                if let Some(label) = self.name_of_from(&From::Table(id)) {
                    self.out.push_str(&label);
                }
            }
            From::Alias(alias) => {
                use crate::sql::AliasKind;
                if let AliasKind::Cte { .. } = alias.kind {
                    self.cte(alias)?;
                    if let Some(label) = self.name_of_from(from) {
                        self.out.push_str(&label);
                    }
                    return Ok(());
                }
                match &alias.of {
                    AliasOf::Table(id) => self.write_from(&From::Table(*id))?,
                    AliasOf::Select(select) => {
                        self.out.push('(');
                        let enclosing = std::mem::take(&mut self.enclosing);
                        self.select(select, super::select::Place::InFrom)?;
                        self.enclosing = enclosing;
                        self.out.push(')');
                    }
                }
                self.out.push_str(" AS ");
                if let Some(label) = self.name_of_from(from) {
                    self.out.push_str(&label);
                }
            }
            From::Join(join) => {
                self.write_from(&join.left)?;
                self.out.push_str(if join.outer { " LEFT OUTER JOIN " } else { " JOIN " });
                let grouped = matches!(join.right, From::Join(_));
                if grouped {
                    self.out.push('(');
                }
                self.write_from(&join.right)?;
                if grouped {
                    self.out.push(')');
                }
                self.out.push_str(" ON ");
                match &join.on {
                    Expr::Bool { op: BoolOp::And, conditions } => self.bool_list(BoolOp::And, conditions)?,
                    on => self.condition(on)?,
                }
            }
        }
        Ok(())
    }
}

/// The FROM elements that an expression names.
pub(super) fn expr_froms(expr: &Expr, push: &mut dyn FnMut(&From)) {
    expr.walk(&mut |node| {
        if let Expr::Column(column) = node {
            push(&column.from);
        }
    });
}
