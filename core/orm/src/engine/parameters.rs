//! Parameters as the log prints them.

use std::borrow::Cow;
use std::rc::Rc;

use super::execute::ParameterSet;
use crate::types::{DbValue, Value, python_str};

/// How many sets are printed before the rest is left out.
const SETS: usize = 10;
/// How many parameters of one set are printed.
const PARAMETERS: usize = 100;
/// How many characters of one parameter are printed.
const CHARACTERS: usize = 300;

/// Python's repr of what goes to the driver, shortened as SQLAlchemy shortens it.
///
/// ```
/// use ormscope::engine::repr_parameters;
/// use ormscope::types::DbValue;
///
/// assert_eq!(repr_parameters(&[vec![DbValue::Int(1)]], false), "(1,)");
/// assert_eq!(repr_parameters(&[vec![DbValue::Int(1)], vec![DbValue::text("a")]], true), "[(1,), ('a',)]");
/// ```
pub fn repr_parameters(sets: &[Vec<DbValue>], many: bool) -> String {
    if !many {
        return sets.first().map_or_else(|| "()".into(), |set| tuple(set));
    }
    shortened_list(sets, |set| tuple(set))
}

/// Named parameters as an error shows them: a list of dicts.
pub(super) fn repr_given(sets: &[ParameterSet]) -> String {
    let dict = |set: &ParameterSet| {
        let pair = |(key, value): &(Rc<str>, Value)| format!("{}: {}", python_str(key), value.repr());
        format!("{{{}}}", set.iter().map(pair).collect::<Vec<_>>().join(", "))
    };
    shortened_list(sets, dict)
}

/// A list of sets, of which the middle is left out where it is long.
fn shortened_list<T>(sets: &[T], show: impl Fn(&T) -> String) -> String {
    let join = |sets: &[T]| sets.iter().map(&show).collect::<Vec<_>>().join(", ");
    if sets.len() <= SETS {
        return format!("[{}]", join(sets));
    }
    format!(
        "[{}  ... displaying {SETS} of {} total bound parameter sets ...  {}]",
        join(&sets[..SETS - 2]),
        sets.len(),
        join(&sets[sets.len() - 2..])
    )
}

/// A statement, of which the middle is left out where it is long.
pub(super) fn long_statement(sql: &str) -> Cow<'_, str> {
    const LONG: usize = 500;
    let (left, right) = (250, 100);
    let length = sql.chars().count();
    if length <= LONG {
        return Cow::Borrowed(sql);
    }
    let start: String = sql.chars().take(left).collect();
    let end: String = sql.chars().skip(length - right).collect();
    Cow::Owned(format!("{start} ... {} characters truncated ... {end}", length - left - right))
}

fn tuple(set: &[DbValue]) -> String {
    let shown = |value: &DbValue| shortened(&value.repr());
    let join = |values: &[DbValue]| values.iter().map(shown).collect::<Vec<_>>().join(", ");
    if set.len() > PARAMETERS {
        let half = PARAMETERS / 2;
        return format!(
            "({} ... {} parameters truncated ... {})",
            join(&set[..half]),
            set.len() - PARAMETERS,
            join(&set[set.len() - half..])
        );
    }
    format!("({}{})", join(set), if set.len() == 1 { "," } else { "" })
}

/// A value's repr, of which the middle is left out where it is long.
pub(super) fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= CHARACTERS {
        return text.to_string();
    }
    let half = CHARACTERS / 2;
    let start: String = text.chars().take(half).collect();
    let end: String = text.chars().skip(length - half).collect();
    format!("{start} ... ({} characters truncated) ... {end}", length - CHARACTERS)
}
