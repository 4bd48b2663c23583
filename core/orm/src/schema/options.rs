//! What only some dialects know of a table, a constraint or an index:
//! `mysql_engine="InnoDB"`, `postgresql_where=…`.

use crate::expression::Expr;

/// The value of an option.
#[derive(Clone, Debug)]
pub enum OptionValue {
    /// `None`
    None,
    /// A truth value.
    Bool(bool),
    /// A number.
    Int(i64),
    /// Text.
    Text(String),
    /// An expression.
    Expr(Expr),
    /// Several values.
    List(Vec<OptionValue>),
    /// Values by name.
    Map(Vec<(String, OptionValue)>),
}

impl OptionValue {
    /// The value as Python's `str` shows it.
    pub fn text(&self) -> String {
        match self {
            OptionValue::None => "None".into(),
            OptionValue::Bool(true) => "True".into(),
            OptionValue::Bool(false) => "False".into(),
            OptionValue::Int(number) => number.to_string(),
            OptionValue::Text(text) => text.clone(),
            OptionValue::Expr(_) | OptionValue::List(_) | OptionValue::Map(_) => String::new(),
        }
    }

    /// Whether Python takes it for true.
    pub fn is_true(&self) -> bool {
        match self {
            OptionValue::None => false,
            OptionValue::Bool(value) => *value,
            OptionValue::Int(number) => *number != 0,
            OptionValue::Text(text) => !text.is_empty(),
            OptionValue::Expr(_) => true,
            OptionValue::List(list) => !list.is_empty(),
            OptionValue::Map(map) => !map.is_empty(),
        }
    }

    /// The texts of a list; a single value is a list of one.
    pub fn texts(&self) -> Vec<String> {
        match self {
            OptionValue::None => Vec::new(),
            OptionValue::List(list) => list.iter().map(OptionValue::text).collect(),
            single => vec![single.text()],
        }
    }
}

/// Options by their full name, in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub struct Options(pub Vec<(String, OptionValue)>);

impl Options {
    /// An option by its full name, where it is given and not `None`.
    pub fn get(&self, name: &str) -> Option<&OptionValue> {
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value).filter(|value| !matches!(value, OptionValue::None))
    }

    /// Whether an option is given and true.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(OptionValue::is_true)
    }

    /// An option that is text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).map(OptionValue::text)
    }
}
