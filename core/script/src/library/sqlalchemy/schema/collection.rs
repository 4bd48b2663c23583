//! `table.c`, and the columns of a constraint or an index.
//!
//! SQLAlchemy counterpart: `ReadOnlyColumnCollection`.

use std::rc::Rc;

use ormscope::types::{ColumnId, TableId};

use super::column_object;
use crate::library::sqlalchemy::{peek, receiver};
use crate::object::{Class, Object, PyResult};
use crate::vm::Vm;

/// The native data of `table.c`.
pub(super) struct ColumnCollection {
    pub(super) table: TableId,
    /// Only these, by their places: the columns of a key.
    pub(super) only: Option<Vec<u32>>,
}

impl ColumnCollection {
    /// Its columns' keys and ids.
    fn columns(&self, vm: &mut Vm) -> PyResult<Vec<(String, ColumnId)>> {
        peek(vm, |orm| {
            let columns = &orm.schema.table(self.table).columns;
            let of = |index: u32| {
                let column = columns.get(index as usize)?;
                Some((column.key.clone(), ColumnId { table: self.table, index }))
            };
            match &self.only {
                Some(only) => only.iter().filter_map(|index| of(*index)).collect(),
                None => (0..columns.len() as u32).filter_map(of).collect(),
            }
        })
    }
}

pub(in crate::library::sqlalchemy) fn column_collection_class() -> Rc<Class> {
    Class::builder("ReadOnlyColumnCollection")
        .module("sqlalchemy.sql.base")
        .method("__getattr__", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            match find_column(vm, &args.positional[0], name.as_str())? {
                Some(column) => Ok(column),
                None => Err(vm.error(&vm.exceptions.attribute_error.clone(), name.as_str())),
            }
        })
        .method("__getitem__", |vm, args| {
            let found = match &args.positional[1] {
                Object::Int(index) => {
                    let columns = all_columns(vm, &args.positional[0])?;
                    let at = if *index < 0 { *index + columns.len() as i64 } else { *index };
                    match usize::try_from(at).ok().and_then(|at| columns.get(at).cloned()) {
                        Some(column) => Some(column),
                        None => return Err(vm.error(&vm.exceptions.index_error.clone(), index.to_string())),
                    }
                }
                Object::Tuple(names) => {
                    let mut found = Vec::new();
                    for name in names.iter() {
                        let name = vm.str(name)?;
                        found.extend(find_column(vm, &args.positional[0], name.as_str())?);
                    }
                    Some(Object::tuple(found))
                }
                name => {
                    let name = vm.str(name)?;
                    find_column(vm, &args.positional[0], name.as_str())?
                }
            };
            found.ok_or_else(|| vm.key_error(args.positional[1].clone()))
        })
        .method("__iter__", |vm, args| {
            let columns = all_columns(vm, &args.positional[0])?;
            vm.iter(&Object::list(columns))
        })
        .method("__len__", |vm, args| Ok(Object::Int(all_columns(vm, &args.positional[0])?.len() as i64)))
        .method("__contains__", |vm, args| match &args.positional[1] {
            Object::Str(name) => Ok(find_column(vm, &args.positional[0], name.as_str())?.is_some().into()),
            _ => {
                let message = "__contains__ requires a string argument";
                Err(crate::library::sqlalchemy::errors::error(vm, "ArgumentError", message))
            }
        })
        .method("get", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            let default = args.positional.get(2).cloned().unwrap_or(Object::None);
            Ok(find_column(vm, &args.positional[0], name.as_str())?.unwrap_or(default))
        })
        .method("contains_column", |vm, args| {
            let columns = all_columns(vm, &args.positional[0])?;
            Ok(columns.iter().any(|column| column.is(&args.positional[1])).into())
        })
        .method("keys", |vm, args| {
            let collection = receiver::<ColumnCollection>(vm, &args.positional[0])?;
            let columns = collection.columns(vm)?;
            Ok(Object::list(columns.into_iter().map(|(key, _)| Object::str(key)).collect()))
        })
        .method("values", |vm, args| Ok(Object::list(all_columns(vm, &args.positional[0])?)))
        .method("items", |vm, args| {
            let collection = receiver::<ColumnCollection>(vm, &args.positional[0])?;
            let columns = collection.columns(vm)?;
            let items = columns
                .into_iter()
                .map(|(key, id)| Object::tuple(vec![Object::str(key), column_object(vm, id)]));
            Ok(Object::list(items.collect()))
        })
        .build()
}

fn find_column(vm: &mut Vm, collection: &Object, key: &str) -> PyResult<Option<Object>> {
    let collection = receiver::<ColumnCollection>(vm, collection)?;
    let index = peek(vm, |orm| orm.schema.table(collection.table).column_index(key))?;
    let index = index.filter(|index| collection.only.as_ref().is_none_or(|only| only.contains(index)));
    Ok(index.map(|index| column_object(vm, ColumnId { table: collection.table, index })))
}

fn all_columns(vm: &mut Vm, collection: &Object) -> PyResult<Vec<Object>> {
    let collection = receiver::<ColumnCollection>(vm, collection)?;
    let columns = collection.columns(vm)?;
    Ok(columns.into_iter().map(|(_, id)| column_object(vm, id)).collect())
}
