//! What the interpreter knows of itself: `_sys`, `_time`, `_traceback`, `_types`, `_os`, `gc`
//! and `__future__`. The modules without the underscore add the rest in Python.

use std::rc::Rc;

use super::module;
use crate::builtins::{Dict, exactly, exception_data};
use crate::object::{Args, Class, Instance, Module, NativeFunction, Object, PyResult, Raised};
use crate::vm::Vm;

pub(super) fn find(vm: &mut Vm, name: &str) -> PyResult<Option<Rc<Module>>> {
    Ok(Some(match name {
        "_sys" => sys(vm),
        "_time" => time(vm),
        "_frames" => frames(vm),
        "gc" => gc(vm),
        "_os" => os(vm),
        "_traceback" => traceback(vm),
        "_types" => types(vm),
        "__future__" => future(vm),
        _ => return Ok(None),
    }))
}

fn sys(vm: &mut Vm) -> Rc<Module> {
    let stream = Class::builder("TextIOWrapper")
        .module("_io")
        .method("write", |vm, args| {
            let [_, text] = exactly(vm, args, "write")?;
            let text = vm.str(&text)?;
            vm.write(&text)?;
            Ok(Object::Int(text.chars_len() as i64))
        })
        .method("flush", |_, _| Ok(Object::None))
        .method("isatty", |_, _| Ok(Object::Bool(false)))
        .build();
    // There is one stream to write to: what goes to standard error is not shown.
    let silent = Class::builder("TextIOWrapper")
        .module("_io")
        .method("write", |vm, args| {
            let [_, text] = exactly(vm, args, "write")?;
            let text = vm.str(&text)?;
            Ok(Object::Int(text.chars_len() as i64))
        })
        .method("flush", |_, _| Ok(Object::None))
        .build();
    let modules: Vec<_> = vm
        .modules
        .iter()
        .map(|(name, module)| (Rc::clone(name), Object::Module(Rc::clone(module))))
        .collect();
    module(
        vm,
        "_sys",
        vec![
            ("version", Object::str("3.11.7 (main)")),
            ("platform", Object::str("linux")),
            ("argv", Object::list(vec![Object::str("script.py")])),
            ("path", Object::list(Vec::new())),
            ("modules", Dict::from_names(modules)),
            ("maxsize", Object::Int(i64::MAX)),
            ("byteorder", Object::str("little")),
            ("executable", Object::str("")),
            ("stdout", Instance::plain(&stream)),
            ("stderr", Instance::plain(&silent)),
            ("exit", NativeFunction::new("exit", exit)),
            ("exc_info", NativeFunction::new("exc_info", exc_info)),
            (
                "getrecursionlimit",
                NativeFunction::new("getrecursionlimit", |_, _| {
                    Ok(Object::Int(crate::vm::RECURSION_LIMIT as i64))
                }),
            ),
            ("setrecursionlimit", NativeFunction::new("setrecursionlimit", |_, _| Ok(Object::None))),
            ("getsizeof", NativeFunction::new("getsizeof", |_, _| Ok(Object::Int(64)))),
            (
                "intern",
                NativeFunction::new("intern", |vm, args| {
                    let [text] = exactly(vm, args, "intern")?;
                    let text = vm.str(&text)?;
                    Ok(Object::Str(vm.intern(&text)))
                }),
            ),
        ],
    )
}

fn exit(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let class = Object::Class(Rc::clone(&vm.exceptions.system_exit));
    let exception = vm.call(&class, args)?;
    Err(vm.raise(&exception))
}

fn exc_info(vm: &mut Vm, _args: Args) -> PyResult<Object> {
    Ok(Object::tuple(match vm.handled_exception() {
        Some(exception) => {
            let class = Object::Class(exception.class());
            vec![class, Object::Instance(exception), Object::None]
        }
        None => vec![Object::None, Object::None, Object::None],
    }))
}

fn time(vm: &mut Vm) -> Rc<Module> {
    let monotonic = |name| NativeFunction::new(name, |vm: &mut Vm, _| Ok(Object::Float(vm.host.monotonic())));
    let (clock, perf, process) =
        (monotonic("monotonic"), monotonic("perf_counter"), monotonic("process_time"));
    module(
        vm,
        "_time",
        vec![
            (
                "time",
                NativeFunction::new("time", |vm, _| {
                    let (seconds, micros) = vm.host.wall_clock();
                    Ok(Object::Float(seconds as f64 + f64::from(micros) / 1e6))
                }),
            ),
            (
                "time_ns",
                NativeFunction::new("time_ns", |vm, _| {
                    let (seconds, micros) = vm.host.wall_clock();
                    Ok(Object::Int(seconds.saturating_mul(1_000_000_000) + i64::from(micros) * 1000))
                }),
            ),
            ("monotonic", clock),
            ("perf_counter", perf),
            ("process_time", process),
            // Nothing else runs meanwhile, so there is nothing to wait for.
            ("sleep", NativeFunction::new("sleep", |_, _| Ok(Object::None))),
        ],
    )
}

fn gc(vm: &mut Vm) -> Rc<Module> {
    let nothing = |name| NativeFunction::new(name, |_: &mut Vm, _| Ok(Object::None));
    let (enable, disable) = (nothing("enable"), nothing("disable"));
    module(
        vm,
        "gc",
        vec![
            ("collect", NativeFunction::new("collect", collect)),
            ("enable", enable),
            ("disable", disable),
            ("isenabled", NativeFunction::new("isenabled", |_, _| Ok(Object::Bool(true)))),
            ("get_objects", NativeFunction::new("get_objects", |_, _| Ok(Object::list(Vec::new())))),
        ],
    )
}

