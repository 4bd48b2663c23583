//! SQLAlchemy's exceptions, and the ORM's errors as Python exceptions.

use std::rc::Rc;

use ormscope::engine::{EngineError, ErrorKind};
use ormscope::orm::{OrmError, OrmErrorKind};
use rustc_hash::FxHashMap;

use super::classes;
use crate::builtins::new_exception;
use crate::object::{Class, Object, PyStr, Raised, Unwind};
use crate::vm::Vm;

/// SQLAlchemy's exception classes by name.
pub(super) struct ErrorClasses {
    by_name: FxHashMap<&'static str, Rc<Class>>,
}

/// Name, base, and whether the class belongs to `sqlalchemy.orm.exc`.
const CLASSES: &[(&str, &str, bool)] = &[
    ("SQLAlchemyError", "Exception", false),
    ("ArgumentError", "SQLAlchemyError", false),
    ("DuplicateColumnError", "ArgumentError", false),
    ("ObjectNotExecutableError", "ArgumentError", false),
    ("NoSuchModuleError", "ArgumentError", false),
    ("NoForeignKeysError", "ArgumentError", false),
    ("AmbiguousForeignKeysError", "ArgumentError", false),
    ("CircularDependencyError", "SQLAlchemyError", false),
    ("CompileError", "SQLAlchemyError", false),
    ("UnsupportedCompilationError", "CompileError", false),
    ("IdentifierError", "SQLAlchemyError", false),
    ("ConstraintColumnNotFoundError", "ArgumentError", false),
    ("DisconnectionError", "SQLAlchemyError", false),
    ("TimeoutError", "SQLAlchemyError", false),
    ("InvalidRequestError", "SQLAlchemyError", false),
    ("IllegalStateChangeError", "InvalidRequestError", false),
    ("NoInspectionAvailable", "InvalidRequestError", false),
    ("PendingRollbackError", "InvalidRequestError", false),
    ("ResourceClosedError", "InvalidRequestError", false),
    ("NoSuchColumnError", "InvalidRequestError", false),
    ("NoResultFound", "InvalidRequestError", false),
    ("MultipleResultsFound", "InvalidRequestError", false),
    ("NoReferenceError", "InvalidRequestError", false),
    ("NoReferencedTableError", "NoReferenceError", false),
    ("NoReferencedColumnError", "NoReferenceError", false),
    ("NoSuchTableError", "InvalidRequestError", false),
    ("UnreflectableTableError", "InvalidRequestError", false),
    ("UnboundExecutionError", "InvalidRequestError", false),
    ("StatementError", "SQLAlchemyError", false),
    ("DBAPIError", "StatementError", false),
    ("InterfaceError", "DBAPIError", false),
    ("DatabaseError", "DBAPIError", false),
    ("DataError", "DatabaseError", false),
    ("OperationalError", "DatabaseError", false),
    ("IntegrityError", "DatabaseError", false),
    ("InternalError", "DatabaseError", false),
    ("ProgrammingError", "DatabaseError", false),
    ("NotSupportedError", "DatabaseError", false),
    ("StaleDataError", "SQLAlchemyError", true),
    ("FlushError", "SQLAlchemyError", true),
    ("UnmappedError", "InvalidRequestError", true),
    ("ObjectDereferencedError", "SQLAlchemyError", true),
    ("DetachedInstanceError", "SQLAlchemyError", true),
    ("UnmappedInstanceError", "UnmappedError", true),
    ("UnmappedClassError", "UnmappedError", true),
    ("ObjectDeletedError", "InvalidRequestError", true),
    ("UnmappedColumnError", "InvalidRequestError", true),
];

impl ErrorClasses {
    pub(super) fn new(vm: &Vm) -> ErrorClasses {
        let mut by_name: FxHashMap<&'static str, Rc<Class>> = FxHashMap::default();
        for (name, base, is_orm) in CLASSES {
            let base = by_name.get(base).cloned().unwrap_or_else(|| vm.exceptions.exception.clone());
            let module = if *is_orm { "sqlalchemy.orm.exc" } else { "sqlalchemy.exc" };
            let mut class = Class::builder(name).module(module).base(&base);
            if *name == "NoSuchColumnError" {
                // A KeyError too, but its text is printed as it is.
                class = class.base(&vm.exceptions.key_error).method("__str__", |vm, args| {
                    let arguments = vm.get_attr(&args.positional[0], "args")?;
                    vm.get_item(&arguments, &Object::Int(0))
                });
            }
            by_name.insert(name, class.build());
        }
        ErrorClasses { by_name }
    }

    /// A class by its name; the names are those of [`CLASSES`].
    pub(super) fn get(&self, name: &str) -> Rc<Class> {
        let fallback = || self.by_name["SQLAlchemyError"].clone();
        self.by_name.get(name).cloned().unwrap_or_else(fallback)
    }

    /// The names in `sqlalchemy.exc`, or with `orm` those in `sqlalchemy.orm.exc`.
    pub(super) fn names(orm: bool) -> impl Iterator<Item = &'static str> {
        let shared = ["NoResultFound", "MultipleResultsFound"];
        CLASSES
            .iter()
            .filter(move |(name, _, is_orm)| *is_orm == orm || (orm && shared.contains(name)))
            .map(|(name, ..)| *name)
    }
}

