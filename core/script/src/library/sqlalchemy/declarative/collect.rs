//! From what a class declares to what its table and its mapper get.
//!
//! SQLAlchemy counterpart: `_extract_mappable_attributes` and
//! `_extract_declared_columns`.

use std::rc::Rc;

use indexmap::IndexMap;

use super::annotations::{Container, Extracted};
use super::declared_attr::DeclaredAttr;
use super::mapped_column::{self, ColumnSettings, MappedColumn, Place, name_column};
use super::scan::{Declaration, warn_of_expression};
use super::{dataclass, is_property, relations};
use crate::builtins::Dict;
use crate::library::sqlalchemy::relationships::RelationshipObject;
use crate::library::sqlalchemy::schema::{CREATED, ColumnObject, column_object, kept};
use crate::library::sqlalchemy::{errors, mapping, metadata, peek};
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// What a class declares, sorted out.
#[derive(Default)]
pub(super) struct Collected {
    /// What is mapped under a name: relationships and other properties, and
    /// columns whose names differ.
    pub(super) properties: IndexMap<String, Object>,
    /// The columns for the table, in order.
    pub(super) columns: Vec<Object>,
    /// What the ORM is to do with columns, by attribute.
    pub(super) settings: Vec<(String, ColumnSettings)>,
    /// The columns that the class does not have.
    pub(super) unmapped: Vec<Object>,
}

impl Declaration {
    /// Names the columns, reads annotations, and takes out what is not mapped.
    pub(super) fn collect(&mut self, vm: &mut Vm) -> PyResult<Collected> {
        let mut mapped: IndexMap<String, Object> = IndexMap::new();
        let names: Vec<String> = self.attributes.keys().cloned().collect();
        for name in names {
            let value = self.attributes[&name].clone();
            for (name, column) in self.columns_within(vm, &name, &value)? {
                mapped.insert(name, column);
            }
            if let Some(value) = self.mappable(vm, &name, value)? {
                mapped.insert(name, value);
            }
        }
        self.sort_out(vm, mapped)
    }

    /// The columns that another property brings: those of a composite, or those
    /// that a property is made from.
    fn columns_within(&self, vm: &mut Vm, name: &str, value: &Object) -> PyResult<Vec<(String, Object)>> {
        let mut found = Vec::new();
        if super::is_column(value) || !is_property(vm, value) {
            return Ok(found);
        }
        if vm.class_of(value).lookup("__sa_columns__").is_some() {
            let annotation = self.annotations.get(name).map(|known| known.extracted.inner.clone());
            let parts = vm.call_method(value, "__sa_columns__", vec![annotation.unwrap_or(Object::None)])?;
            for part in vm.collect(&parts)? {
                let [name, column, annotation] = &vm.collect(&part)?[..] else { continue };
                let name = vm.str(name)?.as_str().to_string();
                if column.native::<MappedColumn>().is_some() {
                    let extracted =
                        Extracted { inner: annotation.clone(), container: Some(Container::Mapped) };
                    let extracted = Some(extracted).filter(|_| !annotation.is_none());
                    self.declare_column(vm, &name, column, extracted.as_ref())?;
                } else if column.native::<ColumnObject>().is_some() {
                    name_column(vm, column, &name)?;
                } else {
                    continue;
                }
                found.push((name, column.clone()));
            }
        } else if value.native::<RelationshipObject>().is_none()
            && let Some(Object::List(columns)) = vm.get_attr_opt(value, "columns")?
        {
            for column in columns.items.borrow().iter() {
                if column.native::<ColumnObject>().is_some_and(|column| column.id.get().is_none()) {
                    name_column(vm, column, name)?;
                    found.push((format!("{name} "), column.clone()));
                }
            }
        }
        Ok(found)
    }

