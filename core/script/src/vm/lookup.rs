//! Looking attributes up along MROs, with a cache of positions.
//!
//! The cache keeps where an attribute was found, never the attribute, so that
//! it keeps nothing alive but names.

use std::rc::Rc;

use super::Vm;
use crate::object::{Class, Name, Object, class_changes};

const SIZE: usize = 2048;

/// Where in an MRO an attribute is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Own(u32),
    Ancestor(u32, u32),
    Object(u32),
    Missing,
}

#[derive(Clone)]
struct Entry {
    class: *const Class,
    name: Name,
    changes: u64,
    place: Place,
}

#[derive(Default)]
pub(crate) struct LookupCache {
    entries: Vec<Option<Entry>>,
}

impl Vm {
    /// An attribute of a class or its ancestors, `object` included, without descriptors.
    pub fn lookup(&mut self, class: &Rc<Class>, name: &Name) -> Option<Object> {
        match self.place(class, name) {
            Place::Own(slot) => slot_of(class, slot),
            Place::Ancestor(depth, slot) => slot_of(class.mro_tail.get(depth as usize)?, slot),
            Place::Object(slot) => slot_of(&self.types.object, slot),
            Place::Missing => None,
        }
    }

    /// As [`Vm::lookup`], but what `object` defines does not count.
    pub(crate) fn lookup_special(&mut self, class: &Rc<Class>, name: &Name) -> Option<Object> {
        match self.place(class, name) {
            Place::Object(_) => None,
            _ => self.lookup(class, name),
        }
    }

    fn place(&mut self, class: &Rc<Class>, name: &Name) -> Place {
        if self.cache.entries.is_empty() {
            self.cache.entries.resize(SIZE, None);
        }
        let at =
            ((Rc::as_ptr(class) as usize >> 4) ^ (Rc::as_ptr(name) as usize >> 3).wrapping_mul(31)) % SIZE;
        let changes = class_changes();
        if let Some(entry) = &self.cache.entries[at]
            && entry.changes == changes
            && entry.class == Rc::as_ptr(class)
            && Rc::ptr_eq(&entry.name, name)
        {
            return entry.place;
        }
        let place = self.find(class, name);
        self.cache.entries[at] =
            Some(Entry { class: Rc::as_ptr(class), name: Rc::clone(name), changes, place });
        place
    }

    fn find(&self, class: &Rc<Class>, name: &Name) -> Place {
        if let Some(slot) = class.dict.borrow().position(name) {
            return if class.root { Place::Object(slot as u32) } else { Place::Own(slot as u32) };
        }
        for (depth, ancestor) in class.mro_tail.iter().enumerate() {
            if let Some(slot) = ancestor.dict.borrow().position(name) {
                return if ancestor.root {
                    Place::Object(slot as u32)
                } else {
                    Place::Ancestor(depth as u32, slot as u32)
                };
            }
        }
        match self.types.object.dict.borrow().position(name) {
            Some(slot) => Place::Object(slot as u32),
            None => Place::Missing,
        }
    }
}

fn slot_of(class: &Class, slot: u32) -> Option<Object> {
    Some(class.dict.borrow().at(slot as usize)?.1.clone())
}
