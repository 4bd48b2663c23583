//! From statements with mapped classes to plain ones, and what the rows of
//! those are made into.
//!
//! Nothing is executed here. SQLAlchemy counterpart: `sqlalchemy.orm.context`,
//! and the `setup_query` of `sqlalchemy.orm.strategies`.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::adapt::Adapter;
use super::options::{Directive, LoadOption, Target};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::mapping::mapper::{AttributeKind, DISCRIMINATOR};
use crate::orm::mapping::relationship::Relationship;
use crate::orm::{Orm, OrmResult};
use crate::sql::compiler::{JoinError, join_condition};
use crate::sql::{Entity, Expr, From, JoinTarget, Kind, Operator, Purpose, Select, SelectItem};
use crate::types::{ColumnId, MapperId};

/// A select in which mapped classes are replaced by their columns, and what
/// its rows are to be made into.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// The plain select.
    pub select: Select,
    /// What each value of a row is.
    pub parts: Vec<Part>,
    /// The columns among the values, as they are named.
    pub(crate) named: Vec<SelectItem>,
    /// The values' names, where they are known beforehand.
    pub names: Vec<Option<Rc<str>>>,
    /// The entities whose objects the rows bring: those of the query, then
    /// those that are loaded with them.
    pub(crate) plans: Vec<EntityPlan>,
    /// The relationships that the rows bring.
    pub(crate) joined: Vec<Joined>,
    /// The select as it was.
    pub(crate) source: Option<Rc<Select>>,
    /// Where it loads more for the objects of a query by a subquery: what of.
    pub(crate) origin: Option<Origin>,
    /// Whether an object may come in several rows, so that `unique()` is asked for.
    pub needs_unique: bool,
    /// What the program is to be warned of.
    pub(crate) warnings: Vec<String>,
}

/// What one value of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The column at that place.
    Column(usize),
    /// An object.
    Entity {
        /// Its class.
        mapper: MapperId,
        /// How it is read.
        plan: usize,
    },
}

/// How the objects of an entity are read from rows.
#[derive(Clone, Debug)]
pub(crate) struct EntityPlan {
    pub(crate) entity: Entity,
    /// How options call it: an alias that eager loading made is the class itself.
    pub(crate) called: Entity,
    /// Where the primary key is.
    pub(crate) key: Vec<usize>,
    /// Where the value is that tells the class.
    pub(crate) discriminator: Option<usize>,
    /// Where columns are.
    pub(crate) columns: FxHashMap<ColumnId, usize>,
    /// Where the values of expressions are, by class and place.
    pub(crate) expressions: FxHashMap<(MapperId, u32), usize>,
    /// What is said of its attributes.
    pub(crate) options: Rc<[LoadOption]>,
    /// The classes from the query's own to this one.
    pub(crate) path: Vec<MapperId>,
    /// How each class of the hierarchy is filled, as it turns up.
    pub(crate) shapes: Rc<RefCell<FxHashMap<MapperId, Rc<super::shape::Shape>>>>,
}

/// A relationship that is read from the same rows as its parent.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    /// The plan of the parent.
    pub(crate) parent: usize,
    pub(crate) attribute: usize,
    pub(crate) relationship: Rc<Relationship>,
    /// The plan of the objects.
    pub(crate) plan: usize,
}

/// The query that a subquery for more of its objects is made from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    pub(crate) select: Rc<Select>,
    pub(crate) root: Entity,
    /// The relationships from there: class and place.
    pub(crate) steps: Vec<(MapperId, u32)>,
}

/// Columns behind those of the query itself are counted from here, until their
/// number is known.
const SECONDARY: usize = 1 << 24;

/// What is loaded with the objects of a statement.
#[derive(Clone, Copy, PartialEq)]
enum Eagerly {
    /// Nothing.
    Not,
    /// What its own rows have, and what further statements bring.
    Read,
    /// What joins bring as well.
    Joined,
}

