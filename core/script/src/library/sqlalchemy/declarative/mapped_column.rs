//! `mapped_column()` and `unmapped_column()`: a column with what the ORM is to
//! do with it, whose type the annotation may tell.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.properties.MappedColumn`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ormscope::types::SqlType;

use super::annotations::{Container, Extracted};
use super::forms::{self, Form, form};
use super::options::{self, FieldOptions};
use super::type_map::{self, Candidates};
use crate::builtins::Dict;
use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::schema::{ColumnObject, keep, kept, read_column};
use crate::library::sqlalchemy::types::to_sql_type;
use crate::library::sqlalchemy::{classes, errors, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `mapped_column(…)`.
pub(in crate::library::sqlalchemy) struct MappedColumn {
    /// The `Column`.
    column: RefCell<Object>,
    /// What the ORM does with it.
    pub(super) settings: RefCell<ColumnSettings>,
    /// Arguments for a dataclass.
    pub(super) fields: FieldOptions,
    /// The names of arguments that were given and leave a trace when columns are merged.
    given: Vec<&'static str>,
    /// Whether the class does not have it: `unmapped_column()`.
    pub(super) unmapped: bool,
}

/// What the ORM is to do with a column.
#[derive(Clone, Default)]
pub(in crate::library::sqlalchemy) struct ColumnSettings {
    /// Whether it is loaded only when it is asked for.
    pub(in crate::library::sqlalchemy) deferred: Option<bool>,
    /// The group of columns that is loaded with it.
    pub(in crate::library::sqlalchemy) group: Option<String>,
    /// Whether loading it then is refused.
    pub(in crate::library::sqlalchemy) raiseload: Option<bool>,
    /// Whether the old value is loaded when it changes.
    pub(in crate::library::sqlalchemy) active_history: bool,
    /// What an object that has no value gives: the default of a dataclass.
    pub(in crate::library::sqlalchemy) default_value: Option<Object>,
    /// Its place among the columns of the table.
    pub(super) sort_order: Option<i64>,
    /// Whether a column of that name which the table has already is taken.
    pub(super) use_existing: bool,
}

impl ColumnSettings {
    /// Whether it is loaded only when it is asked for.
    pub(in crate::library::sqlalchemy) fn is_deferred(&self) -> bool {
        self.deferred.unwrap_or(self.group.is_some() || self.raiseload == Some(true))
    }

    /// Whether there is anything that a plain column does not have.
    fn is_special(&self) -> bool {
        self.is_deferred() || self.active_history || self.default_value.is_some()
    }
}

impl MappedColumn {
    /// Its `Column`.
    pub(in crate::library::sqlalchemy) fn column(&self) -> Object {
        self.column.borrow().clone()
    }

    /// What the ORM is to do with it, where that is anything special.
    pub(super) fn special(&self) -> Option<ColumnSettings> {
        let settings = self.settings.borrow();
        settings.is_special().then(|| settings.clone())
    }

    fn has(&self, argument: &str) -> bool {
        self.given.contains(&argument)
    }
}

/// `MappedColumn` and `UnmappedColumn`.
pub(in crate::library::sqlalchemy) fn mapped_column_classes(operators: &Rc<Class>) -> (Rc<Class>, Rc<Class>) {
    fn column(vm: &mut Vm, args: Args) -> PyResult<Object> {
        Ok(receiver::<MappedColumn>(vm, &args.positional[0])?.column())
    }
    let mapped = Class::builder("MappedColumn")
        .module("sqlalchemy.orm.properties")
        .base(operators)
        .method("__clause_element__", column)
        .method("__hash__", |_, args| {
            Ok(Object::Int((args.positional[0].address().unwrap_or_default() >> 4) as i64))
        })
        .getter("column", column)
        .getter("name", |vm, args| {
            let column = column(vm, args)?;
            vm.get_attr(&column, "name")
        })
        .getter("foreign_keys", |vm, args| {
            let column = column(vm, args)?;
            vm.get_attr(&column, "foreign_keys")
        })
        .build();
    let unmapped = Class::builder("UnmappedColumn").module("sqlalchemy.orm.properties").base(&mapped).build();
    (mapped, unmapped)
}

/// `mapped_column(…)`
pub(in crate::library::sqlalchemy) fn mapped_column(vm: &mut Vm, args: Args) -> PyResult<Object> {
    make(vm, Arguments::new("mapped_column", args), false)
}

/// `unmapped_column(…)`
pub(in crate::library::sqlalchemy) fn unmapped_column(vm: &mut Vm, args: Args) -> PyResult<Object> {
    make(vm, Arguments::new("unmapped_column", args), true)
}

/// `mapped_column()` without arguments.
pub(super) fn blank(vm: &mut Vm, unmapped: bool) -> PyResult<Object> {
    make(vm, Arguments::new("mapped_column", Args::default()), unmapped)
}

fn make(vm: &mut Vm, mut args: Arguments, unmapped: bool) -> PyResult<Object> {
    let mut fields = options::take(&mut args);
    let mut settings = ColumnSettings::default();
    if unmapped {
        fields.set("init", Object::Bool(false));
    } else {
        let flag = |vm: &mut Vm, given: Option<Object>| match given {
            Some(value) => vm.truthy(&value).map(Some),
            None => Ok(None),
        };
        settings.deferred = flag(vm, args.keyword("deferred"))?;
        settings.raiseload = flag(vm, args.keyword("deferred_raiseload"))?;
        settings.active_history = args.flag(vm, "active_history", false)?;
        settings.group = args.keyword("deferred_group").and_then(|group| group.as_str().map(str::to_string));
    }
    settings.use_existing = args.flag(vm, "use_existing_column", false)?;
    settings.sort_order = match args.keyword("sort_order") {
        Some(Object::Int(order)) => Some(order),
        _ => None,
    };
    let mut given = Vec::new();
    let mut note = |args: &Arguments, name: &'static str| {
        if args.given(name).is_some_and(|value| !value.is_none()) {
            given.push(name);
        }
    };
    for name in ["nullable", "index", "unique", "insert_default", "key", "name", "autoincrement"] {
        note(&args, name);
    }
    if fields.get("default").is_some() && args.given("insert_default").is_some() {
        let message = "The 'default' and 'insert_default' parameters of Column are mutually exclusive";
        return Err(errors::error(vm, "ArgumentError", message));
    }
    if let Some(default) = fields.get("default") {
        args.give(vm, "default", default);
    }
    let given_type =
        args.first_matching(|value| value.native::<crate::library::sqlalchemy::types::TypeData>().is_some());
    let (doc, info) = (args.keyword("doc"), args.keyword("info"));
    let definition = read_column(vm, &mut args)?;
    args.finish(vm)?;
    let own = classes(vm);
    let column = Instance::native(
        &own.column,
        ColumnObject { definition: RefCell::new(definition), id: Cell::new(None) },
    );
    for (name, value) in [("_doc", doc), ("_info", info), ("_type", given_type)] {
        if let Some(value) = value.filter(|value| !value.is_none()) {
            keep(&column, name, value);
        }
    }
    let class = if unmapped { own.unmapped_column.clone() } else { own.mapped_column.clone() };
    let settings = RefCell::new(settings);
    let data = MappedColumn { column: RefCell::new(column), settings, fields, given, unmapped };
    Ok(Instance::native(&class, data))
}

