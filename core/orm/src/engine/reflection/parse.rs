//! What SQLite tells of a table only by the text that created it: names of
//! constraints, CHECK constraints, what columns are computed from.
//!
//! SQLAlchemy counterpart: the regular expressions of the SQLite dialect's
//! reflection, whose limits are kept: an inline UNIQUE after a type with
//! parentheses is not seen, for example.

use std::ops::Range;

/// A foreign key clause of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ForeignKeyClause {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) table: String,
    pub(super) referred: Vec<String>,
    pub(super) on_delete: Option<String>,
    pub(super) on_update: Option<String>,
    pub(super) deferrable: Option<bool>,
    pub(super) initially: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A word or number.
    Word(String),
    /// A name in double quotes.
    Quoted(String),
    /// Any other character; a string stands as one quote.
    Other(char),
}

/// The tokens of SQL text with their places.
fn tokens(sql: &str) -> Vec<(Token, Range<usize>)> {
    let mut found = Vec::new();
    let mut chars = sql.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        if c.is_alphanumeric() || c == '_' {
            let mut end = start + c.len_utf8();
            while let Some((at, c)) = chars.next_if(|(_, c)| c.is_alphanumeric() || *c == '_') {
                end = at + c.len_utf8();
            }
            found.push((Token::Word(sql[start..end].to_string()), start..end));
        } else if c == '"' || c == '\'' {
            let mut end = start + 1;
            for (at, inner) in chars.by_ref() {
                end = at + inner.len_utf8();
                if inner == c {
                    break;
                }
            }
            let inside = sql.get(start + 1..end.saturating_sub(1)).unwrap_or_default().to_string();
            let token = if c == '"' { Token::Quoted(inside) } else { Token::Other('\'') };
            found.push((token, start..end));
        } else {
            found.push((Token::Other(c), start..start + c.len_utf8()));
        }
    }
    found
}

/// A reader of tokens.
struct Reader<'a> {
    sql: &'a str,
    tokens: Vec<(Token, Range<usize>)>,
}

impl Reader<'_> {
    fn new(sql: &str) -> Reader<'_> {
        Reader { sql, tokens: tokens(sql) }
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        matches!(self.tokens.get(at), Some((Token::Word(text), _)) if text.eq_ignore_ascii_case(word))
    }

    fn are_words(&self, at: usize, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(more, word)| self.is_word(at + more, word))
    }

    fn is(&self, at: usize, c: char) -> bool {
        matches!(self.tokens.get(at), Some((Token::Other(other), _)) if *other == c)
    }

    fn name(&self, at: usize) -> Option<String> {
        match self.tokens.get(at)? {
            (Token::Word(name) | Token::Quoted(name), _) => Some(name.clone()),
            _ => None,
        }
    }

    /// The name that `CONSTRAINT name` gives to what stands at a place.
    fn constraint_name(&self, at: usize) -> Option<String> {
        let before = at.checked_sub(2)?;
        if self.is_word(before, "CONSTRAINT") { self.name(at - 1) } else { None }
    }

    /// `(a, "b")`: the names, and the place after them.
    fn names(&self, at: usize) -> Option<(Vec<String>, usize)> {
        if !self.is(at, '(') {
            return None;
        }
        let mut names = Vec::new();
        let mut at = at + 1;
        while !self.is(at, ')') {
            self.tokens.get(at)?;
            names.extend(self.name(at));
            at += 1;
        }
        Some((names, at + 1))
    }
}

/// The name of the primary key's constraint.
pub(super) fn primary_key_name(sql: &str) -> Option<String> {
    let reader = Reader::new(sql);
    (0..reader.tokens.len())
        .filter(|at| reader.are_words(*at, &["PRIMARY", "KEY"]))
        .find_map(|at| reader.constraint_name(at))
}