/// A select in the making.
pub(crate) struct Context<'a> {
    pub(crate) orm: &'a Orm,
    /// The columns that the query asks for.
    pub(crate) primary: Vec<SelectItem>,
    /// The columns of what is loaded with it.
    pub(crate) secondary: Vec<Expr>,
    known: Vec<(Expr, usize)>,
    width: usize,
    pub(crate) plans: Vec<EntityPlan>,
    pub(crate) joined: Vec<Joined>,
    /// The eager joins, in order.
    pub(crate) joins: Vec<super::eager::EagerJoin>,
    /// Whether joins may be added.
    pub(crate) joining: bool,
    /// Whether an eager relationship is a collection.
    pub(crate) multi_row: bool,
}

impl Orm {
    /// Replaces mapped classes by their columns; nothing is loaded with them.
    ///
    /// # Errors
    /// When a join cannot be made.
    pub fn lower(&self, select: &Select) -> OrmResult<Lowered> {
        self.lowered(select, &[], &[], Eagerly::Not)
    }

    /// Replaces mapped classes by their columns, and adds what is to be loaded
    /// with them.
    ///
    /// # Errors
    /// As [`Orm::lower`].
    pub fn lower_with(&self, select: &Select, options: &[LoadOption]) -> OrmResult<Lowered> {
        self.lowered(select, options, &[], Eagerly::Joined)
    }

    /// Replaces mapped classes by their columns, and heeds what is said of their rows.
    ///
    /// # Errors
    /// As [`Orm::lower`].
    pub fn lower_criteria(&self, select: &Select, options: &[LoadOption]) -> OrmResult<Lowered> {
        self.lowered(select, options, &[], Eagerly::Not)
    }

    /// The same for rows of a statement that the program wrote: nothing can be
    /// added to it, and what it has can be read.
    ///
    /// # Errors
    /// As [`Orm::lower`].
    pub fn lower_for_rows(&self, select: &Select, options: &[LoadOption]) -> OrmResult<Lowered> {
        self.lowered(select, options, &[], Eagerly::Read)
    }

    /// The same for a select that loads more for the objects of another; `path`
    /// are the classes that lead to it.
    pub(crate) fn lower_below(
        &self,
        select: &Select,
        options: &[LoadOption],
        path: &[MapperId],
    ) -> OrmResult<Lowered> {
        self.lowered(select, options, path, Eagerly::Joined)
    }

