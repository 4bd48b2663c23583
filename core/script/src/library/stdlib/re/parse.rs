//! Reads regular expressions, and words CPython's complaints about them.
//!
//! CPython counterpart: `Lib/re/_parser.py`.

use super::syntax::{
    ASCII, Category, DOTALL, IGNORECASE, Item, MULTILINE, Node, Place, Single, UNICODE, VERBOSE,
};

/// How deep groups may be nested.
const DEPTH: usize = 100;
/// `{n}` with a greater number is refused, as CPython does at 2^32.
const MOST: usize = u32::MAX as usize - 1;

/// What is wrong with a pattern, and where.
pub(super) struct Refusal {
    pub message: String,
    pub at: usize,
}

/// A pattern that was read.
pub(super) struct Parsed {
    pub node: Node,
    /// Groups, the whole match not counted.
    pub groups: usize,
    pub names: Vec<(String, usize)>,
    pub flags: i64,
}

struct Parser {
    text: Vec<char>,
    at: usize,
    flags: i64,
    depth: usize,
    names: Vec<(String, usize)>,
    /// The widths of groups, from 1 on, none while a group is open.
    widths: Vec<Option<(usize, Option<usize>)>>,
    /// Groups that a look behind began after: those before it may be referred to.
    behind: Option<usize>,
}

type Result<T> = std::result::Result<T, Refusal>;

pub(super) fn parse(text: &str, flags: i64) -> Result<Parsed> {
    let mut parser = Parser {
        text: text.chars().collect(),
        at: 0,
        flags,
        depth: 0,
        names: Vec::new(),
        widths: vec![None],
        behind: None,
    };
    if flags & ASCII == 0 {
        parser.flags |= UNICODE;
    }
    let node = parser.either()?;
    if parser.at < parser.text.len() {
        return Err(parser.refuse("unbalanced parenthesis", parser.at));
    }
    Ok(Parsed { node, groups: parser.widths.len() - 1, names: parser.names, flags: parser.flags })
}

fn flag(letter: char) -> Option<i64> {
    Some(match letter {
        'i' => IGNORECASE,
        'm' => MULTILINE,
        's' => DOTALL,
        'x' => VERBOSE,
        'a' => ASCII,
        'u' => UNICODE,
        _ => return None,
    })
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
        && chars.all(|c| c == '_' || c.is_alphanumeric())
}

impl Parser {
    fn refuse(&self, message: impl Into<String>, at: usize) -> Refusal {
        Refusal { message: message.into(), at }
    }

    fn has(&self, flag: i64) -> bool {
        self.flags & flag != 0
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn widths(&self) -> Vec<(usize, Option<usize>)> {
        self.widths.iter().map(|width| width.unwrap_or((0, None))).collect()
    }

    fn either(&mut self) -> Result<Node> {
        let mut branches = vec![self.all()?];
        while self.take('|') {
            branches.push(self.all()?);
        }
        Ok(if branches.len() == 1 { branches.swap_remove(0) } else { Node::Either(branches) })
    }

    fn all(&mut self) -> Result<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        // Whether the last node may be repeated, and whether it is already.
        let (mut repeatable, mut repeated) = (false, false);
        while let Some(c) = self.peek() {
            if matches!(c, '|' | ')') {
                break;
            }
            if self.has(VERBOSE) {
                if c.is_whitespace() {
                    self.at += 1;
                    continue;
                }
                if c == '#' {
                    while self.next().is_some_and(|c| c != '\n') {}
                    continue;
                }
            }
            let start = self.at;
            if let Some((min, max)) = self.repetition()? {
                if !repeatable {
                    let message = if repeated { "multiple repeat" } else { "nothing to repeat" };
                    return Err(self.refuse(message, start));
                }
                let Some(node) = nodes.pop() else { return Err(self.refuse("nothing to repeat", start)) };
                let possessive = self.take('+');
                let greedy = possessive || !self.take('?');
                let node = Node::Repeat { node: Box::new(node), min, max, greedy };
                nodes.push(if possessive { Node::Atomic(Box::new(node)) } else { node });
                (repeatable, repeated) = (false, true);
                continue;
            }
            if let Some(node) = self.atom()? {
                repeatable = !matches!(node, Node::Place(_));
                repeated = false;
                nodes.push(node);
            }
        }
        Ok(if nodes.len() == 1 { nodes.swap_remove(0) } else { Node::All(nodes) })
    }

