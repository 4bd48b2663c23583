//! The classes of types, as data: names, families and parameters.
//!
//! The everyday types are variants of [`super::SqlType`]; every class, theirs
//! included, has a row here, so that spelling, `repr` and a script's classes
//! need no list of their own.
//! SQLAlchemy counterpart: the classes of `sqlalchemy.types` and of the dialects.

use std::hash::{Hash, Hasher};

/// What the values of a type are: it decides how they are converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Not known; values go as they are.
    Any,
    /// Whole numbers.
    Integer,
    /// `float`
    Float,
    /// `decimal.Decimal`
    Numeric,
    /// Text.
    String,
    /// Truth values.
    Boolean,
    /// Days.
    Date,
    /// Times of day.
    Time,
    /// Moments.
    DateTime,
    /// Spans of time.
    Interval,
    /// Bytes.
    Binary,
    /// One of a list of names.
    Enum,
    /// JSON documents.
    Json,
    /// Keys and positions within JSON documents.
    JsonIndex,
    /// `uuid.UUID`
    Uuid,
    /// Pickled objects.
    Pickle,
    /// Lists of another type's values.
    Array,
}

/// What a parameter of a type's constructor is where it is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initial {
    /// Must be given.
    Required,
    /// `None`
    None,
    /// `False`
    False,
    /// `True`
    True,
    /// `None` in the signature, 1 in the type: `repr` shows it.
    One,
    /// `False` in the signature, `True` in the type: `repr` shows it.
    Forced,
    /// `None` in the signature, `Text()` in the type: `repr` shows it.
    Text,
}

/// A parameter of a type's constructor.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name, which is the attribute's too.
    pub name: &'static str,
    /// Its value where it is not given.
    pub default: Initial,
    /// Whether `repr` leaves it out.
    pub hidden: bool,
}

/// A class of types.
#[derive(Debug)]
pub struct TypeClass {
    /// The dialect whose package has it; empty for `sqlalchemy.types`.
    pub package: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The class it derives from: of its own package first, else of `sqlalchemy.types`.
    pub base: &'static str,
    /// What compilers know it by: lower case for the generic types.
    pub visit: &'static str,
    /// What its values are.
    pub family: Family,
    /// Its constructor's parameters, in order.
    pub parameters: &'static [Parameter],
}

impl PartialEq for TypeClass {
    fn eq(&self, other: &TypeClass) -> bool {
        self.name == other.name && self.package == other.package
    }
}

impl Eq for TypeClass {}

impl Hash for TypeClass {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.package.hash(state);
        self.name.hash(state);
    }
}

impl TypeClass {
    /// The class of that name; a dialect's package is `""` for the common ones.
    ///
    /// ```
    /// use ormscope::types::TypeClass;
    ///
    /// let class = TypeClass::find("", "VARCHAR").unwrap();
    /// assert_eq!(class.base, "String");
    /// assert!(TypeClass::find("mysql", "TINYINT").is_some());
    /// ```
    pub fn find(package: &str, name: &str) -> Option<&'static TypeClass> {
        CLASSES.iter().find(|class| class.name == name && class.package == package)
    }

    /// Every class; each stands after the one it derives from.
    pub fn all() -> impl Iterator<Item = &'static TypeClass> {
        CLASSES.iter()
    }

    /// The module that has it.
    pub fn module(&self) -> String {
        let file = match (self.package, self.name) {
            ("", _) => return "sqlalchemy.sql.sqltypes".into(),
            ("sqlite" | "postgresql", "JSONB") | ("postgresql", "JSONPATH") | (_, "JSON") => "json",
            ("postgresql", "ARRAY") => "array",
            ("postgresql", "HSTORE") => "hstore",
            ("postgresql", "DOMAIN" | "ENUM") => "named_types",
            ("postgresql", name) if name.ends_with("RANGE") || name.starts_with("Abstract") => "ranges",
            ("mysql", "ENUM" | "SET") => "enumerated",
            ("mysql", "INET4" | "INET6") => "mariadb",
            ("oracle", "VECTOR") => "vector",
            ("postgresql" | "mysql" | "oracle", _) => "types",
            _ => "base",
        };
        format!("sqlalchemy.dialects.{}.{file}", self.package)
    }

    /// The class that it derives from; none for those that derive from `TypeEngine`.
    pub fn base_class(&self) -> Option<&'static TypeClass> {
        if self.base != self.name
            && let Some(own) = TypeClass::find(self.package, self.base)
        {
            return Some(own);
        }
        TypeClass::find("", self.base)
    }

    /// The place of a parameter.
    pub fn parameter(&self, name: &str) -> Option<usize> {
        self.parameters.iter().position(|parameter| parameter.name == name)
    }

    /// The place of the parameter that an argument without a name is for.
    pub fn positional(&self, at: usize) -> Option<usize> {
        let names: &[&str] = match (self.package, self.family) {
            ("mysql", Family::String) => &["length"],
            ("mysql", Family::Numeric) => &["precision", "scale", "asdecimal"],
            _ => return (at < self.parameters.len()).then_some(at),
        };
        self.parameter(names.get(at)?)
    }

    /// Whether it is, or derives from, the common class of that name.
    pub fn is_a(&self, name: &str) -> bool {
        let mut class = Some(self);
        while let Some(one) = class {
            if one.package.is_empty() && one.name == name {
                return true;
            }
            class = one.base_class();
        }
        false
    }
}

