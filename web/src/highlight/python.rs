//! Python, line by line; a triple-quoted string reaches over lines.

use super::{Kind, Span, Spans, in_word, while_in};

const KEYWORDS: [&str; 33] = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

const CONSTANTS: [&str; 3] = ["False", "None", "True"];

/// The spans of every line.
#[must_use]
pub fn python(source: &str) -> Vec<Vec<Span>> {
    let mut inside = None;
    source.split('\n').map(|line| one_line(line, &mut inside)).collect()
}

fn one_line(line: &str, inside: &mut Option<&'static str>) -> Vec<Span> {
    let mut spans = Spans::default();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (kind, len) = if let Some(quote) = *inside {
            let end = rest.find(quote);
            if end.is_some() {
                *inside = None;
            }
            (Kind::Text, end.map_or(rest.len(), |at| at + quote.len()))
        } else if first == '#' {
            (Kind::Comment, rest.len())
        } else if first.is_ascii_digit() {
            (Kind::Number, while_in(rest, |c| in_word(c) || c == '.'))
        } else if first == '"' || first == '\'' {
            string(rest, inside)
        } else if in_word(first) {
            let len = while_in(rest, in_word);
            match &rest[..len] {
                prefix if is_prefix(prefix) && rest[len..].starts_with(['"', '\'']) => {
                    let (kind, quoted) = string(&rest[len..], inside);
                    (kind, len + quoted)
                }
                word if KEYWORDS.contains(&word) => (Kind::Keyword, len),
                word if CONSTANTS.contains(&word) => (Kind::Number, len),
                _ => (Kind::Plain, len),
            }
        } else {
            (Kind::Plain, first.len_utf8())
        };
        spans.push(kind, &rest[..len]);
        rest = &rest[len..];
    }
    spans.0
}

fn is_prefix(word: &str) -> bool {
    word.len() <= 2 && word.chars().all(|c| "rRbBfFuU".contains(c))
}

/// A string from its quote on: to its end, to the line's end, or over lines.
fn string(text: &str, inside: &mut Option<&'static str>) -> (Kind, usize) {
    for quote in ["\"\"\"", "'''"] {
        if let Some(body) = text.strip_prefix(quote) {
            let len = match body.find(quote) {
                Some(at) => at + 2 * quote.len(),
                None => {
                    *inside = Some(quote);
                    text.len()
                }
            };
            return (Kind::Text, len);
        }
    }
    let mut chars = text.char_indices();
    let quote = chars.next().map(|(_, c)| c);
    let mut escaped = false;
    for (at, c) in chars {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if Some(c) == quote {
            return (Kind::Text, at + c.len_utf8());
        }
    }
    (Kind::Text, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(line: &str) -> Vec<(Kind, String)> {
        python(line).remove(0).into_iter().map(|span| (span.kind, span.text)).collect()
    }

    #[test]
    fn words_strings_numbers_and_comments_are_told_apart() {
        assert_eq!(
            kinds("if x: y = f'a\\'b' + 1 # c"),
            [
                (Kind::Keyword, "if".into()),
                (Kind::Plain, " x: y = ".into()),
                (Kind::Text, "f'a\\'b'".into()),
                (Kind::Plain, " + ".into()),
                (Kind::Number, "1".into()),
                (Kind::Plain, " ".into()),
                (Kind::Comment, "# c".into()),
            ]
        );
    }

    #[test]
    fn a_triple_quoted_string_reaches_over_lines() {
        let lines = python("x = '''a # not a comment\nb''' + None");
        assert_eq!(lines[0][1].kind, Kind::Text);
        assert_eq!(lines[1][0], Span { kind: Kind::Text, text: "b'''".into() });
        assert_eq!(lines[1][2].kind, Kind::Number);
    }

    #[test]
    fn the_spans_joined_are_the_text() {
        for text in ["", "\n", "'open", "\"\"\"open\n\n", "ä = 'ö' # ü\r\n\t\u{0}", "1.2e3j __x__ r'\\'"] {
            let joined: Vec<String> = python(text)
                .iter()
                .map(|line| line.iter().map(|span| span.text.as_str()).collect())
                .collect();
            assert_eq!(joined.join("\n"), text);
        }
    }
}
