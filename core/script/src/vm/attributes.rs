//! Attributes: descriptors, instances, classes, modules, functions, `super()`.
//!
//! CPython counterpart: `PyObject_GenericGetAttr`, `type_getattro` and kin.

use std::rc::Rc;

use super::instance_dict::InstanceDict;
use super::{Super, Vm};
use crate::builtins::Dict;
use crate::object::{Args, Attributes, BoundMethod, Class, Instance, Name, Object, PyResult, Unwind};

impl Vm {
    /// `object.name`
    pub fn get_attr(&mut self, object: &Object, name: &str) -> PyResult<Object> {
        let name = self.intern(name);
        self.attribute(object, &name)
    }

    /// `object.name`, or nothing where that raises `AttributeError`.
    pub fn get_attr_opt(&mut self, object: &Object, name: &str) -> PyResult<Option<Object>> {
        let name = self.intern(name);
        match self.attribute(object, &name) {
            Ok(value) => Ok(Some(value)),
            Err(unwind) if self.is_raised(&unwind, &self.exceptions.attribute_error) => Ok(None),
            Err(unwind) => Err(unwind),
        }
    }

    /// `object.name` for an interned name.
    pub(crate) fn attribute(&mut self, object: &Object, name: &Name) -> PyResult<Object> {
        let class = self.class_of(object);
        let custom = match object {
            Object::Instance(_) | Object::Class(_) => {
                let getattribute = Rc::clone(&self.symbols.getattribute);
                self.lookup_special(&class, &getattribute)
                    .filter(|found| !self.is_types_own(found, &getattribute))
            }
            _ => None,
        };
        let found = match custom {
            Some(getattribute) => {
                let args = vec![object.clone(), Object::Str(Rc::clone(name))];
                self.call(&getattribute, Args::positional(args)).map(Some)
            }
            None => self.generic_get(object, &class, name),
        };
        let failed = match found {
            Ok(Some(value)) => return Ok(value),
            Ok(None) => None,
            Err(unwind) if self.is_raised(&unwind, &self.exceptions.attribute_error) => Some(unwind),
            Err(unwind) => return Err(unwind),
        };
        let getattr = Rc::clone(&self.symbols.getattr);
        if let Some(getattr) = self.lookup_special(&class, &getattr) {
            let bound = self.bind_attribute(getattr, Some(object), &class)?;
            return self.call(&bound, Args::positional(vec![Object::Str(Rc::clone(name))]));
        }
        Err(failed.unwrap_or_else(|| self.attribute_error(object, name)))
    }

    /// Whether this is what `type` itself defines under a name.
    fn is_types_own(&self, found: &Object, name: &Name) -> bool {
        self.types.type_.dict.borrow().get_name(name).is_some_and(|own| own.is(found))
    }

    /// `object.__getattribute__(name)`
    pub fn generic_get_attr(&mut self, object: &Object, name: &str) -> PyResult<Object> {
        let name = self.intern(name);
        let class = self.class_of(object);
        match self.generic_get(object, &class, &name)? {
            Some(value) => Ok(value),
            None => Err(self.attribute_error(object, &name)),
        }
    }

    fn generic_get(&mut self, object: &Object, class: &Rc<Class>, name: &Name) -> PyResult<Option<Object>> {
        match object {
            Object::Instance(instance) => return self.instance_attribute(object, instance, class, name),
            Object::Class(this) => return self.class_attribute(this, class, name),
            Object::Module(module) => {
                let found = module.dict.borrow().get_name(name).cloned();
                if found.is_some() {
                    return Ok(found);
                }
                let getattr = module.dict.borrow().get_name(&self.symbols.getattr).cloned();
                if let (Some(getattr), false) = (getattr, name.starts_with("__")) {
                    let name = Object::Str(Rc::clone(name));
                    return self.call(&getattr, Args::positional(vec![name])).map(Some);
                }
            }
            Object::Super(this) => return self.super_attribute(this, name),
            _ => {}
        }
        if let Some(value) = self.special_attribute(object, name)? {
            return Ok(Some(value));
        }
        match self.lookup(class, name) {
            Some(found) => self.bind_attribute(found, Some(object), class).map(Some),
            None => Ok(None),
        }
    }