/// A copy with a column of its own, for another class.
pub(super) fn copy(vm: &mut Vm, object: &Object, unmapped: bool) -> PyResult<Object> {
    let data = receiver::<MappedColumn>(vm, object)?;
    let column = vm.call_method(&data.column(), "_copy", Vec::new())?;
    let unmapped = unmapped || data.unmapped;
    let own = classes(vm);
    let class = if unmapped { own.unmapped_column.clone() } else { own.mapped_column.clone() };
    let data = MappedColumn {
        column: RefCell::new(column),
        settings: RefCell::new(data.settings.borrow().clone()),
        fields: data.fields.clone(),
        given: data.given.clone(),
        unmapped,
    };
    Ok(Instance::native(&class, data))
}

/// Where a column is declared.
pub(super) struct Place<'a> {
    pub(super) class: &'a Rc<Class>,
    pub(super) key: &'a str,
    /// All of the annotation, for messages.
    pub(super) raw: Option<Object>,
    /// The registry's `type_annotation_map`.
    pub(super) types: &'a Dict,
    /// The column that `use_existing_column` finds.
    pub(super) existing: Option<Object>,
}

/// Gives a column its name, and the type and nullability of its annotation.
pub(super) fn declare(
    vm: &mut Vm,
    object: &Object,
    place: &Place,
    annotation: Option<&Extracted>,
) -> PyResult<()> {
    let data = receiver::<MappedColumn>(vm, object)?;
    if data.settings.borrow().use_existing
        && let Some(existing) = &place.existing
    {
        *data.column.borrow_mut() = existing.clone();
    }
    name_column(vm, &data.column(), place.key)?;
    match annotation {
        Some(annotation) => annotate(vm, &data, place, annotation)?,
        None => {
            let column = data.column();
            let column = receiver::<ColumnObject>(vm, &column)?;
            let definition = column.definition.borrow();
            if definition.sql_type == SqlType::Null
                && definition.foreign_keys.is_empty()
                && column.id.get().is_none()
                && kept(&data.column(), "_type").is_none()
            {
                drop(definition);
                let construct = if data.unmapped { "UnmappedColumn" } else { "MappedColumn" };
                return Err(required(vm, place.class, place.key, construct));
            }
        }
    }
    if data.unmapped {
        refuse_orm_settings(vm, &data, place)?;
    }
    Ok(())
}