/// The FOREIGN KEY clauses that stand by themselves.
pub(super) fn foreign_keys(sql: &str) -> Vec<ForeignKeyClause> {
    let reader = Reader::new(sql);
    let mut found = Vec::new();
    for at in 0..reader.tokens.len() {
        if !reader.are_words(at, &["FOREIGN", "KEY"]) {
            continue;
        }
        let Some((columns, next)) = reader.names(at + 2) else { continue };
        if !reader.is_word(next, "REFERENCES") {
            continue;
        }
        let Some(table) = reader.name(next + 1) else { continue };
        let (referred, mut next) = match reader.names(next + 2) {
            Some((referred, next)) => (referred, next),
            None => (columns.clone(), next + 2),
        };
        let mut clause = ForeignKeyClause {
            name: reader.constraint_name(at),
            columns,
            table,
            referred,
            ..ForeignKeyClause::default()
        };
        while reader.is_word(next, "ON") {
            let mut words = Vec::new();
            let mut end = next + 2;
            let stops = ["ON", "DEFERRABLE", "INITIALLY", "MATCH", "CONSTRAINT", "CHECK", "UNIQUE"];
            while let Some((Token::Word(word), _)) = reader.tokens.get(end) {
                let word = word.to_uppercase();
                let not_deferrable = word == "NOT" && reader.is_word(end + 1, "DEFERRABLE");
                if stops.contains(&word.as_str()) || not_deferrable {
                    break;
                }
                words.push(word);
                end += 1;
            }
            let action = Some(words.join(" ")).filter(|action| action != "NO ACTION");
            if reader.is_word(next + 1, "DELETE") {
                clause.on_delete = action;
            } else {
                clause.on_update = action;
            }
            next = end;
        }
        if reader.is_word(next, "NOT") && reader.is_word(next + 1, "DEFERRABLE") {
            clause.deferrable = Some(false);
            next += 2;
        } else if reader.is_word(next, "DEFERRABLE") {
            clause.deferrable = Some(true);
            next += 1;
        }
        if reader.is_word(next, "INITIALLY") {
            clause.initially = reader.name(next + 1).map(|word| word.to_uppercase());
        }
        found.push(clause);
    }
    found
}

/// The UNIQUE clauses: name and columns; those beside a column come last.
pub(super) fn uniques(sql: &str) -> Vec<(Option<String>, Vec<String>)> {
    let reader = Reader::new(sql);
    let mut found = Vec::new();
    for at in 0..reader.tokens.len() {
        if reader.is_word(at, "UNIQUE")
            && let Some((columns, _)) = reader.names(at + 1)
        {
            found.push((reader.constraint_name(at), columns));
        }
    }
    // Words on one line, with nothing but blanks between them.
    let mut at = 0;
    while at < reader.tokens.len() {
        let start = at;
        let Some(name) = reader.name(at) else {
            at += 1;
            continue;
        };
        let close = |end: usize| {
            let between = reader.tokens[end - 1].1.end..reader.tokens[end].1.start;
            reader.sql[between].chars().all(|c| c == ' ' || c == '\t')
        };
        at += 1;
        while at < reader.tokens.len() && matches!(reader.tokens[at].0, Token::Word(_)) && close(at) {
            if reader.is_word(at, "UNIQUE") && at - start >= 2 {
                found.push((None, vec![name.clone()]));
            }
            at += 1;
        }
    }
    found
}