    /// What an attribute is in the mapping, if it is anything there.
    fn mappable(&mut self, vm: &mut Vm, name: &str, mut value: Object) -> PyResult<Option<Object>> {
        let class = Object::Class(Rc::clone(&self.class));
        let mut made = false;
        if let Some(attr) = value.native::<DeclaredAttr>() {
            if attr.cascading {
                let shown = vm.str(&class)?;
                let message = format!(
                    "Use of @declared_attr.cascading only applies to Declarative 'mixin' and 'abstract' classes.  Currently, this flag is ignored on mapped class {}",
                    shown.as_str()
                );
                errors::warn(vm, &message)?;
            }
            value = vm.get_attr(&class, name)?;
            made = true;
        }
        let is_metadata = metadata::metadata_of(vm, &value)?.is_some();
        if name == "registry" || (name == "metadata" && !is_metadata) {
            let noun = if name == "registry" { "Declarative class registry" } else { "MetaData instance" };
            let message = format!(
                "Attribute name '{name}' should be left reserved for the {noun} when using a Declarative class."
            );
            errors::warn(vm, &message)?;
        }
        self.check_unmapped(vm, name, &value)?;
        if let Object::Tuple(items) = &value
            && let [only] = &items[..]
            && (super::is_column(only) || is_property(vm, only))
        {
            let message = format!(
                "Ignoring declarative-like tuple value of attribute '{name}': possibly a copy-and-paste error with a comma accidentally placed at the end of the line?"
            );
            errors::warn(vm, &message)?;
            return Ok(None);
        }
        if self.dataclass.is_some() && dataclass::is_field(&value) {
            return Ok(None);
        }
        if value.native::<ColumnObject>().is_some() {
            let column = self.copy_of(&value);
            name_column(vm, &column, name)?;
            return Ok(Some(value));
        }
        let is_mapped = value.native::<MappedColumn>().is_some() || is_property(vm, &value);
        if is_mapped {
            self.read_annotation(vm, name, &value)?;
        }
        self.refuse_fields(vm, name, &value)?;
        if !is_mapped {
            self.attributes.shift_remove(name);
            warn_of_expression(vm, &self.class, name, &value)?;
            if made || !self.body.contains_key(name) {
                let name = vm.intern(name);
                self.class.set(name, value);
            }
            return Ok(None);
        }
        Ok(Some(value))
    }

    /// `Unmapped[…]` and `unmapped_column()` belong together.
    fn check_unmapped(&self, vm: &mut Vm, name: &str, value: &Object) -> PyResult<()> {
        let container = self.annotations.get(name).and_then(|annotation| annotation.extracted.container);
        let is_unmapped = value.native::<MappedColumn>().is_some_and(|data| data.unmapped);
        let class = self.class.name();
        let message = match container {
            Some(Container::Unmapped) if !is_unmapped => format!(
                "Attribute \"{}.{name}\" uses the Unmapped[] annotation, which must be used with unmapped_column() or with no value on the right side",
                class.as_str()
            ),
            Some(container) if is_unmapped && container != Container::Unmapped => format!(
                "Attribute \"{}.{name}\" uses unmapped_column() with the {}[] annotation; unmapped_column() must be used with the Unmapped[] annotation",
                class.as_str(),
                container.name()
            ),
            _ => return Ok(()),
        };
        Err(errors::error(vm, "ArgumentError", message))
    }

    /// Lets a column or a property read what its annotation says.
    fn read_annotation(&mut self, vm: &mut Vm, name: &str, value: &Object) -> PyResult<()> {
        let annotation = self.annotations.get(name);
        let has_container = annotation.is_none_or(|annotation| annotation.extracted.container.is_some());
        if !has_container && !self.allow_unmapped {
            if let Some(data) = value.native::<MappedColumn>() {
                name_column(vm, &data.column(), name)?;
            }
            return Ok(());
        }
        let extracted = annotation.map(|annotation| Extracted {
            inner: annotation.extracted.inner.clone(),
            container: annotation.extracted.container,
        });
        let class = Rc::clone(&self.class);
        if let Some(data) = value.native::<MappedColumn>() {
            let existing = self.existing_column(vm, name, &data)?;
            let types = self.registry.types.clone();
            let empty = Rc::new(Dict::new());
            let types = if let Object::Dict(types) = &types { types } else { &empty };
            let raw = self.annotations.get(name).map(|annotation| annotation.raw.clone());
            let place = Place { class: &class, key: name, raw, types, existing };
            return mapped_column::declare(vm, value, &place, extracted.as_ref());
        }
        match value.native::<RelationshipObject>() {
            Some(data) => relations::declare(vm, &class, name, &data, extracted.as_ref()),
            None => Ok(()),
        }
    }

    fn declare_column(
        &self,
        vm: &mut Vm,
        name: &str,
        value: &Object,
        annotation: Option<&Extracted>,
    ) -> PyResult<()> {
        let Some(data) = value.native::<MappedColumn>() else { return Ok(()) };
        let existing = self.existing_column(vm, name, &data)?;
        let raw = self.annotations.get(name).map(|annotation| annotation.raw.clone());
        let empty = Rc::new(Dict::new());
        let types = if let Object::Dict(types) = &self.registry.types { types } else { &empty };
        let place = Place { class: &self.class, key: name, raw, types, existing };
        mapped_column::declare(vm, value, &place, annotation)
    }