    fn lowered(
        &self,
        select: &Select,
        options: &[LoadOption],
        above: &[MapperId],
        how: Eagerly,
    ) -> OrmResult<Lowered> {
        let eagerly = how != Eagerly::Not;
        let based = select.base.as_ref().map(|base| self.on_base(select, base));
        let (select, base) = (based.as_ref().unwrap_or(select), select.base.as_ref());
        let (aliased, warnings) = self.aliased_where_overlapping(select).unzip();
        let (select, warnings) = (aliased.as_ref().unwrap_or(select), warnings.unwrap_or_default());
        let mut plain = select.clone();
        plain.base = None;
        plain.items.clear();
        plain.entities.clear();
        if let Some(compound) = &mut plain.compound {
            for part in &mut compound.selects {
                *part = self.lower(part)?.select;
            }
        }
        let shared: Rc<[LoadOption]> = Rc::from(options);
        let mut context = Context {
            orm: self,
            primary: Vec::new(),
            secondary: Vec::new(),
            known: Vec::new(),
            width: 0,
            plans: Vec::new(),
            joined: Vec::new(),
            joins: Vec::new(),
            joining: how == Eagerly::Joined,
            multi_row: false,
        };
        let mut parts = Vec::new();
        let mut names = Vec::new();
        let mut roots: Vec<Entity> = Vec::new();
        let mut named = Vec::new();
        for item in &select.items {
            match item {
                SelectItem::Expr(expr) => {
                    parts.push(Part::Column(context.push(expr)));
                    named.push(SelectItem::Expr(by_attribute(expr)));
                    names.push(match expr.kind() {
                        Kind::Column(column) => {
                            let noted = column.notes.as_ref().and_then(|notes| notes.key.as_ref());
                            Some(Rc::clone(noted.unwrap_or(&column.key)))
                        }
                        _ => None,
                    });
                    roots.extend(self.entity_of_expr(expr));
                }
                SelectItem::From(from) => {
                    for _ in from.columns(&self.schema) {
                        parts.push(Part::Column(context.width));
                        context.width += 1;
                        names.push(None);
                    }
                    context.primary.push(SelectItem::From(from.clone()));
                    named.push(SelectItem::From(from.clone()));
                }
                SelectItem::Entity(entity) => {
                    let path = above.iter().copied().chain([entity.mapper]).collect();
                    let called = entity.clone();
                    let way = Way { path, secondary: false, chained: false, eagerly, called };
                    let placed = self.entity_on_base(entity, base);
                    let plan = context.entity(&placed, &shared, &way);
                    parts.push(Part::Entity { mapper: entity.mapper, plan });
                    names.push(entity.name.clone());
                    roots.push(placed);
                }
            }
        }
        plain.joins = self.lowered_joins(select, &roots, options)?;
        if base.is_none() {
            self.add_criteria(select, &roots, options, &mut plain);
            self.add_froms(&roots, &mut plain);
        }
        let needs_unique = context.multi_row;
        let Context { primary, secondary, mut plans, joined, joins, width, .. } = context;
        plain.items = primary;
        let extra = self.add_eager_joins(&mut plain, secondary, joins, needs_unique, options);
        let place = |at: usize| if at >= SECONDARY { at - SECONDARY + width + extra } else { at };
        for plan in &mut plans {
            plan.key.iter_mut().for_each(|at| *at = place(*at));
            plan.discriminator = plan.discriminator.map(place);
            plan.columns.values_mut().for_each(|at| *at = place(*at));
            plan.expressions.values_mut().for_each(|at| *at = place(*at));
        }
        if !options.is_empty() {
            plain.purpose = Purpose::Options(numbers(options, above));
        }
        let source = eagerly.then(|| Rc::new(select.clone()));
        Ok(Lowered {
            select: plain,
            parts,
            named,
            names,
            plans,
            joined,
            source,
            origin: None,
            needs_unique,
            warnings,
        })
    }

    /// The first mapped class that an expression has a column of, outside of
    /// subqueries; its tables are what the expression is selected from.
    pub(crate) fn entity_of_expr(&self, expr: &Expr) -> Option<Entity> {
        let mut found = None;
        crate::sql::Part::Expr(expr).walk(&mut |part| {
            if let crate::sql::Part::Expr(node) = part
                && let (Kind::Column(column), None) = (node.kind(), &found)
            {
                found = column.entity().cloned();
            }
            !matches!(part, crate::sql::Part::Expr(node) if matches!(node.kind(), Kind::Subquery(_)))
                && matches!(part, crate::sql::Part::Expr(_))
        });
        found
    }

    /// Joins along relationships become joins with conditions.
    fn lowered_joins(
        &self,
        select: &Select,
        roots: &[Entity],
        options: &[LoadOption],
    ) -> OrmResult<Vec<JoinTarget>> {
        let mut joins = Vec::with_capacity(select.joins.len());
        for join in &select.joins {
            match (&join.along, &join.entity) {
                (Some(along), Some(entity)) => {
                    let more = self.criteria_for(options, entity, false);
                    joins.extend(self.joins_along(along, entity, join.kind, more)?);
                }
                (_, Some(entity)) => {
                    let mut join = join.clone();
                    if join.on.is_none() && join.left.is_none() {
                        self.check_joinable(select, roots, &joins, entity, &join.right)?;
                    }
                    let root = roots.iter().find(|root| !root.is(entity));
                    let left = root.map(|root| self.entity_from(root));
                    if join.left.is_none()
                        && matches!(left, Some(From::Join(_)))
                        && select.from.is_empty()
                        && joins.is_empty()
                    {
                        join.left.clone_from(&left);
                    }
                    let mut more = self.criteria_for(options, entity, false);
                    more.splice(0..0, self.single_condition(entity));
                    if !more.is_empty() {
                        let on = match (join.on.take(), join.left.as_ref().or(left.as_ref())) {
                            (Some(on), _) => on,
                            (None, Some(left)) => join_condition(&self.schema, left, &join.right)?,
                            (None, None) => Expr::constant(true),
                        };
                        join.on = Some(Expr::all_of(Operator::And, std::iter::once(on).chain(more)));
                    }
                    joins.push(join);
                }
                _ => joins.push(join.clone()),
            }
        }
        Ok(joins)
    }

