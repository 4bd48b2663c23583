//! The classes of `datetime` with their methods.

use std::rc::Rc;

use super::calendar::{DAY, offset_text, parse_date, parse_time};
use super::format::{strftime, strptime};
use super::more;
use super::{Date, DateTime, Delta, Time, new_date, new_datetime, new_delta, new_time, new_zone};
use crate::builtins::Binder;
use crate::object::{Args, Class, ClassBuilder, Instance, Object, PyResult};
use crate::vm::Vm;

/// A fixed offset from UTC, in seconds.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Zone(pub i32);

pub(super) struct Classes {
    pub date: Rc<Class>,
    pub time: Rc<Class>,
    pub datetime: Rc<Class>,
    pub delta: Rc<Class>,
    pub zone: Rc<Class>,
    pub tzinfo: Rc<Class>,
}

/// Any of the module's values.
pub(super) enum Value {
    Date(Date),
    Time(Time),
    DateTime(DateTime),
    Delta(Delta),
    Zone(Zone),
}

pub(super) fn value(object: &Object) -> Option<Value> {
    if let Some(value) = object.native::<DateTime>() {
        return Some(Value::DateTime(*value));
    }
    if let Some(value) = object.native::<Date>() {
        return Some(Value::Date(*value));
    }
    if let Some(value) = object.native::<Time>() {
        return Some(Value::Time(*value));
    }
    if let Some(value) = object.native::<Delta>() {
        return Some(Value::Delta(*value));
    }
    object.native::<Zone>().map(|value| Value::Zone(*value))
}

pub(super) fn this(args: &Args) -> Object {
    args.positional.first().cloned().unwrap_or(Object::None)
}

pub(super) fn other(args: &Args) -> Object {
    args.positional.get(1).cloned().unwrap_or(Object::None)
}

/// The date part of a date or datetime, midnight for dates.
pub(super) fn moment(object: &Object) -> DateTime {
    match value(object) {
        Some(Value::DateTime(value)) => value,
        Some(Value::Date(date)) => DateTime { date, time: Time::default(), offset: None },
        Some(Value::Time(time)) => {
            DateTime { date: Date { year: 1900, month: 1, day: 1 }, time, offset: None }
        }
        _ => DateTime { date: Date { year: 1, month: 1, day: 1 }, time: Time::default(), offset: None },
    }
}

pub(super) fn integer(vm: &mut Vm, value: &Object) -> PyResult<i64> {
    match crate::builtins::base(value) {
        Object::Int(value) => Ok(*value),
        Object::Bool(value) => Ok(i64::from(*value)),
        _ => {
            let given = vm.type_name(value);
            Err(vm.type_error(format!("'{}' object cannot be interpreted as an integer", given.as_str())))
        }
    }
}

/// The arguments after the first as integers, with defaults; what is not an integer is left.
fn integers(
    vm: &mut Vm,
    mut args: Args,
    function: &str,
    names: &[&str],
    required: usize,
) -> PyResult<Vec<Option<Object>>> {
    if !args.positional.is_empty() {
        args.positional.remove(0);
    }
    Binder { function, names, required, positional: names.len() }.bind(vm, args)
}

fn field(vm: &mut Vm, values: &[Option<Object>], at: usize, default: i64) -> PyResult<i64> {
    match values.get(at) {
        Some(Some(value)) => integer(vm, value),
        _ => Ok(default),
    }
}

fn zone_of(vm: &mut Vm, value: Option<&Option<Object>>) -> PyResult<Option<i32>> {
    match value {
        None | Some(None | Some(Object::None)) => Ok(None),
        Some(Some(zone)) => match zone.native::<Zone>() {
            Some(zone) => Ok(Some(zone.0)),
            None => Err(vm.type_error("tzinfo argument must be None or of a tzinfo subclass")),
        },
    }
}

pub(super) fn class_argument(args: &Args, fallback: &Rc<Class>) -> Rc<Class> {
    match args.positional.first() {
        Some(Object::Class(class)) => Rc::clone(class),
        _ => Rc::clone(fallback),
    }
}

