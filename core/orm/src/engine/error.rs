//! Errors of the engine, with SQLAlchemy's classes, texts and codes.
//!
//! SQLAlchemy counterpart: `sqlalchemy.exc`.

use std::any::Any;
use std::fmt;
use std::rc::Rc;

use super::driver::DriverError;
use super::execute::ParameterSet;
use crate::sql::compiler::{CompileError, JoinError};
use crate::types::DbValue;

/// The class of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// `ArgumentError`
    Argument,
    /// `CompileError`
    Compile,
    /// `UnsupportedCompilationError`
    UnsupportedCompilation,
    /// `NotImplementedError`
    NotImplemented,
    /// `AttributeError`
    Attribute,
    /// `RecursionError`
    Recursion,
    /// `NoForeignKeysError`
    NoForeignKeys,
    /// `AmbiguousForeignKeysError`
    AmbiguousForeignKeys,
    /// `NoReferencedTableError`
    NoReferencedTable,
    /// `NoReferencedColumnError`
    NoReferencedColumn,
    /// `NoSuchTableError`
    NoSuchTable,
    /// `IdentifierError`
    Identifier,
    /// `CircularDependencyError`
    CircularDependency,
    /// `NoSuchModuleError`
    NoSuchModule,
    /// `InvalidRequestError`
    InvalidRequest,
    /// `ResourceClosedError`
    ResourceClosed,
    /// `PendingRollbackError`
    PendingRollback,
    /// `UnboundExecutionError`
    UnboundExecution,
    /// `StatementError`
    Statement,
    /// `IntegrityError`
    Integrity,
    /// `OperationalError`
    Operational,
    /// `ProgrammingError`
    Programming,
    /// `InterfaceError`
    Interface,
    /// `DataError`
    Data,
    /// `DatabaseError`
    Database,
    /// `InternalError`
    Internal,
    /// `NotSupportedError`
    NotSupported,
    /// `TimeoutError`
    Timeout,
    /// Python's `AssertionError`
    Assertion,
    /// Python's `ModuleNotFoundError`
    ModuleNotFound,
}

impl ErrorKind {
    /// The name of the Python class.
    pub fn class_name(self) -> &'static str {
        match self {
            ErrorKind::Argument => "ArgumentError",
            ErrorKind::Compile => "CompileError",
            ErrorKind::UnsupportedCompilation => "UnsupportedCompilationError",
            ErrorKind::NotImplemented => "NotImplementedError",
            ErrorKind::Attribute => "AttributeError",
            ErrorKind::Recursion => "RecursionError",
            ErrorKind::NoForeignKeys => "NoForeignKeysError",
            ErrorKind::AmbiguousForeignKeys => "AmbiguousForeignKeysError",
            ErrorKind::NoReferencedTable => "NoReferencedTableError",
            ErrorKind::NoSuchTable => "NoSuchTableError",
            ErrorKind::NoReferencedColumn => "NoReferencedColumnError",
            ErrorKind::Identifier => "IdentifierError",
            ErrorKind::CircularDependency => "CircularDependencyError",
            ErrorKind::NoSuchModule => "NoSuchModuleError",
            ErrorKind::InvalidRequest => "InvalidRequestError",
            ErrorKind::ResourceClosed => "ResourceClosedError",
            ErrorKind::PendingRollback => "PendingRollbackError",
            ErrorKind::UnboundExecution => "UnboundExecutionError",
            ErrorKind::Statement => "StatementError",
            ErrorKind::Integrity => "IntegrityError",
            ErrorKind::Operational => "OperationalError",
            ErrorKind::Programming => "ProgrammingError",
            ErrorKind::Interface => "InterfaceError",
            ErrorKind::Data => "DataError",
            ErrorKind::Database => "DatabaseError",
            ErrorKind::Internal => "InternalError",
            ErrorKind::NotSupported => "NotSupportedError",
            ErrorKind::Timeout => "TimeoutError",
            ErrorKind::Assertion => "AssertionError",
            ErrorKind::ModuleNotFound => "ModuleNotFoundError",
        }
    }

    /// The code of the background link that the class has by itself.
    fn code(self) -> Option<&'static str> {
        match self {
            ErrorKind::Integrity => Some("gkpj"),
            ErrorKind::Operational => Some("e3q8"),
            ErrorKind::Programming => Some("f405"),
            ErrorKind::Interface => Some("rvf5"),
            ErrorKind::Data => Some("9h9h"),
            ErrorKind::Database => Some("4xp6"),
            ErrorKind::Internal => Some("2j85"),
            ErrorKind::NotSupported => Some("tw8g"),
            ErrorKind::Compile | ErrorKind::UnsupportedCompilation => Some("l7de"),
            _ => None,
        }
    }

    /// Whether the class is a `DBAPIError`.
    pub fn is_dbapi(self) -> bool {
        matches!(
            self,
            ErrorKind::Integrity
                | ErrorKind::Operational
                | ErrorKind::Programming
                | ErrorKind::Interface
                | ErrorKind::Data
                | ErrorKind::Database
                | ErrorKind::Internal
                | ErrorKind::NotSupported
        )
    }
}

/// What stands for parameters with `hide_parameters=True`.
pub const HIDDEN: &str = "[SQL parameters hidden due to hide_parameters=True]";

/// The parameters of a statement that failed.
#[derive(Clone, Debug)]
pub enum ErrorParameters {
    /// As they were bound: the sets, and whether it was an `executemany`.
    Bound(Vec<Vec<DbValue>>, bool),
    /// As they were given, before a type refused one of them.
    Given(Vec<ParameterSet>),
}

