//! `quoted_name` and `conv`: strings that say how they are used as names; and
//! `BLANK_SCHEMA`, which stands for none.

use std::rc::Rc;

use super::keep;
use crate::object::{Class, Instance, Object, Payload};
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
        .build()
}

/// The native data of `BLANK_SCHEMA`.
pub(super) struct BlankSchema;

/// `BLANK_SCHEMA`: no schema, where the `MetaData` has one.
pub(in crate::library::sqlalchemy) fn blank_schema() -> Object {
    let class = Class::builder("SchemaConst")
        .module("sqlalchemy.sql.schema")
        .method("__repr__", |_, _| Ok(Object::str("<SchemaConst.BLANK_SCHEMA: 3>")))
        .build();
    Instance::native(&class, BlankSchema)
}
