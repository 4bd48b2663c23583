//! Dates and times as SQLite stores them under SQLAlchemy.

/// `datetime.date`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// From 1 to 9999.
    pub year: u16,
    /// From 1.
    pub month: u8,
    /// From 1.
    pub day: u8,
}

/// `datetime.time`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time {
    /// From 0 to 23.
    pub hour: u8,
    /// From 0 to 59.
    pub minute: u8,
    /// From 0 to 59.
    pub second: u8,
    /// From 0 to 999,999.
    pub microsecond: u32,
}

/// `datetime.datetime` without a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime {
    /// The day.
    pub date: Date,
    /// The time of day.
    pub time: Time,
}

impl Date {
    /// `YYYY-MM-DD`
    pub fn iso(&self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// What CPython says of a day that no calendar has.
    pub fn complaint(&self) -> Option<&'static str> {
        let leap =
            self.year.is_multiple_of(4) && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return Some("month must be in 1..12"),
        };
        if !(1..=9999).contains(&self.year) {
            return Some("year 0 is out of range");
        }
        (!(1..=days).contains(&self.day)).then_some("day is out of range for month")
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Date> {
        let mut parts = text.splitn(3, '-');
        let date =
            Date { year: number(parts.next()?)?, month: number(parts.next()?)?, day: number(parts.next()?)? };
        date.complaint().is_none().then_some(date)
    }

    /// Python's `repr`.
    pub fn repr(&self) -> String {
        format!("datetime.date({}, {}, {})", self.year, self.month, self.day)
    }
}

impl Time {
    /// `HH:MM:SS.ffffff`, always with microseconds, as SQLAlchemy stores it in SQLite.
    pub fn storage(&self) -> String {
        format!("{:02}:{:02}:{:02}.{:06}", self.hour, self.minute, self.second, self.microsecond)
    }

    /// Reads `HH:MM[:SS[.ffffff]]`.
    pub fn parse(text: &str) -> Option<Time> {
        let mut parts = text.splitn(3, ':');
        let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
        let (second, fraction) = match parts.next() {
            None => ("0", ""),
            Some(rest) => rest.split_once('.').unwrap_or((rest, "")),
        };
        if fraction.len() > 6 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let microsecond = if fraction.is_empty() { 0 } else { format!("{fraction:0<6}").parse().ok()? };
        let time = Time { hour, minute, second: number(second)?, microsecond };
        (time.hour < 24 && time.minute < 60 && time.second < 60).then_some(time)
    }

    /// Python's `repr`.
    pub fn repr(&self) -> String {
        format!("datetime.time({})", self.arguments())
    }

    fn arguments(&self) -> String {
        let mut text = format!("{}, {}", self.hour, self.minute);
        if self.second != 0 || self.microsecond != 0 {
            text += &format!(", {}", self.second);
        }
        if self.microsecond != 0 {
            text += &format!(", {}", self.microsecond);
        }
        text
    }
}

impl DateTime {
    /// `YYYY-MM-DD HH:MM:SS.ffffff`, as SQLAlchemy stores it in SQLite.
    ///
    /// ```
    /// use ormscope::types::DateTime;
    ///
    /// let moment = DateTime::parse("2024-05-17 10:20:30").unwrap();
    /// assert_eq!(moment.storage(), "2024-05-17 10:20:30.000000");
    /// ```
    pub fn storage(&self) -> String {
        format!("{} {}", self.date.iso(), self.time.storage())
    }

    /// Reads what [`DateTime::storage`] writes; `T` may stand between date and time.
    pub fn parse(text: &str) -> Option<DateTime> {
        let (date, time) = text.split_once([' ', 'T']).unwrap_or((text, "00:00"));
        Some(DateTime { date: Date::parse(date)?, time: Time::parse(time)? })
    }

    /// Python's `repr`.
    pub fn repr(&self) -> String {
        let Date { year, month, day } = self.date;
        format!("datetime.datetime({year}, {month}, {day}, {})", self.time.arguments())
    }
}

const DAY: i64 = 86_400_000_000;

/// The day's number, counted from 1970-01-01.
fn day_number(date: &Date) -> i64 {
    let year = i64::from(date.year) - i64::from(date.month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = (i64::from(date.month) + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + i64::from(date.day) - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The day with a number, as [`day_number`] counts.
fn day_of_number(number: i64) -> Date {
    let shifted = number + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date { year: year.clamp(1, 9999) as u16, month: month as u8, day: day as u8 }
}

/// An interval as the moment that lies so far from 1970-01-01: how it is stored.
pub(super) fn interval_as_datetime(microseconds: i64) -> DateTime {
    let rest = microseconds.rem_euclid(DAY);
    let seconds = rest / 1_000_000;
    DateTime {
        date: day_of_number(microseconds.div_euclid(DAY)),
        time: Time {
            hour: (seconds / 3600) as u8,
            minute: (seconds / 60 % 60) as u8,
            second: (seconds % 60) as u8,
            microsecond: (rest % 1_000_000) as u32,
        },
    }
}

/// The interval that a stored moment stands for.
pub(super) fn interval_of_datetime(moment: &DateTime) -> i64 {
    let Time { hour, minute, second, microsecond } = moment.time;
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    day_number(&moment.date) * DAY + seconds * 1_000_000 + i64::from(microsecond)
}

/// `repr` of a `datetime.timedelta`.
pub(super) fn interval_repr(microseconds: i64) -> String {
    let rest = microseconds.rem_euclid(DAY);
    let parts = [
        ("days", microseconds.div_euclid(DAY)),
        ("seconds", rest / 1_000_000),
        ("microseconds", rest % 1_000_000),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, value)| *value != 0)
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let parts = if parts.is_empty() { "0".to_string() } else { parts.join(", ") };
    format!("datetime.timedelta({parts})")
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}
