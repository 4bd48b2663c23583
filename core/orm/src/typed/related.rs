//! Relationships in statements: conditions on them, and joins along them.
//!
//! SQLAlchemy counterpart: `RelationshipProperty.Comparator`, `with_parent()`,
//! `PropComparator.of_type()` and `and_()`.

use std::rc::Rc;

use super::alias::Alias;
use super::attribute::{Related, Relationship};
use super::expression::{Conditions, Deferred, Expression, Sql};
use super::instance::Instance;
use super::mapped::Mapped;
use super::scope::Scope;
use super::values::ColumnValue;
use crate::orm::{Direction, Object, OrmError, OrmErrorKind, OrmResult, Slot};
use crate::sql::{self, Entity, Expr, JoinKind, JoinTarget};
use crate::types::{ColumnId, Value};

/// A relationship of which more is said: `User::addresses.of_type(&alias)`.
pub struct Narrowed<C, K: Related> {
    relationship: Relationship<C, K>,
    alias: Option<Alias<K::Target>>,
    criteria: Vec<Deferred<Expr>>,
}

impl<C: Mapped, K: Related> Narrowed<C, K> {
    pub(super) fn new(relationship: Relationship<C, K>) -> Narrowed<C, K> {
        Narrowed { relationship, alias: None, criteria: Vec::new() }
    }

    /// The same to an alias of the class at the other end.
    pub fn of_type(mut self, alias: &Alias<K::Target>) -> Narrowed<C, K> {
        self.alias = Some(alias.clone());
        self
    }

    /// The same with something added to its condition.
    pub fn and_(mut self, condition: impl Expression<Value: ColumnValue<Base = bool>>) -> Narrowed<C, K> {
        self.criteria.push(condition.sql().deferred());
        self
    }

    pub(super) fn target(&self, scope: &Scope<'_>, kind: JoinKind) -> OrmResult<JoinTarget> {
        let left = scope.entity::<C>()?;
        let right = match &self.alias {
            Some(alias) => scope.alias(alias)?,
            None => scope.entity::<K::Target>()?,
        };
        if left.is(&right) {
            let name = scope.orm.mapper_name(left.mapper);
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                format!("Can't construct a join from {name} to {name}, they are the same entity"),
            ));
        }
        let attribute = scope.place(left.mapper, self.relationship.key())? as u32;
        let criteria = self.criteria.iter().map(|make| make(scope)).collect::<OrmResult<_>>()?;
        let from = scope.orm.entity_from(&right);
        let along = Some(sql::Along { left, attribute, criteria });
        Ok(JoinTarget { entity: Some(right), along, ..JoinTarget::new(from, None, kind) })
    }

    /// The step of a loader option's path that it is.
    pub(super) fn step(&self, scope: &Scope<'_>) -> OrmResult<crate::orm::Step> {
        let entity = scope.entity::<C>()?;
        let place = scope.place(entity.mapper, self.relationship.key())? as u32;
        Ok(crate::orm::Step {
            entity: Some(entity),
            target: crate::orm::Target::Attribute(place),
            of_type: self.alias.as_ref().map(|alias| scope.alias(alias)).transpose()?,
            criteria: self.criteria.iter().map(|make| make(scope)).collect::<OrmResult<_>>()?,
        })
    }
}

/// A relationship as a way from one class to another: by itself, or
/// [narrowed](Narrowed).
pub trait Along {
    /// The class that has it.
    type Class: Mapped;

    /// What it leads to.
    type Related: Related;

    /// It, with what is said of it.
    #[doc(hidden)]
    fn narrowed(self) -> Narrowed<Self::Class, Self::Related>;
}

impl<C: Mapped, K: Related> Along for Relationship<C, K> {
    type Class = C;
    type Related = K;

    fn narrowed(self) -> Narrowed<C, K> {
        Narrowed::new(self)
    }
}

impl<C: Mapped, K: Related> Along for Narrowed<C, K> {
    type Class = C;
    type Related = K;

    fn narrowed(self) -> Narrowed<C, K> {
        self
    }
}

impl<C, K: Related> Clone for Narrowed<C, K> {
    fn clone(&self) -> Narrowed<C, K> {
        Narrowed {
            relationship: self.relationship,
            alias: self.alias.clone(),
            criteria: self.criteria.clone(),
        }
    }
}

/// `EXISTS` over the related rows that meet the conditions.
pub(super) fn exists<C: Mapped, K: Related>(
    relationship: Relationship<C, K>,
    conditions: impl Conditions,
) -> Sql<bool> {
    let conditions = conditions.conditions();
    Sql::new(move |scope| {
        let left = scope.entity::<C>()?;
        let own = scope.relationship(left.mapper, relationship.key())?;
        let criteria = conditions.iter().map(|one| one.expr(scope)).collect::<OrmResult<_>>()?;
        Ok(scope.orm.related_exists(&left, own, None, criteria))
    })
}

