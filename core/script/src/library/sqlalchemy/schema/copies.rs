//! `table.to_metadata(…)`: a table's copy in another collection.

use ormscope::schema::{self, Constraint, ConstraintKind, IndexElement};
use ormscope::sql::{Expr, From, Kind};
use ormscope::types::{ColumnId, TableId};

use super::table::{is_constant, schema_error, table_object};
use super::{ColumnObject, TableObject, column_object, keep, kept, text_object};
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::constraints::text_option;
use crate::library::sqlalchemy::metadata::{self, metadata_of};
use crate::library::sqlalchemy::{classes, errors, peek, receiver, with_orm};
use crate::object::{Args, Instance, Object, PyResult};
use crate::vm::Vm;

/// `table.to_metadata(metadata)`: the same table in another collection.
pub(super) fn to_metadata(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("to_metadata", args);
    let this = args.receiver();
    let own = receiver::<TableObject>(vm, &this)?;
    let target = args.require(vm, "metadata")?;
    let schema = args.keyword("schema");
    let name = text_option(&mut args, "name");
    let referred = args.keyword("referred_schema_fn").filter(|given| !given.is_none());
    let Some(target) = metadata_of(vm, &target)? else {
        return Err(errors::error(vm, "ArgumentError", "expected a MetaData object"));
    };
    let mut definition = peek(vm, |orm| orm.schema.table(own.id).clone())?;
    let old_schema = definition.schema.clone();
    if let Some(schema) = schema
        && !is_constant(vm, &schema, "RETAIN_SCHEMA")?
    {
        definition.blank_schema = is_constant(vm, &schema, "BLANK_SCHEMA")?;
        definition.schema = crate::builtins::base(&schema).as_str().map(str::to_string);
    }
    if definition.schema.is_none() && !definition.blank_schema {
        definition.schema = peek(vm, |orm| orm.schema.metadata(target).schema.clone())?;
    }
    let moved = definition.schema.clone().filter(|_| definition.schema != old_schema);
    definition.name = name.unwrap_or(definition.name);
    let existing = peek(vm, |orm| orm.schema.find_table(target, &definition.key()))?;
    if let Some(existing) = existing {
        return Ok(metadata::table_object(vm, existing));
    }
    // The key keeps the name that a convention gave it.
    if definition.primary_key_constraint().is_none()
        && let Some((name, conventional)) = peek(vm, |orm| orm.schema.primary_key_name(own.id))?
    {
        let key = definition.primary_key();
        let keys = key.iter().map(|at| definition.columns[*at as usize].key.clone());
        let kind = ConstraintKind::PrimaryKey { columns: keys.collect() };
        definition.constraints.push(Constraint { conventional, ..Constraint::new(kind).named(Some(name)) });
    }
    // What columns bring is brought again.
    definition.constraints.retain(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey { columns, .. } => columns.len() > 1,
        ConstraintKind::Unique { columns } => match &columns[..] {
            [key] => !definition.columns.iter().any(|column| column.key == *key && column.unique),
            _ => true,
        },
        ConstraintKind::Check { .. } => constraint.of_type.is_none(),
        _ => true,
    });
    definition.indexes.retain(|index| {
        let columns = index.columns();
        !definition.columns.iter().any(|column| column.index && columns == [column.key.as_str()])
    });
    for column in &mut definition.columns {
        for key in &mut column.foreign_keys {
            key.column = None;
            match (&referred, &moved) {
                (Some(code), _) => refer(vm, code, own.id, &definition.schema, key)?,
                (None, Some(schema)) => move_target(key, old_schema.as_deref(), schema),
                (None, None) => {}
            }
        }
    }
    for constraint in &mut definition.constraints {
        if let ConstraintKind::ForeignKey { targets, .. } = &mut constraint.kind {
            for key in targets {
                key.column = None;
                match (&referred, &moved) {
                    (Some(code), _) => refer(vm, code, own.id, &definition.schema, key)?,
                    (None, Some(schema)) => move_target(key, old_schema.as_deref(), schema),
                    (None, None) => {}
                }
            }
        }
    }
    let count = definition.columns.len();
    let id = with_orm(vm, |orm, _| Ok(orm.schema.add_table(target, definition)))?;
    let id = id.map_err(|error| schema_error(vm, &error))?;
    with_orm(vm, |orm, _| {
        rebind(orm, id, own.id);
        Ok(())
    })?;
    let column_class = classes(vm).column.clone();
    for index in 0..count as u32 {
        let column = ColumnId { table: id, index };
        let definition = peek(vm, |orm| orm.schema.column(column).clone())?;
        let object = Instance::native(
            &column_class,
            ColumnObject { definition: definition.into(), id: Some(column).into() },
        );
        let old = column_object(vm, ColumnId { table: own.id, index });
        copy_info(vm, &old, &object)?;
        vm.library.sqlalchemy.columns.insert(column, object);
    }
    let made = table_object(vm, id);
    copy_info(vm, &this, &made)?;
    Ok(made)
}

/// A copy has the `info` of what it is a copy of.
fn copy_info(vm: &mut Vm, from: &Object, to: &Object) -> PyResult<()> {
    if let Some(info) = kept(from, "_info") {
        let copy = vm.call_method(&info, "copy", Vec::new())?;
        keep(to, "_info", copy);
    }
    Ok(())
}

/// Conditions of a copied table are about its own columns.
fn rebind(orm: &mut ormscope::orm::Orm, id: TableId, old: TableId) {
    let table = orm.schema.table_mut(id);
    let own = |expr: &Expr| {
        expr.map(&mut |node| match node.kind() {
            Kind::Column(column) if column.base.is_some_and(|base| base.table == old) => {
                let mut column = column.clone();
                column.from = Some(From::Table(id));
                column.base = column.base.map(|base| ColumnId { table: id, ..base });
                Some(Expr::from(column))
            }
            _ => None,
        })
    };
    for constraint in &mut table.constraints {
        if let ConstraintKind::Check { condition } = &mut constraint.kind {
            *condition = own(condition);
        }
    }
    for index in &mut table.indexes {
        for element in &mut index.elements {
            if let IndexElement::Expr(expr) = element {
                *expr = own(expr);
            }
        }
    }
}

/// Asks the program for the schema that a foreign key refers to.
fn refer(
    vm: &mut Vm,
    code: &Object,
    table: TableId,
    schema: &Option<String>,
    key: &mut schema::ForeignKey,
) -> PyResult<()> {
    let parts: Vec<&str> = key.target.rsplitn(3, '.').collect();
    let (column, name) = (parts[0].to_string(), parts.get(1).map_or("", |name| *name).to_string());
    let old = parts.get(2).map(|schema| (*schema).to_string());
    let arguments =
        vec![metadata::table_object(vm, table), text_object(schema), Object::None, text_object(&old)];
    let made = vm.call(code, Args::positional(arguments))?;
    key.target = match crate::builtins::base(&made).as_str() {
        Some(schema) => format!("{schema}.{name}.{column}"),
        None => format!("{name}.{column}"),
    };
    Ok(())
}

/// What a table refers to in its own schema moves with it.
fn move_target(key: &mut schema::ForeignKey, old: Option<&str>, new: &str) {
    let rest = match old {
        Some(old) => key.target.strip_prefix(old).and_then(|rest| rest.strip_prefix('.')),
        None if key.target.matches('.').count() <= 1 => Some(key.target.as_str()),
        None => None,
    };
    if let Some(rest) = rest {
        key.target = format!("{new}.{rest}");
    }
}