/// An instance of the class that a class method or `__new__` was called on.
fn instance<T: 'static>(vm: &mut Vm, args: &Args, value: T) -> Object {
    let fallback = Rc::clone(&vm.types.object);
    Instance::native(&class_argument(args, &fallback), value)
}

const DATETIME: [&str; 8] = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"];

fn datetime_from(vm: &mut Vm, values: &[Option<Object>], old: DateTime) -> PyResult<DateTime> {
    let date = Date::new(
        field(vm, values, 0, i64::from(old.date.year))?,
        field(vm, values, 1, i64::from(old.date.month))?,
        field(vm, values, 2, i64::from(old.date.day))?,
    )
    .map_err(|message| vm.value_error(message))?;
    let time = time_from(vm, values.get(3..).unwrap_or_default(), old.time)?;
    let offset =
        if values.get(7).is_some_and(Option::is_some) { zone_of(vm, values.get(7))? } else { old.offset };
    Ok(DateTime { date, time, offset })
}

fn time_from(vm: &mut Vm, values: &[Option<Object>], old: Time) -> PyResult<Time> {
    Time::new(
        field(vm, values, 0, i64::from(old.hour))?,
        field(vm, values, 1, i64::from(old.minute))?,
        field(vm, values, 2, i64::from(old.second))?,
        field(vm, values, 3, i64::from(old.microsecond))?,
    )
    .map_err(|message| vm.value_error(message))
}

fn text_argument(vm: &mut Vm, args: &Args, at: usize) -> PyResult<String> {
    match args.positional.get(at) {
        Some(value) => Ok(vm.str(value)?.as_str().to_owned()),
        None => Err(vm.type_error("function missing a required argument")),
    }
}

fn repr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let object = this(&args);
    let class = vm.class_of(&object);
    let name = format!("{}.{}", class.module.borrow().as_str(), class.qualname.borrow().as_str());
    let clock = |time: Time| match (time.second, time.microsecond) {
        (0, 0) => format!("{}, {}", time.hour, time.minute),
        (second, 0) => format!("{}, {}, {second}", time.hour, time.minute),
        (second, micros) => format!("{}, {}, {second}, {micros}", time.hour, time.minute),
    };
    Ok(Object::from(match value(&object) {
        Some(Value::Date(date)) => format!("{name}({}, {}, {})", date.year, date.month, date.day),
        Some(Value::Time(time)) => format!("{name}({})", clock(time)),
        Some(Value::DateTime(DateTime { date, time, offset })) => {
            let zone = offset.map_or_else(String::new, |offset| format!(", tzinfo={}", zone_repr(offset)));
            format!("{name}({}, {}, {}, {}{zone})", date.year, date.month, date.day, clock(time))
        }
        Some(Value::Delta(delta)) => {
            let (days, seconds, micros) = delta.parts();
            let parts = [("days", days), ("seconds", seconds), ("microseconds", micros)];
            let parts: Vec<String> = parts
                .iter()
                .filter(|(_, part)| *part != 0)
                .map(|(name, part)| format!("{name}={part}"))
                .collect();
            if parts.is_empty() { format!("{name}(0)") } else { format!("{name}({})", parts.join(", ")) }
        }
        Some(Value::Zone(zone)) => zone_repr(zone.0),
        None => name,
    }))
}

fn zone_repr(offset: i32) -> String {
    if offset == 0 {
        return "datetime.timezone.utc".into();
    }
    let (days, seconds, _) = Delta(i64::from(offset) * 1_000_000).parts();
    let days = if days == 0 { String::new() } else { format!("days={days}, ") };
    format!("datetime.timezone(datetime.timedelta({days}seconds={seconds}))")
}

