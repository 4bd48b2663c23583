//! The type classes: `Integer`, `String(50)` and their kin.

use std::rc::Rc;

use ormscope::types::SqlType;

use super::arguments::Arguments;
use super::{classes, errors};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of a type object.
pub(super) struct TypeData(pub(super) SqlType);

/// Python name, base class's name, and the type without arguments.
const TYPES: &[(&str, &str, SqlType)] = &[
    ("NullType", "TypeEngine", SqlType::Null),
    ("Integer", "TypeEngine", SqlType::Integer),
    ("SmallInteger", "Integer", SqlType::SmallInteger),
    ("BigInteger", "Integer", SqlType::BigInteger),
    ("Numeric", "TypeEngine", SqlType::Numeric { precision: None, scale: None }),
    ("Float", "Numeric", SqlType::Float { precision: None }),
    ("Double", "Float", SqlType::Double),
    ("String", "TypeEngine", SqlType::String { length: None }),
    ("Text", "String", SqlType::Text),
    ("Unicode", "String", SqlType::Unicode { length: None }),
    ("UnicodeText", "Text", SqlType::UnicodeText),
    ("Boolean", "TypeEngine", SqlType::Boolean),
    ("Date", "TypeEngine", SqlType::Date),
    ("Time", "TypeEngine", SqlType::Time),
    ("DateTime", "TypeEngine", SqlType::DateTime),
    ("LargeBinary", "TypeEngine", SqlType::LargeBinary),
];

/// Upper-case names that are the same types.
const ALIASES: &[(&str, &str)] = &[
    ("INTEGER", "Integer"),
    ("INT", "Integer"),
    ("SMALLINT", "SmallInteger"),
    ("BIGINT", "BigInteger"),
    ("NUMERIC", "Numeric"),
    ("DECIMAL", "Numeric"),
    ("FLOAT", "Float"),
    ("VARCHAR", "String"),
    ("TEXT", "Text"),
    ("BOOLEAN", "Boolean"),
    ("DATE", "Date"),
    ("TIME", "Time"),
    ("DATETIME", "DateTime"),
    ("TIMESTAMP", "DateTime"),
    ("BLOB", "LargeBinary"),
];

/// The type classes.
pub(super) struct TypeClasses {
    classes: Vec<(&'static str, Rc<Class>)>,
}

impl TypeClasses {
    pub(super) fn new(vm: &Vm) -> TypeClasses {
        let base = Class::builder("TypeEngine")
            .module("sqlalchemy.sql.type_api")
            .base(&vm.types.object)
            .method("__new__", new_type)
            .method("__init__", |_, _| Ok(Object::None))
            .method("__repr__", |vm, args| {
                let data = super::receiver::<TypeData>(vm, &args.positional[0])?;
                Ok(Object::str(data.0.repr()))
            })
            .method("__str__", |vm, args| {
                let data = super::receiver::<TypeData>(vm, &args.positional[0])?;
                let dialect = ormscope::sql::compiler::Dialect::Default;
                Ok(Object::str(dialect.type_text(&data.0).unwrap_or_else(|_| data.0.repr())))
            })
            .getter("length", |vm, args| {
                let data = super::receiver::<TypeData>(vm, &args.positional[0])?;
                Ok(match &data.0 {
                    SqlType::String { length: Some(length) } | SqlType::Unicode { length: Some(length) } => {
                        Object::Int(i64::from(*length))
                    }
                    _ => Object::None,
                })
            })
            .build();
        let mut classes: Vec<(&'static str, Rc<Class>)> = vec![("TypeEngine", base)];
        for (name, base, _) in TYPES {
            let base = classes.iter().find(|(known, _)| known == base).map(|(_, class)| Rc::clone(class));
            let builder = Class::builder(name).module("sqlalchemy.sql.sqltypes");
            let class = match &base {
                Some(base) => builder.base(base).build(),
                None => builder.build(),
            };
            classes.push((name, class));
        }
        TypeClasses { classes }
    }

    /// A class by name.
    pub(super) fn get(&self, name: &str) -> Option<Rc<Class>> {
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
        self.classes.iter().find(|(known, _)| *known == name).map(|(_, class)| Rc::clone(class))
    }

    /// Every name, upper-case ones included.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        TYPES.iter().map(|(name, ..)| *name).chain(ALIASES.iter().map(|(alias, _)| *alias))
    }

    /// The type that a class stands for.
    fn plain(&self, class: &Class) -> Option<SqlType> {
        let (name, _) = self.classes.iter().rev().find(|(_, known)| class.is_subclass_of(known))?;
        TYPES.iter().find(|(known, ..)| known == name).map(|(.., sql_type)| sql_type.clone())
    }
}

fn new_type(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("__new__", args);
    let receiver = args.receiver();
    let Some(class) = receiver.as_class() else { return Ok(Object::None) };
    let own = classes(vm);
    let plain = own.types.plain(class).unwrap_or_default();
    let sql_type = match plain {
        SqlType::String { .. } => SqlType::String { length: count(&mut args, "length") },
        SqlType::Unicode { .. } => SqlType::Unicode { length: count(&mut args, "length") },
        SqlType::Float { .. } => SqlType::Float { precision: count(&mut args, "precision") },
        SqlType::Numeric { .. } => {
            SqlType::Numeric { precision: count(&mut args, "precision"), scale: count(&mut args, "scale") }
        }
        other => other,
    };
    Ok(Instance::native(class, TypeData(sql_type)))
}

fn count(args: &mut Arguments, name: &str) -> Option<u32> {
    match args.take(name) {
        Some(Object::Int(value)) => u32::try_from(value).ok(),
        _ => None,
    }
}

/// The type that an object stands for: an instance, or a class without arguments.
pub(super) fn to_sql_type(vm: &mut Vm, object: &Object) -> PyResult<Option<SqlType>> {
    if let Some(data) = object.native::<TypeData>() {
        return Ok(Some(data.0.clone()));
    }
    if let Some(class) = object.as_class() {
        let class = Rc::clone(class);
        return Ok(classes(vm).types.plain(&class));
    }
    Ok(None)
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

/// A type as a Python object.
pub(super) fn type_object(vm: &mut Vm, sql_type: SqlType) -> Object {
    match classes(vm).types.get(sql_type.class_name()) {
        Some(class) => Instance::native(&class, TypeData(sql_type)),
        None => Object::None,
    }
}
