//! The table of a declared class: `__tablename__`, `__table__`, `__table_args__`.
//!
//! SQLAlchemy counterpart: `_setup_table` and `_setup_inheriting_columns`.

use std::rc::Rc;

use ormscope::types::TableId;

use super::collect::Collected;
use super::scan::Declaration;
use crate::library::sqlalchemy::schema::{self, column_id};
use crate::library::sqlalchemy::{classes, errors, mapping, metadata, peek};
use crate::object::{Args, Class, Object, PyResult};
use crate::vm::Vm;

/// The table of a class, and whether it is one of its own.
pub(super) struct Declared {
    pub(super) table: TableId,
    /// Whether it is the parent's.
    pub(super) shared: bool,
    /// The nearest ancestor that is mapped.
    pub(super) parent: Option<Rc<Class>>,
}

impl Declaration {
    /// Makes the table, or finds it.
    pub(super) fn make_table(&self, vm: &mut Vm, collected: &Collected) -> PyResult<Declared> {
        let class = Object::Class(Rc::clone(&self.class));
        let parent = super::mapped_parent(vm, &self.class)?;
        if self.has_table_function || self.body.contains_key("__table__") {
            let given = match self.body.get("__table__") {
                Some(given) if !self.has_table_function => given.clone(),
                _ => vm.get_attr(&class, "__table__")?,
            };
            let Some(table) = schema::table_id(vm, &given)? else {
                let shown = vm.repr(&given)?;
                let message = format!("expected a table for __table__, got {}", shown.as_str());
                return Err(errors::error(vm, "ArgumentError", message));
            };
            for column in &collected.columns {
                if column_id(vm, column)?.is_none_or(|id| id.table != table) {
                    let key = vm.get_attr(column, "key")?;
                    let key = vm.repr(&key)?;
                    let message =
                        format!("Can't add additional column {} when specifying __table__", key.as_str());
                    return Err(errors::error(vm, "ArgumentError", message));
                }
            }
            return Ok(Declared { table, shared: false, parent });
        }
        if let Some(name) = self.tablename.clone() {
            let table = self.new_table(vm, name, collected)?;
            return Ok(Declared { table, shared: false, parent });
        }
        let Some(inherited) = parent else {
            let shown = vm.repr(&class)?;
            let message = format!(
                "Class {} does not have a __table__ or __tablename__ specified and does not inherit from an existing table-mapped class.",
                shown.as_str()
            );
            return Err(errors::error(vm, "InvalidRequestError", message));
        };
        let table = self.share_table(vm, &inherited, collected)?;
        Ok(Declared { table, shared: true, parent: Some(inherited) })
    }

    /// `Table(name, metadata, columns, *args, **options)`
    fn new_table(&self, vm: &mut Vm, name: Object, collected: &Collected) -> PyResult<TableId> {
        let (args, options) = match &self.table_args {
            Some(Object::Tuple(items)) => match items.split_last() {
                Some((Object::Dict(options), args)) => (args.to_vec(), Some(Rc::clone(options))),
                _ => (items.to_vec(), None),
            },
            Some(Object::Dict(options)) => (Vec::new(), Some(Rc::clone(options))),
            _ => (Vec::new(), None),
        };
        let mut positional = vec![name, self.metadata(vm)?];
        positional.extend(collected.columns.iter().cloned());
        positional.extend(args);
        let mut keyword = Vec::new();
        for (name, value) in options.iter().flat_map(|options| options.items()) {
            let name = vm.str(&name)?;
            keyword.push((vm.intern(name.as_str()), value));
        }
        if let Some(bind) = self.body.get("__autoload_with__") {
            keyword.push((vm.intern("autoload_with"), bind.clone()));
        }
        let class = Object::Class(Rc::clone(&self.class));
        let maker = match vm.get_attr_opt(&class, "__table_cls__")? {
            Some(maker) => maker,
            None => Object::Class(classes(vm).table.clone()),
        };
        let made = vm.call(&maker, Args { positional, keyword })?;
        match schema::table_id(vm, &made)? {
            Some(table) => Ok(table),
            None => {
                let shown = vm.repr(&made)?;
                let message = format!("expected a table from __table_cls__, got {}", shown.as_str());
                Err(errors::error(vm, "ArgumentError", message))
            }
        }
    }

    /// The collection that the table belongs to.
    fn metadata(&self, vm: &mut Vm) -> PyResult<Object> {
        let class = Object::Class(Rc::clone(&self.class));
        let own = vm.get_attr_opt(&class, "metadata")?;
        if let Some(own) = own
            && metadata::metadata_of(vm, &own)?.is_some()
        {
            return Ok(own);
        }
        Ok(self.registry.metadata.clone())
    }

    /// Adds the columns of a subclass to the table of its parent.
    fn share_table(&self, vm: &mut Vm, parent: &Rc<Class>, collected: &Collected) -> PyResult<TableId> {
        let table = match (super::later::waiting_table(vm, parent), mapping::mapper_of_class(vm, parent)) {
            (Some(table), _) => table,
            (None, Some(mapper)) => peek(vm, |orm| orm.mapper(mapper).table)?,
            (None, None) => {
                return Err(errors::error(vm, "InvalidRequestError", "the superclass is not mapped"));
            }
        };
        if self.table_args.is_some() {
            let message = "Can't place __table_args__ on an inherited class with no table.";
            return Err(errors::error(vm, "ArgumentError", message));
        }
        for column in &collected.columns {
            if column_id(vm, column)?.is_some_and(|id| id.table == table) {
                continue;
            }
            let name = vm.get_attr(column, "name")?;
            let name = vm.str(&name)?;
            let exists = peek(vm, |orm| {
                let table = orm.schema.table(table);
                let known = table.columns.iter().any(|known| known.name == name.as_str());
                known.then(|| table.name.clone())
            })?;
            if let Some(table) = exists {
                let message = format!(
                    "Column '{}' on class {} conflicts with existing column '{table}.{}'.  If using Declarative, consider using the use_existing_column parameter of mapped_column() to resolve conflicts.",
                    name.as_str(),
                    self.class.name().as_str(),
                    name.as_str()
                );
                return Err(errors::error(vm, "ArgumentError", message));
            }
            let key = vm.get_attr(column, "primary_key")?;
            if vm.truthy(&key)? {
                let message = "Can't place primary key columns on an inherited class with no table.";
                return Err(errors::error(vm, "ArgumentError", message));
            }
            schema::append_items(vm, table, vec![column.clone()])?;
        }
        Ok(table)
    }
}
