//! Iterators of the built-in kinds.
//!
//! CPython counterpart: `Objects/iterobject.c`, `Objects/enumobject.c`, and the
//! iterators of each container.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Dict, Set, Types, ViewKind};
use crate::object::{Class, List, Name, Object, PyResult};
use crate::vm::Vm;

/// The step of an iterator in Rust.
pub type NextFn = Rc<dyn Fn(&mut Vm) -> PyResult<Option<Object>>>;

/// An iterator.
pub struct Iter {
    state: RefCell<Iteration>,
}

/// What an iterator goes over, and where it is.
pub enum Iteration {
    /// It has ended, which is for good; the class is kept for its `type()`.
    Ended(fn(&Types) -> &Rc<Class>),
    /// A list, which may change meanwhile.
    List {
        /// The list.
        list: Rc<List>,
        /// The next index.
        index: usize,
    },
    /// A list backwards.
    ListReversed {
        /// The list.
        list: Rc<List>,
        /// How many items are left.
        left: usize,
    },
    /// A tuple.
    Tuple {
        /// The items.
        items: Rc<Vec<Object>>,
        /// The next index.
        index: usize,
    },
    /// The characters of a `str`.
    Str {
        /// The text.
        text: Name,
        /// Where the next character is, in bytes.
        at: usize,
    },
    /// The numbers of a `bytes`.
    Bytes {
        /// The bytes.
        bytes: Rc<Vec<u8>>,
        /// The next index.
        index: usize,
    },
    /// A dict.
    Dict {
        /// The dict.
        dict: Rc<Dict>,
        /// What of it.
        kind: ViewKind,
        /// The next place, or with `reversed` the one after it.
        place: usize,
        /// How many items the dict had.
        len: usize,
        /// Whether it goes backwards.
        reversed: bool,
    },
    /// A set.
    Set {
        /// The set.
        set: Rc<Set>,
        /// The next slot.
        slot: usize,
        /// How many items the set had.
        len: usize,
    },
    /// Numbers at a distance.
    Range {
        /// The next number.
        next: i64,
        /// The distance.
        step: i64,
        /// How many are left.
        left: i64,
    },
    /// `enumerate`
    Enumerate {
        /// The iterator that is counted.
        iterator: Object,
        /// The next number.
        count: i64,
    },
    /// `zip`
    Zip {
        /// The iterators.
        iterators: Rc<Vec<Object>>,
        /// Whether all must be equally long.
        strict: bool,
    },
    /// `map`
    Map {
        /// What is called.
        function: Object,
        /// The iterators of its arguments.
        iterators: Rc<Vec<Object>>,
    },
    /// `filter`
    Filter {
        /// What decides; `None` keeps what is true.
        function: Object,
        /// The iterator that is filtered.
        iterator: Object,
    },
    /// `iter(callable, sentinel)`
    Callable {
        /// What is called.
        callable: Object,
        /// The value that ends it.
        sentinel: Object,
    },
    /// The old protocol: `__getitem__` with 0, 1, … until IndexError.
    Sequence {
        /// The sequence.
        object: Object,
        /// The next index.
        index: i64,
    },
    /// `reversed` of a sequence.
    SequenceReversed {
        /// The sequence.
        object: Object,
        /// The next index; below 0 it has ended.
        index: i64,
    },
    /// An iterator in Rust.
    Custom {
        /// Gives the next item.
        next: NextFn,
        /// The name of its type is the one of this class.
        class: fn(&Types) -> &Rc<Class>,
    },
}

impl Iter {
    /// An iterator object.
    pub fn object(state: Iteration) -> Object {
        Object::Iterator(Rc::new(Iter { state: RefCell::new(state) }))
    }

    /// An iterator object over values that are at hand.
    pub fn over(items: Vec<Object>) -> Object {
        Iter::object(Iteration::Tuple { items: Rc::new(items), index: 0 })
    }

