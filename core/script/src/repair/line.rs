//! Lines on their way through the repairs, and the list of changes they end in.

use super::Repair;

/// A line of the script that comes about; several can stem from one pasted line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// The pasted line it stems from, from 1. An inserted line stands before that line.
    pub number: u32,
    /// What it says now.
    pub text: String,
    /// Why it changed, one entry per kind of change.
    pub whys: Vec<String>,
    /// Whether it is left out.
    pub gone: bool,
    /// Whether it was added rather than pasted.
    pub inserted: bool,
}

impl Line {
    pub(super) fn new(number: u32, text: &str) -> Line {
        Line { number, text: text.to_owned(), whys: Vec::new(), gone: false, inserted: false }
    }

    /// A further line made from the same pasted line.
    pub(super) fn beside(&self, text: String, why: &str) -> Line {
        let mut line = Line { text, ..self.clone() };
        line.explain(why);
        line
    }

    pub(super) fn explain(&mut self, why: &str) {
        if !self.whys.iter().any(|known| known == why) {
            self.whys.push(why.to_owned());
        }
    }

    /// Says something else from now on; `false` when it says so already.
    pub(super) fn change(&mut self, text: String, why: &str) -> bool {
        if self.text == text {
            return false;
        }
        self.text = text;
        self.explain(why);
        true
    }

    pub(super) fn remove(&mut self, why: &str) {
        self.gone = true;
        self.whys.clear();
        self.explain(why);
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// The script that the lines make.
pub(super) fn text(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines.iter().filter(|line| !line.gone) {
        text.push_str(&line.text);
        text.push('\n');
    }
    text
}

/// What became of one pasted line (or of no line: an insertion).
struct Fate {
    number: u32,
    before: Option<String>,
    after: Vec<String>,
    whys: Vec<String>,
}

impl Fate {
    fn is_changed(&self) -> bool {
        match &self.before {
            Some(before) => self.after.len() != 1 || self.after.first() != Some(before),
            None => true,
        }
    }

    /// A blank line that stays blank goes along with its neighbours.
    fn is_blank(&self) -> bool {
        self.before.as_ref().is_some_and(|before| before.trim().is_empty())
            && self.after.iter().all(|after| after.trim().is_empty())
    }
}

/// The changes between the pasted lines and what they became.
pub(super) fn repairs(pasted: &[&str], lines: &[Line]) -> Vec<Repair> {
    let mut fates: Vec<Fate> = Vec::new();
    for line in lines {
        let fresh = line.inserted
            || fates.last().is_none_or(|fate| fate.number != line.number || fate.before.is_none());
        if fresh {
            let before = pasted.get((line.number as usize).saturating_sub(1)).map(|text| (*text).to_owned());
            let before = before.filter(|_| !line.inserted);
            fates.push(Fate { number: line.number, before, after: Vec::new(), whys: Vec::new() });
        }
        let Some(fate) = fates.last_mut() else { continue };
        if !line.gone {
            fate.after.push(line.text.clone());
        }
        for why in &line.whys {
            if !fate.whys.contains(why) {
                fate.whys.push(why.clone());
            }
        }
    }
    group(fates)
}

/// Joins neighbours that changed for the same reason.
fn group(fates: Vec<Fate>) -> Vec<Repair> {
    let mut groups: Vec<Vec<Fate>> = Vec::new();
    // Blank lines after the last group, which join it only if it goes on after them.
    let mut blanks: Vec<Fate> = Vec::new();
    let mut open = false;
    for fate in fates {
        if fate.is_blank() {
            blanks.push(fate);
            continue;
        }
        let last = groups.last_mut().filter(|_| open);
        open = fate.is_changed();
        match last {
            Some(group)
                if open
                    && fate.before.is_some()
                    && group
                        .first()
                        .is_some_and(|first| first.before.is_some() && first.whys == fate.whys) =>
            {
                group.append(&mut blanks);
                group.push(fate);
            }
            _ => {
                close(&mut groups, &mut blanks);
                if open {
                    groups.push(vec![fate]);
                }
            }
        }
    }
    close(&mut groups, &mut blanks);
    groups.into_iter().map(|group| told(&group)).collect()
}

/// Blank lines up to the last that changed go with the group right before them, or are one.
fn close(groups: &mut Vec<Vec<Fate>>, blanks: &mut Vec<Fate>) {
    let changed = blanks.iter().rposition(Fate::is_changed).map_or(0, |last| last + 1);
    let blanks: Vec<Fate> = blanks.drain(..).take(changed).collect();
    let Some(first) = blanks.first().map(|fate| fate.number) else { return };
    let before = groups
        .last_mut()
        .filter(|group| group.last().is_some_and(|last| last.before.is_some() && last.number + 1 == first));
    match before {
        Some(group) => group.extend(blanks),
        None => groups.push(blanks),
    }
}

fn told(group: &[Fate]) -> Repair {
    let before: Vec<&str> = group.iter().filter_map(|fate| fate.before.as_deref()).collect();
    let after: Vec<&str> = group.iter().flat_map(|fate| fate.after.iter().map(String::as_str)).collect();
    Repair {
        line: group.first().map_or(1, |fate| fate.number),
        before: before.join("\n"),
        after: after.join("\n"),
        why: group.first().map(|fate| fate.whys.join("; ")).unwrap_or_default(),
    }
}
