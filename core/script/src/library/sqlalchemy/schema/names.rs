//! `quoted_name` and `conv`: strings that say how they are used as names; and
//! `BLANK_SCHEMA`, which stands for none.

use std::rc::Rc;

use super::keep;
use crate::object::{Args, Class, Instance, Object, Payload, PyResult};
use crate::vm::Vm;

/// A class of strings; `quote` says whether the name is quoted.
pub(in crate::library::sqlalchemy) fn name_class(vm: &Vm, name: &str) -> Rc<Class> {
    Class::builder(name)
        .module("sqlalchemy.sql.elements")
        .base(&vm.types.str)
        .method("__new__", |vm, mut args| {
            let quote = args.keyword.iter().position(|(name, _)| name.as_str() == "quote");
            let quote = match quote {
                Some(at) => args.keyword.remove(at).1,
                None => args.positional.get(2).cloned().unwrap_or(Object::None),
            };
            let (Some(Object::Class(class)), Some(value)) = (args.positional.first(), args.positional.get(1))
            else {
                return Err(vm.type_error("a name is expected"));
            };
            if value.is_none() {
                return Ok(Object::None);
            }
            let class = Rc::clone(class);
            let text = Object::Str(vm.str(value)?);
            let made = Instance::with_payload(&class, Payload::Base(text));
            keep(&made, "quote", quote);
            Ok(made)
        })
        .method("__init__", |_, _| Ok(Object::None))
        .method("lower", |vm, args| folded(vm, &args, "lower"))
        .method("upper", |vm, args| folded(vm, &args, "upper"))
        .build()
}

/// `name.lower()`: a name that is always quoted keeps its letters.
fn folded(vm: &mut Vm, args: &Args, method: &str) -> PyResult<Object> {
    let this = &args.positional[0];
    if matches!(vm.get_attr_opt(this, "quote")?, Some(Object::Bool(true))) {
        return Ok(this.clone());
    }
    let text = crate::builtins::base(this).clone();
    vm.call_method(&text, method, Vec::new())
}
