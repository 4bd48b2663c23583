//! `Bundle`: several columns of a row under one name.
//!
//! It must not know how rows are loaded: it gathers their values. SQLAlchemy
//! counterpart: `Bundle` of `sqlalchemy.orm.util`, `_BundleEntity` of
//! `sqlalchemy.orm.context`.

use std::rc::Rc;

use ormscope::sql::{Expr, Kind, Operator, SelectItem};
use ormscope::types::SqlType;

use super::arguments::Arguments;
use super::row::{Keys, row_object};
use super::select::SelectData;
use super::{attributes, classes, columns, expressions, operands, peek};
use crate::object::{Args, Class, Instance, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// A bundle among what is selected: its object, and what it holds.
#[derive(Clone)]
pub(super) struct Selected {
    object: Object,
    /// Where its first item stands among all.
    at: usize,
    /// How many items it has.
    count: usize,
    /// The bundles inside it.
    inner: Vec<Selected>,
}

/// What stands in one place of a row.
pub(super) enum Place {
    /// The value of that number.
    At(usize, Rc<str>),
    /// Several, gathered.
    Bundle(Gathered),
}

/// The values of a bundle.
pub(super) struct Gathered {
    name: Rc<str>,
    names: Rc<Vec<Rc<str>>>,
    places: Vec<Place>,
    single: bool,
    /// What the program makes of a row, where it has a way of its own.
    make: Option<Object>,
}

/// The class.
pub(super) fn class() -> Rc<Class> {
    Class::builder("Bundle")
        .module("sqlalchemy.orm.util")
        .attribute("is_bundle", Object::Bool(true))
        .attribute("is_mapper", Object::Bool(false))
        .attribute("is_aliased_class", Object::Bool(false))
        .attribute("is_clause_element", Object::Bool(false))
        .attribute("single_entity", Object::Bool(false))
        .method("__init__", init)
        .method("__clause_element__", |vm, args| {
            let exprs = exprs_of(vm, &args.positional[0])?;
            Ok(expressions::expr_object(vm, list(exprs)))
        })
        .getter("clauses", |vm, args| {
            let exprs = exprs_of(vm, &args.positional[0])?;
            Ok(expressions::expr_object(vm, list(exprs)))
        })
        .method("label", |vm, args| {
            let this = args.positional[0].clone();
            let class = vm.class_of(&this);
            let made = Instance::plain(&class);
            for name in ["_label", "exprs", "c", "columns", "single_entity"] {
                let value = vm.get_attr(&this, name)?;
                let name = vm.intern(name);
                vm.set_attr(&made, &name, value)?;
            }
            let name = vm.intern("name");
            vm.set_attr(&made, &name, args.positional.get(1).cloned().unwrap_or(Object::None))?;
            Ok(made)
        })
        .method("create_row_processor", |vm, args| {
            let procs = args.positional.get(2).cloned().unwrap_or(Object::None);
            let procs = vm.collect(&procs)?;
            let labels = args.positional.get(3).cloned().unwrap_or(Object::None);
            let mut names: Vec<Rc<str>> = Vec::new();
            for label in vm.collect(&labels)? {
                names.push(vm.str(&label)?.as_str().into());
            }
            let names = Rc::new(names);
            Ok(NativeFunction::closure("proc", move |vm, args| {
                let row = args.positional.first().cloned().unwrap_or(Object::None);
                let mut values = Vec::with_capacity(procs.len());
                for proc in &procs {
                    values.push(vm.call_with(proc, vec![row.clone()])?);
                }
                Ok(row_object(vm, &names, values))
            }))
        })
        .build()
}

fn init(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("Bundle.__init__", args);
    let this = args.receiver();
    let name = args.require(vm, "name")?;
    let exprs = args.rest();
    let single = args.keyword("single_entity");
    args.finish(vm)?;
    let mut pairs = Vec::new();
    for expr in &exprs {
        let key = key_of(vm, expr)?;
        pairs.push((key, expr.clone()));
    }
    let columns = columns::chosen(vm, pairs);
    let mut values = vec![
        ("name", name.clone()),
        ("_label", name),
        ("exprs", Object::list(exprs)),
        ("c", columns.clone()),
        ("columns", columns),
    ];
    values.extend(single.map(|single| ("single_entity", single)));
    for (name, value) in values {
        let name = vm.intern(name);
        vm.set_attr(&this, &name, value)?;
    }
    Ok(Object::None)
}

/// The name of an element among those of a bundle.
fn key_of(vm: &mut Vm, object: &Object) -> PyResult<Rc<str>> {
    if is_bundle(vm, object) {
        let name = vm.get_attr(object, "name")?;
        return Ok(vm.str(&name)?.as_str().into());
    }
    if attributes::owner_of(vm, object).is_some() {
        let key = vm.get_attr(object, "key")?;
        return Ok(vm.str(&key)?.as_str().into());
    }
    let Some(expr) = operands::to_expr(vm, object)? else {
        return Ok(vm.str(object)?.as_str().into());
    };
    Ok(match expr.kind() {
        Kind::Label { name, .. } => Rc::clone(name.base()),
        _ => expr.bind_key(),
    })
}

/// Whether an object is a bundle.
pub(super) fn is_bundle(vm: &mut Vm, object: &Object) -> bool {
    let class = Rc::clone(&classes(vm).bundle);
    matches!(object, Object::Instance(_)) && vm.is_instance(object, &class)
}

/// What a bundle holds.
pub(super) fn elements(vm: &mut Vm, bundle: &Object) -> PyResult<Vec<Object>> {
    let exprs = vm.get_attr(bundle, "exprs")?;
    vm.collect(&exprs)
}

fn exprs_of(vm: &mut Vm, bundle: &Object) -> PyResult<Vec<Expr>> {
    let mut exprs = Vec::new();
    for element in elements(vm, bundle)? {
        match is_bundle(vm, &element) {
            true => exprs.extend(exprs_of(vm, &element)?),
            false => exprs.push(operands::require_expr(vm, &element)?),
        }
    }
    Ok(exprs)
}

fn list(items: Vec<Expr>) -> Expr {
    Expr::new(Kind::List { op: Operator::Comma, items, sql_type: SqlType::Null, groups: false })
}

/// Selects what a bundle holds, one after the other.
pub(super) fn select(
    vm: &mut Vm,
    data: &mut SelectData,
    bundle: &Object,
    add: fn(&mut Vm, &mut SelectData, &Object) -> PyResult<()>,
) -> PyResult<Selected> {
    let at = data.select.items.len();
    let mut inner = Vec::new();
    for element in elements(vm, bundle)? {
        match is_bundle(vm, &element) {
            true => inner.push(select(vm, data, &element, add)?),
            false => add(vm, data, &element)?,
        }
    }
    Ok(Selected { object: bundle.clone(), at, count: data.select.items.len() - at, inner })
}

/// How the values of a row are gathered.
pub(super) fn layout(vm: &mut Vm, data: &SelectData, names: &[Rc<str>]) -> PyResult<Vec<Place>> {
    let mut starts = Vec::with_capacity(data.select.items.len() + 1);
    let mut width = 0;
    for item in &data.select.items {
        starts.push(width);
        width += match item {
            SelectItem::From(from) => peek(vm, |orm| from.columns(&orm.schema).len())?,
            _ => 1,
        };
    }
    starts.push(width);
    let mut all = names.to_vec();
    for bundle in &data.bundles {
        // Inside a bundle columns have their own names, whatever stands beside it.
        let own = data.select.items.iter().zip(&starts).skip(bundle.at).take(bundle.count);
        for (item, start) in own {
            if let (SelectItem::Expr(expr), Some(name)) = (item, all.get_mut(*start)) {
                *name = own_name(expr);
            }
        }
    }
    let statement = Object::None;
    places(vm, &data.bundles, 0..data.select.items.len(), &starts, &all, &statement)
}

/// The name of a column by itself.
fn own_name(expr: &Expr) -> Rc<str> {
    match expr.kind() {
        Kind::Label { name, .. } => Rc::clone(name.base()),
        Kind::Column(column) => {
            let noted = column.notes.as_ref().and_then(|notes| notes.key.as_ref());
            Rc::clone(noted.unwrap_or(&column.key))
        }
        _ => expr.bind_key(),
    }
}

fn places(
    vm: &mut Vm,
    bundles: &[Selected],
    items: std::ops::Range<usize>,
    starts: &[usize],
    names: &[Rc<str>],
    statement: &Object,
) -> PyResult<Vec<Place>> {
    let mut found = Vec::new();
    let mut item = items.start;
    let mut bundles = bundles.iter().peekable();
    while item < items.end || bundles.peek().is_some_and(|bundle| bundle.at == item) {
        match bundles.next_if(|bundle| bundle.at == item) {
            Some(bundle) => {
                let end = bundle.at + bundle.count;
                let inside = places(vm, &bundle.inner, bundle.at..end, starts, names, statement)?;
                found.push(Place::Bundle(gather(vm, &bundle.object, inside, statement)?));
                item = end;
            }
            None => {
                for at in starts[item]..starts[item + 1] {
                    found.push(Place::At(at, names.get(at).cloned().unwrap_or_default()));
                }
                item += 1;
            }
        }
    }
    Ok(found)
}

fn gather(vm: &mut Vm, object: &Object, places: Vec<Place>, statement: &Object) -> PyResult<Gathered> {
    let name = vm.get_attr(object, "name")?;
    let name = vm.str(&name)?.as_str().into();
    let single = vm.get_attr(object, "single_entity")?;
    let single = vm.truthy(&single)?;
    let names: Rc<Vec<Rc<str>>> = Rc::new(places.iter().map(|place| Rc::clone(name_of(place))).collect());
    let own = vm.class_of(object).lookup("create_row_processor");
    let base = classes(vm).bundle.lookup("create_row_processor");
    let make = match (own, base) {
        (Some(own), Some(base)) if !own.is(&base) => {
            let procs = (0..places.len()).map(|at| {
                NativeFunction::closure("proc", move |vm, args| {
                    let row = args.positional.first().cloned().unwrap_or(Object::None);
                    vm.get_item(&row, &Object::Int(at as i64))
                })
            });
            let procs = Object::tuple(procs.collect());
            let labels = Object::tuple(names.iter().map(Object::str).collect());
            Some(vm.call_method(object, "create_row_processor", vec![statement.clone(), procs, labels])?)
        }
        _ => None,
    };
    Ok(Gathered { name, names, places, single, make })
}

fn name_of(place: &Place) -> &Rc<str> {
    match place {
        Place::At(_, name) => name,
        Place::Bundle(bundle) => &bundle.name,
    }
}

/// The values of a row, gathered.
pub(super) fn gathered(vm: &mut Vm, places: &[Place], values: Vec<Object>) -> PyResult<Vec<Object>> {
    places.iter().map(|place| value(vm, place, &values)).collect()
}

fn value(vm: &mut Vm, place: &Place, values: &[Object]) -> PyResult<Object> {
    match place {
        Place::At(at, _) => Ok(values.get(*at).cloned().unwrap_or(Object::None)),
        Place::Bundle(bundle) => {
            let inner = bundle.places.iter().map(|place| value(vm, place, values));
            let inner = inner.collect::<PyResult<Vec<_>>>()?;
            let row = row_object(vm, &bundle.names, inner);
            match &bundle.make {
                Some(make) => vm.call_with(make, vec![row]),
                None => Ok(row),
            }
        }
    }
}

/// The keys of rows that are gathered.
pub(super) fn keys(places: &[Place], flat: &Keys) -> Keys {
    let names = Rc::new(places.iter().map(|place| Rc::clone(name_of(place))).collect());
    let selected = places.iter().map(|place| match place {
        Place::At(at, _) => flat.selected.get(*at).cloned().flatten(),
        Place::Bundle(_) => None,
    });
    Keys { selected: Rc::new(selected.collect()), ..Keys::plain(&names) }
}

/// Whether a query gives what a bundle gathers by itself.
pub(super) fn is_single(places: &[Place]) -> bool {
    matches!(places, [Place::Bundle(bundle)] if bundle.single)
}

/// The bundles of a select, by the place of their first item and their number.
pub(super) fn objects(selected: &[Selected]) -> impl Iterator<Item = (usize, usize, &Object)> {
    selected.iter().map(|bundle| (bundle.at, bundle.count, &bundle.object))
}
