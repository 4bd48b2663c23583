//! Loader options: how the attributes of loaded objects are loaded.
//!
//! An option names a path from the query's own entities, and what is to happen
//! at its end. SQLAlchemy counterpart: `sqlalchemy.orm.strategy_options`.

use std::rc::Rc;

use crate::orm::Orm;
use crate::orm::mapping::relationship::Lazy;
use crate::sql::{Entity, Expr, From};
use crate::types::MapperId;

/// One option.
#[derive(Clone, Debug, Hash)]
pub struct LoadOption {
    /// The relationships on the way, and the attribute at the end.
    pub path: Vec<Step>,
    /// What is said of it.
    pub what: Directive,
}

/// A step of an option's path.
#[derive(Clone, Debug, Hash)]
pub struct Step {
    /// The class, or alias of one, that has the attribute; none for any.
    pub entity: Option<Entity>,
    /// The attribute.
    pub target: Target,
    /// The class that the relationship is taken to lead to: `of_type()`.
    pub of_type: Option<Entity>,
    /// What is added to the relationship's condition: `and_()`.
    pub criteria: Vec<Expr>,
}

/// What a step names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The attribute in that place.
    Attribute(u32),
    /// Every relationship that is not named otherwise.
    Relationships,
    /// Every column that is not named otherwise.
    Columns,
    /// The entity as a whole.
    Entity,
}

/// What an option says.
#[derive(Clone, Debug, Hash)]
pub enum Directive {
    /// How a relationship is loaded.
    Load {
        /// The strategy.
        strategy: Lazy,
        /// Whether an eager join is an inner one, where that is said.
        innerjoin: Option<Inner>,
    },
    /// A relationship is read from the statement's own rows: `contains_eager()`.
    Contains {
        /// What stands for the other class's tables there.
        alias: Option<From>,
    },
    /// A column is loaded when it is asked for, or asking is an error.
    Defer {
        /// `raiseload=True`
        raise: bool,
    },
    /// A column is loaded with its object.
    Undefer,
    /// All deferred columns of a group are.
    UndeferGroup(Rc<str>),
    /// An attribute of `query_expression()` gets this expression.
    Expression(Expr),
    /// Classes that inherit get their own columns with one more statement.
    Subclasses(Vec<MapperId>),
    /// Only rows of a class that meet a condition are loaded, wherever.
    Criteria {
        /// The class.
        entity: Entity,
        /// The condition.
        condition: Expr,
        /// Whether aliases of the class are meant as well.
        include_aliases: bool,
        /// Whether what is loaded later is meant as well.
        propagate: bool,
    },
    /// A relationship on the way to what another option speaks of.
    Default,
}

/// How an eager join is an inner one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Inner {
    /// It is an outer one.
    No,
    /// It is put inside an outer join that it follows.
    Nested,
    /// It follows the outer join.
    Unnested,
}

impl Orm {
    /// What options say of an attribute of an entity, the last one first.
    pub(crate) fn directive<'a>(
        &self,
        options: &'a [LoadOption],
        entity: &Entity,
        attribute: u32,
        relationship: bool,
    ) -> Option<(&'a Directive, &'a Step)> {
        let named = options.iter().rev().find(|option| {
            matches!(&option.path[..], [step]
                if step.target == Target::Attribute(attribute) && self.speaks_of(step, entity))
                && !matches!(option.what, Directive::Default)
        });
        let all = if relationship { Target::Relationships } else { Target::Columns };
        let found = named.or_else(|| {
            options.iter().rev().find(|option| {
                matches!(&option.path[..], [step] if step.target == all && self.speaks_of(step, entity))
            })
        })?;
        Some((&found.what, &found.path[0]))
    }

    /// Whether a step speaks of an entity.
    pub(crate) fn speaks_of(&self, step: &Step, entity: &Entity) -> bool {
        let Some(named) = &step.entity else { return true };
        match (&named.from, &entity.from) {
            (None, None) => self.is_a(entity.mapper, named.mapper) || self.is_a(named.mapper, entity.mapper),
            (Some(a), Some(b)) => a.is(b),
            _ => false,
        }
    }

    /// The conditions that options put on the rows of an entity.
    pub(crate) fn criteria_for(&self, options: &[LoadOption], entity: &Entity, loader: bool) -> Vec<Expr> {
        let adapter = self.adapter(entity);
        options
            .iter()
            .filter_map(|option| match &option.what {
                Directive::Criteria { entity: meant, condition, include_aliases, propagate } => {
                    let fits = self.is_a(entity.mapper, meant.mapper)
                        && (meant.is(entity)
                            || !entity.is_alias()
                            || *include_aliases
                            || (loader && *propagate));
                    fits.then(|| match &adapter {
                        Some(adapter) => adapter.expr(condition),
                        None => condition.clone(),
                    })
                }
                _ => None,
            })
            .collect()
    }

    /// The options for what a relationship leads to.
    pub(crate) fn options_beyond(
        &self,
        options: &[LoadOption],
        entity: &Entity,
        attribute: u32,
    ) -> Vec<LoadOption> {
        let mut further = Vec::new();
        for option in options {
            match &option.path[..] {
                [first, rest @ ..] if !rest.is_empty() => {
                    let here = first.target == Target::Attribute(attribute) && self.speaks_of(first, entity);
                    if here {
                        further.push(LoadOption { path: rest.to_vec(), what: option.what.clone() });
                    }
                }
                [] if matches!(option.what, Directive::Criteria { propagate: true, .. }) => {
                    further.push(option.clone());
                }
                // `lazyload("*")` without a class holds everywhere.
                [Step { entity: None, target: Target::Relationships | Target::Columns, .. }] => {
                    further.push(option.clone())
                }
                _ => {}
            }
        }
        further
    }
}
