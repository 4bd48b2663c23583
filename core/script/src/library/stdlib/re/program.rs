//! Compiles regular expressions to a small program and runs it over a text.
//!
//! The program backtracks over a stack of its own, so that neither the pattern
//! nor the text can exhaust the machine's; every run has a budget.
//! CPython counterpart: `Modules/_sre/sre.c`.

use super::syntax::{Category, Node, Place, Single, folded};

/// Instructions that one pattern may have.
const MOST_INSTRUCTIONS: usize = 200_000;
/// Steps that one match may take.
const BUDGET: u64 = 50_000_000;

#[derive(Clone, Debug)]
enum Step {
    Single(Single),
    Place(Place),
    /// Tries the first, later the second.
    Split(usize, usize),
    Jump(usize),
    /// Keeps the place in a slot: two for each group.
    Save(usize),
    /// A character repeated.
    Many {
        single: Single,
        min: usize,
        max: usize,
        greedy: bool,
    },
    Same {
        group: usize,
        ignore_case: bool,
    },
    /// Remembers where a round of a loop began.
    Mark(usize),
    /// Leaves the loop when the round has matched nothing.
    Moved {
        mark: usize,
        otherwise: usize,
    },
    /// Runs the steps up to an end on their own.
    Look {
        behind: Option<usize>,
        negated: bool,
        after: usize,
    },
    Atomic {
        after: usize,
    },
    If {
        group: usize,
        otherwise: usize,
    },
    End,
}

/// A compiled pattern.
#[derive(Debug)]
pub(super) struct Program {
    steps: Vec<Step>,
    slots: usize,
    marks: usize,
}

/// Why a match gave no answer.
pub(super) enum Failure {
    /// It took more steps than a run may.
    TooLong,
}

/// Where a match may lie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// `match`
    Start,
    /// `fullmatch`
    Whole,
    /// `search`
    Anywhere,
}

/// The spans of the groups of a match, the whole one first.
pub(super) type Spans = Vec<Option<(usize, usize)>>;

impl Program {
    /// The program of a pattern, unless it is too long.
    pub(super) fn new(node: &Node, groups: usize) -> Option<Program> {
        let mut program = Program { steps: Vec::new(), slots: 2 * (groups + 1), marks: 0 };
        program.add(node)?;
        program.steps.push(Step::End);
        Some(program)
    }

    fn push(&mut self, step: Step) -> Option<usize> {
        if self.steps.len() >= MOST_INSTRUCTIONS {
            return None;
        }
        self.steps.push(step);
        Some(self.steps.len() - 1)
    }

    fn here(&self) -> usize {
        self.steps.len()
    }

    fn add(&mut self, node: &Node) -> Option<()> {
        match node {
            Node::Single(single) => {
                self.push(Step::Single(single.clone()))?;
            }
            Node::Place(place) => {
                self.push(Step::Place(*place))?;
            }
            Node::All(nodes) => {
                for node in nodes {
                    self.add(node)?;
                }
            }
            Node::Either(nodes) => {
                let mut jumps = Vec::new();
                for (at, node) in nodes.iter().enumerate() {
                    if at + 1 == nodes.len() {
                        self.add(node)?;
                        break;
                    }
                    let split = self.push(Step::Jump(0))?;
                    self.add(node)?;
                    jumps.push(self.push(Step::Jump(0))?);
                    self.steps[split] = Step::Split(split + 1, self.here());
                }
                let end = self.here();
                for jump in jumps {
                    self.steps[jump] = Step::Jump(end);
                }
            }
            Node::Group(group, node) => {
                self.push(Step::Save(2 * group))?;
                self.add(node)?;
                self.push(Step::Save(2 * group + 1))?;
            }
            Node::Repeat { node, min, max, greedy } => self.repeat(node, *min, *max, *greedy)?,
            Node::Same { group, ignore_case } => {
                self.push(Step::Same { group: *group, ignore_case: *ignore_case })?;
            }
            Node::Look { node, behind, negated } => {
                let look = self.push(Step::End)?;
                self.add(node)?;
                self.push(Step::End)?;
                self.steps[look] = Step::Look { behind: *behind, negated: *negated, after: self.here() };
            }
            Node::Atomic(node) => {
                let atomic = self.push(Step::End)?;
                self.add(node)?;
                self.push(Step::End)?;
                self.steps[atomic] = Step::Atomic { after: self.here() };
            }
            Node::If { group, yes, no } => {
                let test = self.push(Step::End)?;
                self.add(yes)?;
                let jump = self.push(Step::Jump(0))?;
                self.steps[test] = Step::If { group: *group, otherwise: self.here() };
                self.add(no)?;
                self.steps[jump] = Step::Jump(self.here());
            }
        }
        Some(())
    }

