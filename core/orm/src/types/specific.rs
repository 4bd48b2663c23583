//! Types beyond the everyday ones: a class and its arguments, variants for
//! dialects, and types that a program defines itself.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::SqlType;
use super::class::{Family, Initial, TypeClass};

/// An argument of a type's constructor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeArgument {
    /// `None`
    None,
    /// A truth value.
    Bool(bool),
    /// A number.
    Int(i64),
    /// Text.
    Text(Rc<str>),
    /// Several texts.
    Names(Rc<[String]>),
    /// Another type.
    Type(SqlType),
}

impl TypeArgument {
    /// Python's `repr`.
    pub fn repr(&self) -> String {
        match self {
            TypeArgument::None => "None".into(),
            TypeArgument::Bool(true) => "True".into(),
            TypeArgument::Bool(false) => "False".into(),
            TypeArgument::Int(number) => number.to_string(),
            TypeArgument::Text(text) => super::python_str(text),
            TypeArgument::Names(names) => {
                names.iter().map(|name| super::python_str(name)).collect::<Vec<_>>().join(", ")
            }
            TypeArgument::Type(sql_type) => sql_type.repr(),
        }
    }
}

/// A type as its class and the arguments of the class's constructor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpecificType {
    /// Its class.
    pub class: &'static TypeClass,
    /// A value for each of the class's parameters; beyond them what the class
    /// takes without a name, such as the values of MySQL's `SET`.
    pub arguments: Vec<TypeArgument>,
}

impl SpecificType {
    /// The type of a class without arguments.
    pub fn new(class: &'static TypeClass) -> SpecificType {
        let initial = class.parameters.iter().map(|parameter| match parameter.default {
            Initial::None | Initial::Required => TypeArgument::None,
            Initial::False => TypeArgument::Bool(false),
            Initial::True | Initial::Forced => TypeArgument::Bool(true),
            Initial::One => TypeArgument::Int(1),
            Initial::Text => TypeArgument::Type(SqlType::Text),
        });
        SpecificType { class, arguments: initial.collect() }
    }

    /// The same with an argument changed; names that the class does not have are left out.
    pub fn with(mut self, name: &str, argument: TypeArgument) -> SpecificType {
        if let Some(at) = self.class.parameter(name) {
            self.arguments[at] = argument;
        }
        self
    }

    /// An argument by its parameter's name.
    pub fn get(&self, name: &str) -> Option<&TypeArgument> {
        self.arguments.get(self.class.parameter(name)?)
    }

    /// An argument that is a number.
    pub fn number(&self, name: &str) -> Option<u32> {
        match self.get(name)? {
            TypeArgument::Int(number) => u32::try_from(*number).ok(),
            _ => None,
        }
    }

    /// An argument that is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            TypeArgument::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether an argument is true.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(TypeArgument::Bool(true)))
    }

    /// An argument that is a type.
    pub fn item(&self, name: &str) -> Option<&SqlType> {
        match self.get(name)? {
            TypeArgument::Type(sql_type) => Some(sql_type),
            _ => None,
        }
    }

    /// The values of a `SET`.
    pub fn names(&self) -> Option<&[String]> {
        self.arguments.iter().find_map(|argument| match argument {
            TypeArgument::Names(names) => Some(&**names),
            _ => None,
        })
    }

    /// The everyday type that converts its values.
    pub fn generic(&self) -> SqlType {
        let class = self.class;
        match class.family {
            Family::Integer if class.is_a("SmallInteger") => SqlType::SmallInteger,
            Family::Integer if class.is_a("BigInteger") => SqlType::BigInteger,
            Family::Integer => SqlType::Integer,
            Family::Float | Family::Numeric => {
                let precision = self.number("precision");
                let scale = self.number("decimal_return_scale").or_else(|| self.number("scale"));
                match self.get("asdecimal") {
                    Some(TypeArgument::Bool(true)) => SqlType::Numeric { precision, scale },
                    _ if class.is_a("Double") => SqlType::Double,
                    _ => SqlType::Float { precision },
                }
            }
            Family::String if class.is_a("UnicodeText") => SqlType::UnicodeText,
            Family::String if class.is_a("Text") => SqlType::Text,
            Family::String if class.is_a("Unicode") => SqlType::Unicode { length: self.number("length") },
            Family::String => SqlType::String { length: self.number("length") },
            Family::Boolean => SqlType::Boolean,
            Family::Date => SqlType::Date,
            Family::Time => SqlType::Time,
            Family::DateTime => SqlType::DateTime,
            Family::Interval => SqlType::Interval,
            Family::Binary => SqlType::LargeBinary,
            Family::Json => SqlType::Json,
            Family::Uuid => SqlType::Uuid { as_uuid: self.flag("as_uuid") },
            Family::Any | Family::Enum | Family::Pickle | Family::Array | Family::JsonIndex => SqlType::Null,
        }
    }

    /// `repr(type)`: the arguments that differ from the signature's defaults.
    pub fn repr(&self) -> String {
        // What has no name of its own comes first, as it is given.
        let unnamed = self.arguments.iter().skip(self.class.parameters.len());
        let mut parts: Vec<String> = unnamed.map(TypeArgument::repr).collect();
        for (parameter, argument) in self.class.parameters.iter().zip(&self.arguments) {
            let shown = match parameter.default {
                _ if parameter.hidden => false,
                Initial::Required => {
                    parts.push(argument.repr());
                    continue;
                }
                Initial::None | Initial::One | Initial::Text => *argument != TypeArgument::None,
                Initial::False | Initial::Forced => *argument != TypeArgument::Bool(false),
                Initial::True => *argument != TypeArgument::Bool(true),
            };
            if shown {
                parts.push(format!("{}={}", parameter.name, argument.repr()));
            }
        }
        format!("{}({})", self.class.name, parts.join(", "))
    }
}

