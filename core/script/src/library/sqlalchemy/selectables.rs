//! What programs read from the elements of FROM: their names and parts, their
//! columns and keys.
//!
//! It must not know how they are written.
//! SQLAlchemy counterpart: the attributes of `FromClause` and its kin in
//! `sqlalchemy.sql.selectable`.

use std::rc::Rc;

use ormscope::sql::{AliasKind, AliasOf, From, Join, JoinKind, Kind, Statement, alias_name, renamed_label};

use super::expressions::{expr_object, require_expr};
use super::froms::{FromData, from_object, require_from};
use super::{classes, columns, dml, errors, peek, schema, select};
use crate::builtins::Set;
use crate::object::{Args, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The attributes that everything in FROM has, or refuses by its own name.
pub(super) const GETTERS: &[(&str, NativeFn)] = &[
    ("c", own_columns),
    ("columns", own_columns),
    ("exported_columns", own_columns),
    ("entity_namespace", own_columns),
    ("name", name),
    ("description", description),
    ("selectable", |_, args| Ok(args.positional[0].clone())),
    ("element", |vm, args| element(vm, args, "element")),
    ("original", |vm, args| element(vm, args, "original")),
    ("primary_key", primary_key),
    ("foreign_keys", foreign_keys),
    ("named_with_column", |vm, args| {
        let from = require_from(vm, &args.positional[0])?;
        Ok(Object::Bool(match &from {
            From::Values(values) => values.name.is_some(),
            From::Join(_) | From::Function(_) | From::Text(_) => false,
            From::Table(_) | From::Plain(_) | From::Alias(_) => true,
        }))
    }),
    ("implicit_returning", |_, _| Ok(Object::Bool(false))),
    ("is_selectable", |_, _| Ok(Object::Bool(true))),
    ("supports_execution", |_, _| Ok(Object::Bool(false))),
    ("schema", |_, _| Ok(Object::None)),
    ("sampling", |vm, args| sample_part(vm, &args, "sampling")),
    ("seed", |vm, args| sample_part(vm, &args, "seed")),
    ("literal_binds", |vm, args| match require_from(vm, &args.positional[0])? {
        From::Values(values) => Ok(Object::Bool(values.literal_binds)),
        _ => Err(vm.attribute_error(&args.positional[0], "literal_binds")),
    }),
    ("left", |vm, args| side(vm, &args, "left", |join| join.left.clone())),
    ("right", |vm, args| side(vm, &args, "right", |join| join.right.clone())),
    ("onclause", |vm, args| {
        let join = join_of(vm, &args, "onclause")?;
        Ok(expr_object(vm, join.on.clone()))
    }),
    ("isouter", |vm, args| Ok(Object::Bool(join_of(vm, &args, "isouter")?.kind == JoinKind::Outer))),
    ("full", |vm, args| Ok(Object::Bool(join_of(vm, &args, "full")?.kind == JoinKind::Full))),
    ("recursive", |vm, args| cte_flag(vm, &args, "recursive")),
    ("nesting", |vm, args| cte_flag(vm, &args, "nesting")),
];

/// `element.c`
pub(super) fn own_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let from = require_from(vm, &args.positional[0])?;
    let Some(data) = args.positional[0].native::<FromData>() else { return Ok(columns::of_from(vm, from)) };
    if let Some(known) = data.columns.borrow().clone() {
        return Ok(known);
    }
    if let From::Alias(alias) = &from
        && let Some(select) = alias.select()
        && let Some(name) = peek(vm, |orm| renamed_label(&orm.schema, select))?
    {
        return Err(errors::error(
            vm,
            "InvalidRequestError",
            format!(
                "Label name {name} is being renamed to an anonymous label due to disambiguation which is not supported right now.  Please use unique names for explicit labels."
            ),
        ));
    }
    let made = columns::of_from(vm, from);
    *data.columns.borrow_mut() = Some(made.clone());
    Ok(made)
}

fn name(vm: &mut Vm, args: Args) -> PyResult<Object> {
    match require_from(vm, &args.positional[0])? {
        From::Plain(table) => Ok(Object::str(&table.name)),
        From::Alias(alias) => {
            let number = alias.id.number() as usize;
            let name = peek(vm, |orm| alias_name(&orm.schema, &alias))?;
            match name.fixed() {
                Some(name) => Ok(Object::str(name)),
                None => {
                    let pattern = Object::str(name.pattern(number));
                    super::inspection::make_support(vm, "_anonymous_label", vec![pattern])
                }
            }
        }
        From::Values(values) => Ok(match &values.name {
            Some(name) => Object::str(name.pattern(values.id.number() as usize)),
            None => Object::None,
        }),
        _ => Err(vm.attribute_error(&args.positional[0], "name")),
    }
}

/// How an element is called in messages: its name, or what it is.
fn description(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let from = require_from(vm, &args.positional[0])?;
    described(vm, &from).map(Object::str)
}