fn text(_vm: &mut Vm, args: Args) -> PyResult<Object> {
    Ok(Object::from(match value(&this(&args)) {
        Some(Value::Date(date)) => date.iso(),
        Some(Value::Time(time)) => time.iso(),
        Some(Value::DateTime(moment)) => moment.iso(" "),
        Some(Value::Delta(delta)) => delta.text(),
        Some(Value::Zone(Zone(0))) => "UTC".to_owned(),
        Some(Value::Zone(Zone(offset))) => format!("UTC{}", offset_text(offset)),
        None => String::new(),
    }))
}

fn isoformat(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let object = this(&args);
    let clock_only = matches!(value(&object), Some(Value::Time(_)));
    let spec = args.take_keyword("timespec");
    let spec = spec.or_else(|| args.positional.get(if clock_only { 1 } else { 2 }).cloned());
    let spec = match spec {
        Some(spec) => vm.str(&spec)?.as_str().to_owned(),
        None => "auto".to_owned(),
    };
    let separator = args.take_keyword("sep").or_else(|| args.positional.get(1).cloned());
    Ok(Object::from(match value(&object) {
        Some(Value::Date(date)) => date.iso(),
        Some(Value::Time(time)) => more::clock_text(vm, time, &spec)?,
        Some(Value::DateTime(moment)) => {
            let separator = match separator {
                Some(separator) => vm.str(&separator)?.as_str().to_owned(),
                None => "T".to_owned(),
            };
            let clock = more::clock_text(vm, moment.time, &spec)?;
            let offset = moment.offset.map_or_else(String::new, offset_text);
            format!("{}{separator}{clock}{offset}", moment.date.iso())
        }
        _ => String::new(),
    }))
}

fn format(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let pattern = text_argument(vm, &args, 1)?;
    if pattern.is_empty() {
        return text(vm, args);
    }
    Ok(Object::from(strftime(moment(&this(&args)), &pattern)))
}

fn ordering(vm: &mut Vm, args: &Args) -> PyResult<Option<std::cmp::Ordering>> {
    Ok(match (value(&this(args)), value(&other(args))) {
        (Some(Value::Date(a)), Some(Value::Date(b))) => Some(a.cmp(&b)),
        (Some(Value::Time(a)), Some(Value::Time(b))) => Some(a.cmp(&b)),
        (Some(Value::Delta(a)), Some(Value::Delta(b))) => Some(a.cmp(&b)),
        (Some(Value::DateTime(a)), Some(Value::DateTime(b))) => {
            if a.offset.is_some() != b.offset.is_some() {
                return Err(vm.type_error("can't compare offset-naive and offset-aware datetimes"));
            }
            Some(a.instant().cmp(&b.instant()))
        }
        (Some(Value::DateTime(_)), Some(Value::Date(_)))
        | (Some(Value::Date(_)), Some(Value::DateTime(_))) => {
            let given = vm.type_name(&other(args));
            let own = vm.type_name(&this(args));
            let message = format!("can't compare {} to {}", own.as_str(), given.as_str());
            return Err(vm.type_error(message));
        }
        _ => None,
    })
}

fn equal(vm: &mut Vm, args: Args) -> PyResult<Object> {
    if let (Some(Value::Zone(a)), Some(Value::Zone(b))) = (value(&this(&args)), value(&other(&args))) {
        return Ok(Object::Bool(a == b));
    }
    // Naive and aware ones are never equal.
    let answer = ordering(vm, &args).unwrap_or(Some(std::cmp::Ordering::Less));
    Ok(answer.map_or(Object::NotImplemented, |ordering| Object::Bool(ordering.is_eq())))
}

macro_rules! comparisons {
    ($builder:expr, $($name:literal $test:ident),*) => {
        $builder$(.method($name, |vm, args| {
            Ok(ordering(vm, &args)?.map_or(Object::NotImplemented, |ordering| Object::Bool(ordering.$test())))
        }))*
    };
}

fn common(builder: ClassBuilder) -> ClassBuilder {
    let builder = builder
        .method("__repr__", repr)
        .method("__str__", text)
        .method("__hash__", more::hash)
        .method("__eq__", equal);
    comparisons!(builder, "__lt__" is_lt, "__le__" is_le, "__gt__" is_gt, "__ge__" is_ge)
}

