//! Binding the arguments of a call to the parameters of a Python function.

use std::rc::Rc;

use super::{Function, Vm};
use crate::object::{Args, Name, Object, PyResult};

impl Vm {
    /// The slots of a frame for this call: the parameters bound, the rest unbound.
    pub(crate) fn bind(&mut self, function: &Function, args: Args) -> PyResult<Vec<Option<Object>>> {
        let code = &function.code;
        let parameters = code.parameters;
        let mut slots = self.spare.pop().unwrap_or_default();
        slots.resize(code.locals.len().max(parameters.slots()), None);
        let given = args.positional.len();
        let mut positional = args.positional.into_iter();
        for (slot, value) in slots.iter_mut().zip(positional.by_ref().take(parameters.positional)) {
            *slot = Some(value);
        }
        let named = parameters.positional + parameters.keyword_only;
        let rest: Vec<Object> = positional.collect();
        let mut keywords = Vec::new();
        let mut misplaced = Vec::new();
        for (name, value) in args.keyword {
            let found =
                code.locals[..named].iter().position(|known| Rc::ptr_eq(known, &name) || *known == name);
            match found {
                Some(slot) if slot >= parameters.positional_only => {
                    if slots[slot].is_some() {
                        let function = function.qualname.borrow();
                        return Err(self.type_error(format!(
                            "{}() got multiple values for argument '{}'",
                            function.as_str(),
                            name.as_str()
                        )));
                    }
                    slots[slot] = Some(value);
                }
                _ if parameters.keywords => keywords.push((name, value)),
                Some(_) => misplaced.push(name),
                None => {
                    let function = function.qualname.borrow();
                    return Err(self.type_error(format!(
                        "{}() got an unexpected keyword argument '{}'",
                        function.as_str(),
                        name.as_str()
                    )));
                }
            }
        }
        if !misplaced.is_empty() {
            let names: Vec<&str> = misplaced.iter().map(|name| name.as_str()).collect();
            return Err(self.type_error(format!(
                "{}() got some positional-only arguments passed as keyword arguments: '{}'",
                function.qualname.borrow().as_str(),
                names.join(", ")
            )));
        }
        if !rest.is_empty() && !parameters.rest {
            return Err(self.too_many(function, given, &slots));
        }
        self.fill_defaults(function, &mut slots)?;
        if parameters.rest {
            slots[named] = Some(Object::tuple(rest));
        }
        if parameters.keywords {
            let dict = crate::builtins::Dict::from_names(keywords);
            slots[named + usize::from(parameters.rest)] = Some(dict);
        }
        Ok(slots)
    }

    fn fill_defaults(&self, function: &Function, slots: &mut [Option<Object>]) -> PyResult<()> {
        let code = &function.code;
        let parameters = code.parameters;
        let defaults = function.defaults.borrow();
        let required = parameters.positional.saturating_sub(defaults.len());
        let mut missing: Vec<&Name> = Vec::new();
        let (positional, rest) = slots.split_at_mut(parameters.positional);
        for (at, slot) in positional.iter_mut().enumerate().filter(|(_, slot)| slot.is_none()) {
            match at.checked_sub(required).and_then(|at| defaults.get(at)) {
                Some(default) => *slot = Some(default.clone()),
                None => missing.push(&code.locals[at]),
            }
        }
        if !missing.is_empty() {
            return Err(self.missing(function, "positional", &missing));
        }
        let keyword_defaults = function.keyword_defaults.borrow();
        let names = code.locals[parameters.positional..].iter();
        for (slot, name) in rest.iter_mut().take(parameters.keyword_only).zip(names) {
            if slot.is_some() {
                continue;
            }
            match keyword_defaults.iter().find(|(known, _)| known == name) {
                Some((_, default)) => *slot = Some(default.clone()),
                None => missing.push(name),
            }
        }
        if !missing.is_empty() {
            return Err(self.missing(function, "keyword-only", &missing));
        }
        Ok(())
    }

    fn missing(&self, function: &Function, kind: &str, names: &[&Name]) -> crate::object::Unwind {
        let quoted: Vec<String> = names.iter().map(|name| format!("'{}'", name.as_str())).collect();
        let list = match quoted.as_slice() {
            [one] => one.clone(),
            [first, second] => format!("{first} and {second}"),
            [first @ .., last] => format!("{}, and {last}", first.join(", ")),
            [] => String::new(),
        };
        let plural = if names.len() == 1 { "" } else { "s" };
        self.type_error(format!(
            "{}() missing {} required {kind} argument{plural}: {list}",
            function.qualname.borrow().as_str(),
            names.len()
        ))
    }

    fn too_many(&self, function: &Function, given: usize, slots: &[Option<Object>]) -> crate::object::Unwind {
        let parameters = function.code.parameters;
        let defaults = function.defaults.borrow().len();
        let most = parameters.positional;
        let takes = if defaults > 0 {
            format!("from {} to {most} positional arguments", most - defaults.min(most))
        } else {
            format!("{most} positional argument{}", if most == 1 { "" } else { "s" })
        };
        let named = slots[parameters.positional..][..parameters.keyword_only].iter().flatten().count();
        let was = if named > 0 {
            format!(
                "{given} positional argument{} (and {named} keyword-only argument{}) were",
                if given == 1 { "" } else { "s" },
                if named == 1 { "" } else { "s" }
            )
        } else {
            format!("{given} {}", if given == 1 { "was" } else { "were" })
        };
        self.type_error(format!("{}() takes {takes} but {was} given", function.qualname.borrow().as_str()))
    }
}
