//! SQLAlchemy's exceptions, and the ORM's errors as Python exceptions.

use std::rc::Rc;

use ormscope::engine::{EngineError, ErrorKind, ErrorParameters, HIDDEN};
use ormscope::orm::{Cycle, OrmError, OrmErrorKind};
use rustc_hash::FxHashMap;

use super::arguments::Arguments;
use super::classes;
use crate::builtins::{Dict, Set, new_exception};
use crate::object::{Args, Class, NativeFn, Object, PyResult, PyStr, Raised, Unwind};
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
    ("AmbiguousColumnError", "InvalidRequestError", false),
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
    ("MappedAnnotationError", "ArgumentError", true),
    ("SAWarning", "RuntimeWarning", false),
    ("SADeprecationWarning", "DeprecationWarning", false),
    ("Base20DeprecationWarning", "SADeprecationWarning", false),
    ("LegacyAPIWarning", "Base20DeprecationWarning", false),
    ("MovedIn20Warning", "Base20DeprecationWarning", false),
    ("SAPendingDeprecationWarning", "PendingDeprecationWarning", false),
];

impl ErrorClasses {
    pub(super) fn new(vm: &Vm) -> ErrorClasses {
        let mut by_name: FxHashMap<&'static str, Rc<Class>> = FxHashMap::default();
        for (name, base, is_orm) in CLASSES {
            let base = by_name.get(base).cloned().unwrap_or_else(|| match *base {
                "RuntimeWarning" => vm.exceptions.runtime_warning.clone(),
                "DeprecationWarning" => vm.exceptions.deprecation_warning.clone(),
                "PendingDeprecationWarning" => vm.exceptions.pending_deprecation_warning.clone(),
                _ => vm.exceptions.exception.clone(),
            });
            let module = if *is_orm { "sqlalchemy.orm.exc" } else { "sqlalchemy.exc" };
            let mut class = Class::builder(name).module(module).base(&base);
            if *name == "NoSuchColumnError" {
                // A KeyError too, but its text is printed as it is.
                class = class.base(&vm.exceptions.key_error).method("__str__", |vm, args| {
                    let arguments = vm.get_attr(&args.positional[0], "args")?;
                    vm.get_item(&arguments, &Object::Int(0))
                });
            }
            if *name == "SQLAlchemyError" {
                let described = Class::builder("HasDescriptionCode").module("sqlalchemy.exc");
                class = Class::builder(name)
                    .module(module)
                    .base(&described.attribute("code", Object::None).build())
                    .base(&base)
                    .method("__init__", described_init)
                    .method("__str__", described_text);
            }
            if *name == "DBAPIError" {
                class = class.method("__init__", |vm, args| statement_init(vm, args, false));
            }
            if *name == "StatementError" {
                let init: NativeFn = |vm, args| statement_init(vm, args, true);
                class = class.method("__init__", init).method("__str__", statement_text).method(
                    "add_detail",
                    |vm, args| {
                        let detail = vm.get_attr(&args.positional[0], "detail")?;
                        vm.call_method(&detail, "append", args.positional[1..].to_vec())
                    },
                );
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

/// Warns the program, as `warnings.warn()` does.
pub(super) fn warn(vm: &mut Vm, message: impl Into<String>) -> PyResult<()> {
    let warnings = Object::Module(vm.import("warnings")?);
    let class = classes(vm).errors.get("SAWarning");
    vm.call_method(&warnings, "warn", vec![Object::str(message.into()), Object::Class(class)])?;
    Ok(())
}

/// An exception of one of SQLAlchemy's classes.
pub(super) fn error(vm: &mut Vm, class: &str, message: impl Into<String>) -> Unwind {
    let class = classes(vm).errors.get(class);
    vm.error(&class, message)
}

/// The class of that name.
pub(super) fn class(vm: &mut Vm, name: &str) -> Rc<Class> {
    classes(vm).errors.get(name)
}

/// Warns of what is to go, since that version.
pub(super) fn warn_deprecated(vm: &mut Vm, message: &str, since: &str) -> PyResult<()> {
    let module = vm.import("warnings")?;
    let warn = vm.get_attr(&Object::Module(module), "warn")?;
    let class = classes(vm).errors.get("SADeprecationWarning");
    let text = Object::str(format!("{message} (deprecated since: {since})"));
    vm.call(&warn, Args::positional(vec![text, Object::Class(class)]))?;
    Ok(())
}

/// The same with the code of SQLAlchemy's page about it.
pub(super) fn coded(vm: &mut Vm, class: &str, message: impl Into<String>, code: &str) -> Unwind {
    let text = format!(
        "{} (Background on this error at: https://sqlalche.me/e/{}/{code})",
        message.into(),
        link_version(vm)
    );
    error(vm, class, text)
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
        OrmError::Circular(cycle) => {
            let message = OrmError::Circular(cycle.clone()).to_string();
            match circular(vm, &cycle, message) {
                Ok(unwind) | Err(unwind) => unwind,
            }
        }
        OrmError::Orm { kind: OrmErrorKind::Value, message, .. } => vm.value_error(message),
        OrmError::Orm { kind: OrmErrorKind::Key, message, .. } => vm.key_error(Object::str(message)),
        OrmError::Orm { kind: OrmErrorKind::Attribute, message, .. } => {
            vm.error(&vm.exceptions.attribute_error.clone(), message)
        }
        OrmError::Orm { kind: OrmErrorKind::Type, message, .. } => vm.type_error(message),
        OrmError::Orm { kind: OrmErrorKind::Assertion, message, .. } => {
            vm.error(&vm.exceptions.assertion_error.clone(), message)
        }
        OrmError::Orm { kind, message, code } => {
            let name = match kind {
                OrmErrorKind::Argument => "ArgumentError",
                OrmErrorKind::InvalidRequest => "InvalidRequestError",
                OrmErrorKind::NoForeignKeys => "NoForeignKeysError",
                OrmErrorKind::AmbiguousForeignKeys => "AmbiguousForeignKeysError",
                OrmErrorKind::PendingRollback => "PendingRollbackError",
                OrmErrorKind::CircularDependency => "CircularDependencyError",
                OrmErrorKind::UnboundExecution => "UnboundExecutionError",
                OrmErrorKind::NoResultFound => "NoResultFound",
                OrmErrorKind::NoSuchColumn => "NoSuchColumnError",
                OrmErrorKind::MultipleResultsFound => "MultipleResultsFound",
                OrmErrorKind::DetachedInstance => "DetachedInstanceError",
                OrmErrorKind::ObjectDeleted => "ObjectDeletedError",
                OrmErrorKind::UnmappedInstance => "UnmappedInstanceError",
                OrmErrorKind::UnmappedClass => "UnmappedClassError",
                OrmErrorKind::Flush => "FlushError",
                OrmErrorKind::StaleData => "StaleDataError",
                OrmErrorKind::Value
                | OrmErrorKind::Attribute
                | OrmErrorKind::Key
                | OrmErrorKind::Type
                | OrmErrorKind::Assertion => "SQLAlchemyError",
            };
            let class = classes(vm).errors.get(name);
            let exception = new_exception(&class, vec![Object::str(message)]);
            if let Some(code) = code {
                exception.dict.borrow_mut().insert(PyStr::new("code"), Object::str(code));
            }
            Unwind::from(Raised { exception, traceback: Vec::new() })
        }
    }
}

/// The exception of steps of a flush that wait for each other, with all of them.
fn circular(vm: &mut Vm, cycle: &Cycle, message: String) -> PyResult<Unwind> {
    let mut steps = Vec::new();
    for step in &cycle.steps {
        steps.push(super::inspection::orm_name(vm, step.class, Some(vec![Object::str(&step.name)]))?);
    }
    let edges = cycle.edges.iter().map(|(a, b)| Object::tuple(vec![steps[*a].clone(), steps[*b].clone()]));
    let edges = Set::from_items(vm, false, edges.collect::<Vec<_>>())?;
    let cycles = Set::from_items(vm, false, steps)?;
    let class = classes(vm).errors.get("CircularDependencyError");
    let exception = new_exception(&class, vec![Object::str(message)]);
    let parts = [("cycles", Object::Set(Rc::new(cycles))), ("edges", Object::Set(Rc::new(edges)))];
    for (name, value) in parts.into_iter().chain([("code", Object::None)]) {
        exception.dict.borrow_mut().insert(PyStr::new(name), value);
    }
    Ok(Unwind::from(Raised { exception, traceback: Vec::new() }))
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
        ErrorKind::Assertion => vm.exceptions.assertion_error.clone(),
        ErrorKind::ModuleNotFound => vm.exceptions.module_not_found_error.clone(),
        ErrorKind::Statement if error.statement.is_none() => error
            .original
            .as_ref()
            .and_then(|(name, _)| builtin_exception(vm, name))
            .unwrap_or_else(|| classes(vm).errors.get("StatementError")),
        ErrorKind::Attribute => vm.exceptions.attribute_error.clone(),
        ErrorKind::NotImplemented => vm.exceptions.not_implemented_error.clone(),
        ErrorKind::Recursion => vm.exceptions.recursion_error.clone(),
        kind => classes(vm).errors.get(kind.class_name()),
    };
    let text = error.text(link_version(vm));
    if error.statement.is_none() && !error.kind.is_dbapi() {
        let message = if error.code.is_some() { &error.message } else { &text };
        let exception = new_exception(&class, vec![Object::str(message)]);
        if let Some(code) = error.code {
            exception.dict.borrow_mut().insert(PyStr::new("code"), Object::str(code));
        }
        return Unwind::from(Raised { exception, traceback: Vec::new() });
    }
    match statement_exception(vm, &class, error) {
        Ok(unwind) | Err(unwind) => unwind,
    }
}

/// An exception about a statement, with what SQLAlchemy keeps of it.
fn statement_exception(vm: &mut Vm, class: &Rc<Class>, error: &EngineError) -> PyResult<Unwind> {
    let original = match &error.original {
        Some((name, message)) => driver_exception(vm, name, message),
        None => Object::None,
    };
    let parameters = match error.values.as_deref() {
        Some(ErrorParameters::Bound(sets, many)) => super::events::parameters_object(vm, sets, *many)?,
        Some(ErrorParameters::Given(sets)) => {
            let mut dicts = Vec::with_capacity(sets.len());
            for set in sets {
                let mut items = Vec::with_capacity(set.len());
                for (name, value) in set {
                    items.push((vm.intern(name), super::values::to_object(vm, value)?));
                }
                dicts.push(Dict::from_names(items));
            }
            Object::list(dicts)
        }
        None => Object::None,
    };
    let statement = error.statement.as_ref().map_or(Object::None, Object::str);
    let exception = new_exception(class, vec![Object::str(&error.message)]);
    let hidden = error.parameters.as_deref() == Some(HIDDEN);
    let many = matches!(error.values.as_deref(), Some(ErrorParameters::Bound(_, true)));
    let shown = error.parameters.as_ref().filter(|_| !hidden);
    let detail: Vec<Object> = error.detail.iter().map(Object::str).collect();
    let attributes = [
        ("statement", statement),
        ("params", parameters),
        ("orig", original.clone()),
        ("hide_parameters", Object::Bool(hidden)),
        ("ismulti", Object::Bool(many)),
        ("detail", Object::list(detail)),
        ("connection_invalidated", Object::Bool(false)),
        ("code", error.code.map_or(Object::None, Object::str)),
        // The parameters as the log shows them, which the text repeats.
        (SHOWN, shown.map_or(Object::None, Object::str)),
    ];
    for (name, value) in attributes {
        exception.dict.borrow_mut().insert(PyStr::new(name), value);
    }
    let unwind = Unwind::from(Raised { exception, traceback: Vec::new() });
    Ok(if original.is_none() { unwind } else { vm.caused_by(unwind, &original) })
}

/// `SQLAlchemyError(message, code=…)`
fn described_init(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let code = args.take_keyword("code");
    let this = args.positional.remove(0);
    let name = vm.intern("args");
    vm.set_attr(&this, &name, Object::tuple(args.positional))?;
    if let Some(code) = code {
        let name = vm.intern("code");
        vm.set_attr(&this, &name, code)?;
    }
    Ok(Object::None)
}

/// `str()` of an exception that has a code: its message and a link.
fn described_text(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = &args.positional[0];
    let arguments = vm.get_attr(this, "args")?;
    let arguments = vm.collect(&arguments)?;
    let text = match arguments.as_slice() {
        [] => String::new(),
        [one] => vm.str(one)?.as_str().to_string(),
        _ => vm.str(&Object::tuple(arguments))?.as_str().to_string(),
    };
    let code = vm.get_attr_opt(this, "code")?.unwrap_or(Object::None);
    if code.is_none() {
        return Ok(Object::str(text));
    }
    let (code, version) = (vm.str(&code)?, link_version(vm));
    let link = format!(" (Background on this error at: https://sqlalche.me/e/{version}/{})", code.as_str());
    // What quotes another error's text may end with that one's link.
    Ok(Object::str(if text.ends_with(&link) { text } else { format!("{text}{link}") }))
}

/// `StatementError(message, statement, params, orig)`, and `DBAPIError`, whose
/// message is that of the error beneath.
fn statement_init(vm: &mut Vm, args: Args, has_message: bool) -> PyResult<Object> {
    let mut args = Arguments::new("StatementError", args);
    let this = args.receiver();
    let given = if has_message { Some(args.require(vm, "message")?) } else { None };
    let statement = args.require(vm, "statement")?;
    let params = args.require(vm, "params")?;
    let orig = args.require(vm, "orig")?;
    let message = match given {
        Some(message) => message,
        None => {
            let class = vm.class_of(&orig);
            let (module, name) = (class.module.borrow().clone(), class.name());
            let text = vm.str(&orig)?;
            Object::str(format!("({}.{}) {}", module.as_str(), name.as_str(), text.as_str()))
        }
    };
    let hidden = args.take("hide_parameters").unwrap_or(Object::Bool(false));
    let code = args.keyword("code").unwrap_or_else(|| default_code(vm, &this));
    let shown = if vm.truthy(&params)? { Object::Str(vm.repr(&params)?) } else { Object::None };
    let attributes = [
        ("args", Object::tuple(vec![message])),
        ("statement", statement),
        ("params", params),
        ("orig", orig),
        ("hide_parameters", hidden),
        ("ismulti", args.keyword("ismulti").unwrap_or(Object::None)),
        ("connection_invalidated", args.keyword("connection_invalidated").unwrap_or(Object::Bool(false))),
        ("detail", Object::list(Vec::new())),
        ("code", code),
        (SHOWN, shown),
    ];
    for (name, value) in attributes {
        let name = vm.intern(name);
        vm.set_attr(&this, &name, value)?;
    }
    Ok(Object::None)
}

/// The code that an exception of the driver's classes has by itself.
fn default_code(vm: &mut Vm, exception: &Object) -> Object {
    let name = vm.class_name(exception);
    let code = match name.as_str() {
        "InterfaceError" => "rvf5",
        "DatabaseError" => "4xp6",
        "DataError" => "9h9h",
        "OperationalError" => "e3q8",
        "IntegrityError" => "gkpj",
        "InternalError" => "2j85",
        "ProgrammingError" => "f405",
        "NotSupportedError" => "tw8g",
        "DBAPIError" => "dbapi",
        _ => return Object::None,
    };
    Object::str(code)
}

/// The attribute with the parameters as the log shows them.
const SHOWN: &str = "_shown_parameters";

/// `str()` of an exception about a statement: its lines as they are now.
fn statement_text(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = &args.positional[0];
    let mut part =
        |name: &str| -> PyResult<Object> { Ok(vm.get_attr_opt(this, name)?.unwrap_or(Object::None)) };
    let (detail, statement, hidden, shown, code, arguments) = (
        part("detail")?,
        part("statement")?,
        part("hide_parameters")?,
        part(SHOWN)?,
        part("code")?,
        part("args")?,
    );
    let mut lines = Vec::new();
    if !detail.is_none() {
        for line in vm.collect(&detail)? {
            lines.push(format!("({})", vm.str(&line)?.as_str()));
        }
    }
    if let Some(first) = vm.collect(&arguments)?.first() {
        lines.push(vm.str(first)?.as_str().to_string());
    }
    if !statement.is_none() {
        lines.push(format!("[SQL: {}]", vm.str(&statement)?.as_str()));
        if vm.truthy(&hidden)? {
            lines.push(HIDDEN.to_string());
        } else if !shown.is_none() {
            lines.push(format!("[parameters: {}]", vm.str(&shown)?.as_str()));
        }
    }
    if !code.is_none() {
        let (code, version) = (vm.str(&code)?, link_version(vm));
        lines.push(format!(
            "(Background on this error at: https://sqlalche.me/e/{version}/{})",
            code.as_str()
        ));
    }
    Ok(Object::str(lines.join("\n")))
}

/// The exception beneath: the driver's, or one of Python's own.
fn driver_exception(vm: &mut Vm, name: &str, message: &str) -> Object {
    let (module, class) = name.rsplit_once('.').unwrap_or(("", name));
    let class = match class {
        _ if module == "builtins" => {
            builtin_exception(vm, name).unwrap_or_else(|| vm.exceptions.exception.clone())
        }
        other if module == "sqlite3" => match super::dbapi::error_class(vm, other) {
            Some(class) => class,
            None => vm.exceptions.exception.clone(),
        },
        other if module != "sqlalchemy.exc" => {
            Class::builder(other).module(module).base(&vm.exceptions.exception).build()
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
