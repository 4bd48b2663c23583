//! The exception classes and what an exception object carries.
//!
//! CPython counterpart: `Objects/exceptions.c`.

use std::cell::RefCell;
use std::rc::Rc;

use super::arguments::{exactly, or_none, receiver};
use super::constructors::class_argument;
use crate::object::{
    Args, Class, ClassBuilder, Instance, Name, Object, Payload, PyResult, PyStr, TracebackEntry, Unwind,
};
use crate::vm::Vm;

/// What an exception carries beside its attributes.
#[derive(Default, Clone)]
pub struct ExceptionData {
    /// `args`
    pub args: Vec<Object>,
    /// `__cause__`: set by `raise … from`.
    pub cause: Option<Object>,
    /// `__context__`: the exception that was handled meanwhile.
    pub context: Option<Object>,
    /// `__suppress_context__`
    pub suppress_context: bool,
    /// The frames it has passed through, innermost first.
    pub traceback: Vec<TracebackEntry>,
}

/// A new exception, as `class(*args)` makes it for classes that override nothing.
pub fn new_exception(class: &Rc<Class>, args: Vec<Object>) -> Rc<Instance> {
    Rc::new(Instance {
        class: RefCell::new(Rc::clone(class)),
        dict: RefCell::default(),
        payload: Payload::Exception(RefCell::new(ExceptionData { args, ..ExceptionData::default() })),
    })
}

/// What an object carries as an exception, when it is one.
pub fn exception_data(object: &Object) -> Option<&RefCell<ExceptionData>> {
    match &object.as_instance()?.payload {
        Payload::Exception(data) => Some(data),
        _ => None,
    }
}

