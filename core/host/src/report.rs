//! Exceptions, for people and for transcripts.

use ormscope_script::builtins::exception_data;
use ormscope_script::object::{Object, Raised, Unwind};

use crate::protocol::ErrorReport;
use crate::run::Run;

/// `SystemExit` with a clean status, which is no error.
pub(crate) fn is_clean_exit(run: &mut Run, unwind: &Unwind) -> bool {
    let class = run.vm.exceptions.system_exit.clone();
    if !run.vm.is_raised(unwind, &class) {
        return false;
    }
    let Some(exception) = run.vm.exception_of(unwind) else { return false };
    match run.vm.get_attr_opt(&exception, "code") {
        Ok(Some(code)) => matches!(code, Object::None | Object::Int(0)),
        _ => true,
    }
}

/// An exception that left the script.
pub(crate) fn report(run: &mut Run, unwind: &Unwind) -> ErrorReport {
    let Unwind::Raised(raised) = unwind else {
        return ErrorReport {
            class: "Stopped".into(),
            module: "ormscope".into(),
            message: "The script was stopped.".into(),
            line: None,
            column: None,
            top: None,
            hint: None,
            traceback: String::new(),
        };
    };
    let class = raised.exception.class();
    let exception = Object::Instance(raised.exception.clone());
    let name = class.name().as_str().to_string();
    let module = class.module.borrow().as_str().to_string();
    let is_syntax = class.is_subclass_of(&run.vm.exceptions.syntax_error);
    let message = if is_syntax { text_attribute(run, &exception, "msg") } else { None };
    let message = message.unwrap_or_else(|| match run.vm.str(&exception) {
        Ok(text) => text.as_str().to_string(),
        Err(_) => "<unprintable>".into(),
    });
    let (line, column, top) = if is_syntax {
        (number_attribute(run, &exception, "lineno"), number_attribute(run, &exception, "offset"), None)
    } else {
        (innermost(raised), None, outermost(raised))
    };
    let source = run.source.clone();
    let traceback = run.vm.format_traceback(raised, &source, "script.py");
    let hint = hint(&name, &message);
    ErrorReport { class: name, module, message, line, column, top, hint, traceback }
}

fn innermost(raised: &Raised) -> Option<u32> {
    raised.traceback.first().map(|entry| entry.line)
}

fn outermost(raised: &Raised) -> Option<u32> {
    raised.traceback.iter().rev().find(|entry| entry.function.as_str() == "<module>").map(|entry| entry.line)
}

fn text_attribute(run: &mut Run, object: &Object, name: &str) -> Option<String> {
    let own = exception_data(object).is_some();
    match run.vm.get_attr_opt(object, name) {
        Ok(Some(Object::Str(text))) if own => Some(text.as_str().to_string()),
        _ => None,
    }
}

fn number_attribute(run: &mut Run, object: &Object, name: &str) -> Option<u32> {
    match run.vm.get_attr_opt(object, name) {
        Ok(Some(Object::Int(value))) => u32::try_from(value).ok(),
        _ => None,
    }
}

/// What led there and the way out, for the errors that everybody meets.
fn hint(class: &str, message: &str) -> Option<String> {
    let text = match class {
        "IntegrityError" if message.contains("UNIQUE") => {
            "A row with this value is there already. The flush was rolled back: call session.rollback(), then change the value or look the row up first."
        }
        "IntegrityError" if message.contains("NOT NULL") => {
            "A column that needs a value got none. Set it before the flush, or give the column a default; then session.rollback() and try again."
        }
        "IntegrityError" => "The database refused the change. Call session.rollback() before you go on.",
        "PendingRollbackError" => {
            "An earlier flush failed and its transaction is gone. Call session.rollback(); the session works again after that."
        }
        "DetachedInstanceError" => {
            "The object's session is closed, so nothing more can be loaded. Read the attribute while the session is open, or load it beforehand with selectinload()."
        }
        "NoResultFound" => {
            "one() wants exactly one row and there was none. Use one_or_none() or first() if that may happen."
        }
        "MultipleResultsFound" => {
            "one() wants exactly one row and there were more. Narrow the filter, or use first()."
        }
        "ModuleNotFoundError" => "Only SQLAlchemy and a part of Python's own library are here.",
        _ => return None,
    };
    Some(text.to_string())
}
