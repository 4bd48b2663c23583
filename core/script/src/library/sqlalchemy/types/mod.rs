//! The type classes: `Integer`, `String(50)`, `postgresql.JSONB` and their kin.
//!
//! A Python class stands for each row of [`TypeClass`]; a type object holds the
//! [`SqlType`] that it means. SQLAlchemy counterpart: `sqlalchemy.types`.

mod attributes;
mod construct;
mod decorated;
mod enumeration;

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use ormscope::sql::compiler::Dialect;
use ormscope::types::{DecoratedType, DefinedType, SqlType, TypeClass, VariantType};

use super::values::Kept;
use super::{classes, errors};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

pub(super) use construct::overrides as overrides_method;
pub(super) use decorated::{Direction, ask_wrapping, convert, described_exception, literal, warn_of_caching};
pub(super) use enumeration::enum_type;

/// The native data of a type object.
pub(super) struct TypeData {
    /// What it means; of a type that the program defines, what it stands on.
    pub(super) sql_type: RefCell<SqlType>,
    /// What a type that the program defines was taken for, so that it is the
    /// same whenever it is asked for.
    known: RefCell<Known>,
}

#[derive(Default)]
enum Known {
    #[default]
    Nothing,
    Decorated(Weak<DecoratedType>),
    Defined(Weak<DefinedType>),
}

impl TypeData {
    fn new(sql_type: SqlType) -> TypeData {
        TypeData { sql_type: RefCell::new(sql_type), known: RefCell::default() }
    }
}

/// `JSON.NULL`
pub(super) struct JsonNull;

/// The type classes.
pub(super) struct TypeClasses {
    pub(super) engine: Rc<Class>,
    decorator: Rc<Class>,
    defined: Rc<Class>,
    classes: Vec<(&'static TypeClass, Rc<Class>)>,
    json_null: Object,
}

impl TypeClasses {
    pub(super) fn new(vm: &Vm, comparator: &Rc<Class>) -> TypeClasses {
        let engine = attributes::engine_class(vm, comparator);
        let decorator = decorated::decorator_class(&engine);
        let defined = decorated::defined_class(&engine);
        let mut classes: Vec<(&'static TypeClass, Rc<Class>)> = Vec::new();
        let null = Instance::native(
            &Class::builder("symbol")
                .method("__repr__", |_, _| Ok(Object::str("symbol('JSON_NULL')")))
                .build(),
            JsonNull,
        );
        for class in TypeClass::all() {
            let base = class.base_class();
            let base = base.and_then(|base| classes.iter().find(|(known, _)| *known == base));
            let base = base.map_or(&engine, |(_, class)| class);
            let mut builder = Class::builder(class.name).module(&class.module()).base(base);
            builder = match class.family {
                ormscope::types::Family::Enum => builder.method("__init__", enumeration::init_enum),
                _ => builder.method("__init__", construct::init_type),
            };
            if class.name == "JSON" {
                builder = builder.attribute("NULL", null.clone());
            }
            classes.push((class, builder.attribute("__visit_name__", Object::str(class.visit)).build()));
        }
        TypeClasses { engine, decorator, defined, classes, json_null: null }
    }

    /// `JSON.NULL`
    pub(super) fn json_null(&self) -> Object {
        self.json_null.clone()
    }

    /// A class of `sqlalchemy.types` by name.
    pub(super) fn get(&self, name: &str) -> Option<Rc<Class>> {
        self.find("", name)
    }

    /// A class by name: of a dialect's package, or else of `sqlalchemy.types`.
    fn find(&self, package: &str, name: &str) -> Option<Rc<Class>> {
        match name {
            "TypeEngine" => return Some(Rc::clone(&self.engine)),
            "TypeDecorator" => return Some(Rc::clone(&self.decorator)),
            "UserDefinedType" => return Some(Rc::clone(&self.defined)),
            _ => {}
        }
        let name = if name == "INT" { "INTEGER" } else { name };
        let class = TypeClass::find(package, name).or_else(|| TypeClass::find("", name))?;
        self.of(class)
    }

    fn of(&self, class: &TypeClass) -> Option<Rc<Class>> {
        self.classes.iter().find(|(known, _)| *known == class).map(|(_, class)| Rc::clone(class))
    }

    /// The names that `sqlalchemy` and `sqlalchemy.types` have.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let is_public = |class: &&TypeClass| {
            class.package.is_empty() && !class.visit.starts_with("json_") && !class.name.starts_with('_')
        };
        let common = TypeClass::all().filter(is_public).map(|class| class.name);
        common.chain(["INT", "TypeEngine", "TypeDecorator", "UserDefinedType"])
    }