/// Whether an object is the related one, or one of them.
pub(super) fn equals<C: Mapped, K: Related>(
    relationship: Relationship<C, K>,
    object: &Instance<K::Target>,
) -> Sql<bool> {
    let object = object.object().clone();
    Sql::new(move |scope| {
        let left = scope.entity::<C>()?;
        let own = Rc::clone(scope.relationship(left.mapper, relationship.key())?);
        if !own.uselist && own.direction != Direction::ManyToOne {
            return Err(OrmError::new(
                OrmErrorKind::InvalidRequest,
                "An object is compared with the side that holds the foreign key; use has() here",
            ));
        }
        let columns = scope.orm.compared_columns(&own, false);
        let values = values_of(scope, &object, columns)?;
        Ok(scope.orm.related_to(&left, &own, &values, false))
    })
}

/// Whether there is no related object.
pub(super) fn is_nothing<C: Mapped, K: Related>(relationship: Relationship<C, K>) -> Sql<bool> {
    Sql::new(move |scope| {
        let left: Entity = scope.entity::<C>()?;
        let own = scope.relationship(left.mapper, relationship.key())?;
        Ok(match own.direction {
            Direction::ManyToOne => scope.orm.related_to_nothing(&left, own),
            _ => scope.orm.related_exists(&left, own, None, Vec::new()).negate(),
        })
    })
}

/// `with_parent(user, User.addresses)`: whether a row is related to an object.
///
/// ```
/// use ormscope::typed::prelude::*;
///
/// #[derive(Mapped)]
/// #[mapped(table = "users")]
/// struct User {
///     #[mapped(primary_key)]
///     id: i64,
///     addresses: Many<Address>,
/// }
///
/// #[derive(Mapped)]
/// #[mapped(table = "addresses")]
/// struct Address {
///     #[mapped(primary_key)]
///     id: i64,
///     #[mapped(foreign_key = "users.id")]
///     user_id: Option<i64>,
/// }
///
/// let mut db = Database::open("sqlite://")?;
/// db.create_all::<User>()?;
/// let mut session = db.session();
/// let user = session.add(new!(User { addresses: [new!(Address {}), new!(Address {})] }))?;
/// session.add(new!(Address {}))?;
/// session.flush()?;
/// let own = select::<Address>().where_(with_parent(&user, User::addresses));
/// assert_eq!(session.scalars(own)?.all()?.len(), 2);
/// # Ok::<(), OrmError>(())
/// ```
pub fn with_parent<C: Mapped, K: Related>(
    object: &Instance<C>,
    relationship: Relationship<C, K>,
) -> Sql<bool> {
    let object = object.object().clone();
    Sql::new(move |scope| {
        let left = scope.entity::<C>()?;
        let own = Rc::clone(scope.relationship(left.mapper, relationship.key())?);
        let columns = scope.orm.compared_columns(&own, true);
        let values = values_of(scope, &object, columns)?;
        Ok(scope.orm.related_to(&left, &own, &values, true))
    })
}

/// The values of an object that a relationship is compared with: those that are
/// loaded, and else those of its key.
fn values_of(
    scope: &Scope<'_>,
    object: &Object,
    columns: Vec<ColumnId>,
) -> OrmResult<Vec<(ColumnId, Value)>> {
    let known =
        scope.orm.states.object(object.state).is_some_and(|own| Rc::ptr_eq(&own.owner, &object.owner));
    if !known {
        return Err(super::session::foreign_object());
    }
    let state = &scope.orm.states[object.state];
    let mapper = scope.orm.mapper_of(object.state);
    let mut values = Vec::new();
    for column in columns {
        let slot = mapper.attribute_of(column).map(|at| &state.slots[at]);
        let in_key = mapper
            .primary_key
            .iter()
            .position(|key| mapper.attribute_of(*key) == mapper.attribute_of(column));
        let value = match (slot, &state.key, in_key) {
            (Some(Slot::Value(value)), ..) => value.clone(),
            (_, Some(key), Some(at)) => key.values.get(at).map(|value| value.0.clone()).unwrap_or_default(),
            (_, None, _) => Value::Null,
            (_, Some(_), None) => {
                return Err(OrmError::new(
                    OrmErrorKind::InvalidRequest,
                    format!(
                        "{} is expired; refresh it before it is compared with",
                        scope.orm.describe(object.state)
                    ),
                ));
            }
        };
        values.push((column, value));
    }
    Ok(values)
}