/// A type that is another one for some dialects.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct VariantType {
    /// The type for the other dialects.
    pub base: SqlType,
    /// Dialect and type.
    pub variants: Vec<(String, SqlType)>,
}

/// Which of its conversions a `TypeDecorator` defines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Conversions {
    /// `process_bind_param`
    pub bind: bool,
    /// `process_result_value`
    pub result: bool,
    /// `process_literal_param`
    pub literal: bool,
}

/// What a type of the program's says of caching: `cache_ok`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Caching {
    /// `True`: statements that have it are cached.
    #[default]
    Allowed,
    /// `False`: they are not.
    Refused,
    /// Nothing: they are not, and the program is warned.
    Unsaid,
}

/// A `TypeDecorator`: a type whose values a program converts.
#[derive(Clone)]
pub struct DecoratedType {
    /// The program's type object; the floor above knows what it is.
    pub code: Rc<dyn Any>,
    /// The name of its class.
    pub name: String,
    /// The type that it decorates.
    pub implementation: SqlType,
    /// The types that `load_dialect_impl` gives.
    pub for_dialects: Vec<(&'static str, SqlType)>,
    /// What it converts.
    pub conversions: Conversions,
    /// Whether a statement that has it can be cached.
    pub caching: Caching,
}

/// A `UserDefinedType`: a type whose name in DDL a program gives.
#[derive(Clone)]
pub struct DefinedType {
    /// The program's type object.
    pub code: Rc<dyn Any>,
    /// The name of its class.
    pub name: String,
    /// What `get_col_spec()` gives, where it is defined.
    pub spec: Option<String>,
    /// What it converts, by `bind_processor` and `result_processor`.
    pub conversions: Conversions,
    /// Whether a statement that has it can be cached.
    pub caching: Caching,
}

macro_rules! by_identity {
    ($name:ident) => {
        impl PartialEq for $name {
            fn eq(&self, other: &$name) -> bool {
                Rc::ptr_eq(&self.code, &other.code)
            }
        }

        impl Eq for $name {}

        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                Rc::as_ptr(&self.code).cast::<()>().hash(state);
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}()", self.name)
            }
        }
    };
}

by_identity!(DecoratedType);
by_identity!(DefinedType);

impl SqlType {
    /// The type of a class with arguments: an everyday type where it is one.
    ///
    /// ```
    /// use ormscope::types::{SpecificType, SqlType, TypeArgument, TypeClass};
    ///
    /// let string = SpecificType::new(TypeClass::find("", "String").unwrap());
    /// let string = string.with("length", TypeArgument::Int(50));
    /// assert_eq!(SqlType::of_class(string), SqlType::String { length: Some(50) });
    /// ```
    pub fn of_class(specific: SpecificType) -> SqlType {
        let generic = match (specific.class.package, specific.class.name) {
            ("", "NullType") => SqlType::Null,
            ("", "Numeric") => {
                SqlType::Numeric { precision: specific.number("precision"), scale: specific.number("scale") }
            }
            ("", _) => specific.generic(),
            _ => return SqlType::Specific(Rc::new(specific)),
        };
        if *generic.described() == specific { generic } else { SqlType::Specific(Rc::new(specific)) }
    }

