//! Warnings of statements whose tables are not joined to each other.
//!
//! SQLAlchemy counterpart: `FromLinter` of `sqlalchemy.sql.compiler`.

use super::Compiler;
use super::froms::expr_froms;
use crate::sql::{AliasKind, Expr, From, Kind, Part};

impl Compiler<'_> {
    /// Warns where not everything in FROM is reached from its first element by
    /// joins and comparisons. Statements that are only printed are not looked at.
    pub(super) fn lint(&mut self, verb: &str, froms: &[From], conditions: &[Expr]) {
        if !self.given.linted || (froms.len() < 2 && !matches!(froms, [From::Join(_)])) {
            return;
        }
        let mut elements: Vec<From> = Vec::new();
        for from in froms {
            from.leaves(&mut |leaf| elements.push(leaf.clone()));
        }
        // What refers to other elements by itself is joined to them.
        let refers = |from: &From| match from {
            From::Alias(alias) => {
                matches!(alias.kind, AliasKind::TableValued(_) | AliasKind::Lateral)
            }
            From::Function(_) => true,
            _ => false,
        };
        if elements.len() < 2 || elements.iter().any(refers) {
            return;
        }
        let place = |from: &From| elements.iter().position(|element| element.is(from));
        let mut edges: Vec<(usize, usize)> = Vec::new();
        for from in froms {
            joined(from, &place, &mut edges);
        }
        for condition in conditions {
            Part::Expr(condition).walk(&mut |part| {
                let Part::Expr(expr) = part else { return false };
                if let Kind::Binary { left, op, right, .. } = expr.kind()
                    && op.is_comparison()
                {
                    let places = |side: &Expr| {
                        let mut found = Vec::new();
                        expr_froms(side, &mut |from| found.extend(place(from)));
                        found
                    };
                    let right = places(right);
                    edges.extend(places(left).into_iter().flat_map(|a| right.iter().map(move |b| (a, *b))));
                }
                true
            });
        }
        let mut reached = vec![false; elements.len()];
        let mut waiting = vec![0];
        while let Some(at) = waiting.pop() {
            if !std::mem::replace(&mut reached[at], true) {
                waiting.extend(edges.iter().filter_map(|(a, b)| match at {
                    _ if *a == at => Some(*b),
                    _ if *b == at => Some(*a),
                    _ => None,
                }));
            }
        }
        let name = |from: &From| format!("\"{}\"", super::joins::describe(self.schema, from));
        let apart = elements.iter().zip(&reached).filter(|(_, reached)| !**reached);
        let apart: Vec<String> = apart.map(|(from, _)| name(from)).collect();
        if !apart.is_empty() {
            let text = format!(
                "{verb} statement has a cartesian product between FROM element(s) {} and FROM element {}.  Apply join condition(s) between each element to resolve.",
                apart.join(", "),
                name(&elements[0])
            );
            self.effects.warnings.push(text);
        }
    }
}

/// What joins put together.
fn joined(from: &From, place: &dyn Fn(&From) -> Option<usize>, edges: &mut Vec<(usize, usize)>) {
    let From::Join(join) = from else { return };
    joined(&join.left, place, edges);
    joined(&join.right, place, edges);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    join.left.leaves(&mut |leaf| left.extend(place(leaf)));
    join.right.leaves(&mut |leaf| right.extend(place(leaf)));
    edges.extend(left.into_iter().flat_map(|a| right.iter().map(move |b| (a, *b))));
}
