//! A run for a terminal: what Python would print, echo included.

use ormscope::engine::{Cache, Echo};

use crate::protocol::Era;
use crate::report::{is_clean_exit, report};
use crate::run::Run;
use crate::sink::{Clock, Happening};

/// How a run for a terminal went.
pub struct Console {
    /// What standard output gets: prints and the log, in order.
    pub output: String,
    /// What standard error gets: the traceback.
    pub error: Option<String>,
    /// The exit status.
    pub status: i32,
}

/// Runs a script as `python script.py` would, with the era that its first line
/// asks for. The clock is given in seconds and microseconds since 1970, UTC.
///
/// ```
/// let run = ormscope_host::run_script("print('hello')", (0, 0), 0);
/// assert_eq!(run.output, "hello\n");
/// assert_eq!(run.status, 0);
/// ```
pub fn run_script(source: &str, (seconds, micros): (i64, u32), seed: u64) -> Console {
    let legacy = source.lines().next().is_some_and(|line| line.starts_with('#') && line.contains("sa=1.4"));
    let era = if legacy { Era::Legacy } else { Era::Modern };
    let clock = Clock { seconds, micros };
    let (mut run, started) = Run::start(source, era, clock, seed);
    let outcome = started.and_then(|()| run.run_out());
    let happenings = std::mem::take(&mut run.sink.borrow_mut().happenings);
    let mut output = String::new();
    for happening in &happenings {
        match happening {
            Happening::Output(text) => output.push_str(text),
            Happening::Debug { engine, text } => {
                let (stamp, logger) = (stamp(clock), run.logger(*engine));
                output.push_str(&format!("{stamp} DEBUG {logger} {text}\n"));
            }
            Happening::Statement { event, .. } if event.echo != Echo::Off => {
                let (stamp, logger) = (stamp(clock), run.logger(event.engine));
                output.push_str(&format!("{stamp} INFO {logger} {}\n", event.sql));
                if let (Some(parameters), Some(stats)) = (&event.parameters, &event.stats) {
                    let batch = stats.batch.as_ref();
                    let bracket = match (stats.cache, batch) {
                        (Cache::NoKey, _) => "no key 0.00000s".to_string(),
                        (Cache::RawSql, _) => "raw sql".to_string(),
                        (Cache::Disabled, _) => "caching disabled 0.00000s ".to_string(),
                        (Cache::Batch, Some(batch)) => format!("insertmanyvalues {batch}"),
                        (Cache::Cached, None) => "cached since 0.000s ago".to_string(),
                        (Cache::Cached, Some(batch)) => {
                            format!("cached since 0.000s ago (insertmanyvalues) {batch}")
                        }
                        (_, Some(batch)) => format!("generated in 0.00000s (insertmanyvalues) {batch}"),
                        (_, None) => "generated in 0.00000s".to_string(),
                    };
                    output.push_str(&format!("{stamp} INFO {logger} [{bracket}] {parameters}\n"));
                }
            }
            Happening::Statement { .. } => {}
        }
    }
    match outcome {
        Ok(()) => Console { output, error: None, status: 0 },
        Err(unwind) if is_clean_exit(&mut run, &unwind) => Console { output, error: None, status: 0 },
        Err(unwind) => {
            let error = report(&mut run, &unwind);
            Console { output, error: Some(error.traceback), status: 1 }
        }
    }
}

/// `2024-05-17 10:20:30,123`, as Python's logging writes a moment.
fn stamp(clock: Clock) -> String {
    let days = clock.seconds.div_euclid(86_400);
    let second = clock.seconds.rem_euclid(86_400);
    let (year, month, day) = civil(days);
    format!(
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02},{:03}",
        second / 3600,
        second / 60 % 60,
        second % 60,
        clock.micros / 1000
    )
}

/// The date of a day counted from 1970-01-01, by the 400-year cycle of the
/// Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let cycle = shifted.div_euclid(146_097);
    let in_cycle = shifted.rem_euclid(146_097);
    let year = (in_cycle - in_cycle / 1460 + in_cycle / 36_524 - in_cycle / 146_096) / 365;
    let in_year = in_cycle - (365 * year + year / 4 - year / 100);
    let month = (5 * in_year + 2) / 153;
    let day = in_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + cycle * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{Clock, stamp};

    #[test]
    fn moments_are_written_as_logging_writes_them() {
        assert_eq!(stamp(Clock { seconds: 1_715_941_230, micros: 123_456 }), "2024-05-17 10:20:30,123");
        assert_eq!(stamp(Clock { seconds: 951_782_400, micros: 0 }), "2000-02-29 00:00:00,000");
    }
}