    /// Refuses a join that no foreign key leads to from what is there.
    fn check_joinable(
        &self,
        select: &Select,
        roots: &[Entity],
        joins: &[JoinTarget],
        entity: &Entity,
        right: &From,
    ) -> OrmResult<()> {
        let mut lefts: Vec<From> = select.from.clone();
        if lefts.is_empty() {
            let others = roots.iter().filter(|root| !root.is(entity));
            lefts.extend(others.map(|root| self.entity_from(root)));
        }
        if lefts.is_empty() {
            return Ok(());
        }
        lefts.extend(joins.iter().map(|join| join.right.clone()));
        let reached = lefts.iter().any(|left| {
            !matches!(join_condition(&self.schema, left, right), Err(JoinError::NoForeignKeys(..)))
        });
        if reached || select.items.iter().any(|item| matches!(item, SelectItem::From(_))) {
            return Ok(());
        }
        let mapper = self.mapper(entity.mapper);
        let kind = if entity.is_alias() { "AliasedInsp" } else { "Mapper" };
        let address = std::ptr::from_ref(mapper) as usize;
        Err(OrmError::new(
            OrmErrorKind::InvalidRequest,
            format!(
                "Don't know how to join to <{kind} at 0x{address:x}; {}>. Please use the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause if not present already to help resolve the ambiguity.",
                mapper.class_name
            ),
        ))
    }

    /// Singles out the rows of classes that share a table.
    fn add_criteria(&self, select: &Select, roots: &[Entity], options: &[LoadOption], plain: &mut Select) {
        let mut entities: Vec<Entity> = Vec::new();
        let mut add = |entity: &Entity| {
            let joined =
                select.joins.iter().any(|join| join.entity.as_ref().is_some_and(|other| other.is(entity)));
            if !joined && !entities.iter().any(|known| known.is(entity)) {
                entities.push(entity.clone());
            }
        };
        roots.iter().for_each(&mut add);
        select.entities.iter().for_each(&mut add);
        if roots.is_empty() && select.entities.is_empty() && select.joins.is_empty() {
            for criterion in &select.where_ {
                criterion.walk(&mut |node| {
                    if let Kind::Column(column) = node.kind()
                        && let Some(entity) = column.entity()
                    {
                        add(entity);
                    }
                });
            }
        }
        for entity in &entities {
            plain.where_.extend(self.criteria_for(options, entity, false));
        }
        plain.where_.extend(entities.iter().filter_map(|entity| self.single_condition(entity)));
    }

    /// A class of several tables is selected from their join.
    fn add_froms(&self, roots: &[Entity], plain: &mut Select) {
        if !plain.from.is_empty() || !plain.joins.is_empty() {
            return;
        }
        let froms: Vec<From> = roots.iter().map(|root| self.entity_from(root)).collect();
        if froms.iter().any(|from| matches!(from, From::Join(_))) {
            for from in froms {
                if !plain.from.iter().any(|known| known.is(&from)) {
                    plain.from.push(from);
                }
            }
        }
    }
}

/// A column by the name of the attribute that it was taken by.
fn by_attribute(expr: &Expr) -> Expr {
    match expr.kind() {
        Kind::Column(column) => match column.notes.as_ref().and_then(|notes| notes.key.clone()) {
            Some(key) if key != column.key => Expr::from(crate::sql::ColumnRef { key, ..column.clone() }),
            _ => expr.clone(),
        },
        _ => expr.clone(),
    }
}

