//! `Bundle`: columns that come as one value of a row.
//!
//! The class is written in Python, in `python/support.py`; here its columns are
//! put among a select's, and the rows of a session's result are put together.
//! SQLAlchemy counterpart: `sqlalchemy.orm.util.Bundle`.

use std::rc::Rc;

use ormscope::orm::RowValue;

use super::result::{Rows, row_object, value_object};
use super::row::Keys;
use super::select::SelectData;
use super::values::to_value;
use crate::object::{Args, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// What the program gave for some of the items of a select.
#[derive(Clone)]
pub(super) struct Given {
    /// The first of the items.
    pub(super) at: usize,
    /// How many there are.
    pub(super) count: usize,
    /// The program's object.
    pub(super) object: Object,
}

/// The columns of a bundle; none for anything else.
pub(super) fn columns_of(vm: &mut Vm, object: &Object) -> PyResult<Option<Vec<Object>>> {
    let is_plain = object.as_instance().is_some_and(|instance| !instance.class().native);
    if !is_plain || vm.get_attr_opt(object, "is_bundle")?.is_none() {
        return Ok(None);
    }
    let exprs = vm.get_attr(object, "exprs")?;
    vm.collect(&exprs).map(Some)
}

/// Whether an object is a bundle.
pub(super) fn is_bundle(vm: &mut Vm, object: &Object) -> PyResult<bool> {
    Ok(columns_of(vm, object)?.is_some())
}

/// The rows of a select with the values of each bundle put together.
pub(super) fn gathered(vm: &mut Vm, data: &SelectData, mut rows: Rows) -> PyResult<Rows> {
    let mut bundles = Vec::new();
    for given in &data.given {
        if is_bundle(vm, &given.object)? {
            bundles.push(given.clone());
        }
    }
    if bundles.is_empty() {
        return Ok(rows);
    }
    let names = Rc::clone(&rows.keys.names);
    let mut makers = Vec::new();
    for bundle in &bundles {
        let labels = names.get(bundle.at..bundle.at + bundle.count).unwrap_or_default().to_vec();
        makers.push(maker(vm, bundle, labels)?);
    }
    let mut keys = names.to_vec();
    for bundle in bundles.iter().rev() {
        let name = vm.get_attr(&bundle.object, "name")?;
        let name: Rc<str> = vm.str(&name)?.as_str().into();
        keys.splice(bundle.at..bundle.at + bundle.count, [name]);
    }
    let mut gathered = Vec::with_capacity(rows.rows.len());
    for row in &rows.rows {
        let mut row = row.clone();
        for (bundle, maker) in bundles.iter().zip(&makers).rev() {
            let values = row.get(bundle.at..bundle.at + bundle.count).unwrap_or_default().to_vec();
            let made = maker.make(vm, &values)?;
            let made = RowValue::Value(to_value(vm, &made)?);
            row.splice(bundle.at..bundle.at + bundle.count, [made]);
        }
        gathered.push(row);
    }
    rows.keys = Rc::new(Keys::plain(&Rc::new(keys)));
    rows.rows = gathered.into();
    Ok(rows)
}

/// How the values of a bundle become one.
enum Maker {
    /// A row.
    Row(Rc<Vec<Rc<str>>>),
    /// What the program's function makes of a row.
    Function(Rc<Vec<Rc<str>>>, Object),
}

/// The program's own `create_row_processor()`, or a row.
fn maker(vm: &mut Vm, bundle: &Given, labels: Vec<Rc<str>>) -> PyResult<Maker> {
    let labels = Rc::new(labels);
    let Some(create) = vm.get_attr_opt(&bundle.object, "create_row_processor")? else {
        return Ok(Maker::Row(labels));
    };
    let getters = (0..labels.len()).map(|at| {
        NativeFunction::closure("getter", move |vm, args: Args| {
            vm.get_item(&args.positional[0], &Object::Int(at as i64))
        })
    });
    let names = labels.iter().map(Object::str).collect();
    let arguments = vec![Object::None, Object::list(getters.collect()), Object::list(names)];
    let function = vm.call(&create, Args::positional(arguments))?;
    Ok(Maker::Function(labels, function))
}

impl Maker {
    fn make(&self, vm: &mut Vm, values: &[RowValue]) -> PyResult<Object> {
        let mut objects = Vec::with_capacity(values.len());
        for value in values {
            objects.push(value_object(vm, value)?);
        }
        match self {
            Maker::Row(labels) => Ok(row_object(vm, labels, objects)),
            Maker::Function(labels, function) => {
                let row = row_object(vm, labels, objects);
                vm.call(function, Args::positional(vec![row]))
            }
        }
    }
}
