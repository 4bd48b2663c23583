//! Making classes: metaclasses, MROs, `__set_name__`, `__init_subclass__`.
//!
//! CPython counterpart: `type_new`, `__build_class__`.

use std::rc::Rc;

use super::frame::ClassHeader;
use super::{Super, Vm};
use crate::object::{Args, Attributes, Class, Name, Object, PyResult, merge_mros};

impl Vm {
    /// `type(name, bases, namespace)`, through the metaclass of the bases.
    pub fn make_class(&mut self, name: &str, bases: Vec<Object>, namespace: Attributes) -> PyResult<Object> {
        let name = self.intern(name);
        let (bases, original) = self.resolve_bases(bases)?;
        let header =
            ClassHeader { name, bases, original_bases: original, keywords: Vec::new(), metaclass: None };
        self.finish_class(header, namespace)
    }

    /// Bases that are no classes say through `__mro_entries__` what they stand for.
    pub(crate) fn resolve_bases(&mut self, bases: Vec<Object>) -> PyResult<(Vec<Object>, Option<Object>)> {
        if bases.iter().all(|base| matches!(base, Object::Class(_))) {
            return Ok((bases, None));
        }
        let original = Object::tuple(bases.clone());
        let mut resolved = Vec::new();
        for base in bases {
            if let Object::Class(_) = base {
                resolved.push(base);
                continue;
            }
            match self.get_attr_opt(&base, "__mro_entries__")? {
                Some(entries) => {
                    let entries = self.call(&entries, Args::positional(vec![original.clone()]))?;
                    resolved.extend(self.collect(&entries)?);
                }
                None => resolved.push(base),
            }
        }
        Ok((resolved, Some(original)))
    }

    /// Makes the class of a class statement whose body has run.
    pub(crate) fn finish_class(
        &mut self,
        header: ClassHeader,
        mut namespace: Attributes,
    ) -> PyResult<Object> {
        if let Some(original) = header.original_bases {
            namespace.insert(self.intern("__orig_bases__"), original);
        }
        let metaclass = self.winning_metaclass(header.metaclass, &header.bases)?;
        let metaclass = match metaclass {
            Object::Class(metaclass) => metaclass,
            callable => {
                let args = self.class_arguments(&header.name, header.bases, namespace, header.keywords);
                return self.call(&callable, args);
            }
        };
        if Rc::ptr_eq(&metaclass, &self.types.type_) {
            return self.type_new(&metaclass, header.name, &header.bases, namespace, header.keywords);
        }
        let args = self.class_arguments(&header.name, header.bases, namespace, header.keywords);
        self.call(&Object::Class(metaclass), args)
    }

    fn class_arguments(
        &mut self,
        name: &Name,
        bases: Vec<Object>,
        namespace: Attributes,
        keyword: Vec<(Name, Object)>,
    ) -> Args {
        let namespace = crate::builtins::Dict::from_names(namespace);
        Args { positional: vec![Object::Str(Rc::clone(name)), Object::tuple(bases), namespace], keyword }
    }

    /// The metaclass that is named, or the most derived one of the bases.
    fn winning_metaclass(&mut self, named: Option<Object>, bases: &[Object]) -> PyResult<Object> {
        let mut winner = match named {
            Some(Object::Class(class)) => class,
            Some(callable) => return Ok(callable),
            None => Rc::clone(&self.types.type_),
        };
        for base in bases {
            let metaclass = self.class_of(base);
            if winner.is_subclass_of(&metaclass) {
                continue;
            }
            if !metaclass.is_subclass_of(&winner) {
                if !matches!(base, Object::Class(_)) {
                    continue;
                }
                return Err(self.type_error(
                    "metaclass conflict: the metaclass of a derived class must be a (non-strict) \
                     subclass of the metaclasses of all its bases",
                ));
            }
            winner = metaclass;
        }
        Ok(Object::Class(winner))
    }