    fn instance_attribute(
        &mut self,
        object: &Object,
        instance: &Rc<Instance>,
        class: &Rc<Class>,
        name: &Name,
    ) -> PyResult<Option<Object>> {
        let found = self.lookup(class, name);
        if let Some(found) = &found
            && self.is_data_descriptor(found)
        {
            return self.bind_attribute(found.clone(), Some(object), class).map(Some);
        }
        let own = instance.dict.borrow().get_name(name).cloned();
        if own.is_some() {
            return Ok(own);
        }
        if Rc::ptr_eq(name, &self.symbols.class) {
            return Ok(Some(Object::Class(Rc::clone(class))));
        }
        if Rc::ptr_eq(name, &self.symbols.dict) {
            let dict = InstanceDict(Rc::clone(instance));
            return Ok(Some(Instance::native(&self.instance_dict, dict)));
        }
        match found {
            Some(found) => self.bind_attribute(found, Some(object), class).map(Some),
            None if Rc::ptr_eq(name, &self.symbols.module) => {
                Ok(Some(Object::Str(Rc::clone(&class.module.borrow()))))
            }
            None if Rc::ptr_eq(name, &self.symbols.doc) => Ok(Some(Object::None)),
            None => Ok(None),
        }
    }

    fn class_attribute(
        &mut self,
        this: &Rc<Class>,
        metaclass: &Rc<Class>,
        name: &Name,
    ) -> PyResult<Option<Object>> {
        let object = Object::Class(Rc::clone(this));
        let meta = self.lookup(metaclass, name);
        if name.starts_with("__")
            && let Some(value) = self.special_class_attribute(this, metaclass, name)
        {
            return Ok(Some(value));
        }
        if let Some(found) = &meta
            && self.is_data_descriptor(found)
        {
            return self.bind_attribute(found.clone(), Some(&object), metaclass).map(Some);
        }
        let own = self.lookup(this, name);
        if let Some(found) = own {
            return self.bind_class_attribute(found, this).map(Some);
        }
        match meta {
            Some(found) => self.bind_attribute(found, Some(&object), metaclass).map(Some),
            None => Ok(None),
        }
    }

    fn special_class_attribute(
        &self,
        this: &Rc<Class>,
        metaclass: &Rc<Class>,
        name: &Name,
    ) -> Option<Object> {
        Some(match name.as_str() {
            "__name__" => Object::Str(this.name()),
            "__qualname__" => Object::Str(Rc::clone(&this.qualname.borrow())),
            "__module__" => Object::Str(Rc::clone(&this.module.borrow())),
            "__class__" => Object::Class(Rc::clone(metaclass)),
            "__dict__" => attributes_dict(&this.dict.borrow()),
            "__bases__" => {
                let mut bases: Vec<Object> = this.bases.iter().cloned().map(Object::Class).collect();
                if bases.is_empty() && !this.root {
                    bases.push(Object::Class(Rc::clone(&self.types.object)));
                }
                Object::tuple(bases)
            }
            "__base__" => match this.bases.first() {
                Some(base) => Object::Class(Rc::clone(base)),
                None if this.root => Object::None,
                None => Object::Class(Rc::clone(&self.types.object)),
            },
            "__mro__" => Object::tuple(self.mro(this).into_iter().map(Object::Class).collect()),
            "__doc__" => this.dict.borrow().get_name(name).cloned().unwrap_or(Object::None),
            "__annotations__" => this.dict.borrow().get_name(name).cloned().unwrap_or_else(|| {
                let dict = Dict::from_names([]);
                if !this.native {
                    this.set(Rc::clone(name), dict.clone());
                }
                dict
            }),
            _ => return None,
        })
    }

