//! What `match` statements ask of subjects.

use std::rc::Rc;

use super::Vm;
use crate::builtins::{self, Dict};
use crate::object::{Class, Object, PyResult};

/// What `collections.abc.Sequence` puts into the classes that derive from it.
const SEQUENCE_FLAG: i64 = 1 << 5;
/// What `collections.abc.Mapping` puts into its own.
const MAPPING_FLAG: i64 = 1 << 6;

fn declares(value: &Object, flag: i64) -> bool {
    let Object::Instance(instance) = value else { return false };
    matches!(instance.class().lookup("__abc_tpflags__"), Some(Object::Int(flags)) if flags & flag != 0)
}

impl Vm {
    /// Whether a class says of itself that patterns may take it for a sequence.
    pub(super) fn is_declared_sequence(&self, value: &Object) -> bool {
        declares(value, SEQUENCE_FLAG)
    }

    /// Whether a class says of itself that patterns may take it for a mapping.
    pub(super) fn is_declared_mapping(&self, value: &Object) -> bool {
        declares(value, MAPPING_FLAG)
    }

    /// The values of the keys as a tuple, or `None` where one is missing.
    pub(super) fn match_keys(&mut self, subject: &Object, keys: &Object) -> PyResult<Object> {
        let Object::Tuple(keys) = keys else { return Ok(Object::None) };
        let mut values = Vec::with_capacity(keys.len());
        for key in keys.iter() {
            let found = match builtins::base(subject) {
                Object::Dict(dict) => dict.get(self, key)?,
                mapping if self.contains(mapping, key)? => Some(self.get_item(mapping, key)?),
                _ => None,
            };
            match found {
                Some(value) => values.push(value),
                None => return Ok(Object::None),
            }
        }
        Ok(Object::tuple(values))
    }

    /// The mapping without the keys.
    pub(super) fn match_rest(&mut self, subject: &Object, keys: &Object) -> PyResult<Object> {
        let rest = match builtins::base(subject) {
            Object::Dict(dict) => dict.copy(),
            mapping => {
                let copy = Dict::new();
                for key in self.collect(mapping)? {
                    let value = self.get_item(mapping, &key)?;
                    copy.insert(self, key, value)?;
                }
                copy
            }
        };
        if let Object::Tuple(keys) = keys {
            for key in keys.iter() {
                rest.remove(self, key)?;
            }
        }
        Ok(Object::Dict(Rc::new(rest)))
    }

    /// The attributes that a class pattern takes apart, or `None` where it does not match.
    pub(super) fn match_class(
        &mut self,
        subject: &Object,
        class: &Object,
        names: &Object,
        positional: usize,
    ) -> PyResult<Object> {
        let Object::Class(class) = class else {
            return Err(self.type_error("called match pattern must be a class"));
        };
        if !self.is_instance(subject, class) {
            return Ok(Object::None);
        }
        let mut values = Vec::new();
        if positional > 0 {
            if self.is_whole(class) {
                if positional > 1 {
                    let name = class.name();
                    return Err(self.type_error(format!(
                        "{}() accepts 1 positional sub-pattern ({positional} given)",
                        name.as_str()
                    )));
                }
                values.push(subject.clone());
            } else {
                let match_args = Rc::clone(&self.symbols.match_args);
                let args = match self.lookup(class, &match_args) {
                    Some(Object::Tuple(args)) => args,
                    _ => Rc::new(Vec::new()),
                };
                if args.len() < positional {
                    let (name, most) = (class.name(), args.len());
                    let plural = if most == 1 { "" } else { "s" };
                    return Err(self.type_error(format!(
                        "{}() accepts {most} positional sub-pattern{plural} ({positional} given)",
                        name.as_str()
                    )));
                }
                for name in args.iter().take(positional) {
                    match self.get_attr_opt(subject, name.as_str().unwrap_or_default())? {
                        Some(value) => values.push(value),
                        None => return Ok(Object::None),
                    }
                }
            }
        }
        let Object::Tuple(names) = names else { return Ok(Object::None) };
        for name in names.iter() {
            match self.get_attr_opt(subject, name.as_str().unwrap_or_default())? {
                Some(value) => values.push(value),
                None => return Ok(Object::None),
            }
        }
        Ok(Object::tuple(values))
    }

    /// Whether a single positional pattern means the subject itself: `int(x)`.
    fn is_whole(&self, class: &Rc<Class>) -> bool {
        let types = &self.types;
        [
            &types.bool,
            &types.bytes,
            &types.dict,
            &types.float,
            &types.frozenset,
            &types.int,
            &types.list,
            &types.set,
            &types.str,
            &types.tuple,
        ]
        .into_iter()
        .any(|whole| class.is_subclass_of(whole))
    }
}
