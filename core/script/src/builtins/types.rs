//! The classes of the built-in types.

use std::rc::Rc;

use super::{
    bytes, constructors, dict_methods, floats, generic_alias, int_methods, iterators, list_methods, methods,
    objects, set_methods, str_methods, tuple_methods,
};
use crate::object::{Class, Object};

/// The built-in types that are no exceptions.
pub struct Types {
    /// `object`
    pub object: Rc<Class>,
    /// `type`
    pub type_: Rc<Class>,
    /// `NoneType`
    pub none: Rc<Class>,
    /// `NotImplementedType`
    pub not_implemented: Rc<Class>,
    /// `ellipsis`
    pub ellipsis: Rc<Class>,
    /// `int`
    pub int: Rc<Class>,
    /// `bool`
    pub bool: Rc<Class>,
    /// `float`
    pub float: Rc<Class>,
    /// `str`
    pub str: Rc<Class>,
    /// `bytes`
    pub bytes: Rc<Class>,
    /// `tuple`
    pub tuple: Rc<Class>,
    /// `list`
    pub list: Rc<Class>,
    /// `dict`
    pub dict: Rc<Class>,
    /// `dict_keys`
    pub dict_keys: Rc<Class>,
    /// `dict_values`
    pub dict_values: Rc<Class>,
    /// `dict_items`
    pub dict_items: Rc<Class>,
    /// `set`
    pub set: Rc<Class>,
    /// `frozenset`
    pub frozenset: Rc<Class>,
    /// `range`
    pub range: Rc<Class>,
    /// `slice`
    pub slice: Rc<Class>,
    /// `function`
    pub function: Rc<Class>,
    /// `builtin_function_or_method`
    pub builtin_function: Rc<Class>,
    /// `method`
    pub method: Rc<Class>,
    /// `property`
    pub property: Rc<Class>,
    /// `staticmethod`
    pub static_method: Rc<Class>,
    /// `classmethod`
    pub class_method: Rc<Class>,
    /// `super`
    pub super_: Rc<Class>,
    /// `module`
    pub module: Rc<Class>,
    /// `generator`
    pub generator: Rc<Class>,
    /// `cell`
    pub cell: Rc<Class>,
    /// `code`
    pub code: Rc<Class>,
    /// `types.UnionType`
    pub union: Rc<Class>,
    /// `types.GenericAlias`
    pub generic_alias: Rc<Class>,
    /// `list_iterator`
    pub list_iterator: Rc<Class>,
    /// `list_reverseiterator`
    pub list_reverse_iterator: Rc<Class>,
    /// `tuple_iterator`
    pub tuple_iterator: Rc<Class>,
    /// `str_iterator`
    pub str_iterator: Rc<Class>,
    /// `bytes_iterator`
    pub bytes_iterator: Rc<Class>,
    /// `dict_keyiterator`
    pub dict_key_iterator: Rc<Class>,
    /// `dict_valueiterator`
    pub dict_value_iterator: Rc<Class>,
    /// `dict_itemiterator`
    pub dict_item_iterator: Rc<Class>,
    /// `set_iterator`
    pub set_iterator: Rc<Class>,
    /// `range_iterator`
    pub range_iterator: Rc<Class>,
    /// `callable_iterator`
    pub callable_iterator: Rc<Class>,
    /// `iterator`, over a sequence's `__getitem__`
    pub sequence_iterator: Rc<Class>,
    /// `enumerate`
    pub enumerate: Rc<Class>,
    /// `zip`
    pub zip: Rc<Class>,
    /// `map`
    pub map: Rc<Class>,
    /// `filter`
    pub filter: Rc<Class>,
    /// `reversed`
    pub reversed: Rc<Class>,
}

