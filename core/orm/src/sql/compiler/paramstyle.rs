//! The ways of writing placeholders.
//!
//! SQLAlchemy counterpart: `BIND_TEMPLATES` of `sqlalchemy.sql.compiler`.

/// How placeholders are written, by the DBAPI's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamStyle {
    /// `?`
    Qmark,
    /// `%s`
    Format,
    /// `%(name)s`
    Pyformat,
    /// `:name`
    Named,
    /// `:1`
    Numeric,
    /// `$1`
    NumericDollar,
}

impl ParamStyle {
    /// Every style.
    pub const ALL: [ParamStyle; 6] = [
        ParamStyle::Qmark,
        ParamStyle::Format,
        ParamStyle::Pyformat,
        ParamStyle::Named,
        ParamStyle::Numeric,
        ParamStyle::NumericDollar,
    ];

    /// The DBAPI's name.
    pub fn name(self) -> &'static str {
        match self {
            ParamStyle::Qmark => "qmark",
            ParamStyle::Format => "format",
            ParamStyle::Pyformat => "pyformat",
            ParamStyle::Named => "named",
            ParamStyle::Numeric => "numeric",
            ParamStyle::NumericDollar => "numeric_dollar",
        }
    }

    /// Whether parameters go by their places.
    pub fn is_positional(self) -> bool {
        !matches!(self, ParamStyle::Pyformat | ParamStyle::Named)
    }

    /// Whether `%` in text must be doubled for the driver.
    pub(super) fn doubles_percent(self) -> bool {
        matches!(self, ParamStyle::Format | ParamStyle::Pyformat)
    }

    /// The placeholder of a parameter, which is the one of that number.
    pub(super) fn placeholder(self, name: &str, number: usize) -> String {
        match self {
            ParamStyle::Qmark => "?".into(),
            ParamStyle::Format => "%s".into(),
            ParamStyle::Pyformat => format!("%({name})s"),
            ParamStyle::Named => format!(":{name}"),
            ParamStyle::Numeric => format!(":{number}"),
            ParamStyle::NumericDollar => format!("${number}"),
        }
    }
}