    /// `__mro__`, with `object` at the end.
    pub fn mro(&self, class: &Rc<Class>) -> Vec<Rc<Class>> {
        let mut mro: Vec<Rc<Class>> = class.mro().cloned().collect();
        if mro.last().is_none_or(|last| !last.root) {
            mro.push(Rc::clone(&self.types.object));
        }
        mro
    }

    fn super_attribute(&mut self, this: &Rc<Super>, name: &Name) -> PyResult<Option<Object>> {
        if Rc::ptr_eq(name, &self.symbols.class) {
            return Ok(Some(Object::Class(Rc::clone(&self.types.super_))));
        }
        let mro = self.mro(&this.object_class);
        let after = mro.iter().skip_while(|class| !Rc::ptr_eq(class, &this.start)).skip(1);
        let found = after.clone().find_map(|class| class.dict.borrow().get_name(name).cloned());
        let Some(found) = found else { return Ok(None) };
        let for_class = matches!(&this.object, Object::Class(class) if Rc::ptr_eq(class, &this.object_class));
        if for_class {
            return self.bind_class_attribute(found, &Rc::clone(&this.object_class)).map(Some);
        }
        self.bind_attribute(found, Some(&this.object), &Rc::clone(&this.object_class)).map(Some)
    }

    /// Whether a class's attribute comes before the instance's own.
    fn is_data_descriptor(&mut self, found: &Object) -> bool {
        match found {
            Object::Property(_) => true,
            Object::Instance(descriptor) => {
                let class = descriptor.class();
                let (set, delete) = (Rc::clone(&self.symbols.set), Rc::clone(&self.symbols.delete));
                self.lookup_special(&class, &set).is_some() || self.lookup_special(&class, &delete).is_some()
            }
            _ => false,
        }
    }

    /// What an attribute of a class means for an instance: methods get their `self`, and
    /// descriptors are asked.
    pub fn bind_attribute(
        &mut self,
        found: Object,
        object: Option<&Object>,
        class: &Rc<Class>,
    ) -> PyResult<Object> {
        let Some(object) = object else { return self.bind_class_attribute(found, class) };
        match found {
            Object::Function(_) => Ok(bound(object.clone(), found)),
            Object::Native(ref native) => {
                // `__new__` is a static method everywhere.
                if Rc::ptr_eq(&native.name, &self.symbols.new) || native.name.as_str() == "__new__" {
                    return Ok(found);
                }
                Ok(bound(object.clone(), found))
            }
            Object::ClassMethod(function) => {
                self.bind_class_method(&function, &Object::Class(Rc::clone(class)))
            }
            Object::StaticMethod(function) => Ok(Object::clone(&function)),
            Object::Property(property) => match &property.get {
                Object::None => {
                    Err(self.no_accessor(class, object, &Object::Property(Rc::clone(&property)), "getter"))
                }
                get => self.call(get, Args::positional(vec![object.clone()])),
            },
            Object::Instance(ref descriptor) => {
                let descriptor_class = descriptor.class();
                let get = Rc::clone(&self.symbols.get);
                match self.lookup_special(&descriptor_class, &get) {
                    Some(get) => {
                        let args = vec![found.clone(), object.clone(), Object::Class(Rc::clone(class))];
                        self.call(&get, Args::positional(args))
                    }
                    None => Ok(found),
                }
            }
            other => Ok(other),
        }
    }

    /// What an attribute of a class means when it is asked of the class.
    pub(crate) fn bind_class_attribute(&mut self, found: Object, class: &Rc<Class>) -> PyResult<Object> {
        match found {
            Object::ClassMethod(function) => {
                self.bind_class_method(&function, &Object::Class(Rc::clone(class)))
            }
            Object::StaticMethod(function) => Ok(Object::clone(&function)),
            Object::Instance(ref descriptor) => {
                let descriptor_class = descriptor.class();
                let get = Rc::clone(&self.symbols.get);
                match self.lookup_special(&descriptor_class, &get) {
                    Some(get) => {
                        let args = vec![found.clone(), Object::None, Object::Class(Rc::clone(class))];
                        self.call(&get, Args::positional(args))
                    }
                    None => Ok(found),
                }
            }
            other => Ok(other),
        }
    }