    /// The class of this kind of iterator.
    pub fn class<'t>(&self, types: &'t Types) -> &'t Rc<Class> {
        (self.state.borrow().class())(types)
    }

    /// `next()`, with nothing at the end.
    pub fn next(&self, vm: &mut Vm) -> PyResult<Option<Object>> {
        let item = self.step(vm)?;
        if item.is_none() {
            let class = self.state.borrow().class();
            drop(self.state.replace(Iteration::Ended(class)));
        }
        Ok(item)
    }

    /// How many items are left, where that is known (`__length_hint__`).
    pub fn left(&self) -> Option<usize> {
        match &*self.state.borrow() {
            Iteration::Ended(_) => Some(0),
            Iteration::List { list, index } => Some(list.items.borrow().len().saturating_sub(*index)),
            Iteration::ListReversed { left, .. } => Some(*left),
            Iteration::Tuple { items, index } => Some(items.len().saturating_sub(*index)),
            Iteration::Range { left, .. } => usize::try_from(*left).ok(),
            _ => None,
        }
    }

    fn step(&self, vm: &mut Vm) -> PyResult<Option<Object>> {
        // What needs no Python code is done under the borrow; the rest is taken out of it first.
        let pending = {
            let mut state = self.state.borrow_mut();
            match &mut *state {
                Iteration::Ended(_) => return Ok(None),
                Iteration::List { list, index } => {
                    let item = list.items.borrow().get(*index).cloned();
                    *index += 1;
                    return Ok(item);
                }
                Iteration::ListReversed { list, left } => {
                    let Some(index) = left.checked_sub(1) else { return Ok(None) };
                    *left = index;
                    return Ok(list.items.borrow().get(index).cloned());
                }
                Iteration::Tuple { items, index } => {
                    let item = items.get(*index).cloned();
                    *index += 1;
                    return Ok(item);
                }
                Iteration::Str { text, at } => {
                    let next = text.as_str().get(*at..).and_then(|rest| rest.chars().next());
                    let Some(next) = next else { return Ok(None) };
                    *at += next.len_utf8();
                    return Ok(Some(Object::str(next.encode_utf8(&mut [0; 4]))));
                }
                Iteration::Bytes { bytes, index } => {
                    let item = bytes.get(*index).map(|&byte| Object::Int(i64::from(byte)));
                    *index += 1;
                    return Ok(item);
                }
                Iteration::Dict { dict, kind, place, len, reversed } => {
                    if dict.len() != *len {
                        return Err(vm.error(
                            &vm.exceptions.runtime_error,
                            "dictionary changed size during iteration",
                        ));
                    }
                    let found = if *reversed { dict.entry_before(*place) } else { dict.entry_from(*place) };
                    return Ok(found.map(|(next, key, value)| {
                        *place = next;
                        kind.of(key, value)
                    }));
                }
                Iteration::Set { set, slot, len } => {
                    if set.len() != *len {
                        return Err(
                            vm.error(&vm.exceptions.runtime_error, "Set changed size during iteration")
                        );
                    }
                    return Ok(set.item_from(*slot).map(|(next, item)| {
                        *slot = next;
                        item
                    }));
                }
                Iteration::Range { next, step, left } => {
                    if *left <= 0 {
                        return Ok(None);
                    }
                    let item = *next;
                    *left -= 1;
                    *next = next.wrapping_add(*step);
                    return Ok(Some(Object::Int(item)));
                }
                Iteration::Enumerate { iterator, count } => {
                    let number = *count;
                    *count += 1;
                    Pending::Count(iterator.clone(), number)
                }
                Iteration::Zip { iterators, strict } => Pending::Zip(Rc::clone(iterators), *strict),
                Iteration::Map { function, iterators } => {
                    Pending::Map(function.clone(), Rc::clone(iterators))
                }
                Iteration::Filter { function, iterator } => {
                    Pending::Filter(function.clone(), iterator.clone())
                }
                Iteration::Callable { callable, sentinel } => {
                    Pending::Call(callable.clone(), sentinel.clone())
                }
                Iteration::Sequence { object, index } => {
                    let at = *index;
                    *index += 1;
                    Pending::Item(object.clone(), at)
                }
                Iteration::SequenceReversed { object, index } => {
                    if *index < 0 {
                        return Ok(None);
                    }
                    let at = *index;
                    *index -= 1;
                    Pending::Item(object.clone(), at)
                }
                Iteration::Custom { next, .. } => Pending::Custom(Rc::clone(next)),
            }
        };
        pending.run(vm)
    }
}

/// A step that runs Python code.
enum Pending {
    Count(Object, i64),
    Zip(Rc<Vec<Object>>, bool),
    Map(Object, Rc<Vec<Object>>),
    Filter(Object, Object),
    Call(Object, Object),
    Item(Object, i64),
    Custom(NextFn),
}

