//! Naming conventions: templates, and tokens of them that the program computes.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.naming`.

use ormscope::schema::{Index, NamingConvention};
use ormscope::types::TableId;

use super::constraints::{constraint_objects, index_objects};
use super::metadata::{MetaDataObject, metadata_object_of, table_object};
use super::{constraints, peek, with_orm};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// Reads `naming_convention={"ix": "…", "own": function}`, with classes or their short
/// names as keys; the functions are given back. Nothing is left of the rules before.
pub(super) fn read(
    vm: &mut Vm,
    given: &Object,
    naming: &mut NamingConvention,
) -> PyResult<Vec<(String, Object)>> {
    let items = vm.call_method(given, "items", Vec::new())?;
    let mut tokens = Vec::new();
    let items = vm.collect(&items)?;
    if !items.is_empty() {
        naming.templates.clear();
    }
    for item in items {
        let [kind, template] = &vm.collect(&item)?[..] else { continue };
        let kind = match kind {
            Object::Class(class) => class.name().as_str().to_string(),
            other => vm.str(other)?.as_str().to_string(),
        };
        match template {
            Object::Str(template) => {
                naming.templates.retain(|(known, _)| *known != kind);
                naming.templates.push((kind, template.as_str().to_string()));
            }
            Object::None => naming.templates.retain(|(known, _)| *known != kind),
            function => {
                naming.own_tokens.push(kind.clone());
                tokens.push((kind, function.clone()));
            }
        }
    }
    Ok(tokens)
}

/// Puts what the program computes into the names of a table's constraints and indexes.
pub(super) fn complete(vm: &mut Vm, id: TableId) -> PyResult<()> {
    let collection = metadata_object_of(vm, id)?;
    let Some(tokens) = collection.native::<MetaDataObject>().map(|data| data.tokens.clone()) else {
        return Ok(());
    };
    if tokens.is_empty() {
        return Ok(());
    }
    let filling = Filling { table: table_object(vm, id), tokens };
    with_orm(vm, |orm, _| {
        orm.schema.keep_primary_key(id);
        Ok(())
    })?;
    for object in constraint_objects(vm, id)? {
        let (constraints::Item::Constraint(mut constraint), Some((_, at))) =
            constraints::current(vm, &object)?
        else {
            continue;
        };
        if let Some(name) = filling.fill(vm, &object, constraint.name.take())? {
            with_orm(vm, |orm, _| {
                if let Some(own) = orm.schema.table_mut(id).constraints.get_mut(at) {
                    own.name = Some(name);
                }
                Ok(())
            })?;
        }
    }
    for (at, object) in index_objects(vm, id)?.into_iter().enumerate() {
        let name = peek(vm, |orm| orm.schema.table(id).indexes[at].name.clone())?;
        if let Some(name) = filling.fill(vm, &object, name)? {
            with_orm(vm, |orm, _| {
                let indexes: &mut Vec<Index> = &mut orm.schema.table_mut(id).indexes;
                indexes[at].name = Some(name);
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// A table, and the functions for the names of its parts.
struct Filling {
    table: Object,
    tokens: Vec<(String, Object)>,
}

impl Filling {
    /// The whole name, where something is missing in it.
    fn fill(&self, vm: &mut Vm, object: &Object, name: Option<String>) -> PyResult<Option<String>> {
        let Some(mut name) = name else { return Ok(None) };
        let mut changed = false;
        for (token, function) in &self.tokens {
            let hole = format!("%({token})s");
            if name.contains(&hole) {
                let arguments = vec![object.clone(), self.table.clone()];
                let text = vm.call(function, Args::positional(arguments))?;
                name = name.replace(&hole, vm.str(&text)?.as_str());
                changed = true;
            }
        }
        Ok(changed.then_some(name))
    }
}