macro_rules! exceptions {
    ($root:ident; $($field:ident $name:literal $base:ident;)*) => {
        /// The built-in exception classes.
        pub struct Exceptions {
            #[doc = "`BaseException`"]
            pub $root: Rc<Class>,
            $(#[doc = concat!("`", $name, "`")] pub $field: Rc<Class>,)*
        }

        impl Exceptions {
            /// Makes the classes.
            pub fn new(object: &Rc<Class>) -> Exceptions {
                let $root = base_exception_class(object);
                $(let $field = special($name, Class::builder($name).base(&$base)).build();)*
                Exceptions { $root, $($field,)* }
            }

            /// All of them, for the `builtins` module.
            pub fn all(&self) -> impl Iterator<Item = &Rc<Class>> {
                [&self.$root, $(&self.$field,)*].into_iter()
            }
        }
    };
}

exceptions! {
    base_exception;
    exception "Exception" base_exception;
    system_exit "SystemExit" base_exception;
    keyboard_interrupt "KeyboardInterrupt" base_exception;
    generator_exit "GeneratorExit" base_exception;
    stop_iteration "StopIteration" exception;
    stop_async_iteration "StopAsyncIteration" exception;
    arithmetic_error "ArithmeticError" exception;
    floating_point_error "FloatingPointError" arithmetic_error;
    overflow_error "OverflowError" arithmetic_error;
    zero_division_error "ZeroDivisionError" arithmetic_error;
    assertion_error "AssertionError" exception;
    attribute_error "AttributeError" exception;
    buffer_error "BufferError" exception;
    eof_error "EOFError" exception;
    import_error "ImportError" exception;
    module_not_found_error "ModuleNotFoundError" import_error;
    lookup_error "LookupError" exception;
    index_error "IndexError" lookup_error;
    key_error "KeyError" lookup_error;
    memory_error "MemoryError" exception;
    name_error "NameError" exception;
    unbound_local_error "UnboundLocalError" name_error;
    os_error "OSError" exception;
    blocking_io_error "BlockingIOError" os_error;
    connection_error "ConnectionError" os_error;
    connection_refused_error "ConnectionRefusedError" connection_error;
    connection_reset_error "ConnectionResetError" connection_error;
    file_exists_error "FileExistsError" os_error;
    file_not_found_error "FileNotFoundError" os_error;
    interrupted_error "InterruptedError" os_error;
    is_a_directory_error "IsADirectoryError" os_error;
    not_a_directory_error "NotADirectoryError" os_error;
    permission_error "PermissionError" os_error;
    timeout_error "TimeoutError" os_error;
    reference_error "ReferenceError" exception;
    runtime_error "RuntimeError" exception;
    not_implemented_error "NotImplementedError" runtime_error;
    recursion_error "RecursionError" runtime_error;
    syntax_error "SyntaxError" exception;
    indentation_error "IndentationError" syntax_error;
    tab_error "TabError" indentation_error;
    system_error "SystemError" exception;
    type_error "TypeError" exception;
    value_error "ValueError" exception;
    unicode_error "UnicodeError" value_error;
    unicode_decode_error "UnicodeDecodeError" unicode_error;
    unicode_encode_error "UnicodeEncodeError" unicode_error;
    unicode_translate_error "UnicodeTranslateError" unicode_error;
    warning "Warning" exception;
    bytes_warning "BytesWarning" warning;
    deprecation_warning "DeprecationWarning" warning;
    encoding_warning "EncodingWarning" warning;
    future_warning "FutureWarning" warning;
    import_warning "ImportWarning" warning;
    pending_deprecation_warning "PendingDeprecationWarning" warning;
    resource_warning "ResourceWarning" warning;
    runtime_warning "RuntimeWarning" warning;
    syntax_warning "SyntaxWarning" warning;
    unicode_warning "UnicodeWarning" warning;
    user_warning "UserWarning" warning;
}

/// Whether what unwinds is an exception of a class.
pub fn is_raised(unwind: &Unwind, class: &Class) -> bool {
    matches!(unwind, Unwind::Raised(raised) if raised.exception.class().is_subclass_of(class))
}

fn this(vm: &mut Vm, args: &mut Args, function: &str) -> PyResult<Rc<Instance>> {
    receiver(vm, args, function, |value| match value {
        Object::Instance(instance) if matches!(instance.payload, Payload::Exception(_)) => {
            Some(Rc::clone(instance))
        }
        _ => None,
    })
}

fn data(exception: &Rc<Instance>) -> ExceptionData {
    match &exception.payload {
        Payload::Exception(data) => data.borrow().clone(),
        _ => ExceptionData::default(),
    }
}

fn change(exception: &Rc<Instance>, change: impl FnOnce(&mut ExceptionData)) {
    if let Payload::Exception(data) = &exception.payload {
        change(&mut data.borrow_mut());
    }
}

/// The `index`th of an exception's `args`.
fn arg(exception: &Rc<Instance>, index: usize) -> Object {
    match &exception.payload {
        Payload::Exception(data) => data.borrow().args.get(index).cloned().unwrap_or(Object::None),
        _ => Object::None,
    }
}

/// `BaseException.__str__`
fn text_of(vm: &mut Vm, exception: &Rc<Instance>) -> PyResult<Name> {
    let args = data(exception).args;
    match args.as_slice() {
        [] => Ok(PyStr::new("")),
        [only] => vm.str(only),
        _ => vm.repr(&Object::tuple(args)),
    }
}

/// An exception to be set as a cause or context.
fn linked(vm: &mut Vm, value: Object, what: &str) -> PyResult<Option<Object>> {
    if value.is_none() {
        return Ok(None);
    }
    if exception_data(&value).is_none() {
        return Err(vm.type_error(format!("exception {what} must be None or derive from BaseException")));
    }
    Ok(Some(value))
}

fn new(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let class = class_argument(vm, &mut args, "BaseException.__new__")?;
    Ok(Object::Instance(new_exception(&class, args.positional)))
}

fn init(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let exception = this(vm, &mut args, "BaseException.__init__")?;
    if !args.keyword.is_empty() {
        let name = exception.class().name();
        return Err(vm.type_error(format!("{}() takes no keyword arguments", name.as_str())));
    }
    let positional = args.positional;
    change(&exception, |data| data.args = positional);
    Ok(Object::None)
}

/// `__init__` of the classes that take attributes by name.
fn init_with_attributes(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let exception = this(vm, &mut args, "BaseException.__init__")?;
    for (name, value) in std::mem::take(&mut args.keyword) {
        if !matches!(name.as_str(), "name" | "obj" | "path") {
            let class = exception.class().name();
            return Err(vm.type_error(format!(
                "'{}' is an invalid keyword argument for {}()",
                name.as_str(),
                class.as_str()
            )));
        }
        exception.dict.borrow_mut().insert(name, value);
    }
    let positional = args.positional;
    change(&exception, |data| data.args = positional);
    Ok(Object::None)
}

fn base_exception_class(object: &Rc<Class>) -> Rc<Class> {
    Class::builder("BaseException")
        .base(object)
        .method("__new__", new)
        .method("__init__", init)
        .method("__str__", |vm, mut args| {
            let exception = this(vm, &mut args, "BaseException.__str__")?;
            text_of(vm, &exception).map(Object::Str)
        })
        .method("__repr__", |vm, mut args| {
            let exception = this(vm, &mut args, "BaseException.__repr__")?;
            let name = exception.class().name();
            let args = data(&exception).args;
            let shown = super::repr::joined(vm, "(", &args, ")")?;
            Ok(Object::from(format!("{}{shown}", name.as_str())))
        })
        .method("with_traceback", |vm, mut args| {
            this(vm, &mut args, "BaseException.with_traceback").map(Object::Instance)
        })
        .method("add_note", |vm, mut args| {
            let exception = this(vm, &mut args, "BaseException.add_note")?;
            let [note] = exactly(vm, args, "BaseException.add_note")?;
            if note.as_str().is_none() {
                let name = vm.class_of(&note).name();
                return Err(vm.type_error(format!("note must be a str, not '{}'", name.as_str())));
            }
            let notes = exception.get("__notes__");
            match notes {
                Some(Object::List(notes)) => notes.items.borrow_mut().push(note),
                _ => {
                    let notes = Object::list(vec![note]);
                    exception.dict.borrow_mut().insert(PyStr::new("__notes__"), notes);
                }
            }
            Ok(Object::None)
        })
        .property(
            "args",
            |vm, mut args| Ok(Object::tuple(data(&this(vm, &mut args, "BaseException.args")?).args)),
            |vm, mut args| {
                let exception = this(vm, &mut args, "BaseException.args")?;
                let [values] = exactly(vm, args, "BaseException.args")?;
                let values = vm.collect(&values)?;
                change(&exception, |data| data.args = values);
                Ok(Object::None)
            },
        )
        .property(
            "__cause__",
            |vm, mut args| Ok(or_none(data(&this(vm, &mut args, "BaseException.__cause__")?).cause)),
            |vm, mut args| {
                let exception = this(vm, &mut args, "BaseException.__cause__")?;
                let [cause] = exactly(vm, args, "BaseException.__cause__")?;
                let cause = linked(vm, cause, "cause")?;
                change(&exception, |data| {
                    data.cause = cause;
                    data.suppress_context = true;
                });
                Ok(Object::None)
            },
        )
        .property(
            "__context__",
            |vm, mut args| Ok(or_none(data(&this(vm, &mut args, "BaseException.__context__")?).context)),
            |vm, mut args| {
                let exception = this(vm, &mut args, "BaseException.__context__")?;
                let [context] = exactly(vm, args, "BaseException.__context__")?;
                let context = linked(vm, context, "context")?;
                change(&exception, |data| data.context = context);
                Ok(Object::None)
            },
        )
        .property(
            "__suppress_context__",
            |vm, mut args| {
                let exception = this(vm, &mut args, "BaseException.__suppress_context__")?;
                Ok(Object::Bool(data(&exception).suppress_context))
            },
            |vm, mut args| {
                let exception = this(vm, &mut args, "BaseException.__suppress_context__")?;
                let [suppress] = exactly(vm, args, "BaseException.__suppress_context__")?;
                let suppress = vm.truthy(&suppress)?;
                change(&exception, |data| data.suppress_context = suppress);
                Ok(Object::None)
            },
        )
        // There are no traceback objects; what tracebacks show is kept with the exception.
        .attribute("__traceback__", Object::None)
        .build()
}

/// What single classes have beyond their base.
fn special(name: &str, builder: ClassBuilder) -> ClassBuilder {
    match name {
        "KeyError" => builder.method("__str__", |vm, mut args| {
            let exception = this(vm, &mut args, "KeyError.__str__")?;
            match data(&exception).args.as_slice() {
                [key] => vm.repr(key).map(Object::Str),
                _ => text_of(vm, &exception).map(Object::Str),
            }
        }),
        "StopIteration" => builder.getter("value", |vm, mut args| {
            let exception = this(vm, &mut args, "StopIteration.value")?;
            Ok(arg(&exception, 0))
        }),
        "SystemExit" => builder.getter("code", |vm, mut args| {
            let exception = this(vm, &mut args, "SystemExit.code")?;
            let args = data(&exception).args;
            Ok(if args.len() > 1 { Object::tuple(args) } else { arg(&exception, 0) })
        }),
        "AttributeError" | "NameError" => builder
            .method("__init__", init_with_attributes)
            .attribute("name", Object::None)
            .attribute("obj", Object::None),
        "ImportError" => builder
            .method("__init__", init_with_attributes)
            .attribute("name", Object::None)
            .attribute("path", Object::None)
            .getter("msg", |vm, mut args| Ok(arg(&this(vm, &mut args, "ImportError.msg")?, 0))),
        "SyntaxError" => builder
            .method("__str__", |vm, mut args| {
                let exception = this(vm, &mut args, "SyntaxError.__str__")?;
                let text = text_of(vm, &exception)?;
                Ok(match (exception.get("filename"), exception.get("lineno")) {
                    (Some(Object::Str(file)), Some(Object::Int(line))) => {
                        Object::from(format!("{} ({}, line {line})", text.as_str(), file.as_str()))
                    }
                    _ => Object::Str(text),
                })
            })
            .getter("msg", |vm, mut args| Ok(arg(&this(vm, &mut args, "SyntaxError.msg")?, 0)))
            .attribute("lineno", Object::None)
            .attribute("offset", Object::None)
            .attribute("text", Object::None)
            .attribute("filename", Object::None),
        "OSError" => builder
            .method("__new__", |vm, mut args| {
                let class = class_argument(vm, &mut args, "OSError.__new__")?;
                let class = match args.positional.as_slice() {
                    [Object::Int(errno), _, ..] if Rc::ptr_eq(&class, &vm.exceptions.os_error) => {
                        os_error_class(&vm.exceptions, *errno)
                    }
                    _ => class,
                };
                Ok(Object::Instance(new_exception(&class, args.positional)))
            })
            .getter("errno", |vm, mut args| os_part(&this(vm, &mut args, "OSError.errno")?, 0))
            .getter("strerror", |vm, mut args| os_part(&this(vm, &mut args, "OSError.strerror")?, 1))
            .getter("filename", |vm, mut args| os_part(&this(vm, &mut args, "OSError.filename")?, 2))
            .method("__str__", |vm, mut args| {
                let exception = this(vm, &mut args, "OSError.__str__")?;
                let args = data(&exception).args;
                let [errno, reason, rest @ ..] = args.as_slice() else {
                    return text_of(vm, &exception).map(Object::Str);
                };
                let mut text = format!("[Errno {}] {}", vm.str(errno)?.as_str(), vm.str(reason)?.as_str());
                if let Some(file) = rest.first() {
                    text.push_str(": ");
                    text.push_str(&vm.repr(file)?);
                }
                Ok(Object::from(text))
            }),
        _ => builder,
    }
}

/// The class for an error number of Linux.
fn os_error_class(exceptions: &Exceptions, errno: i64) -> Rc<Class> {
    Rc::clone(match errno {
        1 | 13 => &exceptions.permission_error,
        2 => &exceptions.file_not_found_error,
        4 => &exceptions.interrupted_error,
        11 => &exceptions.blocking_io_error,
        17 => &exceptions.file_exists_error,
        20 => &exceptions.not_a_directory_error,
        21 => &exceptions.is_a_directory_error,
        104 => &exceptions.connection_reset_error,
        110 => &exceptions.timeout_error,
        111 => &exceptions.connection_refused_error,
        _ => &exceptions.os_error,
    })
}

/// The attributes of an OSError, which it has when it was made with two arguments or more.
fn os_part(exception: &Rc<Instance>, index: usize) -> PyResult<Object> {
    Ok(if data(exception).args.len() < 2 { Object::None } else { arg(exception, index) })
}