    fn repeat(&mut self, node: &Node, min: usize, max: Option<usize>, greedy: bool) -> Option<()> {
        if let Node::Single(single) = node {
            let max = max.unwrap_or(usize::MAX);
            self.push(Step::Many { single: single.clone(), min, max, greedy })?;
            return Some(());
        }
        for _ in 0..min {
            self.add(node)?;
        }
        let branch = |inside, outside| {
            if greedy { Step::Split(inside, outside) } else { Step::Split(outside, inside) }
        };
        match max {
            None => {
                let mark = self.marks;
                self.marks += 1;
                let split = self.push(Step::End)?;
                self.push(Step::Mark(mark))?;
                self.add(node)?;
                let moved = self.push(Step::End)?;
                self.push(Step::Jump(split))?;
                let end = self.here();
                self.steps[moved] = Step::Moved { mark, otherwise: end };
                self.steps[split] = branch(split + 1, end);
            }
            Some(max) => {
                let mut splits = Vec::new();
                for _ in min..max {
                    splits.push(self.push(Step::End)?);
                    self.add(node)?;
                }
                let end = self.here();
                for split in splits {
                    self.steps[split] = branch(split + 1, end);
                }
            }
        }
        Some(())
    }

    /// The first match between two places. With `moving`, it may not be empty where it may first begin.
    pub(super) fn find(
        &self,
        text: &[char],
        (from, to): (usize, usize),
        mode: Mode,
        moving: bool,
    ) -> Result<Option<Spans>, Failure> {
        let mut run = Run {
            program: self,
            text: &text[..to],
            slots: vec![None; self.slots],
            marks: vec![usize::MAX; self.marks],
            trail: Vec::new(),
            left: BUDGET,
            whole: mode == Mode::Whole,
            forbidden: None,
        };
        let last = if mode == Mode::Anywhere { to } else { from };
        for start in from..=last {
            if start > to {
                break;
            }
            run.forbidden = (moving && start == from).then_some(start);
            run.slots.fill(None);
            run.trail.clear();
            if let Some(end) = run.execute(0, start, true)? {
                let mut spans: Spans = vec![Some((start, end))];
                spans.extend(run.slots.chunks(2).skip(1).map(|slots| match slots {
                    [Some(start), Some(end)] => Some((*start, *end)),
                    _ => None,
                }));
                return Ok(Some(spans));
            }
        }
        Ok(None)
    }
}

/// What going back undoes or tries.
enum Trail {
    Branch {
        step: usize,
        at: usize,
    },
    /// A repeated character that may give back down to a place, or take up to one.
    Shorter {
        step: usize,
        at: usize,
        least: usize,
    },
    Longer {
        step: usize,
        at: usize,
        most: usize,
    },
    Slot {
        slot: usize,
        old: Option<usize>,
    },
    Mark {
        mark: usize,
        old: usize,
    },
}

struct Run<'a> {
    program: &'a Program,
    text: &'a [char],
    slots: Vec<Option<usize>>,
    marks: Vec<usize>,
    trail: Vec<Trail>,
    left: u64,
    whole: bool,
    /// Where a match must not end.
    forbidden: Option<usize>,
}