/// The error of a construct that says too little without an annotation.
pub(super) fn required(vm: &mut Vm, class: &Rc<Class>, key: &str, construct: &str) -> crate::object::Unwind {
    errors::error(
        vm,
        "ArgumentError",
        format!(
            "Python typing annotation is required for attribute \"{}.{key}\" when primary argument(s) for \"{construct}\" construct are None or not present",
            class.name().as_str()
        ),
    )
}

/// The name in the class, where the column has none of its own.
pub(super) fn name_column(vm: &mut Vm, column: &Object, name: &str) -> PyResult<()> {
    let data = receiver::<ColumnObject>(vm, column)?;
    let mut definition = data.definition.borrow_mut();
    if definition.key.is_empty() {
        definition.key = name.to_string();
    }
    if definition.name.is_empty() {
        definition.name = name.to_string();
    }
    Ok(())
}

fn annotate(vm: &mut Vm, data: &MappedColumn, place: &Place, annotation: &Extracted) -> PyResult<()> {
    let inner = &annotation.inner;
    let resolved = if forms::has_forward(vm, inner)? {
        match forms::resolve(vm, place.class, inner)? {
            Some(resolved) => resolved,
            None => return Err(unresolvable(vm, place.raw.as_ref().unwrap_or(inner))?),
        }
    } else {
        inner.clone()
    };
    let nullable = forms::includes_none(vm, &resolved)?;
    let mut plain = forms::without_none(vm, &resolved)?;
    let mut candidates = Candidates { alias: None, plain: plain.clone(), annotated: None };
    if let Form::Alias(value) = form(vm, &plain)? {
        candidates.alias = Some(plain.clone());
        plain = forms::without_none(vm, &value)?;
        candidates.plain = plain.clone();
    }
    set_nullable(vm, &data.column(), nullable)?;
    if let Form::Annotated { inner, metadata } = form(vm, &plain)? {
        candidates.annotated = Some(if nullable { forms::without_none(vm, &inner)? } else { inner });
        if let Some(template) = metadata.iter().find_map(Object::native::<MappedColumn>) {
            merge(vm, data, &template, place)?;
        }
    }
    let column = data.column();
    let own = receiver::<ColumnObject>(vm, &column)?;
    if own.id.get().is_some() {
        return Ok(());
    }
    let definition = own.definition.borrow();
    let has_type = definition.sql_type != SqlType::Null || kept(&column, "_type").is_some();
    let needs_type = !has_type && definition.foreign_keys.is_empty();
    drop(definition);
    if needs_type {
        let Some(found) = type_map::resolve(vm, place.types, &candidates)? else {
            let key = own.definition.borrow().key.clone();
            let message = type_map::unresolved(vm, &key, &resolved, &candidates)?;
            return Err(errors::error(vm, "MappedAnnotationError", message));
        };
        if let Some(sql_type) = to_sql_type(vm, &found)? {
            own.definition.borrow_mut().sql_type = sql_type;
        }
        keep(&column, "_type", found);
    }
    Ok(())
}

/// Whether the column takes NULL, where nobody has said it.
fn set_nullable(vm: &mut Vm, column: &Object, nullable: bool) -> PyResult<()> {
    let column = receiver::<ColumnObject>(vm, column)?;
    let mut definition = column.definition.borrow_mut();
    if column.id.get().is_none() && !definition.nullable_given {
        definition.nullable = nullable;
    }
    Ok(())
}

/// The error of an annotation that names what is not there.
pub(super) fn unresolvable(vm: &mut Vm, annotation: &Object) -> PyResult<crate::object::Unwind> {
    let shown = vm.str(annotation)?;
    Ok(errors::error(
        vm,
        "MappedAnnotationError",
        format!(
            "Could not resolve all types within mapped annotation: \"{}\".  Ensure all types are written correctly and are imported within the module in use.",
            shown.as_str()
        ),
    ))
}