fn described(vm: &mut Vm, from: &From) -> PyResult<String> {
    Ok(match from {
        From::Table(id) => peek(vm, |orm| orm.schema.table(*id).name.clone())?,
        From::Plain(table) => table.name.to_string(),
        From::Alias(alias) => match (&alias.name, &alias.of) {
            (Some(name), _) => name.to_string(),
            (None, AliasOf::From(inner)) if !matches!(alias.kind, AliasKind::Cte(_) | AliasKind::Lateral) => {
                format!("Anonymous alias of {}", described(vm, inner)?)
            }
            (None, _) => "anon_1".to_string(),
        },
        From::Join(join) => {
            let mut sides = Vec::new();
            for side in [&join.left, &join.right] {
                let object = from_object(vm, side.clone())?;
                let address = object.address().unwrap_or_default();
                sides.push(format!("{}({address})", described(vm, side)?));
            }
            format!("Join object on {}", sides.join(" and "))
        }
        From::Values(values) => match &values.name {
            Some(name) => name.fixed().map_or_else(|| "anon_1".to_string(), |name| name.to_string()),
            None => "(unnamed VALUES element)".to_string(),
        },
        From::Function(function) => match function.kind() {
            Kind::Function(call) => call.name.to_string(),
            _ => "anon_1".to_string(),
        },
        From::Text(_) => "anon_1".to_string(),
    })
}

/// `repr(element)`: its description stands beside its class.
pub(super) fn repr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(from) = super::froms::plain_from(vm, &args.positional[0])? else {
        // One of a class of the program's has no description.
        return Ok(Object::str(super::elements::plain_repr(vm, &args.positional[0])));
    };
    let description = described(vm, &from)?;
    Ok(Object::str(friendly(vm, &args.positional[0], &description)))
}

/// The text that SQLAlchemy gives elements with a description.
pub(super) fn friendly(vm: &mut Vm, object: &Object, description: &str) -> String {
    let class = vm.class_of(object);
    let module = class.module.borrow().as_str().to_string();
    let address = object.address().unwrap_or_default();
    format!("<{module}.{} at 0x{address:012x}; {description}>", class.name().as_str())
}

fn element(vm: &mut Vm, args: Args, name: &str) -> PyResult<Object> {
    let data = args.positional[0].native::<FromData>();
    let Some((data, From::Alias(alias))) = data.map(|data| (Rc::clone(&data), data.from.clone())) else {
        return Err(vm.attribute_error(&args.positional[0], name));
    };
    if let Some(known) = data.element.borrow().clone() {
        return Ok(known);
    }
    let made = match &alias.of {
        AliasOf::From(inner) => return from_object(vm, inner.clone()),
        AliasOf::Statement(statement) => match &**statement {
            Statement::Select(inner) => select::plain_object(vm, inner.clone()),
            Statement::TextualSelect(inner) => super::textual::textual_object(vm, inner.clone()),
            Statement::Text(text) => {
                let class = classes(vm).text.clone();
                Instance::native(&class, super::expressions::TextData { statement: Rc::clone(text) })
            }
            Statement::Expr(expr) => expr_object(vm, expr.clone()),
            Statement::Values(values) => from_object(vm, values.clone())?,
            Statement::Insert(_) | Statement::Update(_) | Statement::Delete(_) => {
                dml::statement_object(vm, (**statement).clone())?
            }
            Statement::Ddl(_) | Statement::Program(_) => Object::None,
        },
    };
    *data.element.borrow_mut() = Some(made.clone());
    Ok(made)
}

/// The columns of a primary key that an element has through its columns.
fn primary_key(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let collection = vm.get_attr(&args.positional[0], "c")?;
    let mut keys = Vec::new();
    for column in vm.collect(&collection)? {
        if is_key(vm, &column)? {
            keys.push(column);
        }
    }
    if let From::Join(join) = require_from(vm, &args.positional[0])? {
        let exprs = keys.iter().map(|column| require_expr(vm, column)).collect::<PyResult<Vec<_>>>()?;
        let kept = columns::reduced(vm, exprs, std::slice::from_ref(&join.on), false)?;
        keys = kept.iter().map(|expr| columns::of_expr(vm, expr)).collect::<PyResult<Vec<_>>>()?;
    }
    columns::column_set(vm, keys)
}

fn is_key(vm: &mut Vm, column: &Object) -> PyResult<bool> {
    match schema::column_id(vm, column)? {
        Some(id) => peek(vm, |orm| orm.schema.column(id).primary_key),
        None => Ok(false),
    }
}

fn foreign_keys(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let collection = vm.get_attr(&args.positional[0], "c")?;
    let mut keys = Vec::new();
    for column in vm.collect(&collection)? {
        let own = vm.get_attr(&column, "foreign_keys")?;
        keys.extend(vm.collect(&own)?);
    }
    Ok(Object::Set(Rc::new(Set::from_items(vm, false, keys)?)))
}

fn join_of(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Rc<Join>> {
    match require_from(vm, &args.positional[0])? {
        From::Join(join) => Ok(join),
        _ => Err(vm.attribute_error(&args.positional[0], name)),
    }
}

fn side(vm: &mut Vm, args: &Args, name: &str, pick: fn(&Join) -> From) -> PyResult<Object> {
    let join = join_of(vm, args, name)?;
    from_object(vm, pick(&join))
}

fn cte_flag(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Object> {
    if let From::Alias(alias) = &require_from(vm, &args.positional[0])?
        && let Some(cte) = alias.cte()
    {
        return Ok(Object::Bool(if name == "recursive" { cte.recursive } else { cte.nesting }));
    }
    Err(vm.attribute_error(&args.positional[0], name))
}

/// What a table sample is drawn with.
fn sample_part(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Object> {
    if let From::Alias(alias) = require_from(vm, &args.positional[0])?
        && let AliasKind::TableSample { method, seed } = &alias.kind
    {
        return Ok(match (name, seed) {
            ("sampling", _) => expr_object(vm, method.clone()),
            (_, Some(seed)) => expr_object(vm, seed.clone()),
            (_, None) => Object::None,
        });
    }
    Err(vm.attribute_error(&args.positional[0], name))
}
