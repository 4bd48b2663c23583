//! `a.compare(b)`: whether two expressions or statements are built alike.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.traversals`.

use std::rc::Rc;

use ormscope::sql::{Expr, Kind, Statement};
use ormscope::types::Value;

/// `a.compare(b)`: whether two expressions are built alike, wherever the order
/// of operands does not matter.
pub(super) fn alike(a: &Expr, b: &Expr) -> bool {
    match (a.kind(), b.kind()) {
        (
            Kind::Binary { left, op, right, .. },
            Kind::Binary { left: other_left, op: other_op, right: other_right, .. },
        ) if op.is_commutative() => {
            op == other_op
                && ((alike(left, other_left) && alike(right, other_right))
                    || (alike(left, other_right) && alike(right, other_left)))
        }
        (Kind::List { op, items, .. }, Kind::List { op: other_op, items: others, .. })
            if op.is_associative() =>
        {
            let mut rest: Vec<&Expr> = others.iter().collect();
            op == other_op
                && items.len() == others.len()
                && items.iter().all(|item| match rest.iter().position(|other| alike(item, other)) {
                    Some(at) => {
                        rest.remove(at);
                        true
                    }
                    None => false,
                })
        }
        (Kind::Grouping(a), Kind::Grouping(b)) => alike(a, b),
        _ => statements_alike(&Statement::Expr(a.clone()), &Statement::Expr(b.clone())),
    }
}

/// The same of statements.
pub(super) fn statements_alike(a: &Statement, b: &Statement) -> bool {
    ormscope::sql::CacheKey::of(a) == ormscope::sql::CacheKey::of(b)
        && bound_values(&a.binds()) == bound_values(&b.binds())
}

fn bound_values(binds: &[Rc<ormscope::sql::Bind>]) -> Vec<Value> {
    let one = |bind: &Rc<ormscope::sql::Bind>| match &bind.value {
        ormscope::sql::BindValue::One(value) => vec![value.clone()],
        ormscope::sql::BindValue::Expanding(values) => values.clone(),
        _ => Vec::new(),
    };
    binds.iter().flat_map(one).collect()
}
