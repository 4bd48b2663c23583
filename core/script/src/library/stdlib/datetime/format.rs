//! `strftime` and `strptime`.

use super::calendar::{Date, DateTime, Time, offset_text};

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `strftime`
pub(super) fn strftime(value: DateTime, format: &str) -> String {
    let DateTime { date, time, offset } = value;
    let mut text = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        let Some(directive) = chars.next() else {
            text.push('%');
            break;
        };
        let day = DAYS[date.weekday() as usize % 7];
        let month = MONTHS[(date.month as usize).clamp(1, 12) - 1];
        let hour12 = if time.hour % 12 == 0 { 12 } else { time.hour % 12 };
        let part = match directive {
            'Y' => format!("{:04}", date.year),
            'y' => format!("{:02}", date.year % 100),
            'm' => format!("{:02}", date.month),
            'd' => format!("{:02}", date.day),
            'H' => format!("{:02}", time.hour),
            'I' => format!("{hour12:02}"),
            'M' => format!("{:02}", time.minute),
            'S' => format!("{:02}", time.second),
            'f' => format!("{:06}", time.microsecond),
            'p' => (if time.hour < 12 { "AM" } else { "PM" }).to_owned(),
            'a' => day[..3].to_owned(),
            'A' => day.to_owned(),
            'b' | 'h' => month[..3].to_owned(),
            'B' => month.to_owned(),
            'j' => format!("{:03}", date.day_of_year()),
            'w' => ((date.weekday() + 1) % 7).to_string(),
            'u' => (date.weekday() + 1).to_string(),
            'U' => format!("{:02}", (date.day_of_year() + 6 - (date.weekday() + 1) % 7) / 7),
            'W' => format!("{:02}", (date.day_of_year() + 6 - date.weekday()) / 7),
            'G' => format!("{:04}", super::more::iso_week(date).0),
            'V' => format!("{:02}", super::more::iso_week(date).1),
            'e' => format!("{:2}", date.day),
            'n' => "\n".to_owned(),
            't' => "\t".to_owned(),
            'R' => format!("{:02}:{:02}", time.hour, time.minute),
            'F' => date.iso(),
            'T' | 'X' => format!("{:02}:{:02}:{:02}", time.hour, time.minute, time.second),
            'D' | 'x' => format!("{:02}/{:02}/{:02}", date.month, date.day, date.year % 100),
            'c' => format!(
                "{} {} {:2} {:02}:{:02}:{:02} {}",
                &day[..3],
                &month[..3],
                date.day,
                time.hour,
                time.minute,
                time.second,
                date.year
            ),
            'z' => offset.map_or_else(String::new, |offset| offset_text(offset).replace(':', "")),
            'Z' => offset.map_or_else(String::new, |offset| {
                if offset == 0 { "UTC".to_owned() } else { format!("UTC{}", offset_text(offset)) }
            }),
            '%' => "%".to_owned(),
            other => format!("%{other}"),
        };
        text.push_str(&part);
    }
    text
}

/// `strptime`, or CPython's message.
pub(super) fn strptime(text: &str, format: &str) -> Result<DateTime, String> {
    let mismatch = || format!("time data '{text}' does not match format '{format}'");
    let (mut year, mut month, mut day) = (1900, 1, 1);
    let (mut hour, mut minute, mut second, mut micros) = (0, 0, 0, 0);
    let mut afternoon = None;
    let mut offset = None;
    let mut rest = text;
    let mut directives = format.chars();
    while let Some(c) = directives.next() {
        if c.is_whitespace() {
            rest = rest.trim_start();
            continue;
        }
        if c != '%' {
            rest = rest.strip_prefix(c).ok_or_else(mismatch)?;
            continue;
        }
        let directive = directives.next().ok_or_else(mismatch)?;
        let start = rest;
        let mut number = |limit: usize| -> Result<i64, String> {
            let digits = start.bytes().take(limit).take_while(u8::is_ascii_digit).count();
            let (number, after) = start.split_at(digits);
            rest = after;
            number.parse().map_err(|_| mismatch())
        };
        match directive {
            'Y' => year = number(4)?,
            'y' => {
                let short = number(2)?;
                year = if short < 69 { 2000 + short } else { 1900 + short };
            }
            'm' => month = number(2)?,
            'd' => day = number(2)?,
            'H' | 'I' => hour = number(2)?,
            'M' => minute = number(2)?,
            'S' => second = number(2)?,
            'f' => {
                let value = number(6)?;
                micros = value * 10_i64.pow(6_u32.saturating_sub((start.len() - rest.len()) as u32));
            }
            'p' => {
                let half = rest.get(..2).map(str::to_ascii_uppercase);
                afternoon = match half.as_deref() {
                    Some("AM") => Some(false),
                    Some("PM") => Some(true),
                    _ => return Err(mismatch()),
                };
                rest = &rest[2..];
            }
            'b' | 'B' | 'h' => {
                let (at, used) = named(rest, &MONTHS, directive == 'B').ok_or_else(mismatch)?;
                month = at as i64 + 1;
                rest = &rest[used..];
            }
            'a' | 'A' => {
                let (_, used) = named(rest, &DAYS, directive == 'A').ok_or_else(mismatch)?;
                rest = &rest[used..];
            }
            'z' => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                let stamp = format!("2000-01-01T00:00:00{}", &rest[..end]);
                offset = DateTime::parse_iso(&stamp).ok_or_else(mismatch)?.offset;
                rest = &rest[end..];
            }
            '%' => rest = rest.strip_prefix('%').ok_or_else(mismatch)?,
            other => return Err(format!("'{other}' is a bad directive in format '{format}'")),
        }
    }
    if !rest.is_empty() {
        return Err(format!("unconverted data remains: {rest}"));
    }
    match afternoon {
        Some(true) if hour < 12 => hour += 12,
        Some(false) if hour == 12 => hour = 0,
        _ => {}
    }
    let date = Date::new(year, month, day).map_err(|_| mismatch())?;
    let time = Time::new(hour, minute, second, micros).map_err(|_| mismatch())?;
    Ok(DateTime { date, time, offset })
}

/// Which of the names the text begins with, and how long that is.
fn named(text: &str, names: &[&str], whole: bool) -> Option<(usize, usize)> {
    names.iter().enumerate().find_map(|(at, name)| {
        let name = if whole { name } else { &name[..3] };
        let start = text.get(..name.len())?;
        start.eq_ignore_ascii_case(name).then_some((at, name.len()))
    })
}
