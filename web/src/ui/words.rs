//! The words shared by several parts: names of cards, causes, counts.

use ormscope_host::protocol::{Card, Lane, Statement};

/// `1 statement`, `2 statements`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{} {noun}s", grouped(n)) }
}

/// `12,345`
pub(crate) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `User ed`, `User (1,)`, `User`: the shortest way to point at a card.
pub(crate) fn label(card: &Card) -> String {
    match (card.names.first(), &card.identity) {
        (Some(name), _) => format!("{} {name}", card.class),
        (None, Some(identity)) => {
            let key = identity.split_once(' ').map_or(identity.as_str(), |(_, key)| key);
            format!("{} {key}", card.class)
        }
        (None, None) => card.class.clone(),
    }
}

/// The lane's name.
pub(crate) fn lane_name(lane: Lane) -> &'static str {
    match lane {
        Lane::Transient => "Transient",
        Lane::Pending => "Pending",
        Lane::Persistent => "Persistent",
        Lane::Deleted => "Deleted",
        Lane::Detached => "Detached",
    }
}

/// The lane's name in the style sheet.
pub(crate) fn lane_class(lane: Lane) -> &'static str {
    match lane {
        Lane::Transient => "transient",
        Lane::Pending => "pending",
        Lane::Persistent => "persistent",
        Lane::Deleted => "deleted",
        Lane::Detached => "detached",
    }
}

/// What a statement is for, as a name in the style sheet.
pub(crate) fn tone(statement: &Statement) -> &'static str {
    let cause = statement.cause.as_str();
    if crate::ui::store::is_transaction(statement) {
        "quiet"
    } else if cause.contains("lazy load") || cause.contains("deferred") {
        "load"
    } else if cause.contains("refresh") || cause.contains("expired") {
        "refresh"
    } else if statement.sql.trim_start().starts_with("DELETE") {
        "delete"
    } else if cause.contains("flush") {
        "flush"
    } else {
        "plain"
    }
}

/// `0.08 ms`
pub(crate) fn duration(micros: u32) -> String {
    match micros {
        0..10_000 => format!("{:.2} ms", f64::from(micros) / 1_000.0),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        _ => format!("{:.1} s", f64::from(micros) / 1_000_000.0),
    }
}

/// The bracket of the log: `generated in` loses its time here, so a dot-dot-dot stands for it.
pub(crate) fn bracket(stats: &str) -> String {
    match stats.strip_suffix(" in").or(stats.strip_suffix(" since")) {
        Some(_) => format!("[{stats} …]"),
        None => format!("[{stats}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_durations_read_well() {
        assert_eq!(count(1, "row"), "1 row");
        assert_eq!(count(12_345, "row"), "12,345 rows");
        assert_eq!(grouped(999), "999");
        assert_eq!(duration(80), "0.08 ms");
        assert_eq!(duration(12_300), "12 ms");
        assert_eq!(duration(2_500_000), "2.5 s");
    }

    #[test]
    fn the_bracket_keeps_what_the_log_says() {
        assert_eq!(bracket("generated in"), "[generated in …]");
        assert_eq!(bracket("raw sql"), "[raw sql]");
    }
}
