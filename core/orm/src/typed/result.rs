//! The rows of a statement.
//!
//! SQLAlchemy counterpart: `Result` and `ScalarResult` of `sqlalchemy.engine.result`.

use std::marker::PhantomData;

use rustc_hash::FxHashSet;

use super::attribute::fitting;
use super::instance::Instance;
use super::mapped::Mapped;
use super::values::ColumnValue;
use crate::orm::{OrmError, OrmErrorKind, OrmResult, OrmRow, OrmRows, RowValue};
use crate::types::{KeyValue, StateId};

/// What a row is made into: a value, a handle, or a tuple of such.
pub trait FromRow: Sized {
    /// Takes its own part of a row.
    ///
    /// # Errors
    /// When a value is of another type.
    #[doc(hidden)]
    fn from_row(values: &mut std::slice::Iter<'_, RowValue>) -> OrmResult<Self>;
}

impl<V: ColumnValue> FromRow for V {
    fn from_row(values: &mut std::slice::Iter<'_, RowValue>) -> OrmResult<V> {
        match values.next() {
            Some(RowValue::Value(value)) => fitting(value, || "a value of the row".into()),
            _ => Err(misplaced()),
        }
    }
}

impl<T: Mapped> FromRow for Instance<T> {
    fn from_row(values: &mut std::slice::Iter<'_, RowValue>) -> OrmResult<Instance<T>> {
        Option::from_row(values)?.ok_or_else(|| {
            let message = "an object of the row is None; optional() selects it as an Option";
            OrmError::new(OrmErrorKind::Type, message)
        })
    }
}

impl<T: Mapped> FromRow for Option<Instance<T>> {
    fn from_row(values: &mut std::slice::Iter<'_, RowValue>) -> OrmResult<Option<Instance<T>>> {
        match values.next() {
            Some(RowValue::Object(object)) => Ok(object.clone().map(Instance::from_object)),
            _ => Err(misplaced()),
        }
    }
}

fn misplaced() -> OrmError {
    OrmError::new(OrmErrorKind::Type, "the row is not what the statement selects")
}

macro_rules! rows {
    ($(($($part:ident),*);)*) => {
        $(impl<$($part: FromRow),*> FromRow for ($($part,)*) {
            fn from_row(values: &mut std::slice::Iter<'_, RowValue>) -> OrmResult<Self> {
                Ok(($($part::from_row(values)?,)*))
            }
        })*
    };
}

rows! {
    (A, B);
    (A, B, C);
    (A, B, C, D);
    (A, B, C, D, E);
    (A, B, C, D, E, F);
}

/// A row that is one thing and no tuple: what
/// [`Session::scalars`](super::Session::scalars) gives.
pub trait Single: FromRow {}

impl<V: ColumnValue> Single for V {}
impl<T: Mapped> Single for Instance<T> {}
impl<T: Mapped> Single for Option<Instance<T>> {}

/// The rows of a statement, each of which becomes an `R`.
#[must_use]
pub struct Rows<R> {
    rows: Vec<OrmRow>,
    needs_unique: bool,
    row: PhantomData<fn() -> R>,
}

impl<R: FromRow> Rows<R> {
    pub(super) fn new(found: OrmRows) -> Rows<R> {
        Rows { rows: found.rows, needs_unique: found.needs_unique, row: PhantomData }
    }

    /// The same without rows that came before.
    pub fn unique(mut self) -> Rows<R> {
        let mut seen: FxHashSet<Vec<Known>> = FxHashSet::default();
        self.rows.retain(|row| seen.insert(row.iter().map(Known::of).collect()));
        self.needs_unique = false;
        self
    }

    /// All rows.
    ///
    /// # Errors
    /// When a value is of another type, or an object comes in several rows and
    /// [`Rows::unique`] was not asked for.
    pub fn all(self) -> OrmResult<Vec<R>> {
        self.check()?.iter().map(|row| R::from_row(&mut row.iter())).collect()
    }

    /// The first row.
    ///
    /// # Errors
    /// When a value is of another type.
    pub fn first(self) -> OrmResult<Option<R>> {
        self.rows.first().map(|row| R::from_row(&mut row.iter())).transpose()
    }

    /// The only row.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn one(self) -> OrmResult<R> {
        match self.check()? {
            [row] => R::from_row(&mut row.iter()),
            [] => Err(OrmError::new(OrmErrorKind::NoResultFound, "No row was found when one was required")),
            _ => Err(several("exactly one was required")),
        }
    }

    /// The only row, where there is one.
    ///
    /// # Errors
    /// When there is more than one.
    pub fn one_or_none(self) -> OrmResult<Option<R>> {
        match self.check()? {
            [] => Ok(None),
            [row] => R::from_row(&mut row.iter()).map(Some),
            _ => Err(several("one or none was required")),
        }
    }

    fn check(&self) -> OrmResult<&[OrmRow]> {
        match self.needs_unique {
            false => Ok(&self.rows),
            true => Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                "The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections",
            )),
        }
    }
}

fn several(wanted: &str) -> OrmError {
    OrmError::new(OrmErrorKind::MultipleResultsFound, format!("Multiple rows were found when {wanted}"))
}

/// What makes a part of a row the same as another.
#[derive(PartialEq, Eq, Hash)]
enum Known {
    Value(KeyValue),
    Object(Option<StateId>),
}

impl Known {
    fn of(value: &RowValue) -> Known {
        match value {
            RowValue::Value(value) => Known::Value(KeyValue(value.clone())),
            RowValue::Object(object) => Known::Object(object.as_ref().map(|object| object.state)),
        }
    }
}
