//! Reading a class: which attributes it and its mixins declare, in which order.
//!
//! Attributes come first from the class itself, then from its mixins in the
//! order of the MRO; the columns of a mixin are copied for each class, before
//! what its `declared_attr` functions make. SQLAlchemy counterpart:
//! `_DeclarativeMapperConfig._scan_attributes`.

use std::rc::Rc;

use indexmap::IndexMap;

use super::annotations::{self, Container, Extracted};
use super::declared_attr::{self, DeclaredAttr};
use super::mapped_column::{self, MappedColumn};
use super::registry::RegistryObject;
use super::{is_column, is_property};
use crate::library::sqlalchemy::schema::ColumnObject;
use crate::library::sqlalchemy::{errors, mapping};
use crate::object::{Attributes, Class, Object, PyResult};
use crate::vm::Vm;

/// The names with underscores that mean something.
const SPECIAL: [&str; 4] = ["__table__", "__mapper_args__", "__tablename__", "__table_args__"];

/// A class that is declared.
pub(super) struct Declaration {
    pub(super) class: Rc<Class>,
    pub(super) registry: Rc<RegistryObject>,
    /// The class's own attributes before anything was done to them.
    pub(super) body: Attributes,
    /// What is declared, by name.
    pub(super) attributes: IndexMap<String, Object>,
    /// What annotations say, by name.
    pub(super) annotations: IndexMap<String, Annotation>,
    /// Columns of mixins and `declared_attr` objects with what stands for them here.
    pub(super) copies: Vec<(Object, Object)>,
    /// The arguments of the dataclass that the class becomes.
    pub(super) dataclass: Option<Object>,
    /// Whether it is a dataclass already.
    pub(super) was_dataclass: bool,
    /// The name under which fields of a dataclass have what is mapped in their metadata.
    field_key: Option<Object>,
    /// Whether annotations without `Mapped[…]` are left alone.
    pub(super) allow_unmapped: bool,
    pub(super) tablename: Option<Object>,
    pub(super) table_args: Option<Object>,
    pub(super) has_mapper_args: bool,
    /// Whether `__table__` is a `declared_attr`.
    pub(super) has_table_function: bool,
}

/// The annotation of an attribute.
pub(super) struct Annotation {
    pub(super) raw: Object,
    pub(super) extracted: Extracted,
    /// What is declared inside of the annotation.
    pub(super) value: Option<Object>,
    /// The class that has it.
    pub(super) source: Rc<Class>,
}

/// A class of the MRO, and what it brings.
struct Source {
    class: Rc<Class>,
    mapped: bool,
    names: Vec<String>,
    copies: Vec<(String, Object)>,
}