fn os(vm: &mut Vm) -> Rc<Module> {
    module(
        vm,
        "_os",
        vec![
            ("getcwd", NativeFunction::new("getcwd", |_, _| Ok(Object::str("/")))),
            ("getpid", NativeFunction::new("getpid", |_, _| Ok(Object::Int(1)))),
            // Files live in the database panel: there is none to remove.
            ("remove", NativeFunction::new("remove", no_file)),
            ("unlink", NativeFunction::new("unlink", no_file)),
        ],
    )
}

fn no_file(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let [path] = exactly(vm, args, "remove")?;
    let class = Object::Class(Rc::clone(&vm.exceptions.file_not_found_error));
    let args = vec![Object::Int(2), Object::str("No such file or directory"), path];
    let exception = vm.call(&class, Args::positional(args))?;
    Err(vm.raise(&exception))
}

fn raised(exception: &Object) -> Option<Raised> {
    let instance = exception.as_instance()?;
    let traceback = exception_data(exception)?.borrow().traceback.clone();
    Some(Raised { exception: Rc::clone(instance), traceback })
}

fn traceback(vm: &mut Vm) -> Rc<Module> {
    let format_one = NativeFunction::new("format_one", |vm, args| {
        let [exception] = exactly(vm, args, "format_one")?;
        let source = vm.source();
        Ok(Object::from(match raised(&exception) {
            Some(raised) => vm.format_traceback(&raised, &source, "script.py"),
            None => "NoneType: None\n".to_owned(),
        }))
    });
    let last_line = NativeFunction::new("last_line", |vm, args| {
        let [exception] = exactly(vm, args, "last_line")?;
        Ok(Object::from(vm.format_exception_only(&exception)))
    });
    module(vm, "_traceback", vec![("format_one", format_one), ("last_line", last_line)])
}

/// Where the script is: what warnings and log records tell.
fn frames(vm: &mut Vm) -> Rc<Module> {
    let line = NativeFunction::new("line", |vm, args| {
        let [skipped] = exactly(vm, args, "line")?;
        let skipped = usize::try_from(crate::builtins::int_to_i64(vm, &skipped)?).unwrap_or(0);
        Ok(Object::Int(i64::from(vm.caller_line(skipped))))
    });
    let function = NativeFunction::new("function", |vm, _| {
        Ok(vm.current_function().map_or(Object::str("<module>"), Object::Str))
    });
    // Annotations that are texts are read in the program's own namespace.
    let evaluate = NativeFunction::new("evaluate", |vm, args| {
        let [text] = exactly(vm, args, "evaluate")?;
        let (text, main) = (vm.str(&text)?, vm.globals());
        vm.run_source(&text, &main, true)
    });
    module(vm, "_frames", vec![("line", line), ("function", function), ("evaluate", evaluate)])
}

fn types(vm: &mut Vm) -> Rc<Module> {
    let namespace = Class::builder("SimpleNamespace")
        .module("types")
        .method("__init__", |vm, mut args| {
            if args.positional.len() != 1 {
                return Err(vm.type_error("no positional arguments expected"));
            }
            let this = args.positional.remove(0);
            for (name, value) in args.keyword {
                vm.set_attr(&this, &name, value)?;
            }
            Ok(Object::None)
        })
        .method("__repr__", |vm, args| {
            let [this] = exactly(vm, args, "__repr__")?;
            let items: Vec<_> = match &this {
                Object::Instance(instance) => instance
                    .dict
                    .borrow()
                    .iter()
                    .map(|(name, value)| (Rc::clone(name), value.clone()))
                    .collect(),
                _ => Vec::new(),
            };
            let mut parts = Vec::new();
            for (name, value) in items {
                parts.push(format!("{}={}", name.as_str(), vm.repr(&value)?.as_str()));
            }
            Ok(Object::from(format!("namespace({})", parts.join(", "))))
        })
        .build();
    let class = |class: &Rc<Class>| Object::Class(Rc::clone(class));
    let attributes = vec![
        ("SimpleNamespace", Object::Class(namespace)),
        ("FunctionType", class(&vm.types.function)),
        ("LambdaType", class(&vm.types.function)),
        ("MethodType", class(&vm.types.method)),
        ("BuiltinFunctionType", class(&vm.types.builtin_function)),
        ("GeneratorType", class(&vm.types.generator)),
        ("ModuleType", class(&vm.types.module)),
        ("NoneType", class(&vm.types.none)),
        ("UnionType", class(&vm.types.union)),
        ("GenericAlias", class(&vm.types.generic_alias)),
        ("CodeType", class(&vm.types.code)),
    ];
    module(vm, "_types", attributes)
}

fn future(vm: &mut Vm) -> Rc<Module> {
    let names = [
        "nested_scopes",
        "generators",
        "division",
        "absolute_import",
        "with_statement",
        "print_function",
        "unicode_literals",
        "barry_as_FLUFL",
        "generator_stop",
        "annotations",
    ];
    module(vm, "__future__", names.into_iter().map(|name| (name, Object::Bool(true))).collect())
}

/// `gc.collect()`: mapped objects are what may hold itself in a circle.
fn collect(vm: &mut Vm, _args: Args) -> PyResult<Object> {
    let found = vm.library.sqlalchemy.orm_mut().map_or(0, |orm| orm.collect_cycles());
    Ok(Object::Int(found as i64))
}