fn shifted(vm: &mut Vm, object: &Object, delta: Delta) -> PyResult<Object> {
    let overflow = "date value out of range";
    match value(object) {
        Some(Value::DateTime(moment)) => match moment.plus(delta) {
            Some(moment) => Ok(new_datetime(vm, moment)),
            None => Err(vm.error(&vm.exceptions.overflow_error, overflow)),
        },
        Some(Value::Date(date)) => match Date::from_ordinal(date.ordinal() + delta.0.div_euclid(DAY)) {
            Some(date) => Ok(new_date(vm, date)),
            None => Err(vm.error(&vm.exceptions.overflow_error, overflow)),
        },
        Some(Value::Delta(own)) => Ok(new_delta(vm, Delta(own.0.saturating_add(delta.0)))),
        _ => Ok(Object::NotImplemented),
    }
}

fn add(vm: &mut Vm, args: Args) -> PyResult<Object> {
    match (value(&this(&args)), value(&other(&args))) {
        (_, Some(Value::Delta(delta))) => shifted(vm, &this(&args), delta),
        (Some(Value::Delta(delta)), Some(_)) => shifted(vm, &other(&args), delta),
        _ => Ok(Object::NotImplemented),
    }
}

fn sub(vm: &mut Vm, args: Args) -> PyResult<Object> {
    match (value(&this(&args)), value(&other(&args))) {
        (_, Some(Value::Delta(delta))) => shifted(vm, &this(&args), Delta(-delta.0)),
        (Some(Value::Date(a)), Some(Value::Date(b))) => {
            Ok(new_delta(vm, Delta((a.ordinal() - b.ordinal()) * DAY)))
        }
        (Some(Value::DateTime(a)), Some(Value::DateTime(b))) => {
            if a.offset.is_some() != b.offset.is_some() {
                return Err(vm.type_error("can't subtract offset-naive and offset-aware datetimes"));
            }
            Ok(new_delta(vm, Delta(a.instant() - b.instant())))
        }
        _ => Ok(Object::NotImplemented),
    }
}

fn scale(vm: &mut Vm, args: &Args, by: impl Fn(f64, f64) -> f64) -> PyResult<Object> {
    let (Some(delta), factor) = (this(args).native::<Delta>(), other(args)) else {
        return Ok(Object::NotImplemented);
    };
    let factor = match factor {
        Object::Int(factor) => factor as f64,
        Object::Float(factor) => factor,
        _ => return Ok(Object::NotImplemented),
    };
    Ok(new_delta(vm, Delta(by(delta.0 as f64, factor).round_ties_even() as i64)))
}

fn now(vm: &mut Vm, offset: Option<i32>) -> DateTime {
    let (seconds, micros) = vm.host.wall_clock();
    let shifted = seconds.saturating_add(i64::from(offset.unwrap_or(0)));
    let epoch = DateTime { date: Date { year: 1970, month: 1, day: 1 }, time: Time::default(), offset: None };
    DateTime { offset, ..DateTime::from_unix(shifted, micros).unwrap_or(epoch) }
}

macro_rules! numbers {
    ($builder:expr, $($name:literal $get:expr),*) => {
        $builder$(.getter($name, |_, args| {
            let get: fn(DateTime) -> i64 = $get;
            Ok(Object::Int(get(moment(&this(&args)))))
        }))*
    };
}

impl Classes {
    pub(super) fn new() -> Classes {
        let tzinfo = Class::builder("tzinfo").module("datetime").build();
        let date = date_class();
        let datetime = datetime_class(&date);
        Classes {
            datetime,
            time: time_class(),
            delta: delta_class(),
            zone: zone_class(&tzinfo),
            tzinfo,
            date,
        }
    }
}