    /// The same type with a collation; one that is not of text as it is.
    pub fn with_collation(&self, name: &str) -> SqlType {
        let described = self.described();
        if described.class.parameter("collation").is_none() {
            return self.clone();
        }
        SqlType::of_class(described.into_owned().with("collation", TypeArgument::Text(name.into())))
    }

    /// The type as its class and arguments. A decorated or program-defined type
    /// is described by the type that it stands on.
    pub fn described(&self) -> Cow<'_, SpecificType> {
        let number =
            |value: &Option<u32>| value.map_or(TypeArgument::None, |value| TypeArgument::Int(value.into()));
        let plain = |name: &str| SpecificType::new(TypeClass::find("", name).unwrap_or(&UNKNOWN));
        Cow::Owned(match self {
            SqlType::Specific(specific) => return Cow::Borrowed(specific),
            SqlType::Variant(variant) => return variant.base.described(),
            SqlType::Decorated(decorated) => return decorated.implementation.described(),
            SqlType::Defined(_) | SqlType::Null => plain("NullType"),
            SqlType::Enum(made) => SpecificType::new(made.type_class),
            SqlType::Integer => plain("Integer"),
            SqlType::SmallInteger => plain("SmallInteger"),
            SqlType::BigInteger => plain("BigInteger"),
            SqlType::Float { precision } => plain("Float").with("precision", number(precision)),
            SqlType::Double => plain("Double"),
            SqlType::Numeric { precision, scale } => {
                plain("Numeric").with("precision", number(precision)).with("scale", number(scale))
            }
            SqlType::String { length } => plain("String").with("length", number(length)),
            SqlType::Unicode { length } => plain("Unicode").with("length", number(length)),
            SqlType::Text => plain("Text"),
            SqlType::UnicodeText => plain("UnicodeText"),
            SqlType::Boolean => plain("Boolean"),
            SqlType::Date => plain("Date"),
            SqlType::Time => plain("Time"),
            SqlType::DateTime => plain("DateTime"),
            SqlType::LargeBinary => plain("LargeBinary"),
            SqlType::Json => plain("JSON"),
            SqlType::Uuid { as_uuid } => plain("Uuid").with("as_uuid", TypeArgument::Bool(*as_uuid)),
            SqlType::Interval => plain("Interval"),
        })
    }

    /// The type that it is for a dialect: a variant, or what a `TypeDecorator` stands on.
    pub fn for_dialect(&self, dialect: &str) -> &SqlType {
        match self {
            SqlType::Variant(_) => self.chosen_for(dialect).for_dialect(dialect),
            SqlType::Decorated(decorated) => {
                let own = decorated.for_dialects.iter().find(|(name, _)| *name == dialect);
                own.map_or(&decorated.implementation, |(_, sql_type)| sql_type).for_dialect(dialect)
            }
            other => other,
        }
    }

    /// The variant that it is for a dialect; a `TypeDecorator` stays what it is.
    pub fn chosen_for(&self, dialect: &str) -> &SqlType {
        match self {
            SqlType::Variant(variant) => {
                let own = variant.variants.iter().find(|(name, _)| name == dialect);
                own.map_or(&variant.base, |(_, sql_type)| sql_type)
            }
            other => other,
        }
    }

    /// The everyday type that its values are converted by.
    pub fn generic(&self) -> Cow<'_, SqlType> {
        match self {
            SqlType::Specific(specific) => Cow::Owned(specific.generic()),
            SqlType::Variant(variant) => variant.base.generic(),
            SqlType::Decorated(decorated) => decorated.implementation.generic(),
            other => Cow::Borrowed(other),
        }
    }

    /// The name of its class.
    pub fn class_name(&self) -> Cow<'_, str> {
        match self {
            SqlType::Decorated(decorated) => Cow::Borrowed(&decorated.name),
            SqlType::Defined(defined) => Cow::Borrowed(&defined.name),
            other => Cow::Borrowed(other.described().class.name),
        }
    }

    /// `repr(type)`: the arguments that differ from the defaults.
    pub fn repr(&self) -> String {
        match self {
            SqlType::Enum(made) => made.repr(),
            SqlType::Variant(variant) => variant.base.repr(),
            SqlType::Defined(defined) => format!("{}()", defined.name),
            SqlType::Decorated(decorated) => {
                let inner = decorated.implementation.repr();
                let arguments = inner.split_once('(').map_or(")", |(_, arguments)| arguments);
                format!("{}({arguments}", decorated.name)
            }
            other => other.described().repr(),
        }
    }
}

/// Stands for a class that the table should have and does not.
pub(super) static UNKNOWN: TypeClass = TypeClass {
    package: "",
    name: "NullType",
    base: "",
    visit: "null",
    family: Family::Any,
    parameters: &[],
};