/// The CHECK constraints: name and condition, in the order of their names.
pub(super) fn checks(sql: &str) -> Vec<(Option<String>, String)> {
    let reader = Reader::new(sql);
    let mut found = Vec::new();
    for at in 0..reader.tokens.len() {
        if !reader.is_word(at, "CHECK") || !reader.is(at + 1, '(') {
            continue;
        }
        let mut depth = 0;
        let mut close = None;
        for (token, range) in &reader.tokens[at + 1..] {
            match token {
                Token::Other('(') => depth += 1,
                Token::Other(')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                close = Some(range.start);
                break;
            }
        }
        let Some(close) = close else { continue };
        let condition = sql[reader.tokens[at + 1].1.end..close].trim().to_string();
        found.push((reader.constraint_name(at), condition));
    }
    found.sort_by_key(|(name, _)| name.clone().unwrap_or_else(|| "~".into()));
    found
}

/// What a computed column is computed from: the text up to the last closing
/// parenthesis of its line.
pub(super) fn computed(sql: &str, column: &str) -> String {
    let body = sql.find('(').map_or(sql, |at| &sql[at + 1..]);
    let body = body.trim_end().strip_suffix(')').unwrap_or(body).trim();
    let lower = body.to_lowercase();
    let name = column.to_lowercase();
    let mut from = 0;
    while let Some(found) = lower.get(from..).and_then(|rest| rest.find(&name)) {
        let after = from + found + name.len();
        from = after;
        let rest = lower.get(after..).unwrap_or_default();
        let until = rest.find(',').map_or(rest, |comma| &rest[..comma]);
        let words: Vec<(usize, &str)> = words_of(until);
        let place = words.windows(3).position(|three| {
            three[0].1 == "generated" && three[1].1 == "always" && three[2].1.starts_with("as")
        });
        let Some(place) = place else { continue };
        let start = after + words[place + 2].0;
        let Some(open) = body.get(start..).and_then(|rest| rest.find('(')).map(|at| start + at + 1) else {
            continue;
        };
        let line = body.get(open..).map_or("", |rest| rest.split('\n').next().unwrap_or(rest));
        return line.rfind(')').map_or(line, |close| &line[..close]).to_string();
    }
    String::new()
}

fn words_of(text: &str) -> Vec<(usize, &str)> {
    text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word)).collect()
}

/// The options after the closing parenthesis: whether there is no row id, and whether it is strict.
pub(super) fn options(sql: &str) -> (bool, bool) {
    let tail = sql.rfind(')').map_or("", |at| &sql[at..]).to_uppercase();
    let words: Vec<&str> =
        tail.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    (words.windows(2).any(|two| two == ["WITHOUT", "ROWID"]), words.contains(&"STRICT"))
}

/// The condition of a partial index.
pub(super) fn predicate(sql: &str) -> Option<String> {
    let lower = sql.to_lowercase();
    let mut from = 0;
    while let Some(found) = lower.get(from..)?.find(')') {
        let after = from + found + 1;
        let rest = lower.get(after..)?;
        let trimmed = rest.trim_start();
        if rest.len() > trimmed.len()
            && let Some(condition) = trimmed.strip_prefix("where")
            && condition.starts_with(char::is_whitespace)
        {
            let start = sql.len() - condition.trim_start().len();
            return sql.get(start..).map(|text| text.lines().next().unwrap_or(text).to_string());
        }
        from = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "CREATE TABLE child (\n\ta INTEGER NOT NULL UNIQUE, \n\tb VARCHAR(5) UNIQUE, \n\t\
        CONSTRAINT pk PRIMARY KEY (a), \n\tCONSTRAINT \"f k\" FOREIGN KEY(a) REFERENCES parent (id) ON DELETE SET NULL \
        NOT DEFERRABLE, \n\tUNIQUE (a, b), \n\tCONSTRAINT ck CHECK (a > (1 + 2))\n)";

    #[test]
    fn clauses_are_found_with_their_names() {
        assert_eq!(primary_key_name(SQL).as_deref(), Some("pk"));
        let keys = foreign_keys(SQL);
        assert_eq!((keys[0].name.as_deref(), keys[0].on_delete.as_deref()), (Some("f k"), Some("SET NULL")));
        assert_eq!(keys[0].deferrable, Some(false));
        assert_eq!(uniques(SQL), [(None, vec!["a".into(), "b".into()]), (None, vec!["a".to_string()])]);
        assert_eq!(checks(SQL), [(Some("ck".to_string()), "a > (1 + 2)".to_string())]);
    }

    #[test]
    fn a_partial_index_has_its_condition() {
        assert_eq!(predicate("CREATE INDEX i ON t (a) WHERE a > 3").as_deref(), Some("a > 3"));
        assert_eq!(predicate("CREATE INDEX i ON t (a)"), None);
    }
}