impl Types {
    /// Makes the classes with their methods.
    pub fn new() -> Types {
        let object = objects::object_class();
        let int = int_methods::class(&object);
        let plain = |name: &str| constructors::not_callable(Class::builder(name).base(&object)).build();
        let iterator = |name: &str| iterators::class(name, &object);
        Types {
            type_: objects::type_class(&object),
            none: objects::none_class(&object),
            not_implemented: plain("NotImplementedType"),
            ellipsis: plain("ellipsis"),
            bool: constructors::bool_class(&int),
            int,
            float: floats::class(&object),
            str: str_methods::class(&object),
            bytes: bytes::class(&object),
            tuple: tuple_methods::class(&object),
            list: list_methods::class(&object),
            dict: dict_methods::class(&object),
            dict_keys: dict_methods::view_class("dict_keys", &object),
            dict_values: dict_methods::view_class("dict_values", &object),
            dict_items: dict_methods::view_class("dict_items", &object),
            set: set_methods::set_class(&object),
            frozenset: set_methods::frozenset_class(&object),
            range: constructors::range_class(&object),
            slice: constructors::slice_class(&object),
            function: methods::function_class("function", &object),
            builtin_function: methods::function_class("builtin_function_or_method", &object),
            method: methods::method_class(&object),
            property: methods::property_class(&object),
            static_method: methods::static_method_class(&object),
            class_method: methods::class_method_class(&object),
            super_: methods::super_class(&object),
            module: plain("module"),
            generator: iterators::generator_class(&object),
            cell: plain("cell"),
            code: plain("code"),
            union: generic_alias::union_class(&object),
            generic_alias: generic_alias::alias_class(&object),
            list_iterator: iterator("list_iterator"),
            list_reverse_iterator: iterator("list_reverseiterator"),
            tuple_iterator: iterator("tuple_iterator"),
            str_iterator: iterator("str_iterator"),
            bytes_iterator: iterator("bytes_iterator"),
            dict_key_iterator: iterator("dict_keyiterator"),
            dict_value_iterator: iterator("dict_valueiterator"),
            dict_item_iterator: iterator("dict_itemiterator"),
            set_iterator: iterator("set_iterator"),
            range_iterator: iterator("range_iterator"),
            callable_iterator: iterator("callable_iterator"),
            sequence_iterator: iterator("iterator"),
            enumerate: iterators::enumerate_class(&object),
            zip: iterators::zip_class(&object),
            map: iterators::map_class(&object),
            filter: iterators::filter_class(&object),
            reversed: iterators::reversed_class(&object),
            object,
        }
    }

    /// The types that are names of the `builtins` module.
    pub fn named(&self) -> impl Iterator<Item = &Rc<Class>> {
        [
            &self.object,
            &self.type_,
            &self.int,
            &self.bool,
            &self.float,
            &self.str,
            &self.bytes,
            &self.tuple,
            &self.list,
            &self.dict,
            &self.set,
            &self.frozenset,
            &self.range,
            &self.slice,
            &self.property,
            &self.static_method,
            &self.class_method,
            &self.super_,
            &self.enumerate,
            &self.zip,
            &self.map,
            &self.filter,
            &self.reversed,
        ]
        .into_iter()
    }

    /// The class of a value that has a variant of its own; nothing for instances and
    /// classes, which know theirs.
    pub fn class_of(&self, value: &Object) -> Option<&Rc<Class>> {
        Some(match value {
            Object::None => &self.none,
            Object::NotImplemented => &self.not_implemented,
            Object::Ellipsis => &self.ellipsis,
            Object::Bool(_) => &self.bool,
            Object::Int(_) | Object::BigInt(_) => &self.int,
            Object::Float(_) => &self.float,
            Object::Str(_) => &self.str,
            Object::Bytes(_) => &self.bytes,
            Object::Tuple(_) => &self.tuple,
            Object::List(_) => &self.list,
            Object::Dict(_) => &self.dict,
            Object::Set(set) if set.frozen() => &self.frozenset,
            Object::Set(_) => &self.set,
            Object::Range(_) => &self.range,
            Object::Slice(_) => &self.slice,
            Object::Function(_) => &self.function,
            Object::Native(_) => &self.builtin_function,
            Object::Method(method) if matches!(method.function, Object::Native(_)) => &self.builtin_function,
            Object::Method(_) => &self.method,
            Object::Property(_) => &self.property,
            Object::StaticMethod(_) => &self.static_method,
            Object::ClassMethod(_) => &self.class_method,
            Object::Super(_) => &self.super_,
            Object::Module(_) => &self.module,
            Object::Generator(_) => &self.generator,
            Object::Iterator(iter) => iter.class(self),
            Object::View(view) => view.class(self),
            Object::Cell(_) => &self.cell,
            Object::Code(_) => &self.code,
            Object::Class(_) | Object::Instance(_) => return None,
        })
    }
}

impl Default for Types {
    fn default() -> Types {
        Types::new()
    }
}
