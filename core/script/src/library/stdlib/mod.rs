//! The part of Python's standard library that tutorials use.
//!
//! What touches the machine (clock, interpreter state, dates, decimals) is
//! written in Rust, one file each; the rest is written in Python, for this
//! interpreter. CPython counterpart: `Lib/` and `Modules/`.

pub mod datetime;
pub mod decimal;
mod hashing;
mod json;
mod math;
mod random;
mod re;
mod system;
mod weak;

use std::rc::Rc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::object::{Module, Object, PyResult};
use crate::vm::Vm;

/// Modules written in Python.
const SOURCES: &[(&str, &str)] = &[
    ("_dates", include_str!("python/_dates.py")),
    ("abc", include_str!("python/abc.py")),
    ("base64", include_str!("python/base64.py")),
    ("bisect", include_str!("python/bisect.py")),
    ("calendar", include_str!("python/calendar.py")),
    ("collections", include_str!("python/collections.py")),
    ("collections.abc", include_str!("python/collections_abc.py")),
    ("contextlib", include_str!("python/contextlib.py")),
    ("contextvars", include_str!("python/contextvars.py")),
    ("copy", include_str!("python/copy.py")),
    ("csv", include_str!("python/csv.py")),
    ("dataclasses", include_str!("python/dataclasses.py")),
    ("enum", include_str!("python/enum.py")),
    ("fnmatch", include_str!("python/fnmatch.py")),
    ("fractions", include_str!("python/fractions.py")),
    ("functools", include_str!("python/functools.py")),
    ("hashlib", include_str!("python/hashlib.py")),
    ("heapq", include_str!("python/heapq.py")),
    ("html", include_str!("python/html.py")),
    ("inspect", include_str!("python/inspect.py")),
    ("io", include_str!("python/io.py")),
    ("itertools", include_str!("python/itertools.py")),
    ("json", include_str!("python/json.py")),
    ("logging", include_str!("python/logging.py")),
    ("math", include_str!("python/math.py")),
    ("numbers", include_str!("python/numbers.py")),
    ("operator", include_str!("python/operator.py")),
    ("os", include_str!("python/os.py")),
    ("os.path", include_str!("python/os_path.py")),
    ("pathlib", include_str!("python/pathlib.py")),
    ("platform", include_str!("python/platform.py")),
    ("pprint", include_str!("python/pprint.py")),
    ("random", include_str!("python/random.py")),
    ("re", include_str!("python/re.py")),
    ("secrets", include_str!("python/secrets.py")),
    ("statistics", include_str!("python/statistics.py")),
    ("string", include_str!("python/string.py")),
    ("sys", include_str!("python/sys.py")),
    ("textwrap", include_str!("python/textwrap.py")),
    ("threading", include_str!("python/threading.py")),
    ("time", include_str!("python/time.py")),
    ("traceback", include_str!("python/traceback.py")),
    ("types", include_str!("python/types.py")),
    ("typing", include_str!("python/typing.py")),
    ("typing_extensions", include_str!("python/typing.py")),
    ("urllib", include_str!("python/urllib.py")),
    ("urllib.parse", include_str!("python/urllib_parse.py")),
    ("uuid", include_str!("python/uuid.py")),
    ("warnings", include_str!("python/warnings.py")),
    ("weakref", include_str!("python/weakref.py")),
];

/// Modules that need what a script does not have here.
const ABSENT: &[&str] = &[
    "concurrent.futures",
    "http",
    "multiprocessing",
    "select",
    "shutil",
    "signal",
    "smtplib",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "urllib.request",
];

/// Builds the module of that name, if it is one of these.
pub(super) fn find(vm: &mut Vm, name: &str) -> PyResult<Option<Rc<Module>>> {
    if let Some((_, source)) = SOURCES.iter().find(|(known, _)| *known == name) {
        let module = vm.new_module(name);
        // Known before it has run, as modules may import each other.
        let key = vm.intern(name);
        vm.modules.insert(Rc::clone(&key), Rc::clone(&module));
        if let Err(unwind) = vm.run_source(source, &module, false) {
            vm.modules.shift_remove(&key);
            return Err(unwind);
        }
        return Ok(Some(module));
    }
    match name {
        "_hashlib" => Ok(Some(hashing::build(vm))),
        "_json" => Ok(Some(json::build(vm))),
        "_math" => Ok(Some(math::build(vm))),
        "_random" => Ok(Some(random::build(vm))),
        "_re" => Ok(Some(re::build(vm))),
        "_weakref" => Ok(Some(weak::build(vm))),
        "datetime" => Ok(Some(datetime::build(vm))),
        "decimal" => Ok(Some(decimal::build(vm))),
        _ if ABSENT.contains(&name) => {
            let message =
                format!("{name} is not available here: a script runs alone, without files or a network");
            Err(vm.error(&vm.exceptions.import_error, message))
        }
        _ => system::find(vm, name),
    }
}

/// A module of attributes made in Rust.
fn module(vm: &mut Vm, name: &str, attributes: Vec<(&str, Object)>) -> Rc<Module> {
    let module = vm.new_module(name);
    for (name, value) in attributes {
        let name = vm.intern(name);
        module.dict.borrow_mut().insert(name, value);
    }
    module
}

/// An `int` of any size.
fn whole_number(value: BigInt) -> Object {
    match value.to_i64() {
        Some(small) => Object::Int(small),
        None => Object::BigInt(Rc::new(value)),
    }
}