/// How an entity is reached.
pub(crate) struct Way {
    /// The classes from the query's own to it.
    pub(crate) path: Vec<MapperId>,
    /// Whether its columns come behind those of the query.
    pub(crate) secondary: bool,
    /// Whether an outer join leads to it.
    pub(crate) chained: bool,
    /// Whether relationships are loaded with it.
    pub(crate) eagerly: bool,
    /// How options call it.
    pub(crate) called: Entity,
}

impl Context<'_> {
    /// Adds what was asked for, even where it is there already.
    fn push(&mut self, expr: &Expr) -> usize {
        let at = self.width;
        self.known.push((expr.clone(), at));
        self.primary.push(SelectItem::Expr(expr.clone()));
        self.width += 1;
        at
    }

    /// The place of a column; added where it is not there yet.
    pub(crate) fn column(&mut self, expr: Expr, secondary: bool) -> usize {
        if let Some((_, at)) = self.known.iter().find(|(known, _)| known.is(&expr)) {
            return *at;
        }
        if !secondary {
            return self.push(&expr);
        }
        let at = SECONDARY + self.secondary.len();
        self.known.push((expr.clone(), at));
        self.secondary.push(expr);
        at
    }

    /// Adds the columns of an entity, and what is loaded with it.
    pub(crate) fn entity(&mut self, entity: &Entity, options: &Rc<[LoadOption]>, way: &Way) -> usize {
        let index = self.plans.len();
        self.plans.push(EntityPlan {
            entity: entity.clone(),
            called: way.called.clone(),
            key: Vec::new(),
            discriminator: None,
            columns: FxHashMap::default(),
            expressions: FxHashMap::default(),
            options: Rc::clone(options),
            path: way.path.clone(),
            shapes: Rc::default(),
        });
        let adapter = self.orm.adapter(entity);
        let mut mappers = vec![entity.mapper];
        let with = match &entity.from {
            Some(_) => entity.with.to_vec(),
            None => self.orm.loaded_with(entity.mapper),
        };
        mappers.extend(with.into_iter().filter(|id| *id != entity.mapper));
        let mut seen: Vec<(MapperId, usize)> = Vec::new();
        let told_by = self.orm.mapper(entity.mapper).polymorphic.on.as_ref();
        for id in mappers {
            for (at, attribute) in self.orm.mapper(id).iter() {
                match &attribute.kind {
                    // What tells the classes below each other apart is in what they select from.
                    AttributeKind::Expression(expr)
                        if attribute.key == DISCRIMINATOR && !told_by.is_some_and(|on| on.is(expr)) => {}
                    kind if kind.is_value() && !self.orm.is_deferred(options, &way.called, id, at) => {
                        self.attribute(index, adapter.as_ref(), id, at, way.secondary);
                    }
                    AttributeKind::Relationship(relationship)
                        if way.eagerly && !seen.contains(&(attribute.parent, at)) =>
                    {
                        seen.push((attribute.parent, at));
                        let relationship = Rc::clone(relationship);
                        self.relationship(index, entity, &relationship, options, way);
                    }
                    _ => {}
                }
            }
        }
        let place = |expr: Expr| match &adapter {
            Some(adapter) => adapter.expr(&expr),
            None => expr,
        };
        let mapper = self.orm.mapper(entity.mapper);
        let key = mapper.primary_key.iter().map(|id| place(Expr::column(&self.orm.schema, *id)));
        let key: Vec<Expr> = key.collect();
        let discriminator =
            mapper.polymorphic.on.as_ref().filter(|_| !mapper.concrete || mapper.inherits.is_none());
        let discriminator = discriminator.cloned().map(place);
        self.plans[index].key = key.into_iter().map(|expr| self.column(expr, way.secondary)).collect();
        self.plans[index].discriminator = discriminator.map(|expr| self.column(expr, way.secondary));
        index
    }

    /// Adds the columns of one attribute.
    fn attribute(
        &mut self,
        plan: usize,
        adapter: Option<&Adapter>,
        mapper: MapperId,
        at: usize,
        secondary: bool,
    ) {
        let orm = self.orm;
        let attribute = &orm.mapper(mapper).attributes[at];
        if let AttributeKind::Expression(expr) = &attribute.kind {
            let chosen = match orm.given_expression(&self.plans[plan].options, &self.plans[plan].called, at) {
                Some(given) => given,
                None => expr.clone(),
            };
            if matches!(chosen.kind(), Kind::Null) {
                return;
            }
            let expr = adapter.map_or_else(|| chosen.clone(), |adapter| adapter.expr(&chosen));
            let expr = match expr.kind() {
                Kind::Column(_) | Kind::Label { .. } => expr,
                _ => expr.label(None),
            };
            let place = self.column(expr, secondary);
            self.plans[plan].expressions.insert((attribute.parent, at as u32), place);
            return;
        }
        for id in attribute.columns() {
            let expr = Expr::column(&orm.schema, id);
            let expr = match (adapter, expr.kind()) {
                (Some(adapter), Kind::Column(column)) => match adapter.column(column) {
                    Some(column) => Expr::from(ColumnPlain::of(column)),
                    None => continue,
                },
                _ => expr,
            };
            let place = self.column(expr, secondary);
            self.plans[plan].columns.insert(id, place);
        }
    }
}