fn date_class() -> Rc<Class> {
    let builder = more::of_date(common(Class::builder("date").module("datetime")))
        .method("__new__", |vm, args| {
            let values = integers(vm, args.clone(), "date", &DATETIME[..3], 3)?;
            let date = datetime_from(vm, &values, moment(&Object::None))?.date;
            Ok(instance(vm, &args, date))
        })
        .method("__add__", add)
        .method("__radd__", add)
        .method("__sub__", sub)
        .method("isoformat", isoformat)
        .method("strftime", format)
        .method("__format__", format)
        .method("weekday", |_, args| Ok(Object::Int(i64::from(moment(&this(&args)).date.weekday()))))
        .method("isoweekday", |_, args| Ok(Object::Int(i64::from(moment(&this(&args)).date.weekday()) + 1)))
        .method("toordinal", |_, args| Ok(Object::Int(moment(&this(&args)).date.ordinal())))
        .method("replace", |vm, args| {
            let old = moment(&this(&args));
            let values = integers(vm, args, "replace", &DATETIME[..3], 0)?;
            let new = datetime_from(vm, &values, old)?;
            Ok(new_date(vm, new.date))
        })
        .class_method("today", |vm, args| {
            let today = now(vm, None);
            let is_datetime = matches!(args.positional.first(), Some(Object::Class(class)) if class.name().as_str() == "datetime");
            Ok(if is_datetime { new_datetime(vm, today) } else { new_date(vm, today.date) })
        })
        .class_method("fromisoformat", |vm, args| {
            let text = text_argument(vm, &args, 1)?;
            match parse_date(&text) {
                Some(date) => more::made_date(vm, &args, date),
                None => Err(vm.value_error(format!("Invalid isoformat string: '{text}'"))),
            }
        })
        .class_method("fromtimestamp", |vm, args| {
            let at = more::from_timestamp(vm, &other(&args), None)?;
            more::made_date(vm, &args, at.date)
        })
        .class_method("fromordinal", |vm, args| {
            let ordinal = integer(vm, &other(&args))?;
            match Date::from_ordinal(ordinal) {
                Some(date) => Ok(new_date(vm, date)),
                None => Err(vm.value_error("ordinal must be >= 1")),
            }
        });
    numbers!(
        builder,
        "year" | moment | i64::from(moment.date.year),
        "month" | moment | i64::from(moment.date.month),
        "day" | moment | i64::from(moment.date.day)
    )
    .build()
}