    fn bind_class_method(&mut self, function: &Object, class: &Object) -> PyResult<Object> {
        match function {
            // `@classmethod` around `@property`, as some old code has it.
            Object::Property(property) => {
                let get = property.get.clone();
                self.call(&get, Args::positional(vec![class.clone()]))
            }
            function => Ok(bound(class.clone(), function.clone())),
        }
    }

    fn no_accessor(&self, class: &Rc<Class>, object: &Object, property: &Object, kind: &str) -> Unwind {
        let attributes = class.mro().find_map(|class| {
            let dict = class.dict.borrow();
            dict.iter().find(|(_, value)| value.is(property)).map(|(name, _)| Rc::clone(name))
        });
        let name = attributes.map_or_else(|| "?".to_owned(), |name| name.as_str().to_owned());
        let owner = self.class_name(object);
        let message = format!("property '{name}' of '{}' object has no {kind}", owner.as_str());
        self.error(&self.exceptions.attribute_error, message)
    }

    /// `object.name = value`
    pub fn set_attr(&mut self, object: &Object, name: &Name, value: Object) -> PyResult<()> {
        if let Object::Instance(_) | Object::Class(_) = object {
            let class = self.class_of(object);
            let setattr = Rc::clone(&self.symbols.setattr);
            let custom = self.lookup_special(&class, &setattr);
            if let Some(custom) = custom.filter(|custom| !self.is_types_own(custom, &setattr)) {
                let args = vec![object.clone(), Object::Str(Rc::clone(name)), value];
                self.call(&custom, Args::positional(args))?;
                return Ok(());
            }
        }
        self.generic_set_attr(object, name, value)
    }

    /// `object.__setattr__(name, value)`
    pub fn generic_set_attr(&mut self, object: &Object, name: &Name, value: Object) -> PyResult<()> {
        let class = self.class_of(object);
        let found = self.lookup(&class, name);
        match &found {
            Some(Object::Property(property)) => {
                if property.set.is_none() {
                    let property = Object::Property(Rc::clone(property));
                    return Err(self.no_accessor(&class, object, &property, "setter"));
                }
                let set = property.set.clone();
                self.call(&set, Args::positional(vec![object.clone(), value]))?;
                return Ok(());
            }
            Some(Object::Instance(descriptor)) => {
                let descriptor_class = descriptor.class();
                let set = Rc::clone(&self.symbols.set);
                if let Some(set) = self.lookup_special(&descriptor_class, &set) {
                    let args = vec![Object::Instance(Rc::clone(descriptor)), object.clone(), value];
                    self.call(&set, Args::positional(args))?;
                    return Ok(());
                }
            }
            _ => {}
        }
        match object {
            Object::Instance(instance) => {
                if Rc::ptr_eq(name, &self.symbols.class) {
                    let Object::Class(class) = value else {
                        let given = self.class_name(&value);
                        let message =
                            format!("__class__ must be set to a class, not '{}' object", given.as_str());
                        return Err(self.type_error(message));
                    };
                    drop(instance.class.replace(class));
                    return Ok(());
                }
                if Rc::ptr_eq(name, &self.symbols.dict) {
                    let attributes = self.to_attributes(&value)?;
                    drop(instance.dict.replace(attributes));
                    return Ok(());
                }
                let old = instance.dict.borrow_mut().insert(Rc::clone(name), value);
                drop(old);
                Ok(())
            }
            Object::Class(this) => self.set_class_attribute(this, name, value),
            Object::Module(module) => {
                let old = module.dict.borrow_mut().insert(Rc::clone(name), value);
                drop(old);
                Ok(())
            }
            Object::Function(_) => self.set_function_attribute(object, name, value),
            _ if found.is_some() => Err(self.error(
                &self.exceptions.attribute_error,
                format!("'{}' object attribute '{}' is read-only", class.name().as_str(), name.as_str()),
            )),
            _ => Err(self.attribute_error(object, name)),
        }
    }