/// Columns of entities bear no notes where they are selected.
struct ColumnPlain;

impl ColumnPlain {
    fn of(column: crate::sql::ColumnRef) -> crate::sql::ColumnRef {
        crate::sql::ColumnRef { notes: None, ..column }
    }
}

impl Orm {
    /// Whether a column is left to be loaded when it is asked for.
    pub(crate) fn is_deferred(
        &self,
        options: &[LoadOption],
        entity: &Entity,
        mapper: MapperId,
        at: usize,
    ) -> bool {
        let attribute = &self.mapper(mapper).attributes[at];
        match self.directive(options, entity, at as u32, false) {
            Some((Directive::Defer { .. }, step)) => {
                // What tells an object from others is always there.
                let base = self.mapper(mapper);
                let needed = attribute.columns().any(|id| base.is_key(id))
                    || base.polymorphic.attribute == Some(at as u32)
                    || base.options.version_id.is_some_and(|id| attribute.columns().any(|own| own == id));
                !(needed && step.target == Target::Columns)
            }
            Some((Directive::Undefer | Directive::Expression(_), _)) => false,
            _ => {
                let undeferred = attribute.group.as_ref().is_some_and(|group| {
                    options.iter().any(|option| {
                        matches!((&option.what, &option.path[..]),
                            (Directive::UndeferGroup(name), [step]) if name == group && self.speaks_of(step, entity))
                    })
                });
                attribute.deferred && !undeferred
            }
        }
    }

    /// What `with_expression()` gives an attribute.
    fn given_expression(&self, options: &[LoadOption], entity: &Entity, at: usize) -> Option<Expr> {
        match self.directive(options, entity, at as u32, false)? {
            (Directive::Expression(expr), _) => Some(expr.clone()),
            _ => None,
        }
    }
}

/// Options as part of a statement's identity.
pub(crate) fn numbers(options: &[LoadOption], path: &[MapperId]) -> Vec<u32> {
    use std::hash::{Hash, Hasher};
    let mut flat: Vec<u32> = path.iter().map(|mapper| mapper.0).collect();
    for option in options {
        flat.push(option.path.len() as u32);
        for step in &option.path {
            flat.push(step.entity.as_ref().map_or(u32::MAX, |entity| entity.mapper.0));
            flat.push(match step.target {
                Target::Attribute(at) => at,
                Target::Relationships => u32::MAX,
                Target::Columns => u32::MAX - 1,
                Target::Entity => u32::MAX - 2,
            });
        }
        let mut hasher = rustc_hash::FxHasher::default();
        std::mem::discriminant(&option.what).hash(&mut hasher);
        if let Directive::Load { strategy, innerjoin } = &option.what {
            (strategy, innerjoin).hash(&mut hasher);
        }
        flat.push(hasher.finish() as u32);
    }
    flat
}
