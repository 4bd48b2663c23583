//! Python values as the ORM's values, and back.
//!
//! Dates, times and decimals are met as any program meets them, through the
//! attributes of their classes.

use std::any::Any;
use std::rc::Rc;

use ormscope::types::{Date, DateTime, Time, Value};

use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// A Python object that the ORM keeps without understanding it.
pub(super) struct Kept(pub(super) Object);

/// A Python object as a value.
pub(super) fn to_value(vm: &mut Vm, object: &Object) -> PyResult<Value> {
    Ok(match object {
        Object::None => Value::Null,
        Object::Bool(value) => Value::Bool(*value),
        Object::Int(value) => Value::Int(*value),
        Object::Float(value) => Value::Float(*value),
        Object::Str(text) => Value::Text(text.as_str().into()),
        Object::Bytes(bytes) => Value::Bytes(bytes.as_slice().into()),
        Object::Instance(_) => match library_value(vm, object)? {
            Some(value) => value,
            None => match crate::builtins::base(object) {
                base if !base.is(object) => to_value(vm, &base.clone())?,
                _ => Value::Opaque(Rc::new(Kept(object.clone()))),
            },
        },
        other => Value::Opaque(Rc::new(Kept(other.clone()))),
    })
}

/// The value of an object of one of the standard library's classes.
fn library_value(vm: &mut Vm, object: &Object) -> PyResult<Option<Value>> {
    let class = vm.class_of(object);
    for class in class.mro() {
        let (name, module) = (class.name(), class.module.borrow().clone());
        match (module.as_str(), name.as_str()) {
            ("datetime", "datetime") => {
                let (date, time) = (read_date(vm, object)?, read_time(vm, object)?);
                return Ok(Some(Value::DateTime(DateTime { date, time })));
            }
            ("datetime", "date") => return Ok(Some(Value::Date(read_date(vm, object)?))),
            ("datetime", "time") => return Ok(Some(Value::Time(read_time(vm, object)?))),
            ("decimal", "Decimal") => {
                let digits = vm.str(object)?;
                return Ok(Some(Value::Decimal(digits.as_str().into())));
            }
            _ => {}
        }
    }
    Ok(None)
}

fn read_date(vm: &mut Vm, object: &Object) -> PyResult<Date> {
    Ok(Date {
        year: number(vm, object, "year")? as u16,
        month: number(vm, object, "month")? as u8,
        day: number(vm, object, "day")? as u8,
    })
}

fn read_time(vm: &mut Vm, object: &Object) -> PyResult<Time> {
    Ok(Time {
        hour: number(vm, object, "hour")? as u8,
        minute: number(vm, object, "minute")? as u8,
        second: number(vm, object, "second")? as u8,
        microsecond: number(vm, object, "microsecond")? as u32,
    })
}

fn number(vm: &mut Vm, object: &Object, name: &str) -> PyResult<i64> {
    match vm.get_attr(object, name)? {
        Object::Int(value) => Ok(value),
        _ => Ok(0),
    }
}

/// A value as a Python object.
pub(super) fn to_object(vm: &mut Vm, value: &Value) -> PyResult<Object> {
    Ok(match value {
        Value::Null => Object::None,
        Value::Bool(value) => Object::Bool(*value),
        Value::Int(value) => Object::Int(*value),
        Value::Float(value) => Object::Float(*value),
        Value::Text(text) => Object::str(text),
        Value::Bytes(bytes) => Object::Bytes(Rc::new(bytes.to_vec())),
        Value::Decimal(digits) => make(vm, "decimal", "Decimal", vec![Object::str(digits)])?,
        Value::Date(date) => make(vm, "datetime", "date", date_arguments(date))?,
        Value::Time(time) => make(vm, "datetime", "time", time_arguments(time))?,
        Value::DateTime(DateTime { date, time }) => {
            let mut arguments = date_arguments(date);
            arguments.extend(time_arguments(time));
            make(vm, "datetime", "datetime", arguments)?
        }
        Value::Opaque(kept) => kept_object(kept),
    })
}

fn date_arguments(date: &Date) -> Vec<Object> {
    [u32::from(date.year), u32::from(date.month), u32::from(date.day)].map(|part| Object::Int(part.into())).into()
}

fn time_arguments(time: &Time) -> Vec<Object> {
    let parts = [u32::from(time.hour), u32::from(time.minute), u32::from(time.second), time.microsecond];
    parts.map(|part| Object::Int(part.into())).into()
}

fn make(vm: &mut Vm, module: &str, class: &str, arguments: Vec<Object>) -> PyResult<Object> {
    let module = vm.import(module)?;
    let class = vm.get_attr(&Object::Module(module), class)?;
    vm.call(&class, Args::positional(arguments))
}

fn kept_object(kept: &Rc<dyn Any>) -> Object {
    kept.downcast_ref::<Kept>().map_or(Object::None, |kept| kept.0.clone())
}
