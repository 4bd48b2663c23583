//! `repr` of constraints and indexes.

use ormscope::schema::{ConstraintKind, IndexElement};
use ormscope::sql::Kind;
use ormscope::types::python_str;

use super::constraints::{Item, current};
use super::peek;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// `repr(constraint)`
pub(super) fn repr(vm: &mut Vm, object: &Object) -> PyResult<String> {
    let (item, place) = current(vm, object)?;
    let of_column = |vm: &mut Vm, key: &str| {
        let Some((table, _)) = place else { return Ok(python_str(key)) };
        peek(vm, |orm| {
            let definition = orm.schema.table(table);
            match definition.column_index(key) {
                Some(at) => definition.column_repr(at),
                None => python_str(key),
            }
        })
    };
    match &item {
        Item::Index(index) => {
            let mut parts = vec![match &index.name {
                Some(name) => python_str(name),
                None => "None".into(),
            }];
            for element in &index.elements {
                parts.push(match element {
                    IndexElement::Column(key) => of_column(vm, key)?,
                    IndexElement::Expr(expr) => match expr.kind() {
                        Kind::Column(column) => of_column(vm, &column.key)?,
                        _ => super::schema::defaults::shown(expr),
                    },
                });
            }
            if index.unique {
                parts.push("unique=True".into());
            }
            Ok(format!("Index({})", parts.join(", ")))
        }
        Item::Constraint(constraint) => {
            let mut parts = Vec::new();
            match &constraint.kind {
                ConstraintKind::Check { condition } => parts.push(super::schema::defaults::shown(condition)),
                ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } if place.is_some() => {
                    let columns = vm.get_attr(object, "columns")?;
                    for column in vm.collect(&columns)? {
                        parts.push(vm.repr(&column)?.as_str().to_string());
                    }
                }
                ConstraintKind::ForeignKey { rules, .. } => {
                    parts.push("<sqlalchemy.sql.base.ReadOnlyColumnCollection object at 0x…>".into());
                    parts.push("None".into());
                    parts.extend(constraint.name.iter().map(|name| format!("name={}", python_str(name))));
                    parts.extend(rules.on_update.iter().map(|text| format!("onupdate={}", python_str(text))));
                    parts.extend(rules.on_delete.iter().map(|text| format!("ondelete={}", python_str(text))));
                }
                _ => {}
            }
            if let ConstraintKind::Check { .. } = &constraint.kind {
                let name = constraint.name.iter();
                parts.extend(name.map(|name| format!("name={}", python_str(name))));
            }
            if let (Some((table, _)), ConstraintKind::Check { .. } | ConstraintKind::ForeignKey { .. }) =
                (place, &constraint.kind)
            {
                let shown = peek(vm, |orm| orm.schema.table_repr(table))?;
                parts.push(format!("table={shown}"));
            }
            Ok(format!("{}({})", constraint.class_name(), parts.join(", ")))
        }
    }
}
