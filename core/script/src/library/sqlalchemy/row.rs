//! `Row`, `RowMapping`, and finding a column of a row.
//!
//! SQLAlchemy counterpart: `sqlalchemy.engine.row`.

use std::rc::Rc;

use ormscope::sql::SelectItem;
use ormscope::types::ColumnId;

use super::{attributes, classes, errors, inspection, receiver};
use crate::builtins::Dict;
use crate::object::{Args, Class, CompareOp, Instance, Object, PyResult, Unwind};
use crate::vm::Vm;

/// The columns of a result, by which its rows are asked for values.
#[derive(Default)]
pub(super) struct Keys {
    /// Their names.
    pub(super) names: Rc<Vec<Rc<str>>>,
    /// The table columns that they are, where that is known.
    pub(super) columns: Vec<Option<ColumnId>>,
    /// What was selected, where the ORM did; classes and attributes find it.
    pub(super) selected: Rc<Vec<Option<SelectItem>>>,
    /// Whether they come from SQL text, so that only names find them.
    pub(super) by_name_only: bool,
}

impl Keys {
    /// Names without columns.
    pub(super) fn plain(names: &Rc<Vec<Rc<str>>>) -> Keys {
        Keys { names: Rc::clone(names), ..Keys::default() }
    }

    /// Some of the columns.
    pub(super) fn reduced(&self, indexes: &[usize]) -> Keys {
        let names = indexes.iter().filter_map(|at| self.names.get(*at).cloned()).collect();
        let columns = indexes.iter().map(|at| self.columns.get(*at).copied().flatten()).collect();
        let selected = match self.selected.is_empty() {
            true => Rc::clone(&self.selected),
            false => Rc::new(indexes.iter().map(|at| self.selected.get(*at).cloned().flatten()).collect()),
        };
        Keys { names: Rc::new(names), columns, selected, by_name_only: self.by_name_only }
    }

    /// The names that are shown: `Query` gives some values none.
    fn shown(&self) -> impl Iterator<Item = &Rc<str>> {
        let all = self.selected.is_empty();
        self.names.iter().filter(move |name| all || !name.is_empty())
    }

