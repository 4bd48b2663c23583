//! The names of characters, as far as `\N{…}` in a Python string is understood here.
//!
//! The Python parser asks the crate of this name, whose tables of every name in
//! Unicode would be a third of what the page downloads. This one knows the names
//! that are met in scripts; any other is a SyntaxError, as an unknown name is.

/// The character of a name, in any case.
///
/// ```
/// assert_eq!(unicode_names2::character("EM DASH"), Some('—'));
/// assert_eq!(unicode_names2::character("no such name"), None);
/// ```
pub fn character(name: &str) -> Option<char> {
    let name = name.to_ascii_uppercase();
    if let Some(letter) = latin_letter(&name) {
        return Some(letter);
    }
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character)
}

/// `LATIN SMALL LETTER A` and its kin.
fn latin_letter(name: &str) -> Option<char> {
    let (letter, small) = match name.strip_prefix("LATIN SMALL LETTER ") {
        Some(letter) => (letter, true),
        None => (name.strip_prefix("LATIN CAPITAL LETTER ")?, false),
    };
    let mut chars = letter.chars();
    match (chars.next(), chars.next()) {
        (Some(letter), None) if letter.is_ascii_uppercase() => {
            Some(if small { letter.to_ascii_lowercase() } else { letter })
        }
        _ => None,
    }
}

const NAMES: &[(&str, char)] = &[
    ("SPACE", ' '),
    ("NO-BREAK SPACE", '\u{a0}'),
    ("COPYRIGHT SIGN", '©'),
    ("REGISTERED SIGN", '®'),
    ("DEGREE SIGN", '°'),
    ("MICRO SIGN", 'µ'),
    ("EURO SIGN", '€'),
    ("POUND SIGN", '£'),
    ("YEN SIGN", '¥'),
    ("SECTION SIGN", '§'),
    ("BULLET", '•'),
    ("MIDDLE DOT", '·'),
    ("EN DASH", '–'),
    ("EM DASH", '—'),
    ("HORIZONTAL ELLIPSIS", '…'),
    ("LEFT SINGLE QUOTATION MARK", '‘'),
    ("RIGHT SINGLE QUOTATION MARK", '’'),
    ("LEFT DOUBLE QUOTATION MARK", '“'),
    ("RIGHT DOUBLE QUOTATION MARK", '”'),
    ("LEFTWARDS ARROW", '←'),
    ("RIGHTWARDS ARROW", '→'),
    ("UPWARDS ARROW", '↑'),
    ("DOWNWARDS ARROW", '↓'),
    ("CHECK MARK", '✓'),
    ("HEAVY CHECK MARK", '✔'),
    ("BALLOT X", '✗'),
    ("SNOWMAN", '☃'),
    ("SNAKE", '🐍'),
    ("MULTIPLICATION SIGN", '×'),
    ("DIVISION SIGN", '÷'),
    ("INFINITY", '∞'),
    ("GREEK SMALL LETTER ALPHA", 'α'),
    ("GREEK SMALL LETTER BETA", 'β'),
    ("GREEK SMALL LETTER PI", 'π'),
    ("GREEK CAPITAL LETTER OMEGA", 'Ω'),
    ("LATIN SMALL LETTER E WITH ACUTE", 'é'),
    ("LATIN SMALL LETTER E WITH GRAVE", 'è'),
    ("LATIN SMALL LETTER A WITH DIAERESIS", 'ä'),
    ("LATIN SMALL LETTER O WITH DIAERESIS", 'ö'),
    ("LATIN SMALL LETTER U WITH DIAERESIS", 'ü'),
    ("LATIN SMALL LETTER N WITH TILDE", 'ñ'),
    ("LATIN SMALL LETTER SHARP S", 'ß'),
];
