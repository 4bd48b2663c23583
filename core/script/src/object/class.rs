//! Classes, written in Python or in Rust.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::function::{NativeBody, NativeFunction};
use super::{Attributes, Name, NativeFn, Object, Property, PyStr};

thread_local! {
    /// Counts changes of classes, so that caches of lookups know when they are stale.
    static CHANGES: Cell<u64> = const { Cell::new(1) };
}

/// How many changes all classes have seen; caches of lookups compare it.
pub fn class_changes() -> u64 {
    CHANGES.get()
}

fn count_change() {
    CHANGES.set(CHANGES.get() + 1);
}

/// A class.
pub struct Class {
    /// `__name__`
    pub name: RefCell<Name>,
    /// `__qualname__`
    pub qualname: RefCell<Name>,
    /// `__module__`
    pub module: RefCell<Name>,
    /// `__bases__`
    pub bases: Vec<Rc<Class>>,
    /// `__mro__` without the class itself, which would be a cycle.
    pub mro_tail: Vec<Rc<Class>>,
    /// Its own attributes.
    pub dict: RefCell<Attributes>,
    /// Its metaclass, where that is not `type`.
    pub metaclass: Option<Rc<Class>>,
    /// Whether Rust code defines it, so that its attributes cannot be set.
    pub native: bool,
    /// `__subclasses__()`
    pub subclasses: RefCell<Vec<Weak<Class>>>,
    /// Whether this is `object`, which every class derives from though no MRO holds it.
    pub root: bool,
}

impl Class {
    /// Starts a class defined in Rust.
    pub fn builder(name: &str) -> ClassBuilder {
        ClassBuilder {
            name: PyStr::new(name),
            module: PyStr::new("builtins"),
            bases: Vec::new(),
            metaclass: None,
            dict: Attributes::default(),
        }
    }

    /// `__name__`
    pub fn name(&self) -> Name {
        Rc::clone(&self.name.borrow())
    }

    /// The class and its ancestors, in the order in which attributes are looked up.
    pub fn mro(self: &Rc<Class>) -> impl Iterator<Item = &Rc<Class>> {
        std::iter::once(self).chain(self.mro_tail.iter())
    }

    /// Looks an attribute up along the MRO, without descriptors.
    pub fn lookup(&self, name: &str) -> Option<Object> {
        if let Some(found) = self.dict.borrow().get(name) {
            return Some(found.clone());
        }
        self.mro_tail.iter().find_map(|class| class.dict.borrow().get(name).cloned())
    }

    /// `issubclass(self, other)`, without `__subclasscheck__`.
    pub fn is_subclass_of(&self, other: &Class) -> bool {
        other.root
            || std::ptr::eq(self, other)
            || self.mro_tail.iter().any(|class| std::ptr::eq(&raw const **class, other))
    }

    /// Sets an attribute of the class itself, past any metaclass.
    pub fn set(&self, name: Name, value: Object) {
        count_change();
        let old = self.dict.borrow_mut().insert(name, value);
        // Dropped last: its end may run code that looks at the class.
        drop(old);
    }

    /// Removes an attribute of the class itself.
    pub fn remove(&self, name: &str) -> Option<Object> {
        count_change();
        self.dict.borrow_mut().shift_remove(name)
    }
}

impl Class {
    /// A class written in Python, to be [registered](Class::register).
    pub fn with_parts(
        name: Name,
        module: Name,
        bases: Vec<Rc<Class>>,
        mro_tail: Vec<Rc<Class>>,
        metaclass: Option<Rc<Class>>,
        dict: Attributes,
    ) -> Class {
        Class {
            qualname: RefCell::new(Rc::clone(&name)),
            name: RefCell::new(name),
            module: RefCell::new(module),
            bases,
            mro_tail,
            dict: RefCell::new(dict),
            metaclass,
            native: false,
            subclasses: RefCell::default(),
            root: false,
        }
    }

    /// Puts the class to use: its bases know it from now on.
    pub fn register(self) -> Rc<Class> {
        // A new class may take the address of an old one, which caches know it by.
        count_change();
        let class = Rc::new(self);
        for base in &class.bases {
            let mut subclasses = base.subclasses.borrow_mut();
            subclasses.retain(|subclass| subclass.strong_count() > 0);
            subclasses.push(Rc::downgrade(&class));
        }
        class
    }
}

/// Describes a class in Rust.
///
/// ```
/// use ormscope_script::object::{Class, Object};
///
/// let url = Class::builder("URL")
///     .module("sqlalchemy.engine.url")
///     .method("__str__", |_vm, _args| Ok(Object::str("sqlite://")))
///     .getter("database", |_vm, _args| Ok(Object::None))
///     .build();
/// assert_eq!(url.name().as_str(), "URL");
/// assert!(url.lookup("database").is_some());
/// ```
pub struct ClassBuilder {
    name: Name,
    module: Name,
    bases: Vec<Rc<Class>>,
    metaclass: Option<Rc<Class>>,
    dict: Attributes,
}