/// Adds what the `mapped_column()` inside of `Annotated` says, where this one says nothing.
fn merge(vm: &mut Vm, data: &MappedColumn, template: &MappedColumn, place: &Place) -> PyResult<()> {
    if template.settings.borrow().use_existing
        && let Some(existing) = &place.existing
    {
        *data.column.borrow_mut() = existing.clone();
    }
    let (own_object, other_object) = (data.column(), template.column());
    let own = receiver::<ColumnObject>(vm, &own_object)?;
    let other = receiver::<ColumnObject>(vm, &other_object)?.definition.borrow().clone();
    let omit_defaults = data.has("insert_default") || data.fields.get("default").is_some();
    let mut definition = own.definition.borrow_mut();
    if other.primary_key {
        definition.primary_key = true;
    }
    if !data.has("autoincrement") {
        definition.autoincrement = other.autoincrement.or(definition.autoincrement);
    }
    definition.system |= other.system;
    let untyped = definition.sql_type == SqlType::Null && kept(&own_object, "_type").is_none();
    if untyped && other.sql_type != SqlType::Null {
        definition.sql_type = other.sql_type.clone();
        if let Some(given) = kept(&other_object, "_type") {
            keep(&own_object, "_type", given);
        }
    }
    if template.has("nullable") && !definition.nullable_given {
        definition.nullable = other.nullable;
        definition.nullable_given = true;
    }
    if !omit_defaults && definition.default.is_none() {
        definition.default = other.default;
    }
    if definition.server_default.is_none() {
        definition.server_default = other.server_default;
    }
    definition.server_onupdate |= other.server_onupdate;
    if definition.onupdate.is_none() {
        definition.onupdate = other.onupdate;
    }
    if !data.has("index") {
        definition.index |= other.index;
    }
    if !data.has("unique") {
        definition.unique |= other.unique;
    }
    if definition.comment.is_none() {
        definition.comment = other.comment;
    }
    if definition.identity.is_none() {
        definition.identity = other.identity;
    }
    if definition.computed.is_none() {
        definition.computed = other.computed;
    }
    definition.checks.extend(other.checks);
    definition.foreign_keys.extend(other.foreign_keys);
    drop(definition);
    for name in ["_doc", "_info"] {
        if kept(&own_object, name).is_none()
            && let Some(value) = kept(&other_object, name)
        {
            keep(&own_object, name, value);
        }
    }
    let other = template.settings.borrow().clone();
    let mut settings = data.settings.borrow_mut();
    settings.deferred = settings.deferred.or(other.deferred);
    if settings.group.is_none() {
        settings.group = other.group;
    }
    settings.raiseload = settings.raiseload.or(other.raiseload);
    settings.active_history |= other.active_history;
    settings.use_existing |= other.use_existing;
    settings.sort_order = settings.sort_order.or(other.sort_order);
    drop(settings);
    if template.has("key") || template.has("name") {
        errors::warn_deprecated(
            vm,
            "Can't use the 'key' or 'name' arguments in Annotated with mapped_column(); this will be ignored",
            "2.0.22",
        )?;
    }
    for name in template.fields.names() {
        let message = format!(
            "Argument '{name}' is a dataclass argument and cannot be specified within a mapped_column() bundled inside of an Annotated object"
        );
        errors::warn_deprecated(vm, &message, "2.0.22")?;
    }
    Ok(())
}

/// What only the ORM could do is not done for a column that it does not have.
fn refuse_orm_settings(vm: &mut Vm, data: &MappedColumn, place: &Place) -> PyResult<()> {
    let settings = data.settings.borrow().clone();
    let refused: Vec<&str> = [
        ("'deferred'", settings.deferred.is_some()),
        ("'deferred_group'", settings.group.is_some()),
        ("'deferred_raiseload'", settings.raiseload.is_some()),
        ("'active_history'", settings.active_history),
    ]
    .into_iter()
    .filter_map(|(name, given)| given.then_some(name))
    .collect();
    if refused.is_empty() {
        return Ok(());
    }
    let class = place.class.name();
    Err(errors::error(
        vm,
        "ArgumentError",
        format!(
            "Attribute \"{}.{}\" is not mapped, and does not accept the argument(s) {}",
            class.as_str(),
            place.key,
            refused.join(", ")
        ),
    ))
}

/// The `mapped_column()` inside of an annotation that has no value beside it.
pub(super) fn within(vm: &mut Vm, class: &Rc<Class>, annotation: &Extracted) -> PyResult<Option<Object>> {
    if let Form::Literal(_) = form(vm, &annotation.inner)? {
        return Ok(None);
    }
    let parts = match form(vm, &annotation.inner)? {
        Form::Annotated { inner, metadata } => std::iter::once(inner).chain(metadata).collect(),
        Form::Union(args) | Form::Generic { args, .. } => args,
        _ => Vec::new(),
    };
    for part in &parts {
        if forms::has_forward(vm, part)? {
            forms::require_names(vm, class, part)?;
        }
    }
    if parts.iter().any(|part| part.native::<MappedColumn>().is_some()) {
        return blank(vm, annotation.container == Some(Container::Unmapped)).map(Some);
    }
    Ok(None)
}
