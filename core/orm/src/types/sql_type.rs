//! SQL types and what is asked of all of them.
//!
//! How a type is spelled in DDL belongs to the compilers.
//! SQLAlchemy counterpart: `sqlalchemy.sql.sqltypes`, `type_api`.

use std::rc::Rc;

use super::class::Family;
use super::enumeration::EnumType;
use super::specific::{DecoratedType, DefinedType, SpecificType, VariantType};
use super::value::Value;

/// The type of a column or expression.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum SqlType {
    /// `NullType`: not known.
    #[default]
    Null,
    /// `Integer`
    Integer,
    /// `SmallInteger`
    SmallInteger,
    /// `BigInteger`
    BigInteger,
    /// `Float`
    Float {
        /// Digits.
        precision: Option<u32>,
    },
    /// `Double`
    Double,
    /// `Numeric`, which gives `Decimal`.
    Numeric {
        /// Digits in all.
        precision: Option<u32>,
        /// Digits after the point.
        scale: Option<u32>,
    },
    /// `String`
    String {
        /// The most characters.
        length: Option<u32>,
    },
    /// `Unicode`
    Unicode {
        /// The most characters.
        length: Option<u32>,
    },
    /// `Text`
    Text,
    /// `UnicodeText`
    UnicodeText,
    /// `Boolean`
    Boolean,
    /// `Date`
    Date,
    /// `Time`
    Time,
    /// `DateTime`
    DateTime,
    /// `LargeBinary`
    LargeBinary,
    /// `Enum`
    Enum(Rc<EnumType>),
    /// `JSON`
    Json,
    /// `Uuid`
    Uuid {
        /// Whether values are `uuid.UUID` objects and not strings.
        as_uuid: bool,
    },
    /// `Interval`
    Interval,
    /// Any other class, or an everyday one with more arguments.
    Specific(Rc<SpecificType>),
    /// `with_variant`
    Variant(Rc<VariantType>),
    /// A `TypeDecorator`.
    Decorated(Rc<DecoratedType>),
    /// A `UserDefinedType`.
    Defined(Rc<DefinedType>),
}

/// A value that a type cannot take or give, with SQLAlchemy's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeError {
    /// The Python exception's class: `TypeError`, `ValueError`, …
    pub class: &'static str,
    /// Its message.
    pub message: String,
}

impl TypeError {
    /// A refusal with Python's class and message.
    pub fn new(class: &'static str, message: impl Into<String>) -> TypeError {
        TypeError { class, message: message.into() }
    }
}

impl SqlType {
    /// The type that a bare value has in an expression.
    pub fn of(value: &Value) -> SqlType {
        match value {
            Value::Null => SqlType::Null,
            Value::Opaque(object) => object.sql_type().unwrap_or_default(),
            Value::Big(_) => SqlType::BigInteger,
            Value::Interval(_) => SqlType::Interval,
            Value::Uuid(_) => SqlType::Uuid { as_uuid: true },
            Value::Json(_) => SqlType::Json,
            Value::Bool(_) => SqlType::Boolean,
            Value::Int(value) if i32::try_from(value.unsigned_abs()).is_err() => SqlType::BigInteger,
            Value::Int(_) => SqlType::Integer,
            Value::Float(_) => SqlType::Double,
            Value::Decimal(_) => SqlType::Numeric { precision: None, scale: None },
            Value::Text(text) if !text.is_ascii() => SqlType::Unicode { length: None },
            Value::Text(_) => SqlType::String { length: None },
            Value::Bytes(_) => SqlType::LargeBinary,
            Value::Date(_) => SqlType::Date,
            Value::Time(_) => SqlType::Time,
            Value::DateTime(_) => SqlType::DateTime,
        }
    }

    /// Whether it holds text.
    pub fn is_text(&self) -> bool {
        matches!(
            &*self.generic(),
            SqlType::String { .. }
                | SqlType::Unicode { .. }
                | SqlType::Text
                | SqlType::UnicodeText
                | SqlType::Enum(_)
        )
    }

    /// Whether it holds whole numbers, so that SQLite makes it a row id.
    pub fn is_integer(&self) -> bool {
        matches!(&*self.generic(), SqlType::Integer | SqlType::SmallInteger | SqlType::BigInteger)
    }

    /// Whether it holds numbers.
    pub fn is_numeric(&self) -> bool {
        self.is_integer()
            || matches!(&*self.generic(), SqlType::Float { .. } | SqlType::Double | SqlType::Numeric { .. })
    }

    /// The type at the root of its family: SQLAlchemy's `_type_affinity`.
    pub fn affinity(&self) -> SqlType {
        match &*self.generic() {
            SqlType::Integer | SqlType::SmallInteger | SqlType::BigInteger => SqlType::Integer,
            SqlType::Float { .. } | SqlType::Double => SqlType::Float { precision: None },
            SqlType::Numeric { .. } => SqlType::Numeric { precision: None, scale: None },
            text if text.is_text() => SqlType::String { length: None },
            SqlType::Null => match self {
                SqlType::Specific(specific) => {
                    let mut root = specific.class;
                    while let Some(base) = root.base_class() {
                        root = base;
                    }
                    SqlType::Specific(Rc::new(SpecificType::new(root)))
                }
                other => other.clone(),
            },
            other => other.clone(),
        }
    }

    /// Whether `None` is a value of it that is stored like others: JSON's null.
    pub fn stores_none(&self) -> bool {
        match self {
            SqlType::Json => true,
            SqlType::Specific(specific) => {
                specific.class.family == Family::Json && !specific.flag("none_as_null")
            }
            SqlType::Variant(variant) => variant.base.stores_none(),
            _ => false,
        }
    }

    /// The type of a value that is compared with this: its own where it is of
    /// another kind, SQLAlchemy's `coerce_compared_value`.
    pub fn beside(&self, value: &Value) -> SqlType {
        let natural = SqlType::of(value);
        if (self, &natural) == (&SqlType::Interval, &SqlType::Null) {
            // Its own implementation is asked, which stores a date and time.
            return SqlType::DateTime;
        }
        let takes_all = match self {
            SqlType::Decorated(_) | SqlType::Defined(_) => true,
            // A member of a class that is also `int` or `str`.
            SqlType::Enum(made) => made.plain.contains(value),
            // These are given as text too.
            SqlType::Specific(specific) => match specific.class.family {
                Family::Uuid | Family::Binary => matches!(value, Value::Text(_)),
                _ => matches!(specific.class.name, "INET" | "CIDR" | "MACADDR" | "MACADDR8"),
            },
            SqlType::Uuid { .. } | SqlType::LargeBinary => matches!(value, Value::Text(_)),
            _ => false,
        };
        if takes_all || natural == SqlType::Null || natural.affinity() == self.affinity() {
            return self.clone();
        }
        natural
    }

    /// The `Enum` that it is, if it is one.
    pub fn enumeration(&self) -> Option<&Rc<EnumType>> {
        match self {
            SqlType::Enum(made) => Some(made),
            SqlType::Variant(variant) => variant.base.enumeration(),
            SqlType::Decorated(decorated) => decorated.implementation.enumeration(),
            _ => None,
        }
    }
}
