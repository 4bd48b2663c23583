//! Python values as the ORM's values, and back.
//!
//! Dates, times and decimals are met as any program meets them, through the
//! attributes of their classes.

use std::any::Any;
use std::rc::Rc;

use ormscope::orm::SqlValue;
use ormscope::types::{
    Date, DateTime, Foreign, SpecificType, SqlType, Time, TypeArgument, TypeClass, TypeError, Value, Zoned,
};

use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// A Python object that the ORM keeps without understanding it.
pub(super) struct Kept {
    pub(super) object: Object,
    class: String,
    /// Of what has one that says something: of a list, a tuple, a set or a
    /// dictionary, as it was when it was kept.
    repr: Option<String>,
    /// What is in a list or a tuple.
    items: Option<Vec<Value>>,
    /// Of one of PostgreSQL's ranges, or of a moment that knows its time zone.
    sql_type: Option<SqlType>,
    /// The moment, where it knows its time zone.
    zoned: Option<Zoned>,
}

impl Kept {
    pub(super) fn new(vm: &mut Vm, object: &Object) -> Kept {
        let class = vm.class_of(object).name().as_str().to_string();
        let base = crate::builtins::base(object);
        let sql_type = range_type(vm, object);
        let is_plain = !matches!(base, Object::Instance(_)) || is_member(vm, object);
        let repr = if is_plain || sql_type.is_some() {
            vm.repr(object).ok().map(|repr| repr.as_str().to_string())
        } else {
            None
        };
        let items = match base {
            Object::Tuple(tuple) => Some(tuple.to_vec()),
            Object::List(list) => Some(list.items.borrow().clone()),
            _ => None,
        };
        let items = items.and_then(|items| items.iter().map(|item| to_value(vm, item).ok()).collect());
        Kept { object: object.clone(), class, repr, items, sql_type, zoned: None }
    }

    /// A `datetime` with its time zone.
    fn moment(vm: &mut Vm, object: &Object, zoned: Zoned) -> PyResult<Kept> {
        let repr = vm.repr(object)?.as_str().to_string();
        let class = TypeClass::find("", "DateTime");
        let sql_type = class.map(|class| {
            SqlType::of_class(SpecificType::new(class).with("timezone", TypeArgument::Bool(true)))
        });
        Ok(Kept { repr: Some(repr), sql_type, zoned: Some(zoned), ..Kept::new(vm, object) })
    }
}

impl Foreign for Kept {
    fn type_name(&self) -> String {
        self.class.clone()
    }

    fn address(&self) -> usize {
        self.object.address().unwrap_or_default()
    }

    fn json(&self) -> Result<String, TypeError> {
        super::json::write(crate::builtins::base(&self.object))
    }

    fn repr(&self) -> String {
        self.repr.clone().unwrap_or_else(|| format!("<{} object at {:#x}>", self.class, self.address()))
    }

    fn sql_type(&self) -> Option<SqlType> {
        self.sql_type.clone()
    }

    fn zoned(&self) -> Option<&Zoned> {
        self.zoned.as_ref()
    }

    fn items(&self) -> Option<Vec<Value>> {
        self.items.clone()
    }
}

/// The type of one of PostgreSQL's ranges, or of a list of them.
fn range_type(vm: &mut Vm, object: &Object) -> Option<SqlType> {
    let class = vm.class_of(object);
    let is_range =
        class.mro().any(|class| class.module.borrow().as_str() == "sqlalchemy.dialects.postgresql.ranges");
    if !is_range {
        return None;
    }
    let module = vm.import("sqlalchemy._postgresql").ok()?;
    let name_of = vm.get_attr(&Object::Module(module), "type_name").ok()?;
    let name = vm.call(&name_of, Args::positional(vec![object.clone()])).ok()?;
    let class = TypeClass::find("postgresql", name.as_str()?)?;
    Some(SqlType::of_class(SpecificType::new(class)))
}

/// A Python object as a value.
pub(super) fn to_value(vm: &mut Vm, object: &Object) -> PyResult<Value> {
    Ok(match object {
        Object::None => Value::Null,
        Object::Bool(value) => Value::Bool(*value),
        Object::Int(value) => Value::Int(*value),
        Object::Float(value) => Value::Float(*value),
        Object::Str(text) => Value::Text(text.as_str().into()),
        Object::Bytes(bytes) => Value::Bytes(bytes.as_slice().into()),
        Object::Instance(_) if object.native::<super::types::JsonNull>().is_some() => {
            Value::Json("null".into())
        }
        // A list of ranges is more than a list.
        Object::Instance(_) if range_type(vm, object).is_some() => {
            Value::Opaque(Rc::new(Kept::new(vm, object)))
        }
        Object::Instance(_) => match library_value(vm, object)? {
            Some(value) => value,
            None => match crate::builtins::base(object) {
                // What is changed in place stays the object that it is.
                Object::List(_) | Object::Dict(_) | Object::Set(_) => {
                    Value::Opaque(Rc::new(Kept::new(vm, object)))
                }
                base if !base.is(object) => to_value(vm, &base.clone())?,
                _ => Value::Opaque(Rc::new(Kept::new(vm, object))),
            },
        },
        Object::BigInt(digits) => Value::Big(digits.to_string().into()),
        other => Value::Opaque(Rc::new(Kept::new(vm, other))),
    })
}

