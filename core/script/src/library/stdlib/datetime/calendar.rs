//! The proleptic Gregorian calendar: plain numbers, no Python.

/// Microseconds in a day.
pub(super) const DAY: i64 = 86_400_000_000;

/// A date.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date {
    /// 1 to 9999
    pub year: i32,
    /// 1 to 12
    pub month: u32,
    /// 1 to 31
    pub day: u32,
}

/// A time of day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Time {
    /// 0 to 23
    pub hour: u32,
    /// 0 to 59
    pub minute: u32,
    /// 0 to 59
    pub second: u32,
    /// 0 to 999999
    pub microsecond: u32,
}

/// A date and a time of day, perhaps at an offset from UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DateTime {
    /// The date.
    pub date: Date,
    /// The time of day.
    pub time: Time,
    /// Seconds east of UTC, for aware ones.
    pub offset: Option<i32>,
}

/// A length of time in microseconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Delta(pub i64);

/// The days of a month.
pub(super) fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Whether the year has 366 days.
pub(super) fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

impl Date {
    /// A date that exists, or why it does not, in CPython's words.
    pub fn new(year: i64, month: i64, day: i64) -> Result<Date, String> {
        if !(1..=9999).contains(&year) {
            return Err(format!("year {year} is out of range"));
        }
        if !(1..=12).contains(&month) {
            return Err("month must be in 1..12".into());
        }
        if day < 1 || day > i64::from(days_in_month(year as i32, month as u32)) {
            return Err("day is out of range for month".into());
        }
        Ok(Date { year: year as i32, month: month as u32, day: day as u32 })
    }

    /// Days since 0001-01-01, which is day 1.
    pub fn ordinal(self) -> i64 {
        let before = i64::from(self.year) - 1;
        before * 365 + before / 4 - before / 100 + before / 400 + i64::from(self.day_of_year())
    }

    /// 1 for the first of January.
    pub fn day_of_year(self) -> u32 {
        (1..self.month).map(|month| days_in_month(self.year, month)).sum::<u32>() + self.day
    }

    /// The date of an ordinal, within the years 1 to 9999.
    pub fn from_ordinal(ordinal: i64) -> Option<Date> {
        if !(1..=3_652_059).contains(&ordinal) {
            return None;
        }
        let mut days = ordinal - 1;
        let mut year = 1;
        for (length, years) in [(146_097, 400), (36_524, 100), (1461, 4), (365, 1)] {
            let count = (days / length).min(if years == 100 || years == 1 { 3 } else { i64::MAX });
            year += count * years;
            days -= count * length;
        }
        let year = year as i32;
        let mut month = 1;
        while days >= i64::from(days_in_month(year, month)) {
            days -= i64::from(days_in_month(year, month));
            month += 1;
        }
        Some(Date { year, month, day: days as u32 + 1 })
    }

    /// 0 for Monday.
    pub fn weekday(self) -> u32 {
        ((self.ordinal() + 6) % 7) as u32
    }

    /// `2024-02-29`
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Time {
    /// A time that exists, or why it does not.
    pub fn new(hour: i64, minute: i64, second: i64, microsecond: i64) -> Result<Time, String> {
        let check = |value: i64, limit: i64, what: &str| {
            if (0..limit).contains(&value) {
                Ok(value as u32)
            } else {
                Err(format!("{what} must be in 0..{}", limit - 1))
            }
        };
        Ok(Time {
            hour: check(hour, 24, "hour")?,
            minute: check(minute, 60, "minute")?,
            second: check(second, 60, "second")?,
            microsecond: check(microsecond, 1_000_000, "microsecond")?,
        })
    }

    /// Microseconds since midnight.
    pub fn micros(self) -> i64 {
        let seconds = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        seconds * 1_000_000 + i64::from(self.microsecond)
    }

    /// The time so long after midnight.
    pub fn from_micros(micros: i64) -> Time {
        let seconds = micros / 1_000_000;
        Time {
            hour: (seconds / 3600 % 24) as u32,
            minute: (seconds / 60 % 60) as u32,
            second: (seconds % 60) as u32,
            microsecond: (micros % 1_000_000) as u32,
        }
    }

    /// `13:05:07`, with microseconds where there are any.
    pub fn iso(self) -> String {
        let text = format!("{:02}:{:02}:{:02}", self.hour, self.minute, self.second);
        if self.microsecond == 0 { text } else { format!("{text}.{:06}", self.microsecond) }
    }
}

impl DateTime {
    /// Microseconds since 0001-01-01, in UTC for aware ones.
    pub fn instant(self) -> i64 {
        self.local() - i64::from(self.offset.unwrap_or(0)) * 1_000_000
    }