    /// The place of a name; an error where several columns have it.
    fn named(&self, vm: &mut Vm, name: &str) -> PyResult<Option<usize>> {
        let mut places = self.names.iter().enumerate().filter(|(_, key)| ***key == *name);
        if self.by_name_only {
            // Nothing is known of these columns, and the last one has the name.
            return Ok(places.next_back().map(|(at, _)| at));
        }
        let first = places.next().map(|(at, _)| at);
        if places.next().is_some() {
            let message = format!("Ambiguous column name '{name}' in result set column descriptions");
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        match first {
            Some(at) => Ok(Some(at)),
            None => self.by_key(vm, name),
        }
    }

    /// The place of a column that has another name in the program.
    fn by_key(&self, vm: &mut Vm, key: &str) -> PyResult<Option<usize>> {
        if self.columns.is_empty() {
            return Ok(None);
        }
        super::peek(vm, |orm| {
            self.columns.iter().zip(self.names.iter()).position(|(column, name)| {
                column.is_some_and(|id| {
                    let column = orm.schema.column(id);
                    column.key == key && *column.name == **name
                })
            })
        })
    }

    /// The place that a key stands for: a name, a column, a mapped class.
    pub(super) fn find(&self, vm: &mut Vm, key: &Object) -> PyResult<Option<usize>> {
        if !self.selected.is_empty()
            && !matches!(key, Object::Str(_) | Object::Int(_))
            && let Some(at) = self.among_selected(vm, key)?
        {
            return Ok(Some(at));
        }
        match key {
            Object::Str(name) => self.named(vm, name.as_str()),
            Object::Class(class) => {
                let name = class.name();
                self.named(vm, name.as_str())
            }
            Object::Instance(_) if !self.by_name_only => {
                let column = match super::schema::column_id(vm, key)? {
                    Some(column) => Some(column),
                    None => attributes::column_of(vm, key)?,
                };
                let found = |column| self.columns.iter().position(|own| *own == Some(column));
                if let Some(at) = column.and_then(found) {
                    return Ok(Some(at));
                }
                for name in ["key", "name"] {
                    if let Some(Object::Str(name)) = vm.get_attr_opt(key, name)?
                        && let Some(at) = self.named(vm, name.as_str())?
                        && (column.is_none() || self.columns.get(at).copied().flatten().is_none())
                    {
                        return Ok(Some(at));
                    }
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// The place of what was selected by the very object.
    fn among_selected(&self, vm: &mut Vm, key: &Object) -> PyResult<Option<usize>> {
        if let Some(entity) = super::mapping::entity_of(vm, key)? {
            let is =
                |item: &Option<SelectItem>| matches!(item, Some(SelectItem::Entity(own)) if own.is(&entity));
            return Ok(self.selected.iter().position(is));
        }
        let Some(expr) = super::operands::to_expr(vm, key)? else { return Ok(None) };
        let is = |item: &Option<SelectItem>| matches!(item, Some(SelectItem::Expr(own)) if own.is(&expr));
        Ok(self.selected.iter().position(is))
    }

    /// The same, which must be there.
    pub(super) fn require(&self, vm: &mut Vm, key: &Object) -> PyResult<usize> {
        match self.find(vm, key)? {
            Some(at) => Ok(at),
            None if !self.selected.is_empty() => Err(vm.key_error(key.clone())),
            None => Err(no_such_column(vm, key)),
        }
    }

    /// `keys()`
    pub(super) fn view(self: &Rc<Keys>, vm: &mut Vm) -> PyResult<Object> {
        let names = Object::list(self.shown().map(Object::str).collect());
        let keys = Rc::clone(self);
        let has: Box<crate::object::NativeClosure> = Box::new(move |vm: &mut Vm, args: Args| {
            let key = args.positional.first().cloned().unwrap_or(Object::None);
            Ok(Object::Bool(keys.find(vm, &key)?.is_some()))
        });
        let has = crate::object::NativeFunction {
            name: vm.intern("has_key"),
            call: crate::object::NativeBody::Closure(has),
            owner: None,
        };
        inspection::make_support(vm, "RMKeyView", vec![names, Object::Native(Rc::new(has))])
    }
}

fn no_such_column(vm: &mut Vm, key: &Object) -> Unwind {
    let text = match vm.str(key) {
        Ok(text) => text,
        Err(unwind) => return unwind,
    };
    let message = format!("Could not locate column in row for column '{}'", text.as_str());
    errors::error(vm, "NoSuchColumnError", message)
}

/// The native data of a `Row` or `RowMapping`.
pub(super) struct RowData {
    pub(super) keys: Rc<Keys>,
    pub(super) values: Rc<Vec<Object>>,
}

/// A `Row` of values.
pub(super) fn row_object(vm: &mut Vm, names: &Rc<Vec<Rc<str>>>, values: Vec<Object>) -> Object {
    let keys = Rc::new(Keys::plain(names));
    new_row(vm, &keys, values)
}

/// A `Row` of values for known columns.
pub(super) fn new_row(vm: &mut Vm, keys: &Rc<Keys>, values: Vec<Object>) -> Object {
    let class = classes(vm).row.clone();
    Instance::native(&class, RowData { keys: Rc::clone(keys), values: Rc::new(values) })
}

/// A row of 1.4's Core, whose columns are asked for by name too.
pub(super) fn new_legacy_row(vm: &mut Vm, keys: &Rc<Keys>, values: Vec<Object>) -> Object {
    let class = classes(vm).legacy_row.clone();
    Instance::native(&class, RowData { keys: Rc::clone(keys), values: Rc::new(values) })
}

/// A `RowMapping` of values.
pub(super) fn mapping_object(vm: &mut Vm, keys: &Rc<Keys>, values: Rc<Vec<Object>>) -> Object {
    let class = classes(vm).row_mapping.clone();
    Instance::native(&class, RowData { keys: Rc::clone(keys), values })
}

fn row(vm: &mut Vm, args: &Args) -> PyResult<Rc<RowData>> {
    receiver::<RowData>(vm, &args.positional[0])
}

/// The values of a row as a tuple.
fn tuple_of(vm: &mut Vm, args: &Args) -> PyResult<Object> {
    Ok(Object::Tuple(Rc::clone(&row(vm, args)?.values)))
}

/// A method of tuples, unless a column has its name.
fn tuple_method(vm: &mut Vm, args: &Args, name: &str) -> PyResult<Object> {
    let own = row(vm, args)?;
    if let Some(at) = own.keys.named(vm, name)? {
        return Ok(own.values.get(at).cloned().unwrap_or(Object::None));
    }
    let tuple = tuple_of(vm, args)?;
    vm.get_attr(&tuple, name)
}

fn compare(vm: &mut Vm, args: &Args, op: CompareOp) -> PyResult<Object> {
    let left = tuple_of(vm, args)?;
    let right = match args.positional[1].native::<RowData>() {
        Some(other) => Object::Tuple(Rc::clone(&other.values)),
        None => args.positional[1].clone(),
    };
    vm.compare(op, &left, &right)
}

pub(super) fn row_class() -> Rc<Class> {
    Class::builder("Row")
        .module("sqlalchemy.engine.row")
        // A row is a sequence to `match`.
        .attribute("__abc_tpflags__", Object::Int(1 << 5))
        .method("__repr__", |vm, args| {
            let tuple = tuple_of(vm, &args)?;
            Ok(Object::Str(vm.repr(&tuple)?))
        })
        .method("__iter__", |vm, args| {
            let tuple = tuple_of(vm, &args)?;
            vm.iter(&tuple)
        })
        .method("__len__", |vm, args| Ok(Object::Int(row(vm, &args)?.values.len() as i64)))
        .method("__getitem__", |vm, args| {
            let tuple = tuple_of(vm, &args)?;
            vm.get_item(&tuple, &args.positional[1])
        })
        .method("__contains__", |vm, args| {
            let tuple = tuple_of(vm, &args)?;
            Ok(Object::Bool(vm.contains(&tuple, &args.positional[1])?))
        })
        .method("__hash__", |vm, args| {
            let tuple = tuple_of(vm, &args)?;
            Ok(Object::Int(vm.hash(&tuple)?))
        })
        .method("__eq__", |vm, args| compare(vm, &args, CompareOp::Eq))
        .method("__ne__", |vm, args| compare(vm, &args, CompareOp::Ne))
        .method("__lt__", |vm, args| compare(vm, &args, CompareOp::Lt))
        .method("__le__", |vm, args| compare(vm, &args, CompareOp::Le))
        .method("__gt__", |vm, args| compare(vm, &args, CompareOp::Gt))
        .method("__ge__", |vm, args| compare(vm, &args, CompareOp::Ge))
        .method("__getattr__", |vm, args| {
            let own = row(vm, &args)?;
            let name = vm.str(&args.positional[1])?;
            match own.keys.named(vm, name.as_str())?.and_then(|at| own.values.get(at)) {
                Some(value) => Ok(value.clone()),
                None if !own.keys.selected.is_empty() => {
                    Err(vm.error(&vm.exceptions.attribute_error.clone(), name.as_str()))
                }
                None => Err(vm.error(
                    &vm.exceptions.attribute_error.clone(),
                    format!("Could not locate column in row for column '{}'", name.as_str()),
                )),
            }
        })
        .method("__setattr__", |vm, _| {
            Err(vm.error(&vm.exceptions.attribute_error.clone(), "can't set attribute"))
        })
        .method("__delattr__", |vm, _| {
            Err(vm.error(&vm.exceptions.attribute_error.clone(), "can't delete attribute"))
        })
        .method("_asdict", |vm, args| {
            let own = row(vm, &args)?;
            let mut items = Vec::new();
            for (at, name) in own.keys.names.iter().enumerate() {
                if name.is_empty() && !own.keys.selected.is_empty() {
                    continue;
                }
                let at = own.keys.named(vm, name)?.unwrap_or(at);
                items.push((vm.intern(name), own.values.get(at).cloned().unwrap_or(Object::None)));
            }
            Ok(Dict::from_names(items))
        })
        .getter("index", |vm, args| {
            let own = row(vm, &args)?;
            if own.keys.named(vm, "index")?.is_some() {
                return tuple_method(vm, &args, "index");
            }
            // That of a sequence in general, whose error says nothing.
            let this = args.positional[0].clone();
            inspection::make_support(vm, "RowIndex", vec![this])
        })
        .getter("count", |vm, args| tuple_method(vm, &args, "count"))
        .method("_tuple", |_, args| Ok(args.positional[0].clone()))
        .method("tuple", |_, args| Ok(args.positional[0].clone()))
        .getter("_t", |_, args| Ok(args.positional[0].clone()))
        .getter("t", |_, args| Ok(args.positional[0].clone()))
        .getter("_mapping", |vm, args| {
            let own = row(vm, &args)?;
            Ok(mapping_object(vm, &own.keys, Rc::clone(&own.values)))
        })
        .getter("_fields", |vm, args| {
            let own = row(vm, &args)?;
            Ok(Object::tuple(own.keys.shown().map(Object::str).collect()))
        })
        .build()
}

/// A row of 1.4's Core: a tuple that is a mapping too.
pub(super) fn legacy_row_class(row_class: &Rc<Class>) -> Rc<Class> {
    fn through(vm: &mut Vm, args: &Args, method: &str) -> PyResult<Object> {
        let own = row(vm, args)?;
        let mapping = mapping_object(vm, &own.keys, Rc::clone(&own.values));
        let view = vm.call_method(&mapping, method, args.positional[1..].to_vec())?;
        Ok(Object::list(vm.collect(&view)?))
    }
    Class::builder("LegacyRow")
        .module("sqlalchemy.engine.row")
        .base(row_class)
        .method("__getitem__", |vm, args| {
            let own = row(vm, &args)?;
            match &args.positional[1] {
                key @ (Object::Str(_) | Object::Instance(_)) => {
                    let named = match key {
                        // A column finds the one of its name, whatever the SQL was.
                        Object::Instance(_) if own.keys.by_name_only => vm.get_attr_opt(key, "key")?,
                        _ => None,
                    };
                    let at = own.keys.require(vm, named.as_ref().unwrap_or(key))?;
                    Ok(own.values.get(at).cloned().unwrap_or(Object::None))
                }
                index => {
                    let tuple = tuple_of(vm, &args)?;
                    vm.get_item(&tuple, index)
                }
            }
        })
        .method("__contains__", |vm, args| {
            let own = row(vm, &args)?;
            Ok(Object::Bool(own.keys.find(vm, &args.positional[1])?.is_some()))
        })
        .method("has_key", |vm, args| {
            let own = row(vm, &args)?;
            Ok(Object::Bool(own.keys.find(vm, &args.positional[1])?.is_some()))
        })
        .method("keys", |vm, args| {
            let own = row(vm, &args)?;
            own.keys.view(vm)
        })
        .method("items", |vm, args| through(vm, &args, "items"))
        .method("iteritems", |vm, args| through(vm, &args, "items"))
        .method("iterkeys", |vm, args| through(vm, &args, "keys"))
        .method("values", |vm, args| through(vm, &args, "values"))
        .method("itervalues", |vm, args| through(vm, &args, "values"))
        .build()
}

/// The dict that a mapping shows.
fn dict(vm: &mut Vm, args: &Args) -> PyResult<Object> {
    let own = row(vm, args)?;
    let mut items = Vec::new();
    for (at, name) in own.keys.names.iter().enumerate() {
        if name.is_empty() && !own.keys.selected.is_empty() {
            continue;
        }
        let at = own.keys.named(vm, name)?.unwrap_or(at);
        items.push((vm.intern(name), own.values.get(at).cloned().unwrap_or(Object::None)));
    }
    Ok(Dict::from_names(items))
}

pub(super) fn row_mapping_class() -> Rc<Class> {
    fn value(vm: &mut Vm, args: &Args, key: &Object) -> PyResult<Object> {
        let own = row(vm, args)?;
        let at = own.keys.require(vm, key)?;
        Ok(own.values.get(at).cloned().unwrap_or(Object::None))
    }
    fn view(vm: &mut Vm, args: &Args, name: &str, items: Vec<Object>) -> PyResult<Object> {
        let mapping = args.positional[0].clone();
        inspection::make_support(vm, name, vec![mapping, Object::list(items)])
    }
    Class::builder("RowMapping")
        .module("sqlalchemy.engine.row")
        // And a row's mapping is one.
        .attribute("__abc_tpflags__", Object::Int(1 << 6))
        .method("__repr__", |vm, args| {
            let dict = dict(vm, &args)?;
            Ok(Object::Str(vm.repr(&dict)?))
        })
        .method("__getitem__", |vm, args| value(vm, &args, &args.positional[1]))
        .method("get", |vm, args| {
            let own = row(vm, &args)?;
            match own.keys.find(vm, &args.positional[1])? {
                Some(at) => Ok(own.values.get(at).cloned().unwrap_or(Object::None)),
                None => Ok(args.positional.get(2).cloned().unwrap_or(Object::None)),
            }
        })
        .method("__iter__", |vm, args| {
            let own = row(vm, &args)?;
            let names = Object::list(own.keys.shown().map(Object::str).collect());
            vm.iter(&names)
        })
        .method("__len__", |vm, args| Ok(Object::Int(row(vm, &args)?.values.len() as i64)))
        .method("__contains__", |vm, args| {
            let own = row(vm, &args)?;
            Ok(Object::Bool(own.keys.find(vm, &args.positional[1])?.is_some()))
        })
        .method("__hash__", |vm, args| {
            let tuple = tuple_of(vm, &args)?;
            Ok(Object::Int(vm.hash(&tuple)?))
        })
        .method("__eq__", |vm, args| {
            let left = dict(vm, &args)?;
            let right = match args.positional[1].native::<RowData>() {
                Some(_) => dict(vm, &Args::positional(vec![args.positional[1].clone()]))?,
                None => args.positional[1].clone(),
            };
            Ok(Object::Bool(vm.equals(&left, &right)?))
        })
        .method("__getattr__", |vm, args| {
            let own = row(vm, &args)?;
            let name = vm.str(&args.positional[1])?;
            match own.keys.named(vm, name.as_str())?.and_then(|at| own.values.get(at)) {
                Some(value) => Ok(value.clone()),
                None => Err(vm.error(
                    &vm.exceptions.attribute_error.clone(),
                    format!("Could not locate column in row for column '{}'", name.as_str()),
                )),
            }
        })
        .method("__setattr__", |vm, _| {
            Err(vm.error(&vm.exceptions.attribute_error.clone(), "can't set attribute"))
        })
        .method("keys", |vm, args| {
            let own = row(vm, &args)?;
            own.keys.view(vm)
        })
        .method("values", |vm, args| {
            let own = row(vm, &args)?;
            view(vm, &args, "ROMappingKeysValuesView", own.values.to_vec())
        })
        .method("items", |vm, args| {
            let own = row(vm, &args)?;
            let mut items = Vec::new();
            for (at, name) in own.keys.names.iter().enumerate() {
                own.keys.named(vm, name)?;
                let value = own.values.get(at).cloned().unwrap_or(Object::None);
                items.push(Object::tuple(vec![Object::str(name), value]));
            }
            view(vm, &args, "ROMappingItemsView", items)
        })
        .build()
}