    /// The types that a dialect's package has.
    pub(super) fn of_dialect(&self, package: &str) -> Vec<(&'static str, Rc<Class>)> {
        let common = TypeClass::all().filter(|class| {
            class.package.is_empty() && !class.name.contains(|c: char| c.is_ascii_lowercase())
        });
        let own = TypeClass::all().filter(|class| class.package == package);
        common.chain(own).filter_map(|class| self.of(class).map(|made| (class.name, made))).collect()
    }

    /// The nearest class of the library that a class is or derives from.
    fn nearest(&self, class: &Rc<Class>) -> Option<&'static TypeClass> {
        class.mro().find_map(|one| {
            self.classes.iter().find(|(_, known)| Rc::ptr_eq(known, one)).map(|(class, _)| *class)
        })
    }
}

/// The type that an object stands for: an instance, or a class that is made one.
pub(super) fn to_sql_type(vm: &mut Vm, object: &Object) -> PyResult<Option<SqlType>> {
    if let Some(class) = object.as_class() {
        if !class.is_subclass_of(&classes(vm).types.engine) {
            return Ok(None);
        }
        let made = vm.call(object, Args::positional(Vec::new()))?;
        return to_sql_type(vm, &made);
    }
    let Some(data) = object.native::<TypeData>() else { return Ok(None) };
    if let SqlType::Variant(_) = &*data.sql_type.borrow() {
        return Ok(Some(data.sql_type.borrow().clone()));
    }
    decorated::program_type(vm, object, &data)
}

/// The type that an object stands for, which it must.
pub(super) fn require_sql_type(vm: &mut Vm, object: &Object) -> PyResult<SqlType> {
    match to_sql_type(vm, object)? {
        Some(sql_type) => Ok(sql_type),
        None => {
            let repr = vm.repr(object)?;
            Err(errors::error(vm, "ArgumentError", format!("{} is not a SQL type", repr.as_str())))
        }
    }
}

/// A type as reflection gives it.
pub(super) fn reflected_type(vm: &mut Vm, sql_type: SqlType) -> Object {
    type_object(vm, sql_type)
}

/// A type as a Python object; one that the program made is that object again.
pub(super) fn type_object(vm: &mut Vm, sql_type: SqlType) -> Object {
    let kept = |code: &Rc<dyn std::any::Any>| code.downcast_ref::<Kept>().map(|kept| kept.object.clone());
    let made = match &sql_type {
        SqlType::Decorated(decorated) => kept(&decorated.code),
        SqlType::Defined(defined) => kept(&defined.code),
        _ => None,
    };
    if let Some(made) = made {
        return made;
    }
    let class = sql_type.described().class;
    match classes(vm).types.of(class) {
        Some(class) => Instance::native(&class, TypeData::new(sql_type)),
        None => Object::None,
    }
}

/// `type.with_variant(other, "mysql", …)`
fn with_variant(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = super::arguments::Arguments::new("with_variant", args);
    let own = args.receiver();
    let other = args.require(vm, "type_")?;
    let other = require_sql_type(vm, &other)?;
    let base = require_sql_type(vm, &own)?;
    let (base, mut variants) = match base {
        SqlType::Variant(variant) => (variant.base.clone(), variant.variants.clone()),
        plain => (plain, Vec::new()),
    };
    for dialect in args.rest() {
        let dialect = vm.str(&dialect)?.as_str().to_string();
        if variants.iter().any(|(known, _)| *known == dialect) {
            let repr = base.repr();
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!("Dialect '{dialect}' is already present in the mapping for this {repr}"),
            ));
        }
        if matches!(other, SqlType::Variant(_)) {
            return Err(errors::error(
                vm,
                "ArgumentError",
                "can't pass a type that already has variants as a dialect-level type to with_variant()",
            ));
        }
        variants.push((dialect, other.clone()));
    }
    let class = vm.class_of(&own);
    let made =
        Instance::native(&class, TypeData::new(SqlType::Variant(Rc::new(VariantType { base, variants }))));
    if let (Object::Instance(made), Object::Instance(own)) = (&made, &own) {
        *made.dict.borrow_mut() = own.dict.borrow().clone();
    }
    Ok(made)
}

/// The dialects for which a type may differ.
const DIALECTS: [Dialect; 6] =
    [Dialect::Default, Dialect::Sqlite, Dialect::Postgresql, Dialect::Mysql, Dialect::Oracle, Dialect::Mssql];
