//! Interned names, and the ones the interpreter itself looks for.

use std::rc::Rc;

use hashbrown::HashTable;

use crate::object::{Name, PyStr};

/// The table of interned names: equal ones are one object.
#[derive(Default)]
pub struct Names {
    table: HashTable<Name>,
}

impl Names {
    /// The one name with this text.
    pub fn intern(&mut self, text: &str) -> Name {
        let hash = PyStr::hash_of(text);
        if let Some(name) = self.table.find(hash, |name| name.as_str() == text) {
            return Rc::clone(name);
        }
        let name = PyStr::new(text);
        self.table.insert_unique(hash, Rc::clone(&name), |name| name.hash_code());
        name
    }
}

macro_rules! symbols {
    ($($field:ident $text:literal)*) => {
        /// Names the interpreter looks for.
        pub(crate) struct Symbols {
            $(pub(crate) $field: Name,)*
        }

        impl Symbols {
            pub(crate) fn new(names: &mut Names) -> Symbols {
                Symbols { $($field: names.intern($text),)* }
            }
        }
    };
}

symbols! {
    all "__all__"
    annotations "__annotations__"
    bool_ "__bool__"
    call "__call__"
    class "__class__"
    class_getitem "__class_getitem__"
    contains "__contains__"
    del_item "__delitem__"
    delattr "__delattr__"
    delete "__delete__"
    dict "__dict__"
    doc "__doc__"
    enter "__enter__"
    eq "__eq__"
    exit "__exit__"
    format "__format__"
    get "__get__"
    getattr "__getattr__"
    getattribute "__getattribute__"
    getitem "__getitem__"
    hash "__hash__"
    init "__init__"
    init_subclass "__init_subclass__"
    iter "__iter__"
    len "__len__"
    match_args "__match_args__"
    module "__module__"
    name "__name__"
    new "__new__"
    next "__next__"
    repr "__repr__"
    set "__set__"
    set_name "__set_name__"
    setattr "__setattr__"
    setitem "__setitem__"
    str "__str__"
}