    fn local(self) -> i64 {
        self.date.ordinal() * DAY + self.time.micros()
    }

    /// So much later.
    pub fn plus(self, delta: Delta) -> Option<DateTime> {
        let at = self.local().checked_add(delta.0)?;
        let date = Date::from_ordinal(at.div_euclid(DAY))?;
        Some(DateTime { date, time: Time::from_micros(at.rem_euclid(DAY)), offset: self.offset })
    }

    /// The naive time of a clock in seconds since 1970.
    pub fn from_unix(seconds: i64, micros: u32) -> Option<DateTime> {
        let epoch =
            DateTime { date: Date { year: 1970, month: 1, day: 1 }, time: Time::default(), offset: None };
        epoch.plus(Delta(seconds.checked_mul(1_000_000)?.checked_add(i64::from(micros))?))
    }

    /// `2024-02-29T13:05:07+00:00`
    pub fn iso(self, separator: &str) -> String {
        let offset = self.offset.map_or_else(String::new, offset_text);
        format!("{}{separator}{}{offset}", self.date.iso(), self.time.iso())
    }

    /// Reads what [`DateTime::iso`] writes, with less of it too.
    pub fn parse_iso(text: &str) -> Option<DateTime> {
        let date = parse_date(text.get(..10)?)?;
        let Some(rest) = text.get(11..) else {
            return (text.len() == 10).then_some(DateTime { date, time: Time::default(), offset: None });
        };
        let (clock, offset) = match rest.find(['+', '-', 'Z']) {
            Some(at) => (rest.get(..at)?, Some(parse_offset(rest.get(at..)?)?)),
            None => (rest, None),
        };
        Some(DateTime { date, time: parse_time(clock)?, offset })
    }
}

/// Reads `2024-02-29`.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Reads `13:05`, `13:05:07` or `13:05:07.000001`.
pub(super) fn parse_time(text: &str) -> Option<Time> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let parts: Vec<&str> = clock.split(':').collect();
    if parts.len() > 3 || parts.iter().any(|part| part.len() != 2) || fraction.len() > 6 {
        return None;
    }
    let number = |at: usize| parts.get(at).map_or(Some(0), |part| part.parse().ok());
    let micros = if fraction.is_empty() { 0 } else { format!("{fraction:0<6}").parse().ok()? };
    Time::new(number(0)?, number(1)?, number(2)?, micros).ok()
}

fn parse_offset(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = digits.get(2..4).map_or(Some(0), |minutes| minutes.parse().ok())?;
    Some(sign * (hours * 3600 + minutes * 60))
}

/// `+02:00`
pub(super) fn offset_text(offset: i32) -> String {
    let (sign, seconds) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    format!("{sign}{:02}:{:02}", seconds / 3600, seconds / 60 % 60)
}

impl Delta {
    /// Whole days, seconds and microseconds, the last two not negative.
    pub fn parts(self) -> (i64, i64, i64) {
        let rest = self.0.rem_euclid(DAY);
        (self.0.div_euclid(DAY), rest / 1_000_000, rest % 1_000_000)
    }

    /// `1 day, 2:03:04`
    pub fn text(self) -> String {
        let (days, seconds, micros) = self.parts();
        let mut text = String::new();
        if days != 0 {
            text = format!("{days} day{}, ", if days.abs() == 1 { "" } else { "s" });
        }
        text.push_str(&format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60));
        if micros != 0 {
            text.push_str(&format!(".{micros:06}"));
        }
        text
    }
}