    fn set_class_attribute(&mut self, this: &Rc<Class>, name: &Name, value: Object) -> PyResult<()> {
        if this.native && this.module.borrow().as_str() == "builtins" {
            return Err(self.type_error(format!(
                "cannot set '{}' attribute of immutable type '{}'",
                name.as_str(),
                this.name().as_str()
            )));
        }
        match (name.as_str(), &value) {
            ("__name__", Object::Str(text)) => drop(this.name.replace(Rc::clone(text))),
            ("__qualname__", Object::Str(text)) => drop(this.qualname.replace(Rc::clone(text))),
            ("__module__", Object::Str(text)) => drop(this.module.replace(Rc::clone(text))),
            _ => this.set(Rc::clone(name), value),
        }
        Ok(())
    }

    /// `del object.name`
    pub fn del_attr(&mut self, object: &Object, name: &str) -> PyResult<()> {
        let name = self.intern(name);
        let class = self.class_of(object);
        let delattr = Rc::clone(&self.symbols.delattr);
        if let Object::Instance(_) | Object::Class(_) = object {
            let custom = self.lookup_special(&class, &delattr);
            if let Some(custom) = custom.filter(|custom| !self.is_types_own(custom, &delattr)) {
                let args = vec![object.clone(), Object::Str(name)];
                self.call(&custom, Args::positional(args))?;
                return Ok(());
            }
        }
        self.generic_del_attr(object, &name)
    }

    /// `object.__delattr__(name)`
    pub fn generic_del_attr(&mut self, object: &Object, name: &Name) -> PyResult<()> {
        let class = self.class_of(object);
        match self.lookup(&class, name) {
            Some(Object::Property(property)) => {
                if property.delete.is_none() {
                    return Err(self.no_accessor(&class, object, &Object::Property(property), "deleter"));
                }
                self.call(&property.delete, Args::positional(vec![object.clone()]))?;
                return Ok(());
            }
            Some(Object::Instance(descriptor)) => {
                let descriptor_class = descriptor.class();
                let delete = Rc::clone(&self.symbols.delete);
                if let Some(delete) = self.lookup_special(&descriptor_class, &delete) {
                    let args = vec![Object::Instance(descriptor), object.clone()];
                    self.call(&delete, Args::positional(args))?;
                    return Ok(());
                }
            }
            _ => {}
        }
        let removed = match object {
            Object::Instance(instance) => instance.dict.borrow_mut().shift_remove(name),
            Object::Class(this) if !this.native => this.remove(name),
            Object::Module(module) => module.dict.borrow_mut().shift_remove(name),
            Object::Function(function) => function.dict.borrow_mut().shift_remove(name),
            _ => None,
        };
        match removed {
            Some(_) => Ok(()),
            None => Err(self.attribute_error(object, name)),
        }
    }

    /// The items of a dict whose keys are strings.
    pub fn to_attributes(&mut self, value: &Object) -> PyResult<Attributes> {
        if let Some(dict) = value.native::<InstanceDict>() {
            return Ok(dict.0.dict.borrow().clone());
        }
        let Object::Dict(dict) = crate::builtins::base(value) else {
            let given = self.class_name(value);
            return Err(self.type_error(format!("expected a dict, not '{}'", given.as_str())));
        };
        let mut attributes = Attributes::default();
        for (key, value) in dict.items() {
            let Object::Str(key) = key else {
                return Err(self.type_error("keywords must be strings"));
            };
            let key = self.intern(&key);
            attributes.insert(key, value);
        }
        Ok(attributes)
    }
}

fn bound(receiver: Object, function: Object) -> Object {
    Object::Method(Rc::new(BoundMethod { receiver, function }))
}

/// A dict of attributes. Changes of it do not change the attributes.
pub(crate) fn attributes_dict(attributes: &Attributes) -> Object {
    Dict::from_names(attributes.iter().map(|(name, value)| (Rc::clone(name), value.clone())))
}