    /// `*`, `+`, `?`, `{2}`, `{2,}`, `{,3}`, `{2,3}`; a brace that is none of these is a character.
    fn repetition(&mut self) -> Result<Option<(usize, Option<usize>)>> {
        let start = self.at;
        let found = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.at += 1;
                let min = self.digits();
                let comma = self.take(',');
                let max = if comma { self.digits() } else { min.clone() };
                if (min.is_empty() && !comma) || !self.take('}') || self.at == start + 2 {
                    self.at = start;
                    return Ok(None);
                }
                if min.is_empty() && max.is_empty() && comma && self.at == start + 3 {
                    // `{,}` means any number of times.
                    return Ok(Some((0, None)));
                }
                let number = |digits: &str| match digits.parse() {
                    Ok(number) if number <= MOST => Some(number),
                    _ => None,
                };
                let too_large =
                    || Refusal { message: "the repetition number is too large".into(), at: start };
                let least = if min.is_empty() { 0 } else { number(&min).ok_or_else(too_large)? };
                let most = if max.is_empty() { None } else { Some(number(&max).ok_or_else(too_large)?) };
                if most.is_some_and(|most| most < least) {
                    return Err(self.refuse("min repeat greater than max repeat", start + 1));
                }
                return Ok(Some((least, most)));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(found))
    }

    fn digits(&mut self) -> String {
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            digits.push(c);
            self.at += 1;
        }
        digits
    }

    fn literal(&self, c: char) -> Node {
        Node::Single(Single::Char { c, ignore_case: self.has(IGNORECASE) })
    }

    fn category(&self, c: char) -> Category {
        let letter = c.to_ascii_lowercase();
        Category { letter, negated: c.is_ascii_uppercase(), ascii: self.has(ASCII) }
    }

    fn atom(&mut self) -> Result<Option<Node>> {
        let start = self.at;
        let Some(c) = self.next() else { return Ok(None) };
        Ok(Some(match c {
            '.' => Node::Single(Single::Any { newline: self.has(DOTALL) }),
            '^' => Node::Place(if self.has(MULTILINE) { Place::LineStart } else { Place::Start }),
            '$' => Node::Place(if self.has(MULTILINE) { Place::LineEnd } else { Place::LastLineEnd }),
            '[' => self.set(start)?,
            '(' => return self.group(start),
            '\\' => self.escape(start)?,
            c => self.literal(c),
        }))
    }

    fn escape(&mut self, start: usize) -> Result<Node> {
        let Some(c) = self.next() else { return Err(self.refuse("bad escape (end of pattern)", start)) };
        Ok(match c {
            'A' => Node::Place(Place::Start),
            'Z' => Node::Place(Place::End),
            'b' | 'B' => Node::Place(Place::Word { negated: c == 'B', ascii: self.has(ASCII) }),
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Node::Single(Single::Set {
                items: vec![Item::Category(self.category(c))],
                negated: false,
                ignore_case: false,
            }),
            '1'..='9' => {
                let octal = |c: Option<&char>| c.is_some_and(|c| matches!(c, '0'..='7'));
                if octal(Some(&c)) && octal(self.text.get(self.at)) && octal(self.text.get(self.at + 1)) {
                    self.at -= 1;
                    let c = self.octal(start, 3)?;
                    return Ok(self.literal(c));
                }
                let second = self.peek().filter(char::is_ascii_digit);
                self.at += usize::from(second.is_some());
                let digits: String = [c].into_iter().chain(second).collect();
                let group = digits.parse().unwrap_or(0);
                self.reference(group, &digits, start + 1)?
            }
            _ => {
                let c = self.character(c, start)?;
                self.literal(c)
            }
        })
    }

    fn octal(&mut self, start: usize, most: usize) -> Result<char> {
        let mut code = 0;
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else { break };
            code = code * 8 + digit;
            self.at += 1;
        }
        if code > 0o377 {
            let shown: String = self.text[start..self.at].iter().collect();
            return Err(self.refuse(format!("octal escape value {shown} outside of range 0-0o377"), start));
        }
        Ok(char::from_u32(code).unwrap_or('\0'))
    }

    /// A character that is written as an escape whose first letter was read.
    fn character(&mut self, c: char, start: usize) -> Result<char> {
        let length = match c {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        Ok(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'a' => '\u{7}',
            '0' => {
                self.at -= 1;
                self.octal(start, 3)?
            }
            'x' | 'u' | 'U' => {
                let mut digits = String::new();
                while let Some(c) = self.peek().filter(|c| c.is_ascii_hexdigit() && digits.len() < length) {
                    digits.push(c);
                    self.at += 1;
                }
                if digits.len() < length {
                    return Err(self.refuse(format!("incomplete escape \\{c}{digits}"), start));
                }
                match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    Some(c) => c,
                    None => return Err(self.refuse(format!("bad escape \\{c}{digits}"), start)),
                }
            }
            c if c.is_ascii_alphanumeric() => return Err(self.refuse(format!("bad escape \\{c}"), start)),
            c => c,
        })
    }

    fn reference(&self, group: usize, shown: &str, at: usize) -> Result<Node> {
        match self.widths.get(group) {
            Some(Some(_)) if group > 0 => {
                if self.behind.is_some_and(|known| group >= known) {
                    return Err(
                        self.refuse("cannot refer to group defined in the same lookbehind subpattern", at)
                    );
                }
                Ok(Node::Same { group, ignore_case: self.has(IGNORECASE) })
            }
            Some(None) if group > 0 => {
                Err(self.refuse("cannot refer to an open group", at.saturating_sub(1)))
            }
            _ => Err(self.refuse(format!("invalid group reference {shown}"), at)),
        }
    }

    fn set(&mut self, start: usize) -> Result<Node> {
        let unterminated = Refusal { message: "unterminated character set".into(), at: start };
        let negated = self.take('^');
        let mut items = Vec::new();
        let mut first = true;
        loop {
            let place = self.at;
            let Some(c) = self.next() else { return Err(unterminated) };
            if c == ']' && !first {
                break;
            }
            first = false;
            let low = self.set_item(c, place)?;
            if self.peek() != Some('-') {
                items.push(low);
                continue;
            }
            self.at += 1;
            let high_place = self.at;
            let Some(c) = self.next() else { return Err(unterminated) };
            if c == ']' {
                items.push(low);
                items.push(Item::Range('-', '-'));
                break;
            }
            let high = self.set_item(c, high_place)?;
            match (low, high) {
                (Item::Range(low, _), Item::Range(high, _)) if low <= high => {
                    items.push(Item::Range(low, high))
                }
                _ => {
                    let shown: String = self.text[place..self.at].iter().collect();
                    return Err(self.refuse(format!("bad character range {shown}"), place));
                }
            }
        }
        Ok(Node::Single(Single::Set { items, negated, ignore_case: self.has(IGNORECASE) }))
    }

    fn set_item(&mut self, c: char, start: usize) -> Result<Item> {
        if c != '\\' {
            return Ok(Item::Range(c, c));
        }
        let Some(c) = self.next() else { return Err(self.refuse("bad escape (end of pattern)", start)) };
        Ok(match c {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Item::Category(self.category(c)),
            'b' => Item::Range('\u{8}', '\u{8}'),
            '1'..='7' => {
                self.at -= 1;
                let c = self.octal(start, 3)?;
                Item::Range(c, c)
            }
            c => {
                let c = self.character(c, start)?;
                Item::Range(c, c)
            }
        })
    }

    /// The text up to a closing character.
    fn name(&mut self, end: char, missing: &str) -> Result<String> {
        let start = self.at;
        let mut name = String::new();
        loop {
            match self.next() {
                Some(c) if c == end => break,
                Some(c) => name.push(c),
                None if name.is_empty() => return Err(self.refuse(missing, start)),
                None => return Err(self.refuse(format!("missing {end}, unterminated name"), start)),
            }
        }
        if name.is_empty() { Err(self.refuse(missing, start)) } else { Ok(name) }
    }

    fn checked_name(&mut self, end: char) -> Result<(String, usize)> {
        let start = self.at;
        let name = self.name(end, "missing group name")?;
        if !is_identifier(&name) {
            let shown = crate::builtins::repr_str(&name);
            return Err(self.refuse(format!("bad character in group name {shown}"), start));
        }
        Ok((name, start))
    }

    fn group(&mut self, start: usize) -> Result<Option<Node>> {
        let flags = self.flags;
        let mut kind = Kind::Capture(None);
        if self.take('?') {
            let Some(c) = self.next() else { return Err(self.refuse("unexpected end of pattern", self.at)) };
            kind = match c {
                ':' => Kind::Plain,
                '>' => Kind::Atomic,
                '=' => Kind::Look { behind: false, negated: false },
                '!' => Kind::Look { behind: false, negated: true },
                '#' => loop {
                    match self.next() {
                        Some(')') => return Ok(None),
                        Some(_) => {}
                        None => return Err(self.refuse("missing ), unterminated comment", start)),
                    }
                },
                '<' => match self.next() {
                    Some('=') => Kind::Look { behind: true, negated: false },
                    Some('!') => Kind::Look { behind: true, negated: true },
                    Some(c) => return Err(self.refuse(format!("unknown extension ?<{c}"), start + 1)),
                    None => return Err(self.refuse("unexpected end of pattern", self.at)),
                },
                'P' => match self.next() {
                    Some('<') => {
                        let (name, at) = self.checked_name('>')?;
                        let next = self.widths.len();
                        if let Some((_, old)) = self.names.iter().find(|(known, _)| *known == name) {
                            let shown = crate::builtins::repr_str(&name);
                            let message = format!(
                                "redefinition of group name {shown} as group {next}; was group {old}"
                            );
                            return Err(self.refuse(message, at));
                        }
                        Kind::Capture(Some(name))
                    }
                    Some('=') => {
                        let (name, at) = self.checked_name(')')?;
                        let group = self.group_named(&name, at)?;
                        return Ok(Some(self.reference(group, &name, at)?));
                    }
                    Some(c) => return Err(self.refuse(format!("unknown extension ?P{c}"), start + 1)),
                    None => return Err(self.refuse("unexpected end of pattern", self.at)),
                },
                '(' => {
                    let at = self.at;
                    let name = self.name(')', "missing group name")?;
                    let group = match name.parse() {
                        Ok(0) => return Err(self.refuse("bad group number", at)),
                        Ok(group) => group,
                        Err(_) if is_identifier(&name) => self.group_named(&name, at)?,
                        Err(_) => {
                            let shown = crate::builtins::repr_str(&name);
                            return Err(self.refuse(format!("bad character in group name {shown}"), at));
                        }
                    };
                    if group >= self.widths.len() {
                        return Err(self.refuse(format!("invalid group reference {group}"), at));
                    }
                    Kind::If(group)
                }
                '-' => {
                    self.at -= 1;
                    match self.inline_flags(start)? {
                        true => Kind::Plain,
                        false => return Ok(None),
                    }
                }
                c if flag(c).is_some() || c == 'L' => {
                    self.at -= 1;
                    match self.inline_flags(start)? {
                        true => Kind::Plain,
                        false => return Ok(None),
                    }
                }
                c => return Err(self.refuse(format!("unknown extension ?{c}"), start + 1)),
            };
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.refuse("groups are nested too deeply", start));
        }
        let node = self.body(kind, start)?;
        self.depth -= 1;
        self.flags = flags;
        Ok(Some(node))
    }

    fn group_named(&self, name: &str, at: usize) -> Result<usize> {
        match self.names.iter().find(|(known, _)| known == name) {
            Some((_, group)) => Ok(*group),
            None => {
                let shown = crate::builtins::repr_str(name);
                Err(self.refuse(format!("unknown group name {shown}"), at))
            }
        }
    }

    /// `(?i)` and `(?i-s:`; whether a group follows.
    fn inline_flags(&mut self, start: usize) -> Result<bool> {
        let (mut on, mut off, mut removing) = (0, 0, false);
        loop {
            match self.next() {
                Some(')') if !removing => {
                    if start > 0 {
                        let message = "global flags not at the start of the expression";
                        return Err(self.refuse(message, start));
                    }
                    self.set_flags(on, 0);
                    return Ok(false);
                }
                Some(':') if !removing || off != 0 => {
                    self.set_flags(on, off);
                    return Ok(true);
                }
                Some('-') if !removing => removing = true,
                Some(c) => match flag(c) {
                    Some(flag) if removing => off |= flag,
                    Some(flag) => on |= flag,
                    None if c.is_alphabetic() => return Err(self.refuse("unknown flag", self.at - 1)),
                    None if removing => return Err(self.refuse("missing flag", self.at - 1)),
                    None => return Err(self.refuse("missing -, : or )", self.at - 1)),
                },
                None if removing && off == 0 => return Err(self.refuse("missing flag", self.at)),
                None if removing => return Err(self.refuse("missing :", self.at)),
                None => return Err(self.refuse("missing -, : or )", self.at)),
            }
        }
    }

    fn set_flags(&mut self, on: i64, off: i64) {
        if on & ASCII != 0 {
            self.flags &= !UNICODE;
        }
        self.flags = (self.flags | on) & !off;
    }

    /// What a group holds, with its closing parenthesis.
    fn body(&mut self, kind: Kind, start: usize) -> Result<Node> {
        let group = self.widths.len();
        if let Kind::Capture(name) = &kind {
            self.widths.push(None);
            if let Some(name) = name {
                self.names.push((name.clone(), group));
            }
        }
        let outside = self.behind;
        if matches!(kind, Kind::Look { behind: true, .. }) && outside.is_none() {
            self.behind = Some(group);
        }
        let node = if let Kind::If(condition) = kind {
            let yes = self.all()?;
            let no = if self.take('|') { self.all()? } else { Node::All(Vec::new()) };
            if self.peek() == Some('|') {
                return Err(self.refuse("conditional backref with more than two branches", self.at));
            }
            Node::If { group: condition, yes: Box::new(yes), no: Box::new(no) }
        } else {
            self.either()?
        };
        self.behind = outside;
        if !self.take(')') {
            return Err(self.refuse("missing ), unterminated subpattern", start));
        }
        Ok(match kind {
            Kind::Capture(_) => {
                let width = node.width(&self.widths());
                self.widths[group] = Some(width);
                Node::Group(group, Box::new(node))
            }
            // One node, so that what follows repeats all of it.
            Kind::Plain | Kind::If(_) => Node::All(vec![node]),
            Kind::Atomic => Node::Atomic(Box::new(node)),
            Kind::Look { behind, negated } => {
                let behind = if behind {
                    match node.width(&self.widths()) {
                        (least, Some(most)) if least == most => Some(least),
                        _ => {
                            let message = "look-behind requires fixed-width pattern".into();
                            return Err(Refusal { message, at: usize::MAX });
                        }
                    }
                } else {
                    None
                };
                Node::Look { node: Box::new(node), behind, negated }
            }
        })
    }
}

/// What a parenthesis begins.
enum Kind {
    Capture(Option<String>),
    Plain,
    Atomic,
    Look { behind: bool, negated: bool },
    If(usize),
}