/// An error of the engine.
#[derive(Clone)]
pub struct EngineError {
    /// Its class.
    pub kind: ErrorKind,
    /// The first line: `(sqlite3.IntegrityError) UNIQUE constraint failed: …`.
    pub message: String,
    /// The code of the background link.
    pub code: Option<&'static str>,
    /// The statement that failed.
    pub statement: Option<String>,
    /// Its parameters as logged.
    pub parameters: Option<String>,
    /// Its parameters as they are.
    pub values: Option<Rc<ErrorParameters>>,
    /// The class and message of the error beneath: the driver's, or Python's own.
    pub original: Option<(String, String)>,
    /// An exception of user code that passes through.
    pub user: Option<Rc<dyn Any>>,
    /// What the session adds before the message.
    pub detail: Option<String>,
}

impl EngineError {
    /// An error without a statement.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> EngineError {
        EngineError {
            kind,
            message: message.into(),
            code: kind.code(),
            statement: None,
            parameters: None,
            values: None,
            original: None,
            user: None,
            detail: None,
        }
    }

    /// The same with the code of a background link.
    pub fn with_code(mut self, code: &'static str) -> EngineError {
        self.code = Some(code);
        self
    }

    /// An exception of one of Python's own classes.
    pub fn of_python(class: &str, message: impl Into<String>) -> EngineError {
        let message = message.into();
        let original = Some((format!("builtins.{class}"), message.clone()));
        EngineError { original, ..EngineError::new(ErrorKind::Statement, message) }
    }

    /// An exception of user code.
    pub fn user(exception: Rc<dyn Any>) -> EngineError {
        EngineError { user: Some(exception), ..EngineError::new(ErrorKind::Statement, "") }
    }

    /// A driver's error, about a statement where there is one.
    pub(super) fn from_driver(
        error: DriverError,
        module: &str,
        statement: Option<&str>,
        parameters: Option<String>,
    ) -> EngineError {
        let kind = match error.class {
            "IntegrityError" => ErrorKind::Integrity,
            "OperationalError" => ErrorKind::Operational,
            "ProgrammingError" => ErrorKind::Programming,
            "InterfaceError" => ErrorKind::Interface,
            "DataError" => ErrorKind::Data,
            "InternalError" => ErrorKind::Internal,
            "NotSupportedError" => ErrorKind::NotSupported,
            "DatabaseError" => ErrorKind::Database,
            // Not one of the driver's own, so it comes through as it is.
            class => {
                return EngineError::of_python(class, error.message);
            }
        };
        EngineError {
            statement: statement.map(str::to_string),
            parameters: parameters.filter(|text| text != "()" && text != "[]"),
            original: Some((format!("{module}.{}", error.class), error.message.clone())),
            ..EngineError::new(kind, format!("({module}.{}) {}", error.class, error.message))
        }
    }

    /// The lines of the message, with links to the documentation of `version`
    /// (`21` or `14`).
    pub fn text(&self, version: &str) -> String {
        let mut lines = Vec::new();
        if let Some(detail) = &self.detail {
            lines.push(format!("({detail})"));
        }
        lines.push(self.message.clone());
        if let Some(statement) = &self.statement {
            lines.push(format!("[SQL: {statement}]"));
            if let Some(parameters) = &self.parameters {
                lines.push(match parameters.as_str() {
                    HIDDEN => parameters.clone(),
                    shown => format!("[parameters: {shown}]"),
                });
            }
        }
        let link = self
            .code
            .map(|code| format!("(Background on this error at: https://sqlalche.me/e/{version}/{code})"));
        match (self.statement.is_some() || self.kind.is_dbapi(), link) {
            (true, link) => {
                lines.extend(link);
                lines.join("\n")
            }
            (false, Some(link)) => format!("{} {link}", lines.join("\n")),
            (false, None) => lines.join("\n"),
        }
    }
}

impl fmt::Debug for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.class_name(), self.text("21"))
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text("21"))
    }
}

impl std::error::Error for EngineError {}

impl From<CompileError> for EngineError {
    fn from(error: CompileError) -> EngineError {
        let kind = match &error {
            CompileError::Compile(_) => ErrorKind::Compile,
            CompileError::Join(JoinError::NoForeignKeys(..)) => ErrorKind::NoForeignKeys,
            CompileError::Join(JoinError::AmbiguousForeignKeys(..)) => ErrorKind::AmbiguousForeignKeys,
            CompileError::InvalidRequest(_) => ErrorKind::InvalidRequest,
            CompileError::Argument(_) => ErrorKind::Argument,
            CompileError::Unsupported { .. } => ErrorKind::UnsupportedCompilation,
            CompileError::Required(_) => ErrorKind::InvalidRequest,
            CompileError::NotImplemented(_) => ErrorKind::NotImplemented,
            CompileError::Attribute(_) => ErrorKind::Attribute,
            CompileError::TooDeep => ErrorKind::Recursion,
            CompileError::NoReferencedTable(_) => ErrorKind::NoReferencedTable,
            CompileError::NoReferencedColumn(_) => ErrorKind::NoReferencedColumn,
            CompileError::Identifier(_) => ErrorKind::Identifier,
        };
        let coded = EngineError::new(kind, error.to_string());
        // Only errors that the compiler raises by itself have its code.
        match kind {
            ErrorKind::InvalidRequest if matches!(error, CompileError::Required(_)) => {
                coded.with_code("cd3x")
            }
            ErrorKind::Compile => EngineError { code: None, ..coded },
            ErrorKind::UnsupportedCompilation => coded.with_code("l7de"),
            _ => coded,
        }
    }
}
