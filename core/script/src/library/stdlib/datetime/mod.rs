//! `datetime`
//!
//! The values are plain Rust data inside native instances, so that the rest of
//! Rust can make and read them: [`new_date`], [`new_datetime`] and
//! [`Object::native`]. CPython counterpart: `Modules/_datetimemodule.c`.

mod calendar;
mod classes;
mod format;
mod more;

use std::rc::Rc;

pub use calendar::{Date, DateTime, Delta, Time};
use classes::Classes;

use super::module;
use crate::object::{Instance, Module, Object};
use crate::vm::Vm;

/// The classes of the module, made when they are first needed.
#[derive(Default)]
pub struct State(Option<Rc<Classes>>);

fn classes(vm: &mut Vm) -> Rc<Classes> {
    match &vm.library.datetime.0 {
        Some(classes) => Rc::clone(classes),
        None => {
            let made = Rc::new(Classes::new());
            vm.library.datetime.0 = Some(Rc::clone(&made));
            made
        }
    }
}

/// A `datetime.date`
pub fn new_date(vm: &mut Vm, value: Date) -> Object {
    Instance::native(&classes(vm).date, value)
}

/// A `datetime.time`
pub fn new_time(vm: &mut Vm, value: Time) -> Object {
    Instance::native(&classes(vm).time, value)
}

/// A `datetime.datetime`
pub fn new_datetime(vm: &mut Vm, value: DateTime) -> Object {
    Instance::native(&classes(vm).datetime, value)
}

/// A `datetime.timedelta`
pub fn new_delta(vm: &mut Vm, value: Delta) -> Object {
    Instance::native(&classes(vm).delta, value)
}

fn new_zone(vm: &mut Vm, offset: i32) -> Object {
    Instance::native(&classes(vm).zone, classes::Zone(offset))
}

pub(super) fn build(vm: &mut Vm) -> Rc<Module> {
    let all = classes(vm);
    let utc = new_zone(vm, 0);
    for (name, value) in [("utc", utc.clone()), ("min", new_zone(vm, -86_340)), ("max", new_zone(vm, 86_340))]
    {
        let name = vm.intern(name);
        all.zone.set(name, value);
    }
    let ends = |year, month, day, hour, minute, second, microsecond| DateTime {
        date: Date { year, month, day },
        time: Time { hour, minute, second, microsecond },
        offset: None,
    };
    for (name, value) in
        [("min", ends(1, 1, 1, 0, 0, 0, 0)), ("max", ends(9999, 12, 31, 23, 59, 59, 999_999))]
    {
        let name = vm.intern(name);
        let (whole, date, time) =
            (new_datetime(vm, value), new_date(vm, value.date), new_time(vm, value.time));
        all.datetime.set(Rc::clone(&name), whole);
        all.date.set(Rc::clone(&name), date);
        all.time.set(name, time);
    }
    let day = calendar::DAY;
    for (class, step) in [(&all.date, day), (&all.datetime, 1), (&all.time, 1), (&all.delta, 1)] {
        let name = vm.intern("resolution");
        let step = new_delta(vm, Delta(step));
        class.set(name, step);
    }
    for (name, days, rest) in [("min", -999_999_999, 0), ("max", 999_999_999, day - 1)] {
        let name = vm.intern(name);
        // What does not fit is the nearest that does.
        let end = new_delta(vm, Delta(day.saturating_mul(days).saturating_add(rest)));
        all.delta.set(name, end);
    }
    module(
        vm,
        "datetime",
        vec![
            ("date", Object::Class(Rc::clone(&all.date))),
            ("time", Object::Class(Rc::clone(&all.time))),
            ("datetime", Object::Class(Rc::clone(&all.datetime))),
            ("timedelta", Object::Class(Rc::clone(&all.delta))),
            ("timezone", Object::Class(Rc::clone(&all.zone))),
            ("tzinfo", Object::Class(Rc::clone(&all.tzinfo))),
            ("UTC", utc),
            ("MINYEAR", Object::Int(1)),
            ("MAXYEAR", Object::Int(9999)),
        ],
    )
}