impl Pending {
    fn run(self, vm: &mut Vm) -> PyResult<Option<Object>> {
        match self {
            Pending::Count(iterator, number) => {
                let item = vm.next(&iterator)?;
                Ok(item.map(|item| Object::tuple(vec![Object::Int(number), item])))
            }
            Pending::Zip(iterators, strict) => {
                let items = if strict { zip_strict(vm, &iterators)? } else { one_each(vm, &iterators)? };
                Ok(items.map(Object::tuple))
            }
            Pending::Map(function, iterators) => match one_each(vm, &iterators)? {
                Some(arguments) => vm.call(&function, crate::object::Args::positional(arguments)).map(Some),
                None => Ok(None),
            },
            Pending::Filter(function, iterator) => {
                while let Some(item) = vm.next(&iterator)? {
                    let verdict = match &function {
                        Object::None => item.clone(),
                        function => vm.call(function, crate::object::Args::positional(vec![item.clone()]))?,
                    };
                    if vm.truthy(&verdict)? {
                        return Ok(Some(item));
                    }
                }
                Ok(None)
            }
            Pending::Call(callable, sentinel) => {
                let item = vm.call(&callable, crate::object::Args::default())?;
                Ok(if vm.equals(&item, &sentinel)? { None } else { Some(item) })
            }
            Pending::Item(object, index) => match vm.get_item(&object, &Object::Int(index)) {
                Ok(item) => Ok(Some(item)),
                Err(unwind) => {
                    let (index_error, stop_iteration) =
                        (vm.exceptions.index_error.clone(), vm.exceptions.stop_iteration.clone());
                    if super::exceptions::is_raised(&unwind, &index_error)
                        || super::exceptions::is_raised(&unwind, &stop_iteration)
                    {
                        Ok(None)
                    } else {
                        Err(unwind)
                    }
                }
            },
            Pending::Custom(next) => next(vm),
        }
    }
}

fn one_each(vm: &mut Vm, iterators: &[Object]) -> PyResult<Option<Vec<Object>>> {
    if iterators.is_empty() {
        return Ok(None);
    }
    let mut items = Vec::with_capacity(iterators.len());
    for iterator in iterators {
        match vm.next(iterator)? {
            Some(item) => items.push(item),
            None => return Ok(None),
        }
    }
    Ok(Some(items))
}

fn zip_strict(vm: &mut Vm, iterators: &[Object]) -> PyResult<Option<Vec<Object>>> {
    let mut items = Vec::with_capacity(iterators.len());
    for (at, iterator) in iterators.iter().enumerate() {
        match vm.next(iterator)? {
            Some(item) => items.push(item),
            None if at > 0 => return Err(uneven(vm, at, "shorter")),
            None => {
                for (at, iterator) in iterators.iter().enumerate().skip(1) {
                    if vm.next(iterator)?.is_some() {
                        return Err(uneven(vm, at, "longer"));
                    }
                }
                return Ok(None);
            }
        }
    }
    Ok((!items.is_empty()).then_some(items))
}

fn uneven(vm: &mut Vm, at: usize, how: &str) -> crate::object::Unwind {
    let others = if at == 1 { "argument 1".to_owned() } else { format!("arguments 1-{at}") };
    vm.value_error(format!("zip() argument {} is {how} than {others}", at + 1))
}

impl Iteration {
    fn class(&self) -> fn(&Types) -> &Rc<Class> {
        match self {
            Iteration::Ended(class) | Iteration::Custom { class, .. } => *class,
            Iteration::List { .. } => |types| &types.list_iterator,
            Iteration::ListReversed { .. } => |types| &types.list_reverse_iterator,
            Iteration::Tuple { .. } => |types| &types.tuple_iterator,
            Iteration::Str { .. } => |types| &types.str_iterator,
            Iteration::Bytes { .. } => |types| &types.bytes_iterator,
            Iteration::Dict { kind: ViewKind::Keys, .. } => |types| &types.dict_key_iterator,
            Iteration::Dict { kind: ViewKind::Values, .. } => |types| &types.dict_value_iterator,
            Iteration::Dict { kind: ViewKind::Items, .. } => |types| &types.dict_item_iterator,
            Iteration::Set { .. } => |types| &types.set_iterator,
            Iteration::Range { .. } => |types| &types.range_iterator,
            Iteration::Enumerate { .. } => |types| &types.enumerate,
            Iteration::Zip { .. } => |types| &types.zip,
            Iteration::Map { .. } => |types| &types.map,
            Iteration::Filter { .. } => |types| &types.filter,
            Iteration::Callable { .. } => |types| &types.callable_iterator,
            Iteration::Sequence { .. } => |types| &types.sequence_iterator,
            Iteration::SequenceReversed { .. } => |types| &types.reversed,
        }
    }
}
