//! How a row fills an object of one class: which attributes it has, and what
//! becomes of the others.
//!
//! Worked out once for each class that turns up in a query's rows.
//! SQLAlchemy counterpart: the populators of `loading._instance_processor`.

use std::rc::Rc;

use super::context::EntityPlan;
use super::options::{Directive, LoadOption};
use crate::orm::Orm;
use crate::orm::mapping::mapper::AttributeKind;
use crate::orm::mapping::relationship::{Lazy, Relationship};
use crate::sql::Entity;
use crate::types::MapperId;

/// How a row fills an object of one class.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    /// The attributes that the row has, and where.
    pub(crate) present: Vec<(u32, usize)>,
    /// Those that it has not, and that are loaded together when one is asked for.
    pub(crate) missing: Vec<u32>,
    /// Those that options leave to be loaded by themselves, and whether asking is an error.
    pub(crate) deferred: Vec<(u32, bool)>,
    /// Relationships that options have loaded another way when they are asked for.
    pub(crate) lazies: Vec<(u32, Lazy)>,
    /// Relationships that are loaded with further statements.
    pub(crate) later: Vec<Later>,
    /// The class whose own columns one more statement loads.
    pub(crate) subclass: Option<MapperId>,
    /// What else options say, for what is loaded later.
    pub(crate) options: Rc<[LoadOption]>,
    /// The classes from the query's own to this one.
    pub(crate) path: Vec<MapperId>,
    /// Whether the object is to remember it.
    pub(crate) kept: bool,
}

/// A relationship that is loaded with a further statement.
#[derive(Clone, Debug)]
pub(crate) struct Later {
    pub(crate) attribute: u32,
    pub(crate) relationship: Rc<Relationship>,
    pub(crate) strategy: Lazy,
    /// What is said of what it leads to.
    pub(crate) options: Rc<[LoadOption]>,
    /// The entity that it is taken to lead to.
    pub(crate) target: Option<Entity>,
}

impl Later {
    /// Whether it is asked for objects that have it already, too: SQLAlchemy sends
    /// these statements in any case.
    pub(crate) fn asks_in_any_case(&self) -> bool {
        matches!(self.strategy, Lazy::Subquery | Lazy::SelectIn)
    }
}

impl Orm {
    /// How rows of a plan fill objects of a class.
    pub(crate) fn shape(&self, plan: &EntityPlan, mapper: MapperId) -> Rc<Shape> {
        if let Some(known) = plan.shapes.borrow().get(&mapper) {
            return Rc::clone(known);
        }
        let shape = Rc::new(self.make_shape(plan, mapper));
        plan.shapes.borrow_mut().insert(mapper, Rc::clone(&shape));
        shape
    }

    /// Whether something is loaded with the objects that needs all rows at once.
    pub fn needs_all_rows(&self, lowered: &super::context::Lowered) -> bool {
        lowered.plans.iter().any(|plan| {
            let shape = self.shape(plan, plan.entity.mapper);
            shape.later.iter().any(|later| later.strategy == Lazy::Subquery)
        })
    }

    fn make_shape(&self, plan: &EntityPlan, mapper: MapperId) -> Shape {
        let options = &plan.options;
        let mut shape = Shape {
            options: Rc::clone(options),
            path: plan.path.clone(),
            kept: !options.is_empty(),
            ..Shape::default()
        };
        shape.subclass = self.subclass_to_load(plan, mapper);
        for (at, attribute) in self.mapper(mapper).iter() {
            let place = at as u32;
            match &attribute.kind {
                AttributeKind::Column(_) | AttributeKind::Expression(_) => {
                    let found = match attribute.kind {
                        AttributeKind::Expression(_) => {
                            plan.expressions.get(&(attribute.parent, place)).copied()
                        }
                        _ => attribute.columns().find_map(|id| plan.columns.get(&id).copied()),
                    };
                    if let Some(found) = found {
                        shape.present.push((place, found));
                    } else if self.is_deferred(options, &plan.called, mapper, at) {
                        if let Some((Directive::Defer { raise }, _)) =
                            self.directive(options, &plan.called, place, false)
                        {
                            shape.deferred.push((place, *raise));
                        }
                    } else if !attribute.kind.is_blank() {
                        shape.missing.push(place);
                    }
                }
                AttributeKind::Relationship(relationship) => {
                    self.shape_relationship(plan, relationship, &mut shape);
                }
                AttributeKind::Absent | AttributeKind::Unconfigured(_) => {}
            }
        }
        shape
    }

    /// The class between a query's and an object's whose columns one more
    /// statement loads.
    fn subclass_to_load(&self, plan: &EntityPlan, mapper: MapperId) -> Option<MapperId> {
        let chosen: Vec<MapperId> = plan
            .options
            .iter()
            .filter_map(|option| match (&option.what, &option.path[..]) {
                (Directive::Subclasses(mappers), [step]) if self.speaks_of(step, &plan.called) => {
                    Some(mappers)
                }
                _ => None,
            })
            .flatten()
            .copied()
            .collect();
        let own = plan.entity.mapper;
        let loaded = match &plan.entity.from {
            Some(_) => plan.entity.with.to_vec(),
            None => self.loaded_with(own),
        };
        self.ancestors(mapper).take_while(|id| *id != own).find(|id| {
            let by_default = self.mapper(*id).polymorphic.load
                == Some(crate::orm::mapping::mapper::PolymorphicLoad::SelectIn);
            !loaded.contains(id) && (by_default || chosen.contains(id))
        })
    }

    fn shape_relationship(&self, plan: &EntityPlan, relationship: &Rc<Relationship>, shape: &mut Shape) {
        let (entity, attribute) = (&plan.called, relationship.attribute);
        let said = self.directive(&plan.options, entity, attribute, true);
        let (strategy, target) = match said {
            Some((Directive::Load { strategy, .. }, step)) => {
                (*strategy, step.of_type.as_ref().map(|entity| self.eager_entity(entity)))
            }
            Some((Directive::Contains { .. }, _)) => return,
            _ => (relationship.lazy, None),
        };
        match strategy {
            Lazy::SelectIn | Lazy::Subquery | Lazy::Immediate => {
                if said.is_none() && self.leads_back(relationship, &plan.path) {
                    return;
                }
                shape.later.push(Later {
                    attribute,
                    relationship: Rc::clone(relationship),
                    strategy,
                    options: Rc::from(self.options_beyond(&plan.options, entity, attribute)),
                    target,
                });
            }
            Lazy::Joined => {}
            _ if said.is_some() && strategy != relationship.lazy => shape.lazies.push((attribute, strategy)),
            _ => {}
        }
    }
}