/// An exception of one of SQLAlchemy's classes.
pub(super) fn error(vm: &mut Vm, class: &str, message: impl Into<String>) -> Unwind {
    let class = classes(vm).errors.get(class);
    vm.error(&class, message)
}

/// The documentation that links lead to.
fn link_version(vm: &Vm) -> &'static str {
    if vm.library.sqlalchemy.orm().is_some_and(|orm| orm.legacy) { "14" } else { "21" }
}

/// An error of the ORM as a Python exception.
pub(super) fn raise(vm: &mut Vm, error: OrmError) -> Unwind {
    match error {
        OrmError::User(exception) => user_exception(vm, exception),
        OrmError::Engine(EngineError { user: Some(exception), .. }) => user_exception(vm, exception),
        OrmError::Engine(error) => raise_engine(vm, &error),
        OrmError::Orm { kind: OrmErrorKind::Value, message, .. } => vm.value_error(message),
        OrmError::Orm { kind: OrmErrorKind::Type, message, .. } => vm.type_error(message),
        OrmError::Orm { kind: OrmErrorKind::Assertion, message, .. } => {
            vm.error(&vm.exceptions.assertion_error.clone(), message)
        }
        OrmError::Orm { kind, .. } => {
            let name = match kind {
                OrmErrorKind::Argument => "ArgumentError",
                OrmErrorKind::InvalidRequest => "InvalidRequestError",
                OrmErrorKind::NoForeignKeys => "NoForeignKeysError",
                OrmErrorKind::AmbiguousForeignKeys => "AmbiguousForeignKeysError",
                OrmErrorKind::PendingRollback => "PendingRollbackError",
                OrmErrorKind::CircularDependency => "CircularDependencyError",
                OrmErrorKind::UnboundExecution => "UnboundExecutionError",
                OrmErrorKind::NoResultFound => "NoResultFound",
                OrmErrorKind::MultipleResultsFound => "MultipleResultsFound",
                OrmErrorKind::DetachedInstance => "DetachedInstanceError",
                OrmErrorKind::ObjectDeleted => "ObjectDeletedError",
                OrmErrorKind::UnmappedInstance => "UnmappedInstanceError",
                OrmErrorKind::UnmappedClass => "UnmappedClassError",
                OrmErrorKind::Flush => "FlushError",
                OrmErrorKind::StaleData => "StaleDataError",
                OrmErrorKind::Value | OrmErrorKind::Type | OrmErrorKind::Assertion => "SQLAlchemyError",
            };
            let text = error.text(link_version(vm));
            self::error(vm, name, text)
        }
    }
}

fn user_exception(vm: &mut Vm, exception: Rc<dyn std::any::Any>) -> Unwind {
    match exception.downcast_ref::<Unwind>() {
        Some(unwind) => unwind.clone(),
        None => vm.type_error("an exception of unknown kind"),
    }
}

/// An exception of Python code on its way through the ORM.
pub(super) fn pass_through(unwind: Unwind) -> OrmError {
    OrmError::User(Rc::new(unwind))
}

fn raise_engine(vm: &mut Vm, error: &EngineError) -> Unwind {
    // Bind processors of Core raise Python's own classes where no statement is known.
    let class = match error.kind {
        ErrorKind::Statement if error.statement.is_none() => error
            .original
            .as_ref()
            .and_then(|(name, _)| builtin_exception(vm, name))
            .unwrap_or_else(|| classes(vm).errors.get("StatementError")),
        kind => classes(vm).errors.get(kind.class_name()),
    };
    let text = error.text(link_version(vm));
    let exception = new_exception(&class, vec![Object::str(&text)]);
    let mut dict = exception.dict.borrow_mut();
    if error.statement.is_some() {
        let text = |value: &Option<String>| value.as_ref().map_or(Object::None, Object::str);
        dict.insert(PyStr::new("statement"), text(&error.statement));
        dict.insert(PyStr::new("params"), text(&error.parameters));
    }
    if let Some((name, message)) = &error.original {
        dict.insert(PyStr::new("orig"), driver_exception(vm, name, message));
    }
    if let Some(code) = error.code {
        dict.insert(PyStr::new("code"), Object::str(code));
    }
    drop(dict);
    Unwind::from(Raised { exception, traceback: Vec::new() })
}

/// The exception beneath: the driver's, or one of Python's own.
fn driver_exception(vm: &mut Vm, name: &str, message: &str) -> Object {
    let (module, class) = name.rsplit_once('.').unwrap_or(("", name));
    let class = match class {
        _ if module == "builtins" => {
            builtin_exception(vm, name).unwrap_or_else(|| vm.exceptions.exception.clone())
        }
        other if module == "sqlite3" => {
            Class::builder(other).module("sqlite3").base(&vm.exceptions.exception).build()
        }
        other => classes(vm).errors.get(other),
    };
    Object::Instance(new_exception(&class, vec![Object::str(message)]))
}

/// One of Python's own exceptions by its name with the module.
fn builtin_exception(vm: &Vm, name: &str) -> Option<Rc<Class>> {
    let name = name.strip_prefix("builtins.")?;
    vm.exceptions.all().find(|class| class.name().as_str() == name).cloned()
}