    /// `type.__new__(metaclass, name, bases, namespace, **keywords)`
    pub fn type_new(
        &mut self,
        metaclass: &Rc<Class>,
        name: Name,
        bases: &[Object],
        mut namespace: Attributes,
        keywords: Vec<(Name, Object)>,
    ) -> PyResult<Object> {
        let mut parents = Vec::new();
        for base in bases {
            match base {
                Object::Class(class) => {
                    if self.is_final(class) {
                        return Err(self.type_error(format!(
                            "type '{}' is not an acceptable base type",
                            class.name().as_str()
                        )));
                    }
                    if parents.iter().any(|parent| Rc::ptr_eq(parent, class)) {
                        let name = class.name();
                        return Err(self.type_error(format!("duplicate base class {}", name.as_str())));
                    }
                    parents.push(Rc::clone(class));
                }
                other => {
                    let given = self.class_name(other);
                    let message = format!(
                        "metaclass conflict: '{}' object is not a class that can be derived from",
                        given.as_str()
                    );
                    return Err(self.type_error(message));
                }
            }
        }
        if parents.is_empty() {
            parents.push(Rc::clone(&self.types.object));
        }
        let Some(mro_tail) = merge_mros(&parents) else {
            let names: Vec<String> = parents.iter().map(|parent| parent.name().as_str().to_owned()).collect();
            return Err(self.type_error(format!(
                "Cannot create a consistent method resolution\norder (MRO) for bases {}",
                names.join(", ")
            )));
        };
        let module = match namespace.get_name(&self.symbols.module) {
            Some(Object::Str(module)) => Rc::clone(module),
            _ => Rc::clone(&self.current_globals().name),
        };
        let qualname = match namespace.shift_remove("__qualname__") {
            Some(Object::Str(qualname)) => qualname,
            _ => Rc::clone(&name),
        };
        self.adjust_namespace(&mut namespace);
        let metaclass = (!Rc::ptr_eq(metaclass, &self.types.type_)).then(|| Rc::clone(metaclass));
        let class = Class::with_parts(name, module, parents, mro_tail, metaclass, namespace);
        drop(class.qualname.replace(qualname));
        let class = class.register();
        self.set_names(&class)?;
        self.init_subclass(&class, keywords)?;
        Ok(Object::Class(class))
    }

    fn is_final(&self, class: &Rc<Class>) -> bool {
        [&self.types.bool, &self.types.none, &self.types.range, &self.types.slice, &self.types.function]
            .into_iter()
            .any(|last| Rc::ptr_eq(last, class))
    }

    /// Some methods are static or class methods without being told so.
    fn adjust_namespace(&mut self, namespace: &mut Attributes) {
        if let Some(new @ Object::Function(_)) = namespace.get_name(&self.symbols.new).cloned() {
            namespace.insert(Rc::clone(&self.symbols.new), Object::StaticMethod(Rc::new(new)));
        }
        for name in [&self.symbols.init_subclass, &self.symbols.class_getitem] {
            if let Some(method @ Object::Function(_)) = namespace.get_name(name).cloned() {
                namespace.insert(Rc::clone(name), Object::ClassMethod(Rc::new(method)));
            }
        }
        let (eq, hash) = (&self.symbols.eq, &self.symbols.hash);
        if namespace.get_name(eq).is_some() && namespace.get_name(hash).is_none() {
            namespace.insert(Rc::clone(hash), Object::None);
        }
    }

    fn set_names(&mut self, class: &Rc<Class>) -> PyResult<()> {
        let candidates: Vec<(Name, Object)> = class
            .dict
            .borrow()
            .iter()
            .filter(|(_, value)| matches!(value, Object::Instance(_)))
            .map(|(name, value)| (Rc::clone(name), value.clone()))
            .collect();
        for (name, value) in candidates {
            let set_name = Rc::clone(&self.symbols.set_name);
            let args = vec![Object::Class(Rc::clone(class)), Object::Str(name)];
            self.call_special(&value, &set_name, args)?;
        }
        Ok(())
    }

    fn init_subclass(&mut self, class: &Rc<Class>, keywords: Vec<(Name, Object)>) -> PyResult<()> {
        let init = Rc::clone(&self.symbols.init_subclass);
        let found = class
            .mro_tail
            .iter()
            .filter(|class| !class.root)
            .find_map(|class| class.dict.borrow().get_name(&init).cloned());
        match found {
            Some(found) => {
                let method = self.bind_class_attribute(found, class)?;
                self.call(&method, Args { positional: Vec::new(), keyword: keywords })?;
                Ok(())
            }
            None if keywords.is_empty() => Ok(()),
            None => Err(self.type_error(format!(
                "{}.__init_subclass__() takes no keyword arguments",
                class.name().as_str()
            ))),
        }
    }

    /// `super(start, object)`
    pub fn make_super(&self, start: &Rc<Class>, object: Object) -> PyResult<Object> {
        let object_class = match &object {
            Object::Class(class) if class.is_subclass_of(start) => Rc::clone(class),
            other => {
                let class = self.class_of(other);
                if !class.is_subclass_of(start) {
                    return Err(
                        self.type_error("super(type, obj): obj must be an instance or subtype of type")
                    );
                }
                class
            }
        };
        Ok(Object::Super(Rc::new(Super { start: Rc::clone(start), object, object_class })))
    }

    /// `isinstance`, without `__instancecheck__`.
    pub fn is_instance(&self, object: &Object, class: &Rc<Class>) -> bool {
        self.class_of(object).is_subclass_of(class)
    }

    /// The class of an object.
    pub fn class_of(&self, object: &Object) -> Rc<Class> {
        match object {
            Object::Instance(instance) => instance.class(),
            Object::Class(class) => Rc::clone(class.metaclass.as_ref().unwrap_or(&self.types.type_)),
            other => Rc::clone(self.types.class_of(other).unwrap_or(&self.types.object)),
        }
    }
}
