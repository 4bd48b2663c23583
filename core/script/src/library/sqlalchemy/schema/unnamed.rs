//! Columns that constraints and indexes of a class body are about before the
//! class gives them their names.
//!
//! Each has a stand-in for its name, which the table that takes the column
//! replaces. SQLAlchemy counterpart: constraints hold `Column` objects and look
//! at their names late.

use std::rc::{Rc, Weak};

use ormscope::schema::{self, Constraint, ConstraintKind, Index, IndexElement};
use ormscope::sql::{Expr, Kind, Name, Part};
use ormscope::types::ColumnId;

use super::{ColumnObject, keep, kept};
use crate::library::sqlalchemy::peek;
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// Where the stand-in is kept beside the column.
const KEPT: &str = "_stand_in";

/// What stands for the name of a column that has none yet.
pub(in crate::library::sqlalchemy) fn stand_in(vm: &mut Vm, object: &Object) -> Option<String> {
    let column = object.native::<ColumnObject>()?;
    if column.id.get().is_some() || !column.definition.borrow().key.is_empty() {
        return None;
    }
    let text = format!("\u{1}{:x}", object.address().unwrap_or_default());
    keep(object, KEPT, Object::str(&text));
    if let Object::Instance(instance) = object {
        vm.library.sqlalchemy.stand_ins.insert(text.clone(), Rc::downgrade(instance));
    }
    Some(text)
}

/// An expression that was written in a class body, about the columns of the
/// table that the class has by now.
pub(in crate::library::sqlalchemy) fn resolved(vm: &mut Vm, expr: &Expr) -> PyResult<Expr> {
    if vm.library.sqlalchemy.stand_ins.is_empty() {
        return Ok(expr.clone());
    }
    let mut waiting: Vec<(String, ColumnId)> = Vec::new();
    Part::Expr(expr).walk(&mut |part| {
        if let Part::Expr(node) = part
            && let Kind::Column(column) = node.kind()
            && let Name::Fixed(text) = &column.name
            && let Some(instance) = vm.library.sqlalchemy.stand_ins.get(&**text).and_then(Weak::upgrade)
            && let Some(id) = instance.data::<ColumnObject>().and_then(|column| column.id.get())
        {
            waiting.push((text.to_string(), id));
        }
        true
    });
    if waiting.is_empty() {
        return Ok(expr.clone());
    }
    peek(vm, |orm| {
        expr.map(&mut |node| match node.kind() {
            Kind::Column(column) => {
                let Name::Fixed(text) = &column.name else { return None };
                let (_, id) = waiting.iter().find(|(known, _)| **known == **text)?;
                Some(Expr::column(&orm.schema, *id))
            }
            _ => None,
        })
    })
}

/// Replaces stand-ins of these columns in what a table is made of.
pub(super) fn replace(table: &mut schema::Table, columns: &[Object]) {
    let mut names: Vec<(String, String, String)> = Vec::new();
    for object in columns {
        let (Some(Object::Str(text)), Some(column)) = (kept(object, KEPT), object.native::<ColumnObject>())
        else {
            continue;
        };
        let definition = column.definition.borrow();
        names.push((text.as_str().to_string(), definition.key.clone(), definition.name.clone()));
    }
    if names.is_empty() {
        return;
    }
    let key = |text: &mut String| {
        if let Some((_, key, _)) = names.iter().find(|(known, ..)| known == text) {
            text.clone_from(key);
        }
    };
    let name = |expr: &Expr| {
        expr.map(&mut |node| match node.kind() {
            Kind::Literal { text, sql_type } => {
                let (_, _, name) = names.iter().find(|(known, ..)| **known == **text)?;
                let quoted = ormscope::sql::compiler::quote(name, Default::default());
                Some(Expr::literal_column(&quoted, sql_type.clone()))
            }
            Kind::Column(column) if column.from.is_none() => {
                let Name::Fixed(text) = &column.name else { return None };
                let (_, key, name) = names.iter().find(|(known, ..)| **known == **text)?;
                let mut column = column.clone();
                column.name = Name::Fixed(name.as_str().into());
                column.key = key.as_str().into();
                Some(Expr::from(column))
            }
            _ => None,
        })
    };
    for Constraint { kind, .. } in &mut table.constraints {
        match kind {
            ConstraintKind::PrimaryKey { columns }
            | ConstraintKind::Unique { columns }
            | ConstraintKind::ForeignKey { columns, .. } => columns.iter_mut().for_each(key),
            ConstraintKind::Check { condition } => *condition = name(condition),
            ConstraintKind::Exclude { elements, .. } => {
                for (element, _) in elements {
                    replace_element(element, &key, &name);
                }
            }
        }
    }
    for Index { elements, .. } in &mut table.indexes {
        for element in elements {
            replace_element(element, &key, &name);
        }
    }
}

fn replace_element(element: &mut IndexElement, key: &impl Fn(&mut String), name: &impl Fn(&Expr) -> Expr) {
    match element {
        IndexElement::Column(text) => key(text),
        IndexElement::Expr(expr) => *expr = name(expr),
    }
}