impl ClassBuilder {
    /// `__module__`; `builtins` unless told.
    pub fn module(mut self, module: &str) -> Self {
        self.module = PyStr::new(module);
        self
    }

    /// Adds a base class. A class without any derives from `object` implicitly.
    pub fn base(mut self, base: &Rc<Class>) -> Self {
        self.bases.push(Rc::clone(base));
        self
    }

    /// The metaclass, where it is not `type`.
    pub fn metaclass(mut self, metaclass: &Rc<Class>) -> Self {
        self.metaclass = Some(Rc::clone(metaclass));
        self
    }

    /// A method: `self` is the first positional argument. `__new__` gets the class there.
    pub fn method(mut self, name: &str, call: NativeFn) -> Self {
        let function = self.function(name, call);
        self.dict.insert(PyStr::new(name), function);
        self
    }

    /// A method over Rust data.
    pub fn closure(
        mut self,
        name: &str,
        call: impl Fn(&mut crate::vm::Vm, super::Args) -> super::PyResult<Object> + 'static,
    ) -> Self {
        let function = Object::Native(Rc::new(NativeFunction {
            name: PyStr::new(name),
            call: NativeBody::Closure(Box::new(call)),
            owner: Some(Rc::clone(&self.name)),
        }));
        self.dict.insert(PyStr::new(name), function);
        self
    }

    /// A read-only property.
    pub fn getter(mut self, name: &str, get: NativeFn) -> Self {
        let property = Property { get: self.function(name, get), set: Object::None, delete: Object::None };
        self.dict.insert(PyStr::new(name), Object::Property(Rc::new(property)));
        self
    }

    /// A property with Rust data.
    pub fn closure_getter(
        mut self,
        name: &str,
        get: impl Fn(&mut crate::vm::Vm, super::Args) -> super::PyResult<Object> + 'static,
    ) -> Self {
        let name = PyStr::new(name);
        let get = NativeFunction::closure(name.as_str(), get);
        let property = Property { get, set: Object::None, delete: Object::None };
        self.dict.insert(name, Object::Property(Rc::new(property)));
        self
    }

    /// A property that can be set.
    pub fn property(mut self, name: &str, get: NativeFn, set: NativeFn) -> Self {
        let property =
            Property { get: self.function(name, get), set: self.function(name, set), delete: Object::None };
        self.dict.insert(PyStr::new(name), Object::Property(Rc::new(property)));
        self
    }

    /// A class method: the class is the first positional argument.
    pub fn class_method(mut self, name: &str, call: NativeFn) -> Self {
        let function = Object::ClassMethod(Rc::new(self.function(name, call)));
        self.dict.insert(PyStr::new(name), function);
        self
    }

    /// A static method.
    pub fn static_method(mut self, name: &str, call: NativeFn) -> Self {
        let function = Object::StaticMethod(Rc::new(self.function(name, call)));
        self.dict.insert(PyStr::new(name), function);
        self
    }

    /// Any other attribute.
    pub fn attribute(mut self, name: &str, value: Object) -> Self {
        self.dict.insert(PyStr::new(name), value);
        self
    }

    /// The class. Bases whose MROs cannot be merged keep the order of the bases.
    pub fn build(self) -> Rc<Class> {
        let root =
            self.bases.is_empty() && self.name.as_str() == "object" && self.module.as_str() == "builtins";
        let mro_tail = merge_mros(&self.bases).unwrap_or_else(|| self.bases.clone());
        let metaclass = self.metaclass.or_else(|| self.bases.iter().find_map(|base| base.metaclass.clone()));
        let qualname = Rc::clone(&self.name);
        let class = Class::with_parts(self.name, self.module, self.bases, mro_tail, metaclass, self.dict);
        let class = Class { native: true, root, qualname: RefCell::new(qualname), ..class };
        class.register()
    }

    fn function(&self, name: &str, call: NativeFn) -> Object {
        Object::Native(Rc::new(NativeFunction {
            name: PyStr::new(name),
            call: NativeBody::Fn(call),
            owner: Some(Rc::clone(&self.name)),
        }))
    }
}

/// C3: the ancestors of a class with these bases, or nothing where their orders contradict.
pub fn merge_mros(bases: &[Rc<Class>]) -> Option<Vec<Rc<Class>>> {
    let mut lists: Vec<Vec<Rc<Class>>> =
        bases.iter().map(|base| base.mro().cloned().collect()).chain([bases.to_vec()]).collect();
    let mut merged = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            // Native classes may leave `object` out; where it is named, it comes last.
            merged.sort_by_key(|class: &Rc<Class>| class.root);
            return Some(merged);
        }
        let next = lists
            .iter()
            .map(|list| &list[0])
            .find(|head| lists.iter().all(|list| !list[1..].iter().any(|class| Rc::ptr_eq(class, head))))?;
        let next = Rc::clone(next);
        for list in &mut lists {
            if Rc::ptr_eq(&list[0], &next) {
                list.remove(0);
            }
        }
        merged.push(next);
    }
}