fn datetime_class(date: &Rc<Class>) -> Rc<Class> {
    let builder = more::of_datetime(common(Class::builder("datetime").module("datetime").base(date)))
        .method("__new__", |vm, args| {
            let values = integers(vm, args.clone(), "datetime", &DATETIME, 3)?;
            let made = datetime_from(vm, &values, moment(&Object::None))?;
            Ok(instance(vm, &args, made))
        })
        .method("date", |vm, args| Ok(new_date(vm, moment(&this(&args)).date)))
        .method("time", |vm, args| Ok(new_time(vm, moment(&this(&args)).time)))
        .method("timestamp", |_, args| {
            let epoch = Date { year: 1970, month: 1, day: 1 }.ordinal() * DAY;
            Ok(Object::Float((moment(&this(&args)).instant() - epoch) as f64 / 1e6))
        })
        .method("replace", |vm, args| {
            let old = moment(&this(&args));
            let values = integers(vm, args, "replace", &DATETIME, 0)?;
            let new = datetime_from(vm, &values, old)?;
            Ok(new_datetime(vm, new))
        })
        .method("astimezone", |vm, args| {
            let offset = zone_of(vm, Some(&args.positional.get(1).cloned()))?.unwrap_or(0);
            let old = moment(&this(&args));
            let shift = Delta(i64::from(offset - old.offset.unwrap_or(0)) * 1_000_000);
            match old.plus(shift) {
                Some(new) => Ok(new_datetime(vm, DateTime { offset: Some(offset), ..new })),
                None => Err(vm.error(&vm.exceptions.overflow_error, "date value out of range")),
            }
        })
        .method("utcoffset", |vm, args| match moment(&this(&args)).offset {
            Some(offset) => Ok(new_delta(vm, Delta(i64::from(offset) * 1_000_000))),
            None => Ok(Object::None),
        })
        .getter("tzinfo", |vm, args| match moment(&this(&args)).offset {
            Some(offset) => Ok(new_zone(vm, offset)),
            None => Ok(Object::None),
        })
        .class_method("now", |vm, mut args| {
            let zone = args.take_keyword("tz").or_else(|| args.positional.get(1).cloned());
            let offset = zone_of(vm, Some(&zone))?;
            let now = now(vm, offset);
            Ok(new_datetime(vm, now))
        })
        .class_method("utcnow", |vm, _| {
            let now = now(vm, None);
            Ok(new_datetime(vm, now))
        })
        .class_method("fromisoformat", |vm, args| {
            let text = text_argument(vm, &args, 1)?;
            match DateTime::parse_iso(&text) {
                Some(moment) => Ok(new_datetime(vm, moment)),
                None => Err(vm.value_error(format!("Invalid isoformat string: '{text}'"))),
            }
        })
        .class_method("strptime", |vm, args| {
            let (text, pattern) = (text_argument(vm, &args, 1)?, text_argument(vm, &args, 2)?);
            match strptime(&text, &pattern) {
                Ok(moment) => Ok(new_datetime(vm, moment)),
                Err(message) => Err(vm.value_error(message)),
            }
        })
        .class_method("fromtimestamp", |vm, mut args| {
            let zone = args.take_keyword("tz").or_else(|| args.positional.get(2).cloned());
            let offset = zone_of(vm, Some(&zone))?;
            let at = more::from_timestamp(vm, &other(&args), offset)?;
            Ok(new_datetime(vm, at))
        })
        .class_method("combine", |vm, args| {
            let (date, time) = (args.positional.get(1), args.positional.get(2));
            let (date, time) = (date.cloned().unwrap_or(Object::None), time.cloned().unwrap_or(Object::None));
            let time = time.native::<Time>().map_or(Time::default(), |time| *time);
            let zone = args.keyword.iter().find(|(name, _)| name.as_str() == "tzinfo");
            let zone = args.positional.get(3).or(zone.map(|(_, zone)| zone)).cloned();
            let offset = zone_of(vm, Some(&zone))?;
            Ok(new_datetime(vm, DateTime { date: moment(&date).date, time, offset }))
        });
    clock_numbers(builder).build()
}

fn clock_numbers(builder: ClassBuilder) -> ClassBuilder {
    numbers!(
        builder,
        "hour" | moment | i64::from(moment.time.hour),
        "minute" | moment | i64::from(moment.time.minute),
        "second" | moment | i64::from(moment.time.second),
        "microsecond" | moment | i64::from(moment.time.microsecond)
    )
}

fn time_class() -> Rc<Class> {
    let builder = more::of_time(common(Class::builder("time").module("datetime")))
        .method("__new__", |vm, args| {
            let values = integers(vm, args.clone(), "time", &DATETIME[3..], 0)?;
            let time = time_from(vm, &values, Time::default())?;
            Ok(instance(vm, &args, time))
        })
        .method("isoformat", isoformat)
        .method("strftime", format)
        .method("__format__", format)
        .method("replace", |vm, args| {
            let old = moment(&this(&args)).time;
            let values = integers(vm, args, "replace", &DATETIME[3..7], 0)?;
            let new = time_from(vm, &values, old)?;
            Ok(new_time(vm, new))
        })
        .class_method("fromisoformat", |vm, args| {
            let text = text_argument(vm, &args, 1)?;
            match parse_time(&text) {
                Some(time) => Ok(new_time(vm, time)),
                None => Err(vm.value_error(format!("Invalid isoformat string: '{text}'"))),
            }
        });
    clock_numbers(builder).build()
}

