//! `storage_format` of SQLite's date and time types: a `%` template with names.

use super::sql_type::TypeError;
use super::temporal::{Date, Time};

/// A parsed template such as `%(year)04d-%(month)02d`.
#[derive(Debug)]
pub(super) struct StorageFormat<'a> {
    parts: Vec<Part<'a>>,
}

#[derive(Debug)]
enum Part<'a> {
    Text(&'a str),
    /// A field, its least width, and whether zeros fill it.
    Field(&'a str, usize, bool),
}

impl<'a> StorageFormat<'a> {
    pub(super) fn new(template: &'a str) -> StorageFormat<'a> {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some(at) = rest.find('%') {
            parts.push(Part::Text(&rest[..at]));
            let after = &rest[at + 1..];
            let field = after.strip_prefix('(').and_then(|inside| {
                let (name, spec) = inside.split_once(')')?;
                let (width, tail) = spec.split_once(['d', 's'])?;
                let zeros = width.starts_with('0');
                Some((Part::Field(name, width.parse().unwrap_or(0), zeros), tail))
            });
            rest = match field {
                Some((field, tail)) => {
                    parts.push(field);
                    tail
                }
                None => {
                    parts.push(Part::Text("%"));
                    after.strip_prefix('%').unwrap_or(after)
                }
            };
        }
        parts.push(Part::Text(rest));
        StorageFormat { parts }
    }

    /// The text of a moment, or of the half of it that is given.
    pub(super) fn write(&self, date: Option<Date>, time: Option<Time>) -> Result<String, TypeError> {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Field(name, width, zeros) => {
                    let value = match *name {
                        "year" => date.map(|date| u32::from(date.year)),
                        "month" => date.map(|date| u32::from(date.month)),
                        "day" => date.map(|date| u32::from(date.day)),
                        "hour" => time.map(|time| u32::from(time.hour)),
                        "minute" => time.map(|time| u32::from(time.minute)),
                        "second" => time.map(|time| u32::from(time.second)),
                        "microsecond" => time.map(|time| time.microsecond),
                        _ => None,
                    };
                    let value = value.ok_or_else(|| TypeError::new("KeyError", super::python_str(name)))?;
                    out.push_str(&if *zeros {
                        format!("{value:0width$}")
                    } else {
                        format!("{value:width$}")
                    });
                }
            }
        }
        Ok(out)
    }

    /// Reads what [`StorageFormat::write`] writes.
    pub(super) fn read(&self, text: &str) -> Option<(Date, Time)> {
        let mut date = Date { year: 1, month: 1, day: 1 };
        let mut time = Time::default();
        let mut rest = text;
        for (at, part) in self.parts.iter().enumerate() {
            match part {
                Part::Text(text) => rest = rest.strip_prefix(text)?,
                Part::Field(name, width, _) => {
                    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                    // Where another field follows at once, only the width tells them apart.
                    let touching = matches!(self.parts.get(at + 1), Some(Part::Text("")))
                        && matches!(self.parts.get(at + 2), Some(Part::Field(..)));
                    let taken = if touching { digits.min(*width) } else { digits };
                    let value: u32 = rest.get(..taken)?.parse().ok()?;
                    rest = &rest[taken..];
                    match *name {
                        "year" => date.year = value.try_into().ok()?,
                        "month" => date.month = value.try_into().ok()?,
                        "day" => date.day = value.try_into().ok()?,
                        "hour" => time.hour = value.try_into().ok()?,
                        "minute" => time.minute = value.try_into().ok()?,
                        "second" => time.second = value.try_into().ok()?,
                        "microsecond" => time.microsecond = value,
                        _ => return None,
                    }
                }
            }
        }
        Some((date, time))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let date = Date { year: 2024, month: 5, day: 17 };
        let time = Time { hour: 3, minute: 4, second: 5, microsecond: 6 };
        for template in [
            "%(year)04d%(month)02d%(day)02d%(hour)02d%(minute)02d%(second)02d%(microsecond)06d",
            "%(day)02d.%(month)02d.%(year)d %(hour)d:%(minute)02d:%(second)02d,%(microsecond)d",
        ] {
            let format = StorageFormat::new(template);
            let text = format.write(Some(date), Some(time)).unwrap();
            assert_eq!(format.read(&text), Some((date, time)), "{text}");
        }
    }
}