impl Declaration {
    /// Starts with nothing read.
    pub(super) fn new(vm: &mut Vm, class: &Rc<Class>, registry: Rc<RegistryObject>) -> PyResult<Declaration> {
        let dataclass = class.lookup("_sa_apply_dc_transforms");
        let was_dataclass = class.lookup("__dataclass_fields__").is_some();
        let field_key = class.lookup("__sa_dataclass_metadata_key__").filter(|key| !key.is_none());
        if field_key.is_some() && (!was_dataclass || dataclass.is_some()) {
            let message = "SQLAlchemy mapped dataclasses can't consume mapping information from dataclass.Field() objects if the immediate class is not already a dataclass.";
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        let allow_unmapped = match class.lookup("__allow_unmapped__") {
            Some(flag) => vm.truthy(&flag)?,
            None => false,
        };
        Ok(Declaration {
            class: Rc::clone(class),
            registry,
            body: class.dict.borrow().clone(),
            attributes: IndexMap::new(),
            annotations: IndexMap::new(),
            copies: Vec::new(),
            allow_unmapped: allow_unmapped || dataclass.is_some(),
            dataclass,
            was_dataclass,
            field_key,
            tablename: None,
            table_args: None,
            has_mapper_args: false,
            has_table_function: false,
        })
    }

    /// Reads the class and its mixins.
    pub(super) fn scan(&mut self, vm: &mut Vm) -> PyResult<()> {
        let object = Rc::clone(&vm.types.object);
        let ancestors: Vec<Rc<Class>> = self.class.mro().filter(|one| !one.native).cloned().collect();
        let mut sources = Vec::new();
        for class in ancestors.into_iter().filter(|class| !Rc::ptr_eq(class, &object)) {
            let is_own = Rc::ptr_eq(&class, &self.class);
            let mapped =
                !is_own && (mapping::is_mapped(vm, &class) || super::later::is_waiting_parent(vm, &class));
            let names = names_of(vm, &class)?;
            let copies = match mapped || is_own {
                true => Vec::new(),
                false => self.copy_columns(vm, &class, &names)?,
            };
            sources.push(Source { class, mapped, names, copies });
        }
        let mut args_are_inherited = false;
        for source in sources {
            let is_own = Rc::ptr_eq(&source.class, &self.class);
            self.attributes.extend(source.copies.iter().cloned());
            for name in &source.names {
                let value = self.value_of(vm, &source.class, name)?;
                if SPECIAL.contains(&name.as_str()) {
                    let is_declared =
                        value.as_ref().is_some_and(|value| value.native::<DeclaredAttr>().is_some());
                    if is_declared && let Some(attr) = value.as_ref().and_then(Object::native::<DeclaredAttr>)
                    {
                        warn_cascading(vm, &attr, name, &self.class)?;
                    }
                    let counts = !source.mapped || is_declared;
                    args_are_inherited |= self.read_special(vm, name, is_declared, counts)? && !is_own;
                } else if source.mapped {
                    self.warn_of_mapped(vm, &source.class, name, value.as_ref())?;
                } else if is_own {
                    self.read_own(vm, name, value)?;
                } else {
                    self.read_mixin(vm, &source.class, name, value)?;
                }
            }
        }
        if args_are_inherited && self.tablename.is_none() {
            self.table_args = None;
        }
        Ok(())
    }

    /// Reads the class alone, for a dataclass that is not mapped.
    pub(super) fn scan_itself(&mut self, vm: &mut Vm) -> PyResult<()> {
        let class = Rc::clone(&self.class);
        self.allow_unmapped = true;
        for name in names_of(vm, &class)? {
            if SPECIAL.contains(&name.as_str()) {
                continue;
            }
            let value = own_value(&class, &name);
            self.collect_annotation(vm, &name, annotation_of(&class, &name), &class, None, value.as_ref())?;
            if let Some(value) = self.body.get(&name) {
                self.attributes.insert(name, value.clone());
            }
        }
        Ok(())
    }

    /// `__tablename__` and its kin; says whether these are table arguments that count.
    fn read_special(&mut self, vm: &mut Vm, name: &str, is_declared: bool, counts: bool) -> PyResult<bool> {
        let class = Object::Class(Rc::clone(&self.class));
        match name {
            "__mapper_args__" => self.has_mapper_args |= counts,
            "__tablename__" if self.tablename.is_none() && counts => {
                self.tablename = vm.get_attr_opt(&class, name)?.filter(|name| !name.is_none());
            }
            "__table__" => self.has_table_function |= is_declared,
            "__table_args__" if self.table_args.is_none() && counts => {
                let given = vm.get_attr_opt(&class, name)?.filter(|given| !given.is_none());
                let empty = match &given {
                    Some(Object::Tuple(items)) => items.is_empty(),
                    Some(Object::Dict(dict)) => dict.is_empty(),
                    Some(other)
                        if !matches!(crate::builtins::base(other), Object::Dict(_) | Object::Tuple(_)) =>
                    {
                        let message = "__table_args__ value must be a tuple, dict, or None";
                        return Err(errors::error(vm, "ArgumentError", message));
                    }
                    _ => false,
                };
                self.table_args = given.filter(|_| !empty);
                return Ok(true);
            }
            _ => {}
        }
        Ok(false)
    }

    fn read_own(&mut self, vm: &mut Vm, name: &str, value: Option<Object>) -> PyResult<()> {
        let class = Rc::clone(&self.class);
        let raw = annotation_of(&class, name);
        let is_field =
            value.as_ref().is_some_and(|value| !self.body.get(name).is_some_and(|own| own.is(value)));
        if let Some(mut value) = value.clone().filter(|_| is_field && self.field_key.is_some()) {
            // What stands in the metadata of a field.
            if let Some(attr) = value.native::<DeclaredAttr>() {
                value = vm.call(&attr.function, Default::default())?;
            }
            self.attributes.insert(name.to_string(), value.clone());
            self.collect_annotation(vm, name, raw, &class, Some(false), Some(&value))?;
            return Ok(());
        }
        let container = self.collect_annotation(vm, name, raw, &class, None, value.as_ref())?;
        if value.is_none() && container.is_some() && !self.has_fixed_table() {
            let made = self.column_of_annotation(vm, name)?;
            self.attributes.insert(name.to_string(), made);
        } else if self.body.contains_key(name) {
            self.attributes.insert(name.to_string(), value.unwrap_or(Object::None));
        }
        Ok(())
    }

    fn read_mixin(
        &mut self,
        vm: &mut Vm,
        source: &Rc<Class>,
        name: &str,
        value: Option<Object>,
    ) -> PyResult<()> {
        let Some(value) = value else { return Ok(()) };
        if is_column(&value) {
            return Ok(());
        }
        if let Some(attr) = value.native::<DeclaredAttr>() {
            return self.read_declared_attr(vm, source, name, &value, &attr);
        }
        if is_property(vm, &value) {
            let message = "Mapper properties (i.e. deferred,column_property(), relationship(), etc.) must be declared as @declared_attr callables on declarative mixin classes.  For dataclass field() objects, use a lambda:";
            return Err(errors::error(vm, "InvalidRequestError", message));
        }
        warn_of_expression(vm, source, name, &value)
    }

    fn read_declared_attr(
        &mut self,
        vm: &mut Vm,
        source: &Rc<Class>,
        name: &str,
        value: &Object,
        attr: &DeclaredAttr,
    ) -> PyResult<()> {
        let class = Object::Class(Rc::clone(&self.class));
        let made;
        if attr.cascading {
            if self.body.contains_key(name) {
                let shown = vm.str(&class)?;
                let message = format!(
                    "Attribute '{name}' on class {} cannot be processed due to @declared_attr.cascading; skipping",
                    shown.as_str()
                );
                errors::warn(vm, &message)?;
            }
            made = vm.call_method(value, "__get__", vec![value.clone(), class])?;
            let key = vm.intern(name);
            self.class.set(key, made.clone());
        } else {
            made = vm.get_attr(&class, name)?;
        }
        self.copies.push((value.clone(), made.clone()));
        self.attributes.insert(name.to_string(), made);
        let annotations = vm.get_attr_opt(&attr.function, "__annotations__")?;
        let returned = match annotations {
            Some(Object::Dict(annotations)) => annotations.get_str("return"),
            _ => None,
        };
        self.collect_annotation(vm, name, returned, source, Some(true), Some(value))?;
        Ok(())
    }

    /// Copies the columns that a mixin has; the annotations of others become columns.
    fn copy_columns(
        &mut self,
        vm: &mut Vm,
        source: &Rc<Class>,
        names: &[String],
    ) -> PyResult<Vec<(String, Object)>> {
        let mut copies = Vec::new();
        for name in names {
            let value = self.value_of(vm, source, name)?;
            let raw = annotation_of(source, name);
            let made = match &value {
                None => {
                    let Some(raw) = raw else { continue };
                    if self.has_fixed_table()
                        || !annotations::is_mapped(vm, &self.class, &raw)?
                        || self.is_overridden(vm, name, None)?
                    {
                        continue;
                    }
                    self.collect_annotation(vm, name, Some(raw), source, Some(true), None)?;
                    self.column_of_annotation(vm, name)?
                }
                Some(value) if is_column(value) => {
                    if self.is_overridden(vm, name, Some(value))? {
                        continue;
                    }
                    self.collect_annotation(vm, name, raw, source, Some(true), Some(value))?;
                    if self.body.contains_key(name) || self.table_has(vm, name, value)? {
                        continue;
                    }
                    let made = match value.native::<MappedColumn>() {
                        Some(data) => {
                            let made = mapped_column::copy(vm, value, false)?;
                            if let Some(copied) = made.native::<MappedColumn>() {
                                self.copies.push((data.column(), copied.column()));
                            }
                            made
                        }
                        None => vm.call_method(value, "_copy", Vec::new())?,
                    };
                    self.copies.push((value.clone(), made.clone()));
                    made
                }
                Some(_) => continue,
            };
            let key = vm.intern(name);
            self.class.set(key, made.clone());
            copies.push((name.clone(), made));
        }
        Ok(copies)
    }

    /// The value that a class itself has under a name, or has in the metadata of a
    /// field; `None` counts as nothing.
    fn value_of(&self, vm: &mut Vm, class: &Rc<Class>, name: &str) -> PyResult<Option<Object>> {
        let own = own_value(class, name);
        let Some(key) = &self.field_key else { return Ok(own) };
        let fields = match class.dict.borrow().get("__dataclass_fields__") {
            Some(Object::Dict(fields)) => Rc::clone(fields),
            _ => return Ok(own),
        };
        let Some(field) = fields.get_str(name) else { return Ok(own) };
        let metadata = vm.get_attr(&field, "metadata")?;
        if !vm.contains(&metadata, key)? {
            return Ok(own);
        }
        let value = vm.get_item(&metadata, key)?;
        Ok(Some(match value {
            Object::Function(_) => declared_attr::of_function(vm, value),
            value => value,
        }))
    }

    /// Whether the class has another attribute of that name.
    fn is_overridden(&self, vm: &mut Vm, name: &str, value: Option<&Object>) -> PyResult<bool> {
        let class = Object::Class(Rc::clone(&self.class));
        if self.field_key.is_some() {
            let own = self.class.mro().find_map(|one| self.value_of(vm, one, name).transpose());
            return Ok(match (own, value) {
                (Some(own), Some(value)) => !own?.is(value),
                _ => false,
            });
        }
        let found = vm.get_attr_opt(&class, name)?;
        Ok(match (found, value) {
            (None, _) | (Some(Object::None), None) => false,
            (Some(found), Some(value)) => !found.is(value),
            (Some(_), None) => true,
        })
    }

    /// Whether the class brings its table along.
    fn has_fixed_table(&self) -> bool {
        self.body.contains_key("__table__")
    }

    /// Whether the table that the class brings along has a mixin's column already.
    fn table_has(&self, vm: &mut Vm, name: &str, column: &Object) -> PyResult<bool> {
        let Some(table) = self.body.get("__table__").cloned() else { return Ok(false) };
        let own = vm.get_attr_opt(column, "name")?;
        let name = match own.as_ref().and_then(Object::as_str) {
            Some(own) if !own.is_empty() => own.to_string(),
            _ => name.to_string(),
        };
        let columns = vm.get_attr(&table, "c")?;
        vm.contains(&columns, &Object::str(name))
    }

    /// Reads an annotation, once for each name; gives what it is wrapped in.
    fn collect_annotation(
        &mut self,
        vm: &mut Vm,
        name: &str,
        raw: Option<Object>,
        source: &Rc<Class>,
        expected: Option<bool>,
        value: Option<&Object>,
    ) -> PyResult<Option<Container>> {
        if let Some(known) = self.annotations.get(name) {
            return Ok(known.extracted.container);
        }
        let Some(raw) = raw.filter(|raw| !raw.is_none()) else { return Ok(None) };
        let expected = expected.unwrap_or_else(|| {
            !self.allow_unmapped
                && match value {
                    None => true,
                    Some(value) => {
                        value.native::<MappedColumn>().is_some()
                            || value.native::<DeclaredAttr>().is_some_and(|attr| !attr.directive)
                            || is_property(vm, value)
                    }
                }
        });
        let expected = expected && !self.was_dataclass;
        let class = Rc::clone(&self.class);
        let Some(extracted) = annotations::extract(vm, &class, name, &raw, expected)? else {
            return Ok(None);
        };
        let inside = match value {
            None => mapped_column::within(vm, &class, &extracted)?,
            Some(_) => None,
        };
        let container = extracted.container;
        let annotation = Annotation { raw, extracted, value: inside, source: Rc::clone(source) };
        self.annotations.insert(name.to_string(), annotation);
        Ok(container)
    }

    /// The column of an annotation that has no value beside it.
    fn column_of_annotation(&mut self, vm: &mut Vm, name: &str) -> PyResult<Object> {
        let annotation = self.annotations.get(name);
        if let Some(value) = annotation.and_then(|annotation| annotation.value.clone()) {
            return Ok(value);
        }
        let container = annotation.and_then(|annotation| annotation.extracted.container);
        mapped_column::blank(vm, container == Some(Container::Unmapped))
    }

    fn warn_of_mapped(
        &self,
        vm: &mut Vm,
        source: &Rc<Class>,
        name: &str,
        value: Option<&Object>,
    ) -> PyResult<()> {
        let Some(attr) = value.and_then(Object::native::<DeclaredAttr>) else { return Ok(()) };
        if attr.quiet {
            return Ok(());
        }
        let shown = vm.str(&Object::Class(Rc::clone(source)))?;
        let own = vm.str(&Object::Class(Rc::clone(&self.class)))?;
        let message = format!(
            "Regular (i.e. not __special__) attribute '{}.{name}' uses @declared_attr, but owning class {} is mapped - not applying to subclass {}.",
            source.name().as_str(),
            shown.as_str(),
            own.as_str()
        );
        errors::warn(vm, &message)
    }

    /// What stands for an object of a mixin in this class.
    pub(super) fn copy_of(&self, object: &Object) -> Object {
        let known = self.copies.iter().find(|(original, _)| original.is(object));
        known.map_or_else(|| object.clone(), |(_, copy)| copy.clone())
    }
}

/// The value that a class itself has under a name; `None` counts as nothing.
fn own_value(class: &Rc<Class>, name: &str) -> Option<Object> {
    class.dict.borrow().get(name).filter(|value| !value.is_none()).cloned()
}

fn annotation_of(class: &Rc<Class>, name: &str) -> Option<Object> {
    match class.dict.borrow().get("__annotations__") {
        Some(Object::Dict(annotations)) => annotations.get_str(name),
        _ => None,
    }
}

/// The names of a class in the order of its body: those with a value and those
/// with only an annotation are brought together where both lists have a name.
fn names_of(vm: &mut Vm, class: &Rc<Class>) -> PyResult<Vec<String>> {
    let values: Vec<String> = class.dict.borrow().keys().map(|name| name.as_str().to_string()).collect();
    let annotations = class.dict.borrow().get("__annotations__").cloned();
    let mut annotated = Vec::new();
    if let Some(Object::Dict(annotations)) = annotations {
        for name in annotations.keys() {
            annotated.push(vm.str(&name)?.as_str().to_string());
        }
    }
    let mut names = merged(&values, &annotated);
    names.retain(|name| {
        SPECIAL.contains(&name.as_str()) || !(name.starts_with("__") || name.starts_with("_sa_"))
    });
    Ok(names)
}

/// Two lists as one: it goes along one of them up to a name that both have, and
/// on from there along the other.
fn merged(a: &[String], b: &[String]) -> Vec<String> {
    let mut shared: Vec<&String> = a.iter().filter(|name| b.contains(name)).collect();
    let (mut current, mut other) = (a.iter(), b.iter());
    let mut names = Vec::new();
    'lists: loop {
        for name in current.by_ref() {
            if let Some(at) = shared.iter().position(|known| *known == name) {
                shared.swap_remove(at);
                std::mem::swap(&mut current, &mut other);
                continue 'lists;
            }
            names.push(name.clone());
        }
        names.extend(other.cloned());
        return names;
    }
}