fn delta_class() -> Rc<Class> {
    more::of_delta(common(Class::builder("timedelta").module("datetime")))
        .method("__new__", |vm, args| {
            const UNITS: [(&str, f64); 7] = [
                ("days", 86_400e6),
                ("seconds", 1e6),
                ("microseconds", 1.0),
                ("milliseconds", 1e3),
                ("minutes", 60e6),
                ("hours", 3600e6),
                ("weeks", 604_800e6),
            ];
            let values = integers(vm, args.clone(), "timedelta", &UNITS.map(|(name, _)| name), 0)?;
            let mut total = 0_i64;
            let mut fraction = 0.0;
            for (value, (name, unit)) in values.iter().zip(UNITS) {
                match value {
                    None => {}
                    Some(Object::Float(number)) => fraction += number * unit,
                    Some(Object::Int(number)) => {
                        total = total.saturating_add(number.saturating_mul(unit as i64))
                    }
                    Some(Object::Bool(number)) => total += i64::from(*number) * unit as i64,
                    Some(other) => {
                        let given = vm.type_name(other);
                        let message =
                            format!("unsupported type for timedelta {name} component: {}", given.as_str());
                        return Err(vm.type_error(message));
                    }
                }
            }
            let total = total.saturating_add(fraction.round_ties_even() as i64);
            Ok(instance(vm, &args, Delta(total)))
        })
        .method("__add__", add)
        .method("__radd__", add)
        .method("__sub__", sub)
        .method("__neg__", |vm, args| {
            let delta = this(&args).native::<Delta>().map_or(Delta(0), |delta| *delta);
            Ok(new_delta(vm, Delta(-delta.0)))
        })
        .method("__abs__", |vm, args| {
            let delta = this(&args).native::<Delta>().map_or(Delta(0), |delta| *delta);
            Ok(new_delta(vm, Delta(delta.0.abs())))
        })
        .method("__mul__", |vm, args| scale(vm, &args, |a, b| a * b))
        .method("__rmul__", |vm, args| scale(vm, &args, |a, b| a * b))
        .method("__truediv__", |vm, args| {
            match (this(&args).native::<Delta>(), other(&args).native::<Delta>()) {
                (Some(_), Some(b)) if b.0 == 0 => {
                    Err(vm.error(&vm.exceptions.zero_division_error, "integer division or modulo by zero"))
                }
                (Some(a), Some(b)) => Ok(Object::Float(a.0 as f64 / b.0 as f64)),
                _ => scale(vm, &args, |a, b| a / b),
            }
        })
        .method("__bool__", |_, args| {
            Ok(Object::Bool(this(&args).native::<Delta>().is_some_and(|delta| delta.0 != 0)))
        })
        .method("total_seconds", |_, args| {
            Ok(Object::Float(this(&args).native::<Delta>().map_or(0, |delta| delta.0) as f64 / 1e6))
        })
        .getter("days", |_, args| Ok(Object::Int(parts(&args).0)))
        .getter("seconds", |_, args| Ok(Object::Int(parts(&args).1)))
        .getter("microseconds", |_, args| Ok(Object::Int(parts(&args).2)))
        .build()
}

fn parts(args: &Args) -> (i64, i64, i64) {
    this(args).native::<Delta>().map_or((0, 0, 0), |delta| delta.parts())
}

fn zone_class(tzinfo: &Rc<Class>) -> Rc<Class> {
    more::of_zone(common(Class::builder("timezone").module("datetime").base(tzinfo)))
        .method("__new__", |vm, args| match other(&args).native::<Delta>() {
            Some(delta) if delta.0.abs() >= DAY => {
                let shown = vm.repr(&other(&args))?;
                Err(vm.value_error(format!(
                    "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {}.",
                    shown.as_str()
                )))
            }
            Some(delta) => Ok(instance(vm, &args, Zone((delta.0 / 1_000_000) as i32))),
            None => Err(vm.type_error("timezone() argument 1 must be datetime.timedelta")),
        })
        .method("utcoffset", |vm, args| {
            let zone = this(&args).native::<Zone>().map_or(0, |zone| zone.0);
            Ok(new_delta(vm, Delta(i64::from(zone) * 1_000_000)))
        })
        .method("tzname", text)
        .build()
}