const fn p(name: &'static str, default: Initial) -> Parameter {
    Parameter { name, default, hidden: false }
}

const fn hidden(name: &'static str, default: Initial) -> Parameter {
    Parameter { name, default, hidden: true }
}

const fn c(
    name: &'static str,
    base: &'static str,
    visit: &'static str,
    family: Family,
    parameters: &'static [Parameter],
) -> TypeClass {
    TypeClass { package: "", name, base, visit, family, parameters }
}

/// A class of a dialect's own, known to compilers by its name.
const fn d(
    package: &'static str,
    name: &'static str,
    base: &'static str,
    family: Family,
    parameters: &'static [Parameter],
) -> TypeClass {
    TypeClass { package, name, base, visit: name, family, parameters }
}

use Family as F;
use Initial as D;

const NONE: &[Parameter] = &[];
const STRING: &[Parameter] = &[p("length", D::None), p("collation", D::None), p("collation_schema", D::None)];
const LENGTH: &[Parameter] = &[p("length", D::None)];
const NUMERIC: &[Parameter] = &[
    p("precision", D::None),
    p("scale", D::None),
    p("decimal_return_scale", D::None),
    p("asdecimal", D::True),
];
const FLOAT: &[Parameter] =
    &[p("precision", D::None), p("asdecimal", D::False), p("decimal_return_scale", D::None)];
const BOOLEAN: &[Parameter] = &[p("create_constraint", D::False), p("name", D::None)];
const ZONE: &[Parameter] = &[p("timezone", D::False)];
const JSON: &[Parameter] = &[p("none_as_null", D::False)];
const ARRAY: &[Parameter] = &[
    p("item_type", D::Required),
    p("as_tuple", D::False),
    p("dimensions", D::None),
    p("zero_indexes", D::False),
];
const PG_DOMAIN: &[Parameter] = &[
    p("name", D::Required),
    p("data_type", D::Required),
    hidden("collation", D::None),
    hidden("collation_schema", D::None),
    hidden("default", D::None),
    hidden("constraint_name", D::None),
    hidden("not_null", D::False),
    hidden("check", D::None),
    hidden("create_type", D::True),
    hidden("schema", D::None),
    hidden("metadata", D::None),
    hidden("inherit_schema", D::None),
];
const MY_SET: &[Parameter] = &[
    p("charset", D::None),
    p("collation", D::None),
    p("ascii", D::False),
    p("binary", D::False),
    p("unicode", D::False),
    p("national", D::False),
    p("retrieve_as_bitwise", D::False),
];
const STORED: &[Parameter] =
    &[hidden("storage_format", D::None), hidden("regexp", D::None), p("timezone", D::False)];
