//! `import`.

use std::rc::Rc;

use super::Vm;
use crate::library;
use crate::object::{Module, Name, Object, PyResult, PyStr, Unwind};

impl Vm {
    /// `import name`: the module of that dotted name, with its parents.
    pub fn import(&mut self, name: &str) -> PyResult<Rc<Module>> {
        let mut parent: Option<Rc<Module>> = None;
        let mut path = String::new();
        for part in name.split('.') {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
            let module = match self.modules.get(&PyStr::new(&path)) {
                Some(module) => Rc::clone(module),
                None => self.find_module(&path, parent.as_ref())?,
            };
            if let Some(parent) = &parent {
                let part = self.intern(part);
                let mut dict = parent.dict.borrow_mut();
                if dict.get_name(&part).is_none() {
                    dict.insert(part, Object::Module(Rc::clone(&module)));
                }
            }
            parent = Some(module);
        }
        parent.ok_or_else(|| self.value_error("Empty module name"))
    }

    fn find_module(&mut self, path: &str, parent: Option<&Rc<Module>>) -> PyResult<Rc<Module>> {
        if let Some(module) = library::find(self, path)? {
            let path = self.intern(path);
            self.modules.insert(path, Rc::clone(&module));
            return Ok(module);
        }
        let parent = parent.filter(|parent| !has_submodules(parent));
        let message = match parent {
            Some(parent) if path.contains('.') => {
                format!("No module named '{path}'; '{}' is not a package", parent.name.as_str())
            }
            _ => format!("No module named '{path}'"),
        };
        let unwind = self.error(&self.exceptions.module_not_found_error, message);
        if let Unwind::Raised(raised) = &unwind {
            raised.exception.dict.borrow_mut().insert(PyStr::new("name"), Object::str(path));
        }
        Err(unwind)
    }

    /// The module that an import statement binds: the first of the dotted name, or with a
    /// list of names the last.
    pub(super) fn import_name(&mut self, name: &Name, from: &Object, level: u32) -> PyResult<Object> {
        if level > 0 {
            return Err(self.error(
                &self.exceptions.import_error,
                "attempted relative import with no known parent package",
            ));
        }
        let module = self.import(name)?;
        if !from.is_none() {
            return Ok(Object::Module(module));
        }
        let first = name.split('.').next().unwrap_or(name);
        let first = self.import(first)?;
        Ok(Object::Module(first))
    }

    pub(super) fn import_from(&mut self, module: &Object, name: &Name) -> PyResult<Object> {
        if let Some(value) = self.get_attr_opt(module, name)? {
            return Ok(value);
        }
        let Object::Module(module) = module else { return Err(self.attribute_error(module, name)) };
        let path = format!("{}.{}", module.name.as_str(), name.as_str());
        match self.import(&path) {
            Ok(module) => Ok(Object::Module(module)),
            Err(unwind) if self.is_raised(&unwind, &self.exceptions.module_not_found_error) => {
                let message = format!(
                    "cannot import name '{}' from '{}' (unknown location)",
                    name.as_str(),
                    module.name.as_str()
                );
                Err(self.error(&self.exceptions.import_error, message))
            }
            Err(unwind) => Err(unwind),
        }
    }

    pub(super) fn import_star(&mut self, module: &Object) -> PyResult<()> {
        let Object::Module(source) = module else { return Ok(()) };
        let all = source.dict.borrow().get_name(&self.symbols.all).cloned();
        let names: Vec<Name> = match all {
            Some(all) => self
                .collect(&all)?
                .into_iter()
                .filter_map(|name| match name {
                    Object::Str(name) => Some(name),
                    _ => None,
                })
                .collect(),
            None => {
                source.dict.borrow().keys().filter(|name| !name.starts_with('_')).map(Rc::clone).collect()
            }
        };
        for name in names {
            let value = self.get_attr(module, &name)?;
            let name = self.intern(&name);
            let target = Rc::clone(&self.frame_mut().globals);
            let old = target.dict.borrow_mut().insert(name, value);
            drop(old);
        }
        Ok(())
    }
}

fn has_submodules(module: &Module) -> bool {
    module.dict.borrow().contains_key("__path__")
}
