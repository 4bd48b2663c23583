//! `filter_by(name=value)`: which element of a statement has an attribute of that name.
//!
//! SQLAlchemy counterpart: `_entity_namespace_key_search_all` of `sqlalchemy.sql.base`.

use ormscope::sql::{Expr, From, Kind};

use super::arguments::Arguments;
use super::expressions::{require_condition, to_expr};
use super::{attributes, errors, froms, mapping, peek, schema};
use crate::object::{CompareOp, Object, PyResult};
use crate::vm::Vm;

/// The elements that an object among the columns or in FROM brings with it.
pub(super) fn entities_of(vm: &mut Vm, object: &Object) -> PyResult<Vec<Object>> {
    if let Some(From::Join(join)) = froms::plain_from(vm, object)? {
        let mut found = vec![object.clone()];
        let mut sides = Vec::new();
        join.left.leaves(&mut |from| sides.push(from.clone()));
        join.right.leaves(&mut |from| sides.push(from.clone()));
        for side in sides {
            found.push(froms::from_object(vm, side)?);
        }
        return Ok(found);
    }
    if mapping::entity_of(vm, object)?.is_some() || froms::plain_from(vm, object)?.is_some() {
        return Ok(vec![object.clone()]);
    }
    if let Some(owner) = attributes::owner_of(vm, object) {
        return Ok(vec![owner]);
    }
    // A hybrid or another proxy speaks for the class that it was taken from.
    if let Some(owner) = vm.get_attr_opt(object, "class_")?
        && mapping::entity_of(vm, &owner)?.is_some()
    {
        return Ok(vec![owner]);
    }
    match to_expr(vm, object)? {
        Some(expr) => entities_in(vm, &expr),
        None => Ok(Vec::new()),
    }
}

/// What the columns in an expression are of.
pub(super) fn entities_in(vm: &mut Vm, expr: &Expr) -> PyResult<Vec<Object>> {
    let mut from = Vec::new();
    expr.walk(&mut |part| {
        if let Kind::Column(column) = part.kind() {
            from.extend(column.from.clone());
        }
    });
    from.into_iter().map(|from| froms::from_object(vm, from)).collect()
}

/// Keyword arguments as conditions on whichever element has such an attribute.
pub(super) fn search(vm: &mut Vm, entities: &[Object], args: &mut Arguments) -> PyResult<Vec<Expr>> {
    let mut distinct: Vec<&Object> = Vec::new();
    let mut known: Vec<From> = Vec::new();
    for entity in entities {
        let Some(from) = froms::to_from(vm, entity)? else { continue };
        if !known.iter().any(|other| other.is(&from)) {
            distinct.push(entity);
            known.push(from);
        }
    }
    let mut found = Vec::new();
    for (name, value) in args.keywords() {
        let name = name.as_str();
        let mut own = None;
        for entity in &distinct {
            let Some(attribute) = attribute(vm, entity, name)? else { continue };
            if own.is_some() {
                let described = described(vm, &distinct)?;
                return Err(errors::error(
                    vm,
                    "AmbiguousColumnError",
                    format!(
                        "Attribute name \"{name}\" is ambiguous; it exists in multiple FROM clause entities ({described}). Use filter() with explicit column references instead of filter_by()."
                    ),
                ));
            }
            own = Some(attribute);
        }
        let Some(own) = own else {
            let described = described(vm, &distinct)?;
            return Err(errors::error(
                vm,
                "InvalidRequestError",
                format!(
                    "None of the FROM clause entities have a property \"{name}\". Searched entities: {described}"
                ),
            ));
        };
        let condition = vm.compare(CompareOp::Eq, &own, &value)?;
        found.push(require_condition(vm, &condition)?);
    }
    Ok(found)
}

/// Keyword arguments as conditions on one element.
pub(super) fn equalities(vm: &mut Vm, target: Option<&Object>, args: &mut Arguments) -> PyResult<Vec<Expr>> {
    let mut found = Vec::new();
    for (name, value) in args.keywords() {
        let Some(target) = target else {
            return Err(errors::error(
                vm,
                "InvalidRequestError",
                "filter_by() needs a mapped class to speak of",
            ));
        };
        let Some(own) = attribute(vm, target, name.as_str())? else {
            let described = match target.native::<schema::TableObject>() {
                Some(table) => peek(vm, |orm| orm.schema.table(table.id).name.clone())?,
                None => mapping::describe_entity(vm, target)?,
            };
            return Err(errors::error(
                vm,
                "InvalidRequestError",
                format!("Entity namespace for \"{described}\" has no property \"{}\"", name.as_str()),
            ));
        };
        let condition = vm.compare(CompareOp::Eq, &own, &value)?;
        found.push(require_condition(vm, &condition)?);
    }
    Ok(found)
}

/// What an element has under a name.
fn attribute(vm: &mut Vm, entity: &Object, name: &str) -> PyResult<Option<Object>> {
    if froms::plain_from(vm, entity)?.is_none() {
        return vm.get_attr_opt(entity, name);
    }
    let columns = vm.get_attr(entity, "c")?;
    let found = vm.call_method(&columns, "get", vec![Object::str(name)])?;
    Ok(Some(found).filter(|found| !found.is_none()))
}

/// Elements as errors list them.
fn described(vm: &mut Vm, entities: &[&Object]) -> PyResult<String> {
    let mut names = Vec::new();
    for entity in entities.iter().take(3) {
        let shown = match vm.get_attr_opt(entity, "__mapper__")? {
            Some(mapper) if entity.as_class().is_some() => mapper,
            _ => (*entity).clone(),
        };
        names.push(vm.str(&shown)?.as_str().to_string());
    }
    let mut text = names.join(", ");
    if entities.len() > 3 {
        text.push_str(&format!(", ... ({} total)", entities.len()));
    }
    Ok(text)
}