const PRECISE_ZONE: &[Parameter] = &[p("timezone", D::False), p("precision", D::None)];
const MY_INTEGER: &[Parameter] =
    &[p("display_width", D::None), p("unsigned", D::False), p("zerofill", D::False)];
const MY_NUMERIC: &[Parameter] = &[
    p("unsigned", D::False),
    p("zerofill", D::False),
    p("precision", D::None),
    p("scale", D::None),
    p("decimal_return_scale", D::None),
    p("asdecimal", D::True),
];
const MY_FLOAT: &[Parameter] = &[
    p("precision", D::None),
    p("scale", D::None),
    p("asdecimal", D::False),
    p("unsigned", D::False),
    p("zerofill", D::False),
    p("decimal_return_scale", D::None),
];
const MY_DOUBLE: &[Parameter] = &[
    p("precision", D::None),
    p("scale", D::None),
    p("asdecimal", D::Forced),
    p("unsigned", D::False),
    p("zerofill", D::False),
    p("decimal_return_scale", D::None),
];
// In the order in which `repr` shows them; without a name, the length comes first.
const MY_STRING: &[Parameter] = &[
    p("charset", D::None),
    p("collation", D::None),
    p("ascii", D::False),
    p("binary", D::False),
    p("unicode", D::False),
    p("national", D::False),
    p("length", D::None),
    p("collation_schema", D::None),
];
const MY_NATIONAL: &[Parameter] = &[
    p("charset", D::None),
    p("collation", D::None),
    p("ascii", D::False),
    p("binary", D::False),
    p("unicode", D::False),
    p("national", D::Forced),
    p("length", D::None),
    p("collation_schema", D::None),
];
const MY_TIME: &[Parameter] = &[p("timezone", D::False), p("fsp", D::None)];
const MS_TIME: &[Parameter] = &[p("precision", D::None), p("timezone", D::False)];

