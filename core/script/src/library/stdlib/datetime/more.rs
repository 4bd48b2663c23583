//! What `datetime`'s classes can do beside arithmetic: hashes, ISO weeks, parts, texts.

use super::calendar::{Date, DateTime, Delta, Time};
use super::classes::{Value, Zone, class_argument, integer, moment, other, this, value};
use super::{new_date, new_datetime, new_delta, new_time};
use crate::builtins::hash_tuple;
use crate::object::{Args, ClassBuilder, Object, PyResult};
use crate::vm::Vm;

/// As CPython hashes: what is equal has one hash, and sets keep their order.
pub(super) fn hash(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let date_bytes = |date: Date| {
        let [high, low] = (date.year as u16).to_be_bytes();
        vec![high, low, date.month as u8, date.day as u8]
    };
    let time_bytes = |time: Time| {
        let micros = time.microsecond.to_be_bytes();
        vec![time.hour as u8, time.minute as u8, time.second as u8, micros[1], micros[2], micros[3]]
    };
    let bytes = match value(&this(&args)) {
        Some(Value::Date(date)) => date_bytes(date),
        Some(Value::Time(time)) => time_bytes(time),
        Some(Value::DateTime(moment)) if moment.offset.is_none() => {
            [date_bytes(moment.date), time_bytes(moment.time)].concat()
        }
        Some(Value::DateTime(moment)) => return Ok(Object::Int(hash_delta(Delta(moment.instant())))),
        Some(Value::Delta(delta)) => return Ok(Object::Int(hash_delta(delta))),
        Some(Value::Zone(zone)) => return Ok(Object::Int(hash_delta(Delta(i64::from(zone.0) * 1_000_000)))),
        None => Vec::new(),
    };
    vm.hash(&Object::Bytes(std::rc::Rc::new(bytes))).map(Object::Int)
}

fn hash_delta(delta: Delta) -> i64 {
    let (days, seconds, micros) = delta.parts();
    hash_tuple(&[days, seconds, micros].map(crate::builtins::hash_int))
}

/// The ISO year, the week in it and the day in that, from 1.
pub(super) fn iso_week(date: Date) -> (i64, i64, i64) {
    let weekday = i64::from(date.weekday());
    // A week belongs to the year of its Thursday.
    let thursday = Date::from_ordinal(date.ordinal() - weekday + 3);
    match thursday {
        Some(thursday) => {
            (i64::from(thursday.year), i64::from((thursday.day_of_year() - 1) / 7 + 1), weekday + 1)
        }
        None => (i64::from(date.year) + i64::from(date.month == 12), 1, weekday + 1),
    }
}

fn call_helper(vm: &mut Vm, name: &str, numbers: &[i64]) -> PyResult<Object> {
    let module = vm.import("_dates")?;
    let helper = vm.get_attr(&Object::Module(module), name)?;
    vm.call(&helper, Args::positional(numbers.iter().map(|number| Object::Int(*number)).collect()))
}

fn time_tuple(vm: &mut Vm, at: DateTime, summer: i64) -> PyResult<Object> {
    let DateTime { date, time, .. } = at;
    let parts = [
        date.year as u32,
        date.month,
        date.day,
        time.hour,
        time.minute,
        time.second,
        date.weekday(),
        date.day_of_year(),
    ];
    let mut numbers: Vec<i64> = parts.map(i64::from).to_vec();
    numbers.push(summer);
    call_helper(vm, "struct_time", &numbers)
}

