//! `Enum`: one of a list of names, which may stand for the members of a class.

use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::class::TypeClass;
use super::sql_type::TypeError;
use super::value::{DbValue, Value};

/// The values that an `Enum` takes.
#[derive(Clone, Debug)]
pub struct EnumType {
    /// `Enum`, or a dialect's `ENUM`.
    pub type_class: &'static TypeClass,
    /// The name of the type.
    pub name: Option<String>,
    /// The schema of the type.
    pub schema: Option<String>,
    /// Whether it has the schema of the table that it is used in.
    pub inherit_schema: bool,
    /// The names that are stored.
    pub names: Vec<String>,
    /// The members that they stand for, where the type is made from a class.
    pub members: Vec<Value>,
    /// What the members are as plain values: those of a class that is also
    /// `str` or `int`.
    pub plain: Vec<Value>,
    /// The class's name.
    pub class: Option<String>,
    /// The width of the column, where it is given.
    pub length: Option<u32>,
    /// Whether the database's own type is used where it has one.
    pub native: bool,
    /// Whether a CHECK constraint holds the column to the names.
    pub create_constraint: bool,
    /// Whether strings are checked on their way in.
    pub validate_strings: bool,
    /// Whether the type is created with its table (`create_type`).
    pub create_type: bool,
    /// Whether it belongs to a `MetaData` and not to the tables that have it.
    pub of_metadata: bool,
    /// `CHARACTER SET` and `COLLATE`, in MySQL's type.
    pub charset: Option<String>,
    /// `COLLATE`
    pub collation: Option<String>,
}

impl PartialEq for EnumType {
    fn eq(&self, other: &EnumType) -> bool {
        self.type_class == other.type_class
            && self.name == other.name
            && self.names == other.names
            && self.class == other.class
            && self.length == other.length
            && self.native == other.native
    }
}

impl Eq for EnumType {}

impl Hash for EnumType {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.type_class.hash(state);
        self.name.hash(state);
        self.names.hash(state);
        self.class.hash(state);
    }
}

impl EnumType {
    /// A type of these names.
    pub fn new(names: Vec<String>) -> EnumType {
        let type_class = TypeClass::find("", "Enum").unwrap_or(&super::specific::UNKNOWN);
        EnumType {
            type_class,
            name: None,
            schema: None,
            inherit_schema: false,
            names,
            members: Vec::new(),
            plain: Vec::new(),
            class: None,
            length: None,
            native: true,
            create_constraint: false,
            validate_strings: false,
            create_type: true,
            of_metadata: false,
            charset: None,
            collation: None,
        }
    }

    /// The most characters that a name has.
    pub fn longest(&self) -> u32 {
        self.names.iter().map(|name| name.chars().count()).max().unwrap_or_default() as u32
    }

    /// The width of the column.
    pub fn width(&self) -> u32 {
        self.length.unwrap_or_else(|| self.longest())
    }

    /// `repr(type)`
    pub fn repr(&self) -> String {
        let quoted = |text: &String| super::python_str(text);
        let mut parts: Vec<String> = self.names.iter().map(quoted).collect();
        match self.type_class.package {
            "mysql" => {
                parts.extend(self.charset.iter().map(|text| format!("charset={}", quoted(text))));
                parts.extend(self.collation.iter().map(|text| format!("collation={}", quoted(text))));
            }
            _ => {
                parts.extend(self.name.iter().map(|text| format!("name={}", quoted(text))));
                if !self.native && self.type_class.package.is_empty() {
                    parts.push("native_enum=False".into());
                }
                if self.create_constraint {
                    parts.push("create_constraint=True".into());
                }
                if self.length.is_some_and(|length| length != self.longest()) {
                    parts.push(format!("length={}", self.width()));
                }
                if !self.create_type && !self.type_class.package.is_empty() {
                    parts.push("create_type=False".into());
                }
                parts.extend(self.schema.iter().map(|text| format!("schema={}", quoted(text))));
            }
        }
        format!("{}({})", self.type_class.name, parts.join(", "))
    }

    /// The name under which a value is stored.
    pub(super) fn bind(&self, value: &Value) -> Result<DbValue, TypeError> {
        let known = self.members.iter().position(|member| member == value);
        let known = known.or_else(|| self.plain.iter().position(|plain| plain == value));
        let named = |text: &str| self.names.iter().position(|name| name == text);
        let at = match value {
            Value::Text(text) => named(text).or(known),
            _ => known,
        };
        match (at, value) {
            (Some(at), _) => Ok(DbValue::text(&self.names[at])),
            // A string is not checked on its way in unless that is asked for.
            (None, Value::Text(text)) if !self.validate_strings => Ok(DbValue::Text(Rc::clone(text))),
            (None, value) => Err(self.unknown(&match value {
                Value::Text(text) => text.to_string(),
                other => other.repr(),
            })),
        }
    }

    pub(super) fn result(&self, text: &Rc<str>) -> Result<Value, TypeError> {
        match (self.names.iter().position(|name| **name == **text), self.members.is_empty()) {
            (Some(at), false) => Ok(self.members[at].clone()),
            (Some(_), true) => Ok(Value::Text(Rc::clone(text))),
            (None, _) => Err(self.unknown(text)),
        }
    }

    fn unknown(&self, value: &str) -> TypeError {
        let shown = match self.names.len() {
            0..=4 => self.names.join(", "),
            _ => format!("{}, ..., {}", self.names[..3].join(", "), self.names[self.names.len() - 1]),
        };
        let name = self.name.as_deref().unwrap_or("None");
        TypeError::new(
            "LookupError",
            format!(
                "'{value}' is not among the defined enum values. Enum name: {name}. Possible values: {shown}"
            ),
        )
    }
}
