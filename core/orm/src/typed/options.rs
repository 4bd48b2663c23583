//! How what belongs to selected objects is loaded: `selectinload(User::addresses)`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.orm.strategy_options`.

use std::marker::PhantomData;
use std::rc::Rc;

use super::attribute::{Column, Related};
use super::expression::Deferred;
use super::mapped::Mapped;
use super::related::Along;
use super::scope::Scope;
use super::values::ColumnValue;
use crate::orm::{Directive, Lazy, LoadOption, OrmResult, Step, Target};

/// A loader option. `T` is the class that it has come to, about which the next
/// word speaks: `selectinload(User::addresses).joinedload(Address::country)`.
pub struct Load<T> {
    path: Vec<Deferred<Step>>,
    said: Vec<(usize, Directive)>,
    class: PhantomData<fn() -> T>,
}

impl<T> Load<T> {
    fn go<P: Along>(mut self, along: P, what: Directive) -> Load<<P::Related as Related>::Target> {
        let along = along.narrowed();
        self.path.push(Rc::new(move |scope| along.step(scope)));
        self.said.push((self.path.len(), what));
        Load { path: self.path, said: self.said, class: PhantomData }
    }

    fn column<C: Mapped, V: ColumnValue>(mut self, column: Column<C, V>, what: Directive) -> Load<C> {
        let length = self.path.len();
        self.path.push(Rc::new(move |scope| {
            let entity = scope.entity::<C>()?;
            let place = scope.place(entity.mapper, column.key())? as u32;
            let target = Target::Attribute(place);
            Ok(Step { entity: Some(entity), target, of_type: None, criteria: Vec::new() })
        }));
        self.said.push((length + 1, what));
        Load { path: self.path, said: self.said, class: PhantomData }
    }

    pub(super) fn options(&self, scope: &Scope<'_>) -> OrmResult<Vec<LoadOption>> {
        let path = self.path.iter().map(|step| step(scope)).collect::<OrmResult<Vec<Step>>>()?;
        let options = self.said.iter().map(|(length, what)| LoadOption {
            path: path.iter().take(*length).cloned().collect(),
            what: what.clone(),
        });
        Ok(options.collect())
    }
}

fn nothing<T>() -> Load<T> {
    Load { path: Vec::new(), said: Vec::new(), class: PhantomData }
}

macro_rules! loaders {
    ($($(#[$doc:meta])* $name:ident => $what:expr;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<P: Along>(along: P) -> Load<<P::Related as Related>::Target> {
                nothing::<P::Class>().go(along, $what)
            }
        )*

        impl<T: Mapped> Load<T> {
            $(
                $(#[$doc])*
                pub fn $name<P: Along<Class = T>>(self, along: P) -> Load<<P::Related as Related>::Target> {
                    self.go(along, $what)
                }
            )*
        }
    };
}

fn strategy(strategy: Lazy) -> Directive {
    Directive::Load { strategy, innerjoin: None }
}

loaders! {
    /// Related objects come with one more statement.
    selectinload => strategy(Lazy::SelectIn);
    /// Related objects come with the same statement.
    joinedload => strategy(Lazy::Joined);
    /// Related objects come with one more statement, around the first one.
    subqueryload => strategy(Lazy::Subquery);
    /// Related objects come when they are asked for.
    lazyload => strategy(Lazy::Select);
    /// Related objects come after each object, one by one.
    immediateload => strategy(Lazy::Immediate);
    /// Asking for related objects that are not loaded is an error.
    raiseload => strategy(Lazy::Raise);
    /// Related objects are read from the statement's own rows.
    contains_eager => Directive::Contains { alias: None };
    /// A relationship on the way to what the next word speaks of.
    defaultload => Directive::Default;
}

/// A column is loaded when it is asked for.
pub fn defer<C: Mapped, V: ColumnValue>(column: Column<C, V>) -> Load<C> {
    nothing::<C>().column(column, Directive::Defer { raise: false })
}

/// A column that is loaded only when it is asked for comes with its object.
pub fn undefer<C: Mapped, V: ColumnValue>(column: Column<C, V>) -> Load<C> {
    nothing::<C>().column(column, Directive::Undefer)
}