    /// The column of that name in the table that a single-table subclass shares.
    fn existing_column(&self, vm: &mut Vm, name: &str, data: &MappedColumn) -> PyResult<Option<Object>> {
        if self.tablename.is_some() || self.body.contains_key("__table__") {
            return Ok(None);
        }
        let Some(parent) = super::mapped_parent(vm, &self.class)? else { return Ok(None) };
        let Some(mapper) = mapping::mapper_of_class(vm, &parent) else { return Ok(None) };
        let column = data.column();
        let own = column.native::<ColumnObject>().map(|own| own.definition.borrow().name.clone());
        let own = own.filter(|own| !own.is_empty()).unwrap_or_else(|| name.to_string());
        let found = peek(vm, |orm| {
            let table = orm.mapper(mapper).table;
            let at = orm.schema.table(table).columns.iter().position(|column| column.name == own)?;
            Some(ormscope::types::ColumnId { table, index: at as u32 })
        })?;
        Ok(found.map(|id| column_object(vm, id)))
    }

    /// Arguments for a dataclass mean nothing in another class.
    fn refuse_fields(&self, vm: &mut Vm, name: &str, value: &Object) -> PyResult<()> {
        if self.dataclass.is_some() {
            return Ok(());
        }
        let Some(fields) = dataclass::fields_of(vm, value)? else { return Ok(()) };
        let is_column = value.native::<MappedColumn>().is_some_and(|data| !data.unmapped);
        let mut given: Vec<String> = fields
            .iter()
            .map(|(name, _)| name)
            .filter(|name| {
                matches!(*name, "init" | "default_factory" | "repr" | "dataclass_metadata")
                    || (!is_column && *name == "default")
            })
            .map(|name| format!("'{name}'"))
            .collect();
        if fields.names().next().is_none()
            || (value.native::<MappedColumn>().is_some_and(|data| data.unmapped))
        {
            return Ok(());
        }
        given.sort();
        let shown = vm.str(&Object::Class(Rc::clone(&self.class)))?;
        Err(errors::error(
            vm,
            "ArgumentError",
            format!(
                "Attribute '{name}' on class {} includes dataclasses argument(s): {} but class does not specify SQLAlchemy native dataclass configuration.",
                shown.as_str(),
                given.join(", ")
            ),
        ))
    }

    /// Columns go to the table, all else to the mapper.
    fn sort_out(&mut self, vm: &mut Vm, mapped: IndexMap<String, Object>) -> PyResult<Collected> {
        let mut collected = Collected::default();
        let mut ordered: Vec<(i64, Object)> = Vec::new();
        let mut keys_of: IndexMap<String, Vec<String>> = IndexMap::new();
        for (name, value) in mapped {
            let (column, order, settings) = match value.native::<MappedColumn>() {
                Some(data) => {
                    let order = data.settings.borrow().sort_order.unwrap_or_default();
                    if data.unmapped {
                        collected.unmapped.push(data.column());
                        self.class.remove(&name);
                    }
                    (data.column(), order, data.special())
                }
                None if value.native::<ColumnObject>().is_some() => (value.clone(), 0, None),
                None => {
                    collected.properties.insert(name, value);
                    continue;
                }
            };
            let key = vm.get_attr(&column, "key")?;
            let own_name = vm.get_attr(&column, "name")?;
            if name.ends_with(' ') {
                // It has no attribute but the property's.
                ordered.push((order, column));
                continue;
            }
            keys_of.entry(vm.str(&own_name)?.as_str().to_string()).or_default().push(name.clone());
            if !ordered.iter().any(|(_, known)| known.is(&column)) {
                ordered.push((order, column.clone()));
            }
            let is_unmapped = collected.unmapped.iter().any(|other| other.is(&column));
            if vm.str(&key)?.as_str() != name && !is_unmapped {
                collected.properties.insert(name.clone(), column);
            }
            if let Some(settings) = settings {
                collected.settings.push((name, settings));
            }
        }
        for (column, mut keys) in keys_of {
            if keys.len() > 1 {
                keys.sort();
                let message = format!(
                    "On class '{}', Column object '{column}' named directly multiple times, only one will be used: {}. Consider using orm.synonym instead",
                    self.class.name().as_str(),
                    keys.join(", ")
                );
                errors::warn(vm, &message)?;
            }
        }
        if peek(vm, |orm| orm.legacy)? {
            // There, the order of creation counts.
            ordered.sort_by_key(|(_, column)| match kept(column, CREATED) {
                Some(Object::Int(created)) => created,
                _ => 0,
            });
        } else {
            ordered.sort_by_key(|(order, _)| *order);
        }
        collected.columns = ordered.into_iter().map(|(_, column)| column).collect();
        Ok(collected)
    }
}