/// The value of an object of one of the standard library's classes.
fn library_value(vm: &mut Vm, object: &Object) -> PyResult<Option<Value>> {
    let class = vm.class_of(object);
    for class in class.mro() {
        let (name, module) = (class.name(), class.module.borrow().clone());
        match (module.as_str(), name.as_str()) {
            ("datetime", "datetime") => {
                let local = DateTime { date: read_date(vm, object)?, time: read_time(vm, object)? };
                return Ok(Some(match zoned(vm, object, local)? {
                    Some(zoned) => Value::Opaque(Rc::new(Kept::moment(vm, object, zoned)?)),
                    None => Value::DateTime(local),
                }));
            }
            ("datetime", "date") => return Ok(Some(Value::Date(read_date(vm, object)?))),
            ("datetime", "time") => return Ok(Some(Value::Time(read_time(vm, object)?))),
            ("datetime", "timedelta") => {
                let day = number(vm, object, "days")? * 86_400_000_000;
                let seconds = number(vm, object, "seconds")? * 1_000_000;
                return Ok(Some(Value::Interval(day + seconds + number(vm, object, "microseconds")?)));
            }
            ("uuid", "UUID") => {
                let digits = vm.get_attr(object, "hex")?;
                let digits = vm.str(&digits)?;
                return Ok(Some(Value::Uuid(digits.as_str().into())));
            }
            // A member keeps its identity, whatever else its class is.
            ("enum", "Enum") if crate::builtins::base(object).is(object) => {
                return Ok(Some(Value::Opaque(Rc::new(Kept::new(vm, object)))));
            }
            ("decimal", "Decimal") => {
                let digits = vm.str(object)?;
                return Ok(Some(Value::Decimal(digits.as_str().into())));
            }
            _ => {}
        }
    }
    Ok(None)
}

/// Whether an object is a member of an enumeration.
fn is_member(vm: &mut Vm, object: &Object) -> bool {
    let class = vm.class_of(object);
    class.mro().any(|class| class.name().as_str() == "Enum" && class.module.borrow().as_str() == "enum")
}

/// A `datetime` with its time zone, where it has one.
fn zoned(vm: &mut Vm, object: &Object, local: DateTime) -> PyResult<Option<Zoned>> {
    if vm.call_method(object, "utcoffset", Vec::new())?.is_none() {
        return Ok(None);
    }
    let iso = vm.call_method(object, "isoformat", Vec::new())?;
    let iso = vm.str(&iso)?;
    let offset = iso.as_str().rfind(['+', '-']).map_or("", |at| &iso.as_str()[at..]);
    let instant = vm.call_method(object, "timestamp", Vec::new())?;
    let seconds = match instant {
        Object::Float(seconds) => seconds.floor() as i64,
        _ => 0,
    };
    let instant = seconds * 1_000_000 + i64::from(local.time.microsecond);
    Ok(Some(Zoned { local, offset: offset.into(), instant }))
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
        Value::Big(digits) => {
            let class = Object::Class(vm.types.int.clone());
            vm.call(&class, Args::positional(vec![Object::str(digits)]))?
        }
        Value::Interval(value) => {
            let arguments = [0, 0, *value].map(Object::Int).into();
            make(vm, "datetime", "timedelta", arguments)?
        }
        Value::Uuid(digits) => make(vm, "uuid", "UUID", vec![Object::str(digits)])?,
        Value::Json(text) => super::json::read(vm, text)?,
        Value::Opaque(kept) => kept_object(kept),
    })
}

fn date_arguments(date: &Date) -> Vec<Object> {
    [u32::from(date.year), u32::from(date.month), u32::from(date.day)]
        .map(|part| Object::Int(part.into()))
        .into()
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

/// The Python code that is kept.
pub(super) fn kept_code(code: &Rc<dyn Any>) -> Object {
    code.downcast_ref::<Kept>().map_or(Object::None, |kept| kept.object.clone())
}

/// Runs Python code that is kept, and gives its value.
pub(super) fn call_kept(vm: &mut Vm, code: &Rc<dyn Any>) -> PyResult<Object> {
    match code.downcast_ref::<Kept>() {
        Some(kept) => vm.call(&kept.object.clone(), Args::default()),
        None => Ok(Object::None),
    }
}

fn kept_object(kept: &Rc<dyn Foreign>) -> Object {
    let kept: &dyn Any = &**kept;
    if let Some(owner) = kept.downcast_ref::<SqlValue>().and_then(SqlValue::owner) {
        return owner.downcast_ref::<Object>().cloned().unwrap_or(Object::None);
    }
    kept.downcast_ref::<Kept>().map_or(Object::None, |kept| kept.object.clone())
}

/// A Python object as the value of an attribute, which may be an expression.
pub(super) fn to_attribute_value(vm: &mut Vm, object: &Object) -> PyResult<Value> {
    if !matches!(object, Object::Instance(_)) {
        return to_value(vm, object);
    }
    match super::operands::to_expr(vm, object)? {
        Some(expr) => {
            let class = vm.class_of(object).name();
            Ok(SqlValue::owned(expr, Rc::new(object.clone()), class.as_str()))
        }
        None => to_value(vm, object),
    }
}