static CLASSES: &[TypeClass] = &[
    c("NullType", "", "null", F::Any, NONE),
    c("Integer", "", "integer", F::Integer, NONE),
    c("SmallInteger", "Integer", "small_integer", F::Integer, NONE),
    c("BigInteger", "Integer", "big_integer", F::Integer, NONE),
    c("Numeric", "", "numeric", F::Numeric, NUMERIC),
    c("Float", "", "float", F::Float, FLOAT),
    c("Double", "Float", "double", F::Float, FLOAT),
    c("String", "", "string", F::String, STRING),
    c("Text", "String", "text", F::String, STRING),
    c("Unicode", "String", "unicode", F::String, STRING),
    c("UnicodeText", "Text", "unicode_text", F::String, STRING),
    c("Boolean", "", "boolean", F::Boolean, BOOLEAN),
    c("MatchType", "Boolean", "boolean", F::Boolean, BOOLEAN),
    c("Date", "", "date", F::Date, NONE),
    c("Time", "", "time", F::Time, ZONE),
    c("DateTime", "", "datetime", F::DateTime, ZONE),
    c("_Binary", "", "", F::Binary, LENGTH),
    c("LargeBinary", "_Binary", "large_binary", F::Binary, LENGTH),
    c("Enum", "String", "enum", F::Enum, NONE),
    c("JSON", "", "JSON", F::Json, JSON),
    c("JSONIntIndexType", "", "json_int_index", F::JsonIndex, NONE),
    c("JSONStrIndexType", "", "json_str_index", F::JsonIndex, NONE),
    c("JSONPathType", "", "json_path", F::JsonIndex, NONE),
    c("Uuid", "", "uuid", F::Uuid, &[p("as_uuid", D::True), p("native_uuid", D::True)]),
    c(
        "Interval",
        "",
        "type_decorator",
        F::Interval,
        &[hidden("native", D::True), hidden("second_precision", D::None), hidden("day_precision", D::None)],
    ),
    c(
        "PickleType",
        "",
        "type_decorator",
        F::Pickle,
        &[
            hidden("protocol", D::None),
            hidden("pickler", D::None),
            hidden("comparator", D::None),
            hidden("impl", D::None),
        ],
    ),
    c("ARRAY", "", "ARRAY", F::Array, ARRAY),
    c("TupleType", "", "", F::Any, NONE),
    c("INTEGER", "Integer", "INTEGER", F::Integer, NONE),
    c("SMALLINT", "SmallInteger", "SMALLINT", F::Integer, NONE),
    c("BIGINT", "BigInteger", "BIGINT", F::Integer, NONE),
    c("NUMERIC", "Numeric", "NUMERIC", F::Numeric, NUMERIC),
    c("DECIMAL", "Numeric", "DECIMAL", F::Numeric, NUMERIC),
    c("FLOAT", "Float", "FLOAT", F::Float, FLOAT),
    c("REAL", "Float", "REAL", F::Float, FLOAT),
    c("DOUBLE", "Double", "DOUBLE", F::Float, FLOAT),
    c("DOUBLE_PRECISION", "Double", "DOUBLE_PRECISION", F::Float, FLOAT),
    c("VARCHAR", "String", "VARCHAR", F::String, STRING),
    c("CHAR", "String", "CHAR", F::String, STRING),
    c("NVARCHAR", "Unicode", "NVARCHAR", F::String, STRING),
    c("NCHAR", "Unicode", "NCHAR", F::String, STRING),
    c("TEXT", "Text", "TEXT", F::String, STRING),
    c("CLOB", "Text", "CLOB", F::String, STRING),
    c("BOOLEAN", "Boolean", "BOOLEAN", F::Boolean, BOOLEAN),
    c("DATE", "Date", "DATE", F::Date, NONE),
    c("TIME", "Time", "TIME", F::Time, ZONE),
    c("DATETIME", "DateTime", "DATETIME", F::DateTime, ZONE),
    c("TIMESTAMP", "DateTime", "TIMESTAMP", F::DateTime, ZONE),
    c("BLOB", "LargeBinary", "BLOB", F::Binary, LENGTH),
    c("BINARY", "_Binary", "BINARY", F::Binary, LENGTH),
    c("VARBINARY", "_Binary", "VARBINARY", F::Binary, LENGTH),
    c("UUID", "Uuid", "UUID", F::Uuid, &[p("as_uuid", D::True)]),
    // SQLite
    TypeClass { visit: "date", ..d("sqlite", "DATE", "Date", F::Date, STORED) },
    TypeClass { visit: "datetime", ..d("sqlite", "DATETIME", "DateTime", F::DateTime, STORED) },
    TypeClass { visit: "time", ..d("sqlite", "TIME", "Time", F::Time, STORED) },
    d("sqlite", "JSON", "JSON", F::Json, JSON),
    d("sqlite", "JSONB", "JSON", F::Json, JSON),
    // PostgreSQL
    d("postgresql", "ARRAY", "ARRAY", F::Array, ARRAY),
    d("postgresql", "BIT", "", F::Any, &[p("length", D::One), p("varying", D::False)]),
    d("postgresql", "BYTEA", "LargeBinary", F::Binary, LENGTH),
    d("postgresql", "CIDR", "", F::Any, NONE),
    d("postgresql", "CITEXT", "TEXT", F::String, STRING),
    d("postgresql", "HSTORE", "", F::Any, &[p("text_type", D::Text)]),
    d("postgresql", "INET", "", F::Any, NONE),
    d("postgresql", "INTERVAL", "", F::Interval, &[p("precision", D::None), p("fields", D::None)]),
    d("postgresql", "JSON", "JSON", F::Json, &[p("none_as_null", D::False), p("astext_type", D::Text)]),
    d("postgresql", "JSONB", "JSON", F::Json, &[p("none_as_null", D::False), p("astext_type", D::Text)]),
    d("postgresql", "JSONPATH", "", F::Any, NONE),
    d("postgresql", "MACADDR", "", F::Any, NONE),
    d("postgresql", "MACADDR8", "", F::Any, NONE),
    d("postgresql", "MONEY", "", F::Any, NONE),
    d("postgresql", "OID", "", F::Any, NONE),
    d("postgresql", "REGCLASS", "", F::Any, NONE),
    d("postgresql", "REGCONFIG", "", F::Any, NONE),
    d("postgresql", "TSQUERY", "", F::Any, NONE),
    d("postgresql", "TSVECTOR", "", F::Any, NONE),
    d("postgresql", "TIME", "TIME", F::Time, PRECISE_ZONE),
    d("postgresql", "TIMESTAMP", "TIMESTAMP", F::DateTime, PRECISE_ZONE),
    d("postgresql", "AbstractRange", "", F::Any, NONE),
    d("postgresql", "AbstractSingleRange", "AbstractRange", F::Any, NONE),
    d("postgresql", "AbstractMultiRange", "AbstractRange", F::Any, NONE),
    d("postgresql", "INT4RANGE", "AbstractSingleRange", F::Any, NONE),
    d("postgresql", "INT8RANGE", "AbstractSingleRange", F::Any, NONE),
    d("postgresql", "NUMRANGE", "AbstractSingleRange", F::Any, NONE),
    d("postgresql", "DATERANGE", "AbstractSingleRange", F::Any, NONE),
    d("postgresql", "TSRANGE", "AbstractSingleRange", F::Any, NONE),
    d("postgresql", "TSTZRANGE", "AbstractSingleRange", F::Any, NONE),
    d("postgresql", "INT4MULTIRANGE", "AbstractMultiRange", F::Any, NONE),
    d("postgresql", "INT8MULTIRANGE", "AbstractMultiRange", F::Any, NONE),
    d("postgresql", "NUMMULTIRANGE", "AbstractMultiRange", F::Any, NONE),
    d("postgresql", "DATEMULTIRANGE", "AbstractMultiRange", F::Any, NONE),
    d("postgresql", "TSMULTIRANGE", "AbstractMultiRange", F::Any, NONE),
    d("postgresql", "TSTZMULTIRANGE", "AbstractMultiRange", F::Any, NONE),
    TypeClass { visit: "enum", ..d("postgresql", "ENUM", "Enum", F::Enum, NONE) },
    d("postgresql", "DOMAIN", "", F::Any, PG_DOMAIN),
    // MySQL
    d("mysql", "INTEGER", "INTEGER", F::Integer, MY_INTEGER),
    d("mysql", "BIGINT", "BIGINT", F::Integer, MY_INTEGER),
    d("mysql", "SMALLINT", "SMALLINT", F::Integer, MY_INTEGER),
    d("mysql", "MEDIUMINT", "Integer", F::Integer, MY_INTEGER),
    d("mysql", "TINYINT", "Integer", F::Integer, MY_INTEGER),
    d("mysql", "BIT", "", F::Any, LENGTH),
    d("mysql", "NUMERIC", "NUMERIC", F::Numeric, MY_NUMERIC),
    d("mysql", "DECIMAL", "DECIMAL", F::Numeric, MY_NUMERIC),
    d("mysql", "FLOAT", "FLOAT", F::Float, MY_FLOAT),
    d("mysql", "DOUBLE", "DOUBLE", F::Float, MY_DOUBLE),
    d("mysql", "REAL", "REAL", F::Float, MY_DOUBLE),
    d("mysql", "CHAR", "CHAR", F::String, MY_STRING),
    d("mysql", "VARCHAR", "VARCHAR", F::String, MY_STRING),
    d("mysql", "TEXT", "TEXT", F::String, MY_STRING),
    d("mysql", "NCHAR", "NCHAR", F::String, MY_NATIONAL),
    d("mysql", "NVARCHAR", "NVARCHAR", F::String, MY_NATIONAL),
    d("mysql", "TINYTEXT", "String", F::String, MY_STRING),
    d("mysql", "MEDIUMTEXT", "String", F::String, MY_STRING),
    d("mysql", "LONGTEXT", "String", F::String, MY_STRING),
    d("mysql", "TINYBLOB", "_Binary", F::Binary, LENGTH),
    d("mysql", "MEDIUMBLOB", "_Binary", F::Binary, LENGTH),
    d("mysql", "LONGBLOB", "_Binary", F::Binary, LENGTH),
    d("mysql", "DATETIME", "DATETIME", F::DateTime, MY_TIME),
    d("mysql", "TIME", "TIME", F::Time, MY_TIME),
    d("mysql", "TIMESTAMP", "TIMESTAMP", F::DateTime, MY_TIME),
    d("mysql", "YEAR", "", F::Any, &[p("display_width", D::None)]),
    d("mysql", "JSON", "JSON", F::Json, JSON),
    d("mysql", "INET4", "", F::Any, NONE),
    d("mysql", "INET6", "", F::Any, NONE),
    d("mysql", "ENUM", "Enum", F::Enum, NONE),
    d("mysql", "SET", "String", F::Any, MY_SET),
    // Oracle
    d("oracle", "BFILE", "LargeBinary", F::Binary, LENGTH),
    d("oracle", "BINARY_DOUBLE", "Double", F::Float, FLOAT),
    d("oracle", "BINARY_FLOAT", "Float", F::Float, FLOAT),
    d("oracle", "DATE", "DateTime", F::DateTime, ZONE),
    d(
        "oracle",
        "FLOAT",
        "FLOAT",
        F::Float,
        &[p("binary_precision", D::None), p("asdecimal", D::False), p("decimal_return_scale", D::None)],
    ),
    d("oracle", "INTERVAL", "", F::Interval, &[p("day_precision", D::None), p("second_precision", D::None)]),
    d("oracle", "JSON", "JSON", F::Json, JSON),
    d("oracle", "LONG", "Text", F::String, STRING),
    d("oracle", "NCLOB", "Text", F::String, STRING),
    d(
        "oracle",
        "NUMBER",
        "Numeric",
        F::Numeric,
        &[p("precision", D::None), p("scale", D::None), p("asdecimal", D::False)],
    ),
    d("oracle", "RAW", "_Binary", F::Binary, LENGTH),
    d("oracle", "ROWID", "", F::Any, NONE),
    d(
        "oracle",
        "TIMESTAMP",
        "TIMESTAMP",
        F::DateTime,
        &[p("timezone", D::False), p("local_timezone", D::False)],
    ),
    d("oracle", "VARCHAR2", "VARCHAR", F::String, STRING),
    TypeClass { visit: "NVARCHAR", ..d("oracle", "NVARCHAR2", "NVARCHAR", F::String, STRING) },
    // SQL Server
    d("mssql", "BIT", "Boolean", F::Boolean, BOOLEAN),
    d("mssql", "DATETIME2", "DateTime", F::DateTime, MS_TIME),
    d("mssql", "DATETIMEOFFSET", "DateTime", F::DateTime, MS_TIME),
    d("mssql", "DOUBLE_PRECISION", "DOUBLE_PRECISION", F::Float, FLOAT),
    d("mssql", "IMAGE", "LargeBinary", F::Binary, LENGTH),
    d("mssql", "JSON", "JSON", F::Json, JSON),
    d("mssql", "MONEY", "", F::Any, NONE),
    d("mssql", "NTEXT", "UnicodeText", F::String, STRING),
    d("mssql", "REAL", "REAL", F::Float, FLOAT),
    d("mssql", "ROWVERSION", "_Binary", F::Binary, &[p("convert_int", D::False)]),
    d("mssql", "SMALLDATETIME", "DateTime", F::DateTime, ZONE),
    d("mssql", "SMALLMONEY", "", F::Any, NONE),
    d("mssql", "SQL_VARIANT", "", F::Any, NONE),
    d("mssql", "TIME", "TIME", F::Time, MS_TIME),
    d("mssql", "TIMESTAMP", "_Binary", F::Binary, &[p("convert_int", D::False)]),
    d("mssql", "TINYINT", "Integer", F::Integer, NONE),
    d("mssql", "UNIQUEIDENTIFIER", "Uuid", F::Uuid, &[p("as_uuid", D::True)]),
    d("mssql", "VARBINARY", "VARBINARY", F::Binary, &[p("length", D::None), p("filestream", D::False)]),
    d("mssql", "XML", "Text", F::String, STRING),
];
