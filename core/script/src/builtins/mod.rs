//! The built-in types and functions of Python.
//!
//! Two kinds of entries: functions that the Vm calls directly for values of
//! built-in types (`repr`, `hash`, `len`, `binary`, …), and the classes with
//! their methods, which Python code reaches by name. The methods call the same
//! functions, so that a subclass of a built-in type behaves as its base.
//!
//! What runs Python code goes through the Vm, and no borrow of a container is
//! kept meanwhile. Nothing here knows SQLAlchemy.
//!
//! CPython counterpart: `Objects/` and `Python/bltinmodule.c`.

mod arguments;
mod bytes;
mod constructors;
mod dict;
mod dict_methods;
mod dunders;
mod exceptions;
mod float_text;
mod floats;
mod format_spec;
mod functions;
mod generic_alias;
mod hash;
mod indexing;
mod int_methods;
mod integers;
mod introspection;
mod iter;
mod iterators;
mod list_methods;
mod methods;
mod numbers;
mod objects;
mod operators;
mod percent_format;
mod protocols;
mod range;
mod repr;
mod sequences;
mod set;
mod set_methods;
mod slice;
mod str_format;
mod str_methods;
mod str_search;
mod str_tests;
#[cfg(test)]
mod tests;
mod text;
mod tuple_methods;
mod types;

pub use arguments::{Binder, at_most, exactly, no_keywords};
pub use dict::{Dict, DictView, ViewKind};
pub use exceptions::{ExceptionData, Exceptions, exception_data, is_raised, new_exception};
pub use format_spec::format_value;
pub use functions::namespace;
pub use generic_alias::{GenericAlias, Union};
pub use hash::{hash, hash_float, hash_int, hash_str, hash_tuple};
pub use indexing::{del_item, get_item, set_item};
pub use integers::{int_to_i64, int_to_index};
pub use iter::{Iter, Iteration, NextFn};
pub use operators::{binary, binary_error, compare, compare_error, equals, in_place, unary};
pub use percent_format::percent_format;
pub use protocols::{base, contains, iter, len, truthy};
pub use range::Range;
pub use repr::{address_text, repr, repr_str, str};
pub use set::Set;
pub use slice::{Bounds, Slice};
pub use str_format::str_format;
pub(crate) use text::{decimal_value, is_space};
pub use types::Types;