fn from_iso_calendar(vm: &mut Vm, args: Args) -> PyResult<Object> {
    const NAMES: [&str; 3] = ["year", "week", "day"];
    let mut numbers = [0; 3];
    for (at, name) in NAMES.into_iter().enumerate() {
        let named = args.keyword.iter().find(|(key, _)| key.as_str() == name).map(|(_, value)| value);
        match args.positional.get(at + 1).or(named).cloned() {
            Some(value) => numbers[at] = integer(vm, &value)?,
            None => {
                let message = format!("function missing required argument '{name}' (pos {})", at + 1);
                return Err(vm.type_error(message));
            }
        }
    }
    let [year, week, day] = numbers;
    if !(1..=9999).contains(&year) {
        return Err(vm.value_error(format!("Year is out of range: {year}")));
    }
    // The week with the fourth of January is the first.
    let fourth = Date { year: year as i32, month: 1, day: 4 };
    let first = fourth.ordinal() - i64::from(fourth.weekday());
    let found = Date::from_ordinal(first + (week - 1) * 7 + day - 1);
    if !(1..=7).contains(&day) {
        return Err(vm.value_error(format!("Invalid weekday: {day} (range is [1, 7])")));
    }
    match found {
        Some(date) if week >= 1 && iso_week(date) == (year, week, day) => made_date(vm, &args, date),
        _ => Err(vm.value_error(format!("Invalid week: {week}"))),
    }
}

pub(super) fn of_date(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("isocalendar", |vm, args| {
            let (year, week, day) = iso_week(moment(&this(&args)).date);
            call_helper(vm, "IsoCalendarDate", &[year, week, day])
        })
        .method("timetuple", |vm, args| {
            let at = moment(&this(&args));
            time_tuple(vm, at, if at.offset.is_some() { 0 } else { -1 })
        })
        .method("ctime", |_, args| Ok(Object::from(super::format::strftime(moment(&this(&args)), "%c"))))
        .class_method("fromisocalendar", from_iso_calendar)
}

/// The text of a zone: its name.
fn zone_name(offset: Option<i32>) -> Object {
    match offset {
        None => Object::None,
        Some(0) => Object::str("UTC"),
        Some(offset) => Object::from(format!("UTC{}", super::calendar::offset_text(offset))),
    }
}

pub(super) fn of_datetime(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("timetz", |vm, args| Ok(new_time(vm, moment(&this(&args)).time)))
        .method("dst", |_, _| Ok(Object::None))
        .method("tzname", |_, args| Ok(zone_name(moment(&this(&args)).offset)))
        .method("utctimetuple", |vm, args| {
            let at = moment(&this(&args));
            let shift = Delta(-i64::from(at.offset.unwrap_or(0)) * 1_000_000);
            time_tuple(vm, at.plus(shift).unwrap_or(at), 0)
        })
        .class_method("utcfromtimestamp", |vm, args| {
            let at = from_timestamp(vm, &other(&args), None)?;
            Ok(new_datetime(vm, at))
        })
        .getter("fold", |_, _| Ok(Object::Int(0)))
}

/// The moment of a timestamp, at an offset where there is one.
pub(super) fn from_timestamp(vm: &mut Vm, stamp: &Object, offset: Option<i32>) -> PyResult<DateTime> {
    let (seconds, micros) = match crate::builtins::base(stamp) {
        Object::Float(stamp) if stamp.is_finite() => {
            let whole = stamp.floor();
            let micros = ((stamp - whole) * 1e6).round_ties_even() as i64;
            (whole as i64, micros)
        }
        Object::Float(stamp) => {
            let kind = if stamp.is_nan() { "NaN" } else { "infinity" };
            return Err(if stamp.is_nan() {
                vm.value_error(format!("cannot convert float {kind} to integer"))
            } else {
                vm.error(&vm.exceptions.overflow_error, format!("cannot convert float {kind} to integer"))
            });
        }
        other => (integer(vm, other)?, 0),
    };
    let shifted = seconds.saturating_add(i64::from(offset.unwrap_or(0))).saturating_add(micros / 1_000_000);
    match DateTime::from_unix(shifted, (micros % 1_000_000) as u32) {
        Some(at) => Ok(DateTime { offset, ..at }),
        None => {
            // The year, as a calendar without bounds would have it.
            let year = 1970 + shifted.div_euclid(31_556_952);
            Err(vm.value_error(format!("year {year} is out of range")))
        }
    }
}

