//! The type classes: `Integer`, `String(50)` and their kin.

use std::rc::Rc;

use ormscope::types::{EnumType, SqlType, Value};

use super::arguments::Arguments;
use super::values::{Kept, to_value};
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
    ("JSON", "TypeEngine", SqlType::Json),
    ("Uuid", "TypeEngine", SqlType::Uuid { as_uuid: true }),
    ("Interval", "TypeEngine", SqlType::Interval),
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
    ("CHAR", "String"),
    ("NVARCHAR", "Unicode"),
    ("REAL", "Float"),
    ("DOUBLE", "Double"),
    ("UUID", "Uuid"),
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
        let string = classes.iter().find(|(known, _)| *known == "String").map(|(_, class)| Rc::clone(class));
        if let Some(string) = string {
            let class = Class::builder("Enum").module("sqlalchemy.sql.sqltypes").base(&string);
            classes.push(("Enum", class.method("__new__", new_enum).build()));
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
        TYPES.iter().map(|(name, ..)| *name).chain(["Enum"]).chain(ALIASES.iter().map(|(alias, _)| *alias))
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
        SqlType::Uuid { .. } => SqlType::Uuid { as_uuid: args.flag(vm, "as_uuid", true)? },
        other => other,
    };
    Ok(Instance::native(class, TypeData(sql_type)))
}

/// `Enum(Class)`, `Enum('a', 'b')`
fn new_enum(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("Enum", args);
    let receiver = args.receiver();
    let Some(class) = receiver.as_class().cloned() else { return Ok(Object::None) };
    let given = args.rest();
    let mut made = match given.first() {
        Some(Object::Class(members)) => match enum_type(vm, members)? {
            Some(made) => made,
            None => return Err(errors::error(vm, "ArgumentError", "Enum() takes an enum class or strings")),
        },
        _ => EnumType {
            name: None,
            names: given.iter().filter_map(Object::as_str).map(str::to_string).collect(),
            members: Vec::new(),
            plain: Vec::new(),
            class: None,
            length: None,
        },
    };
    if let Some(Object::Str(name)) = args.keyword("name") {
        made.name = Some(name.as_str().to_string());
    }
    if let Some(callable) = args.keyword("values_callable").filter(|callable| !callable.is_none()) {
        let names =
            vm.call(&callable, Args::positional(vec![given.first().cloned().unwrap_or(Object::None)]))?;
        made.names = vm.collect(&names)?.iter().filter_map(Object::as_str).map(str::to_string).collect();
    }
    if let Some(Object::Int(length)) = args.keyword("length") {
        made.length = u32::try_from(length).ok();
    }
    Ok(Instance::native(&class, TypeData(SqlType::Enum(Rc::new(made)))))
}

/// The type whose values are the members of an enum class; none for another class.
pub(super) fn enum_type(vm: &mut Vm, class: &Rc<Class>) -> PyResult<Option<EnumType>> {
    let object = Object::Class(Rc::clone(class));
    let is_enum =
        class.mro().any(|class| class.name().as_str() == "Enum" && class.module.borrow().as_str() == "enum");
    if !is_enum {
        return Ok(None);
    }
    let mut made = EnumType {
        name: Some(class.name().as_str().to_lowercase()),
        names: Vec::new(),
        members: Vec::new(),
        plain: Vec::new(),
        class: Some(class.name().as_str().to_string()),
        length: None,
    };
    for member in vm.collect(&object)? {
        let name = vm.get_attr(&member, "name")?;
        made.names.push(vm.str(&name)?.as_str().to_string());
        made.members.push(Value::Opaque(Rc::new(Kept::new(vm, &member))));
        made.plain.push(to_value(vm, &member)?);
    }
    Ok(Some(made))
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

/// A type as reflection gives it: of the class with the database's own name.
pub(super) fn reflected_type(vm: &mut Vm, sql_type: SqlType) -> Object {
    let dialect = ormscope::sql::compiler::Dialect::Sqlite;
    let text = dialect.type_text(&sql_type).unwrap_or_else(|_| "NullType".into());
    let name = text.split(['(', ' ']).next().unwrap_or_default().to_string();
    let Some(base) = classes(vm).types.get(sql_type.class_name()) else { return Object::None };
    let arguments = sql_type.repr();
    let arguments = arguments.split_once('(').map_or("", |(_, rest)| rest.trim_end_matches(')')).to_string();
    let class = Class::builder(&name).module("sqlalchemy.sql.sqltypes").base(&base);
    let shown = Object::str(format!("{name}({arguments})"));
    let class = class.method("__repr__", |vm, args| vm.get_attr(&args.positional[0], "_shown")).build();
    let object = Instance::native(&class, TypeData(sql_type));
    if let Object::Instance(instance) = &object {
        instance.dict.borrow_mut().insert(crate::object::PyStr::new("_shown"), shown);
    }
    object
}

/// A type as a Python object.
pub(super) fn type_object(vm: &mut Vm, sql_type: SqlType) -> Object {
    match classes(vm).types.get(sql_type.class_name()) {
        Some(class) => Instance::native(&class, TypeData(sql_type)),
        None => Object::None,
    }
}
