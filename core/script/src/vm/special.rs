//! Attributes of functions, methods, code and modules.

use std::rc::Rc;

use super::attributes::attributes_dict;
use super::{Function, Vm};
use crate::builtins::Dict;
use crate::object::{Name, Object, PyResult};

impl Vm {
    /// Attributes that values of built-in types have beside those of their classes.
    pub(crate) fn special_attribute(&mut self, object: &Object, name: &Name) -> PyResult<Option<Object>> {
        if Rc::ptr_eq(name, &self.symbols.class) {
            return Ok(Some(Object::Class(self.class_of(object))));
        }
        Ok(match object {
            Object::Function(function) => self.function_attribute(function, name),
            Object::Native(native) => match name.as_str() {
                "__name__" => Some(Object::Str(Rc::clone(&native.name))),
                "__qualname__" => Some(match &native.owner {
                    Some(owner) => Object::from(format!("{}.{}", owner.as_str(), native.name.as_str())),
                    None => Object::Str(Rc::clone(&native.name)),
                }),
                "__module__" => Some(Object::str("builtins")),
                "__doc__" => Some(Object::None),
                _ => None,
            },
            Object::Method(method) => match name.as_str() {
                "__self__" => Some(method.receiver.clone()),
                "__func__" => Some(method.function.clone()),
                "__call__" => Some(object.clone()),
                _ => {
                    let function = method.function.clone();
                    match self.special_attribute(&function, name)? {
                        Some(value) => Some(value),
                        None => match &function {
                            Object::Instance(_) => self.get_attr_opt(&function, name)?,
                            _ => None,
                        },
                    }
                }
            },
            Object::Property(property) => match name.as_str() {
                "fget" => Some(property.get.clone()),
                "fset" => Some(property.set.clone()),
                "fdel" => Some(property.delete.clone()),
                "__doc__" | "__isabstractmethod__" => {
                    let get = property.get.clone();
                    self.get_attr_opt(&get, name)?
                }
                _ => None,
            },
            Object::StaticMethod(function) | Object::ClassMethod(function) => match name.as_str() {
                "__func__" | "__wrapped__" => Some(Object::clone(function)),
                "__name__" | "__qualname__" | "__doc__" | "__module__" => {
                    let function = Object::clone(function);
                    self.get_attr_opt(&function, name)?
                }
                _ => None,
            },
            Object::Generator(generator) => match name.as_str() {
                "__name__" => Some(Object::Str(Rc::clone(&generator.name))),
                "__qualname__" => Some(Object::Str(Rc::clone(&generator.qualname))),
                _ => None,
            },
            Object::Module(module) => match name.as_str() {
                "__dict__" => Some(attributes_dict(&module.dict.borrow())),
                _ => None,
            },
            Object::Code(code) => match name.as_str() {
                "co_name" => Some(Object::Str(Rc::clone(&code.name))),
                "co_argcount" => Some(Object::Int(code.parameters.positional as i64)),
                "co_kwonlyargcount" => Some(Object::Int(code.parameters.keyword_only as i64)),
                "co_firstlineno" => Some(Object::Int(i64::from(code.first_line))),
                "co_varnames" => {
                    let names = code.locals.iter().filter(|name| !name.starts_with('.'));
                    Some(Object::tuple(names.cloned().map(Object::Str).collect()))
                }
                _ => None,
            },
            Object::Cell(cell) if name.as_str() == "cell_contents" => cell.borrow().clone(),
            _ => None,
        })
    }

    fn function_attribute(&mut self, function: &Rc<Function>, name: &Name) -> Option<Object> {
        let own = function.dict.borrow().get_name(name).cloned();
        if own.is_some() {
            return own;
        }
        Some(match name.as_str() {
            "__name__" => Object::Str(Rc::clone(&function.name.borrow())),
            "__qualname__" => Object::Str(Rc::clone(&function.qualname.borrow())),
            "__doc__" => function.doc.borrow().clone(),
            "__module__" => function.module.borrow().clone(),
            "__code__" => Object::Code(Rc::clone(&function.code)),
            "__globals__" => attributes_dict(&function.globals.dict.borrow()),
            "__dict__" => attributes_dict(&function.dict.borrow()),
            "__call__" => Object::Function(Rc::clone(function)),
            "__defaults__" => match function.defaults.borrow().as_slice() {
                [] => Object::None,
                defaults => Object::tuple(defaults.to_vec()),
            },
            "__kwdefaults__" => match function.keyword_defaults.borrow().as_slice() {
                [] => Object::None,
                defaults => Dict::from_names(defaults.iter().cloned()),
            },
            "__annotations__" => {
                let mut annotations = function.annotations.borrow_mut();
                annotations.get_or_insert_with(|| Dict::from_names([])).clone()
            }
            "__closure__" => match function.closure.as_slice() {
                [] => Object::None,
                cells => Object::tuple(cells.iter().cloned().map(Object::Cell).collect()),
            },
            _ => return None,
        })
    }

    pub(crate) fn set_function_attribute(
        &mut self,
        object: &Object,
        name: &Name,
        value: Object,
    ) -> PyResult<()> {
        let Object::Function(function) = object else { return Err(self.attribute_error(object, name)) };
        match (name.as_str(), &value) {
            ("__name__", Object::Str(text)) => drop(function.name.replace(Rc::clone(text))),
            ("__qualname__", Object::Str(text)) => drop(function.qualname.replace(Rc::clone(text))),
            ("__name__" | "__qualname__", _) => {
                return Err(self.type_error(format!("{} must be set to a string object", name.as_str())));
            }
            ("__doc__", _) => drop(function.doc.replace(value)),
            ("__module__", _) => drop(function.module.replace(value)),
            ("__annotations__", _) => drop(function.annotations.replace(Some(value))),
            ("__defaults__", Object::Tuple(items)) => drop(function.defaults.replace(items.to_vec())),
            ("__defaults__", Object::None) => drop(function.defaults.take()),
            _ => drop(function.dict.borrow_mut().insert(Rc::clone(name), value)),
        }
        Ok(())
    }
}