fn warn_cascading(vm: &mut Vm, attr: &DeclaredAttr, name: &str, class: &Rc<Class>) -> PyResult<()> {
    if !attr.cascading {
        return Ok(());
    }
    let shown = vm.str(&Object::Class(Rc::clone(class)))?;
    let message = format!(
        "@declared_attr.cascading is not supported on the {name} attribute on class {}.  This attribute invokes for subclasses in any case.",
        shown.as_str()
    );
    errors::warn(vm, &message)
}

/// Warns of an expression in a class, which does nothing there.
pub(super) fn warn_of_expression(vm: &mut Vm, class: &Rc<Class>, name: &str, value: &Object) -> PyResult<()> {
    let element = crate::library::sqlalchemy::classes(vm).column_element.clone();
    if !vm.is_instance(value, &element) || value.native::<ColumnObject>().is_some() {
        return Ok(());
    }
    if crate::library::sqlalchemy::attributes::owner_of(vm, value).is_some() {
        return Ok(());
    }
    let shown = vm.str(&Object::Class(Rc::clone(class)))?;
    let message = format!(
        "Attribute '{name}' on class {} appears to be a non-schema SQLAlchemy expression object; this won't be part of the declarative mapping. To map arbitrary expressions, use ``column_property()`` or a similar function such as ``deferred()``, ``query_expression()`` etc. ",
        shown.as_str()
    );
    errors::warn(vm, &message)
}
