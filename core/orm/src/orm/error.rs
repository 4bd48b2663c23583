//! Errors of the ORM, with SQLAlchemy's classes, texts and codes.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.exc`, and what of `sqlalchemy.exc`
//! the ORM raises.

use std::any::Any;
use std::rc::Rc;

use crate::engine::EngineError;

/// The class of an error that the ORM itself raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrmErrorKind {
    /// `sqlalchemy.exc.ArgumentError`
    Argument,
    /// `sqlalchemy.exc.InvalidRequestError`
    InvalidRequest,
    /// `sqlalchemy.exc.NoForeignKeysError`
    NoForeignKeys,
    /// `sqlalchemy.exc.AmbiguousForeignKeysError`
    AmbiguousForeignKeys,
    /// `sqlalchemy.exc.PendingRollbackError`
    PendingRollback,
    /// `sqlalchemy.exc.CircularDependencyError`
    CircularDependency,
    /// `sqlalchemy.exc.UnboundExecutionError`
    UnboundExecution,
    /// `sqlalchemy.exc.NoResultFound`
    NoResultFound,
    /// `sqlalchemy.exc.NoSuchColumnError`
    NoSuchColumn,
    /// `sqlalchemy.exc.MultipleResultsFound`
    MultipleResultsFound,
    /// `sqlalchemy.orm.exc.DetachedInstanceError`
    DetachedInstance,
    /// `sqlalchemy.orm.exc.ObjectDeletedError`
    ObjectDeleted,
    /// `sqlalchemy.orm.exc.UnmappedInstanceError`
    UnmappedInstance,
    /// `sqlalchemy.orm.exc.UnmappedClassError`
    UnmappedClass,
    /// `sqlalchemy.orm.exc.FlushError`
    Flush,
    /// `sqlalchemy.orm.exc.StaleDataError`
    StaleData,
    /// `ValueError`, where a collection has no such member.
    Value,
    /// `AttributeError`, where an attribute has no value to delete.
    Attribute,
    /// `KeyError`, where a class has no such attribute.
    Key,
    /// `TypeError`
    Type,
    /// `AssertionError`
    Assertion,
}

/// An error of the ORM.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OrmError {
    /// Of the engine beneath.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// Of the ORM itself.
    #[error("{message}")]
    Orm {
        /// Its class.
        kind: OrmErrorKind,
        /// Its message.
        message: String,
        /// The code of the background link.
        code: Option<&'static str>,
    },
    /// Steps of a flush that wait for each other.
    #[error("Circular dependency detected. ({})", .0.steps.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(", "))]
    Circular(Box<Cycle>),
    /// An exception of user code that passes through.
    #[error("an exception of user code")]
    User(Rc<dyn Any>),
}

/// What [`OrmError::Circular`] is about.
#[derive(Clone, Debug)]
pub struct Cycle {
    /// The steps that wait for themselves.
    pub steps: Vec<CyclicStep>,
    /// Which of them comes before which.
    pub edges: Vec<(usize, usize)>,
}

/// A step of a flush.
#[derive(Clone, Debug)]
pub struct CyclicStep {
    /// Its class in SQLAlchemy.
    pub class: &'static str,
    /// How SQLAlchemy writes it.
    pub name: String,
    /// The object that it is about.
    pub state: crate::types::StateId,
}

impl OrmError {
    /// An error without a background link.
    pub fn new(kind: OrmErrorKind, message: impl Into<String>) -> OrmError {
        OrmError::Orm { kind, message: message.into(), code: None }
    }

    /// An error with a background link.
    pub fn coded(kind: OrmErrorKind, code: &'static str, message: impl Into<String>) -> OrmError {
        OrmError::Orm { kind, message: message.into(), code: Some(code) }
    }

    /// The whole text, with links to the documentation of `version` (`21` or `14`).
    pub fn text(&self, version: &str) -> String {
        match self {
            OrmError::Engine(error) => error.text(version),
            OrmError::Orm { message, code: Some(code), .. } => {
                format!("{message} (Background on this error at: https://sqlalche.me/e/{version}/{code})")
            }
            OrmError::Orm { message, .. } => message.clone(),
            OrmError::Circular(_) => self.to_string(),
            OrmError::User(_) => String::new(),
        }
    }
}

impl From<crate::sql::compiler::CompileError> for OrmError {
    fn from(error: crate::sql::compiler::CompileError) -> OrmError {
        OrmError::Engine(error.into())
    }
}

impl From<crate::sql::compiler::JoinError> for OrmError {
    fn from(error: crate::sql::compiler::JoinError) -> OrmError {
        crate::sql::compiler::CompileError::from(error).into()
    }
}