impl Run<'_> {
    /// Runs steps up to an `End`, and gives the place where it came there. What can be
    /// tried otherwise stays on the trail, and is dropped by the caller.
    fn execute(&mut self, step: usize, at: usize, outermost: bool) -> Result<Option<usize>, Failure> {
        let program = self.program;
        let floor = self.trail.len();
        let (mut step, mut at) = (step, at);
        loop {
            self.left = self.left.checked_sub(1).ok_or(Failure::TooLong)?;
            let next = match &program.steps[step] {
                Step::Single(single) => match self.text.get(at) {
                    Some(c) if single.matches(*c) => Some((step + 1, at + 1)),
                    _ => None,
                },
                Step::Place(place) => self.is_at(*place, at).then_some((step + 1, at)),
                Step::Split(first, second) => {
                    self.trail.push(Trail::Branch { step: *second, at });
                    Some((*first, at))
                }
                Step::Jump(to) => Some((*to, at)),
                Step::Save(slot) => {
                    let old = self.slots[*slot].replace(at);
                    self.trail.push(Trail::Slot { slot: *slot, old });
                    Some((step + 1, at))
                }
                Step::Many { single, min, max, greedy } => {
                    let room = (*max).min(self.text.len().saturating_sub(at));
                    let wanted = if *greedy { room } else { (*min).min(room) };
                    let count = self.text[at..at + wanted].iter().take_while(|c| single.matches(**c)).count();
                    self.left = self.left.saturating_sub(count as u64);
                    if count < *min {
                        None
                    } else if *greedy {
                        if count > *min {
                            self.trail.push(Trail::Shorter {
                                step: step + 1,
                                at: at + count,
                                least: at + min,
                            });
                        }
                        Some((step + 1, at + count))
                    } else {
                        if room > *min {
                            self.trail.push(Trail::Longer { step, at: at + count, most: at + room });
                        }
                        Some((step + 1, at + count))
                    }
                }
                Step::Same { group, ignore_case } => {
                    self.same(*group, *ignore_case, at).map(|at| (step + 1, at))
                }
                Step::Mark(mark) => {
                    let old = std::mem::replace(&mut self.marks[*mark], at);
                    self.trail.push(Trail::Mark { mark: *mark, old });
                    Some((step + 1, at))
                }
                Step::Moved { mark, otherwise } => {
                    Some(if self.marks[*mark] == at { (*otherwise, at) } else { (step + 1, at) })
                }
                Step::Look { behind, negated, after } => {
                    let (behind, negated, after) = (*behind, *negated, *after);
                    let height = self.trail.len();
                    let found = match at.checked_sub(behind.unwrap_or(0)) {
                        Some(start) => self.execute(step + 1, start, false)?.is_some(),
                        None => false,
                    };
                    if found && !negated {
                        self.commit(height);
                    } else {
                        self.undo(height);
                    }
                    (found != negated).then_some((after, at))
                }
                Step::Atomic { after } => {
                    let after = *after;
                    let height = self.trail.len();
                    let found = self.execute(step + 1, at, false)?;
                    self.commit(height);
                    found.map(|at| (after, at))
                }
                Step::If { group, otherwise } => {
                    let known = self.slots.get(2 * group + 1).is_some_and(Option::is_some);
                    Some((if known { step + 1 } else { *otherwise }, at))
                }
                Step::End => {
                    let ends =
                        !outermost || ((!self.whole || at == self.text.len()) && self.forbidden != Some(at));
                    if ends {
                        return Ok(Some(at));
                    }
                    None
                }
            };
            match next.or_else(|| self.back(floor)) {
                Some(next) => (step, at) = next,
                None => return Ok(None),
            }
        }
    }

    /// The next thing to try, above a height of the trail.
    fn back(&mut self, floor: usize) -> Option<(usize, usize)> {
        while self.trail.len() > floor {
            match self.trail.pop()? {
                Trail::Branch { step, at } => return Some((step, at)),
                Trail::Shorter { step, at, least } => {
                    let at = at - 1;
                    if at > least {
                        self.trail.push(Trail::Shorter { step, at, least });
                    }
                    return Some((step, at));
                }
                Trail::Longer { step, at, most } => {
                    let fits = match (&self.program.steps[step], self.text.get(at)) {
                        (Step::Many { single, .. }, Some(c)) => single.matches(*c),
                        _ => false,
                    };
                    if fits {
                        if at + 1 < most {
                            self.trail.push(Trail::Longer { step, at: at + 1, most });
                        }
                        return Some((step + 1, at + 1));
                    }
                }
                Trail::Slot { slot, old } => self.slots[slot] = old,
                Trail::Mark { mark, old } => self.marks[mark] = old,
            }
        }
        None
    }

    /// Forgets what could be tried above a height, and keeps what can be undone.
    fn commit(&mut self, height: usize) {
        let kept = self.trail.split_off(height);
        self.trail.extend(
            kept.into_iter().filter(|entry| matches!(entry, Trail::Slot { .. } | Trail::Mark { .. })),
        );
    }

    fn undo(&mut self, height: usize) {
        self.commit(height);
        self.back(height);
    }

    fn same(&self, group: usize, ignore_case: bool, at: usize) -> Option<usize> {
        let (Some(Some(start)), Some(Some(end))) = (self.slots.get(2 * group), self.slots.get(2 * group + 1))
        else {
            return None;
        };
        let wanted = self.text.get(*start..*end)?;
        let found = self.text.get(at..at + wanted.len())?;
        let same = |(a, b): (&char, &char)| a == b || (ignore_case && folded(*a) == folded(*b));
        wanted.iter().zip(found).all(same).then_some(at + wanted.len())
    }

    fn is_at(&self, place: Place, at: usize) -> bool {
        let line_end = || self.text.get(at) == Some(&'\n');
        match place {
            Place::Start => at == 0,
            Place::LineStart => at == 0 || self.text.get(at - 1) == Some(&'\n'),
            Place::End => at == self.text.len(),
            Place::LastLineEnd => at == self.text.len() || (at + 1 == self.text.len() && line_end()),
            Place::LineEnd => at == self.text.len() || line_end(),
            Place::Word { negated, ascii } => {
                let word = Category { letter: 'w', negated: false, ascii };
                let inside =
                    |at: Option<usize>| at.and_then(|at| self.text.get(at)).is_some_and(|c| word.has(*c));
                // An empty text has neither kind of place.
                !self.text.is_empty() && (inside(at.checked_sub(1)) != inside(Some(at))) != negated
            }
        }
    }
}