pub(super) fn of_time(builder: ClassBuilder) -> ClassBuilder {
    builder
        .getter("tzinfo", |_, _| Ok(Object::None))
        .getter("fold", |_, _| Ok(Object::Int(0)))
        .method("utcoffset", |_, _| Ok(Object::None))
        .method("dst", |_, _| Ok(Object::None))
        .method("tzname", |_, _| Ok(Object::None))
}

fn delta(object: &Object) -> Option<Delta> {
    object.native::<Delta>().map(|delta| *delta)
}

fn by_zero(vm: &mut Vm) -> crate::object::Unwind {
    vm.error(&vm.exceptions.zero_division_error, "integer division or modulo by zero")
}

fn floor_divide(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(own) = delta(&this(&args)) else { return Ok(Object::NotImplemented) };
    match (delta(&other(&args)), &other(&args)) {
        (Some(Delta(0)), _) | (None, Object::Int(0)) => Err(by_zero(vm)),
        (Some(by), _) => Ok(Object::Int(num_integer::Integer::div_floor(&own.0, &by.0))),
        (None, Object::Int(by)) => Ok(new_delta(vm, Delta(num_integer::Integer::div_floor(&own.0, by)))),
        _ => Ok(Object::NotImplemented),
    }
}

fn modulo(vm: &mut Vm, args: Args) -> PyResult<Object> {
    match (delta(&this(&args)), delta(&other(&args))) {
        (Some(_), Some(Delta(0))) => Err(by_zero(vm)),
        (Some(own), Some(by)) => Ok(new_delta(vm, Delta(num_integer::Integer::mod_floor(&own.0, &by.0)))),
        _ => Ok(Object::NotImplemented),
    }
}

pub(super) fn of_delta(builder: ClassBuilder) -> ClassBuilder {
    builder
        .method("__floordiv__", floor_divide)
        .method("__mod__", modulo)
        .method("__divmod__", |vm, args| {
            let quotient = floor_divide(vm, args.clone())?;
            let rest = modulo(vm, args)?;
            Ok(Object::tuple(vec![quotient, rest]))
        })
        .method("__pos__", |_, args| Ok(this(&args)))
}

pub(super) fn of_zone(builder: ClassBuilder) -> ClassBuilder {
    builder.method("dst", |_, _| Ok(Object::None)).method("fromutc", |vm, args| {
        let offset = this(&args).native::<Zone>().map_or(0, |zone| zone.0);
        let at = moment(&other(&args));
        match at.plus(Delta(i64::from(offset) * 1_000_000)) {
            Some(at) => Ok(new_datetime(vm, at)),
            None => Err(vm.error(&vm.exceptions.overflow_error, "date value out of range")),
        }
    })
}

/// `isoformat(timespec=…)`
pub(super) fn clock_text(vm: &mut Vm, time: Time, spec: &str) -> PyResult<String> {
    Ok(match spec {
        "auto" => time.iso(),
        "hours" => format!("{:02}", time.hour),
        "minutes" => format!("{:02}:{:02}", time.hour, time.minute),
        "seconds" => format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second),
        "milliseconds" => {
            let Time { hour, minute, second, microsecond } = time;
            format!("{hour:02}:{minute:02}:{second:02}.{:03}", microsecond / 1000)
        }
        "microseconds" => {
            let Time { hour, minute, second, microsecond } = time;
            format!("{hour:02}:{minute:02}:{second:02}.{microsecond:06}")
        }
        _ => return Err(vm.value_error("Unknown timespec value")),
    })
}

/// A date of the class that a class method was called on: subclasses make their own.
pub(super) fn made_date(vm: &mut Vm, args: &Args, date: Date) -> PyResult<Object> {
    let plain = new_date(vm, date);
    let own = vm.class_of(&plain);
    let class = class_argument(args, &own);
    if std::rc::Rc::ptr_eq(&class, &own) {
        return Ok(plain);
    }
    let parts = [date.year as i64, i64::from(date.month), i64::from(date.day)].map(Object::Int).to_vec();
    vm.call(&Object::Class(class), Args::positional(parts))
}
