//! The join of a relationship: its condition, which columns are whose, and
//! which keys a flush copies.
//!
//! Columns of the condition carry notes ([`Notes`]): whether they refer
//! (foreign), and on which side they stand (local, remote). A class that
//! refers to itself has the same column on both sides, and only the notes
//! tell them apart.
//! SQLAlchemy counterpart: `sqlalchemy.orm.relationships._JoinCondition`.

use super::mapper::AttributeKind;
use super::relationship::{Direction, Relationship, RelationshipSettings};
use crate::orm::error::{OrmError, OrmErrorKind};
use crate::orm::{Orm, OrmResult};
use crate::sql::compiler::{Dialect, JoinError, compile_to_text, join_condition_over};
use crate::sql::{ColumnRef, Expr, From, Kind, Notes, Operator};
use crate::types::{ColumnId, MapperId, TableId};

/// A change of a comparison's two columns.
type Pair<'a> = &'a mut dyn FnMut(&ColumnRef, &ColumnRef) -> (Mark, Mark);

/// What is noted of a column.
type Mark = Option<fn(&mut Notes)>;

impl Orm {
    /// Works out the join of a relationship.
    ///
    /// # Errors
    /// When foreign keys give none, or more than one.
    pub(crate) fn build_relationship(
        &self,
        parent: MapperId,
        attribute: u32,
        settings: &RelationshipSettings,
    ) -> OrmResult<Relationship> {
        let name = self.attribute_name(parent, attribute);
        let target = settings.target.ok_or_else(|| argument(format!("relationship {name} has no target")))?;
        let (own, other) = (self.mapper(parent), self.mapper(target));
        let (own_columns, other_columns) = (self.bases(&own.selectable), self.bases(&other.selectable));
        let sides = Sides {
            orm: self,
            name: &name,
            settings,
            own: &own_columns,
            other: &other_columns,
            own_local: self.bases(&own.local),
            other_local: self.bases(&other.local),
            same: own_columns.iter().any(|id| other_columns.contains(id)),
        };
        let (primaryjoin, secondaryjoin) = self.joins(&name, parent, target, settings)?;
        let told = (has(&primaryjoin, |notes| notes.remote), has(&primaryjoin, |notes| notes.foreign));
        let (primaryjoin, secondaryjoin) = sides.note(primaryjoin, secondaryjoin);
        let pairs = synchronized(&primaryjoin);
        let secondary_pairs = secondaryjoin.as_ref().map(synchronized).unwrap_or_default();
        let mut local_remote = local_remote(&primaryjoin);
        if let Some(join) = &secondaryjoin {
            local_remote.extend(self::local_remote(join));
        }
        sides.check_foreign(&primaryjoin, &pairs, "primary")?;
        if let Some(join) = &secondaryjoin {
            sides.check_foreign(join, &secondary_pairs, "secondary")?;
        }
        let direction = sides.direction(&primaryjoin, secondaryjoin.is_some())?;
        if local_remote.is_empty() {
            return Err(argument(format!(
                "Relationship {name} could not determine any unambiguous local/remote column pairs based on join condition and remote_side arguments.  Consider using the remote() annotation to accurately mark those elements of the join condition that are on the remote side of the relationship."
            )));
        }
        let mut cascade = settings.cascade.unwrap_or_default();
        if settings.options.viewonly {
            cascade = super::relationship::Cascade {
                save_update: false,
                delete: false,
                delete_orphan: false,
                merge: false,
                ..cascade
            };
        }
        let mut relationship = Relationship {
            parent,
            attribute,
            target,
            direction,
            uselist: settings.uselist.unwrap_or(direction != Direction::ManyToOne),
            secondary: settings.secondary,
            primaryjoin,
            secondaryjoin,
            pairs,
            secondary_pairs,
            local_remote,
            reverse: None,
            cascade,
            order_by: settings.order_by.clone(),
            lazy: settings.lazy,
            options: settings.options,
            self_referential: own.base == other.base && self.common(parent, target),
            told,
            simple: false,
            use_get: false,
        };
        relationship.simple = relationship.primaryjoin.is_equality_of_columns();
        relationship.use_get = self.uses_get(&relationship);
        self.check_cascade(&name, &relationship)?;
        Ok(relationship)
    }

    /// Whether two classes of one hierarchy have rows in common.
    fn common(&self, a: MapperId, b: MapperId) -> bool {
        self.is_a(a, b) || self.is_a(b, a)
    }

    fn bases(&self, from: &From) -> Vec<ColumnId> {
        from.columns(&self.schema).into_iter().filter_map(|column| column.base).collect()
    }

    /// Whether a many-to-one refers to just the other class's primary key, so
    /// that the identity map can answer.
    fn uses_get(&self, relationship: &Relationship) -> bool {
        if relationship.uselist || relationship.secondary.is_some() {
            return false;
        }
        let target = self.mapper(relationship.target);
        let place = |id: &ColumnId| target.attribute_of(*id);
        let key: Vec<Option<usize>> = target.primary_key.iter().map(place).collect();
        relationship.simple
            && key.len() == relationship.local_remote.len()
            && key.iter().all(|key| {
                key.is_some() && relationship.local_remote.iter().any(|(_, remote)| place(remote) == *key)
            })
    }

    fn check_cascade(&self, name: &str, relationship: &Relationship) -> OrmResult<()> {
        let options = relationship.options;
        if relationship.cascade.delete_orphan
            && relationship.direction != Direction::OneToMany
            && !options.single_parent
        {
            let direction = match relationship.direction {
                Direction::ManyToOne => "many-to-one",
                _ => "many-to-many",
            };
            let target = &self.mapper(relationship.target).class_name;
            return Err(OrmError::coded(
                OrmErrorKind::Argument,
                "bbf0",
                format!(
                    "For {direction} relationship {name}, delete-orphan cascade is normally configured only on the \"one\" side of a one-to-many relationship, and not on the \"many\" side of a many-to-one or many-to-many relationship.  To force this relationship to allow a particular \"{target}\" object to be referenced by only a single \"{}\" object at a time via the {name} relationship, which would allow delete-orphan cascade to take place in this direction, set the single_parent=True flag.",
                    self.mapper(relationship.parent).class_name
                ),
            ));
        }
        if options.passive_deletes_all && (relationship.cascade.delete || relationship.cascade.delete_orphan)
        {
            return Err(argument(format!(
                "On {name}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade"
            )));
        }
        Ok(())
    }

    /// The conditions, as they were given or as foreign keys make them.
    fn joins(
        &self,
        name: &str,
        parent: MapperId,
        target: MapperId,
        settings: &RelationshipSettings,
    ) -> OrmResult<(Expr, Option<Expr>)> {
        if let Some((other, key)) = &settings.mirror_of
            && settings.primaryjoin.is_none()
            && let Some(found) = self.mirrored_joins(*other, key)?
        {
            return Ok(found);
        }
        let keys = &settings.foreign_keys;
        let wrap = |error: JoinError| self.join_error(name, &error, settings.secondary);
        let (own, other) = (self.mapper(parent), self.mapper(target));
        let Some(secondary) = settings.secondary else {
            if settings.secondaryjoin.is_some() {
                return Err(argument(format!(
                    "Property {name} specified with secondary join condition but no secondary argument"
                )));
            }
            let join = match &settings.primaryjoin {
                Some(join) => join.clone(),
                None => {
                    join_condition_over(&self.schema, &[&own.local, &own.selectable], &other.selectable, keys)
                        .map_err(wrap)?
                }
            };
            return Ok((join, None));
        };
        let between = From::Table(secondary);
        let second = match &settings.secondaryjoin {
            Some(join) => join.clone(),
            None => join_condition_over(&self.schema, &[&other.local, &other.selectable], &between, keys)
                .map_err(wrap)?,
        };
        let first = match &settings.primaryjoin {
            Some(join) => join.clone(),
            None => join_condition_over(&self.schema, &[&own.local, &own.selectable], &between, keys)
                .map_err(wrap)?,
        };
        Ok((first, Some(second)))
    }

    /// The conditions of a mirror: those of the relationship, seen from the
    /// other side.
    fn mirrored_joins(&self, mapper: MapperId, key: &str) -> OrmResult<Option<(Expr, Option<Expr>)>> {
        let Some(at) = self.mapper(mapper).attribute(key) else { return Ok(None) };
        let relationship = match &self.mapper(mapper).attributes[at].kind {
            AttributeKind::Relationship(relationship) => (**relationship).clone(),
            AttributeKind::Unconfigured(settings) => self.build_relationship(mapper, at as u32, settings)?,
            _ => return Ok(None),
        };
        // Only the program's own notes are seen from the other side.
        let (told_remote, told_foreign) = relationship.told;
        let renoted = |join: &Expr, through: bool| {
            each_column(join, &mut |column| {
                column.notes.is_some().then(|| {
                    column.noted(|notes| {
                        let (local, remote) = (notes.local, notes.remote);
                        notes.local = !through && told_remote && remote;
                        notes.remote = !through && told_remote && local;
                        notes.foreign &= through || told_remote || told_foreign;
                    })
                })
            })
        };
        Ok(Some(match &relationship.secondaryjoin {
            Some(second) => (renoted(second, true), Some(renoted(&relationship.primaryjoin, true))),
            None => (renoted(&relationship.primaryjoin, false), None),
        }))
    }

    fn join_error(&self, name: &str, error: &JoinError, secondary: Option<TableId>) -> OrmError {
        let through = secondary
            .map(|table| format!(" via secondary table '{}'", self.schema.table(table).name))
            .unwrap_or_default();
        let joins = if secondary.is_some() {
            "'primaryjoin' and 'secondaryjoin' expressions"
        } else {
            "a 'primaryjoin' expression"
        };
        match error {
            JoinError::NoForeignKeys(..) => OrmError::new(
                OrmErrorKind::NoForeignKeys,
                format!(
                    "Could not determine join condition between parent/child tables on relationship {name} - there are no foreign keys linking these tables{through}.  Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or specify {joins}."
                ),
            ),
            JoinError::AmbiguousForeignKeys(..) => OrmError::new(
                OrmErrorKind::AmbiguousForeignKeys,
                format!(
                    "Could not determine join condition between parent/child tables on relationship {name} - there are multiple foreign key paths linking the tables{through}.  Specify the 'foreign_keys' argument, providing a list of those columns which should be counted as containing a foreign key reference {}.",
                    if secondary.is_some() {
                        "from the secondary table to each of the parent and child tables"
                    } else {
                        "to the parent table"
                    }
                ),
            ),
        }
    }
}

fn argument(message: String) -> OrmError {
    OrmError::new(OrmErrorKind::Argument, message)
}

/// The two sides of a join that is being worked out.
struct Sides<'a> {
    orm: &'a Orm,
    name: &'a str,
    settings: &'a RelationshipSettings,
    /// The columns of all tables of each class.
    own: &'a [ColumnId],
    other: &'a [ColumnId],
    /// Those of the table that each class adds.
    own_local: Vec<ColumnId>,
    other_local: Vec<ColumnId>,
    /// Whether the two have a table in common.
    same: bool,
}

impl Sides<'_> {
    /// Notes which columns refer, and on which side each stands.
    fn note(&self, primary: Expr, secondary: Option<Expr>) -> (Expr, Option<Expr>) {
        let mut primary = primary;
        let mut secondary = secondary;
        if !has(&primary, |notes| notes.foreign) {
            primary = self.note_foreign(&primary);
            secondary = secondary.map(|join| self.note_foreign(&join));
        }
        if !has(&primary, |notes| notes.remote) {
            if let Some(table) = self.settings.secondary {
                let within = |id: ColumnId| id.table == table;
                primary = each_column(&primary, &mut |column| {
                    within_base(column, &within, |notes| notes.remote = true)
                });
                secondary = secondary.map(|join| {
                    each_column(&join, &mut |column| {
                        within_base(column, &within, |notes| notes.remote = true)
                    })
                });
            } else {
                primary = self.note_remote(&primary);
            }
        }
        if !has(&primary, |notes| notes.local) {
            primary = each_column(&primary, &mut |column| {
                let remote = column.notes.as_ref().is_some_and(|notes| notes.remote);
                let own = column.base.is_some_and(|base| self.own.contains(&base));
                (own && !remote).then(|| column.noted(|notes| notes.local = true))
            });
        }
        (primary, secondary)
    }

    fn note_foreign(&self, join: &Expr) -> Expr {
        let given = &self.settings.foreign_keys;
        if !given.is_empty() {
            return each_column(join, &mut |column| {
                within_base(column, &|id| given.contains(&id), |notes| notes.foreign = true)
            });
        }
        let schema = &self.orm.schema;
        let refers = |from: ColumnId, to: ColumnId| schema.foreign_keys(from.table).contains(&(from, to));
        let mark: Mark = Some(|notes| notes.foreign = true);
        each_pair(join, &mut |left, right| {
            let (Some(a), Some(b)) = (left.base, right.base) else { return (None, None) };
            if refers(a, b) {
                return (mark, None);
            }
            if refers(b, a) {
                return (None, mark);
            }
            match self.settings.secondary {
                Some(table) if a.table == table && b.table != table => (mark, None),
                Some(table) if b.table == table && a.table != table => (None, mark),
                _ => (None, None),
            }
        })
    }

    fn note_remote(&self, join: &Expr) -> Expr {
        let mark: Mark = Some(|notes| notes.remote = true);
        let given = &self.settings.remote_side;
        let own_tables = tables_of_columns(self.own);
        let other_tables = tables_of_columns(self.other);
        let mut refers_to_own_table = false;
        each_pair(join, &mut |left, right| {
            let both = |column: &ColumnRef| {
                column
                    .base
                    .is_some_and(|id| own_tables.contains(&id.table) && other_tables.contains(&id.table))
            };
            refers_to_own_table |= both(left) && both(right);
            (None, None)
        });
        if refers_to_own_table {
            return each_pair(join, &mut |left, right| {
                let chosen = |column: &ColumnRef| match given.is_empty() {
                    true => column.notes.as_ref().is_some_and(|notes| notes.foreign),
                    false => column.base.is_some_and(|id| given.contains(&id)),
                };
                let equated = left.is(right);
                let second = if chosen(right) && !equated { mark } else { None };
                (if chosen(left) { mark } else { None }, second)
            });
        }
        if !given.is_empty() {
            return each_column(join, &mut |column| {
                within_base(column, &|id| given.contains(&id), |notes| notes.remote = true)
            });
        }
        if self.same {
            return each_pair(join, &mut |left, right| {
                let (Some(a), Some(b)) = (left.base, right.base) else { return (None, None) };
                let second = self.other.contains(&b) && self.own.contains(&a);
                let first = !second && self.other.contains(&a) && self.own.contains(&b);
                (if first { mark } else { None }, if second { mark } else { None })
            });
        }
        each_column(join, &mut |column| {
            let remote = |id| {
                self.other.contains(&id) && (!self.own_local.contains(&id) || self.other_local.contains(&id))
            };
            within_base(column, &remote, |notes| notes.remote = true)
        })
    }

    /// A flush needs a simple equality with a column that refers.
    fn check_foreign(&self, join: &Expr, pairs: &[(ColumnId, ColumnId)], which: &str) -> OrmResult<()> {
        let viewonly = self.settings.options.viewonly;
        let foreign = has(join, |notes| notes.foreign);
        if (!viewonly && !pairs.is_empty()) || (viewonly && foreign) {
            return Ok(());
        }
        let text = compile_to_text(&self.orm.schema, join, Dialect::Default);
        let name = self.name;
        let message = if !viewonly && foreign {
            format!(
                "Could not locate any simple equality expressions involving locally mapped foreign key columns for {which} join condition '{text}' on relationship {name}.  Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or are annotated in the join condition with the foreign() annotation. To allow comparison operators other than '==', the relationship can be marked as viewonly=True."
            )
        } else {
            format!(
                "Could not locate any relevant foreign key columns for {which} join condition '{text}' on relationship {name}.  Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or are annotated in the join condition with the foreign() annotation."
            )
        };
        Err(argument(message))
    }

    fn direction(&self, join: &Expr, through: bool) -> OrmResult<Direction> {
        if through {
            return Ok(Direction::ManyToMany);
        }
        let foreign = noted(join, |notes| notes.foreign);
        let theirs = foreign.iter().any(|id| self.other.contains(id));
        let ours = foreign.iter().any(|id| self.own.contains(id));
        let name = self.name;
        match (theirs, ours) {
            (true, false) => Ok(Direction::OneToMany),
            (false, true) => Ok(Direction::ManyToOne),
            (false, false) => Err(argument(format!(
                "Can't determine relationship direction for relationship '{name}' - foreign key columns are present in neither the parent nor the child's mapped tables"
            ))),
            (true, true) => {
                let mut to_many = noted(join, |notes| notes.remote && notes.foreign);
                let mut to_one = noted(join, |notes| notes.foreign && !notes.remote);
                if !to_many.is_empty() && !to_one.is_empty() {
                    // A column that equals itself tells nothing.
                    let remote = noted(join, |notes| notes.remote);
                    let local = noted(join, |notes| notes.local);
                    let equated = |id: &ColumnId| remote.contains(id) && local.contains(id);
                    to_many.retain(|id| !equated(id));
                    to_one.retain(|id| !equated(id));
                }
                match (to_many.is_empty(), to_one.is_empty()) {
                    (false, true) => Ok(Direction::OneToMany),
                    (true, false) => Ok(Direction::ManyToOne),
                    _ => Err(argument(format!(
                        "Can't determine relationship direction for relationship '{name}' - foreign key columns within the join condition are present in both the parent and the child's mapped tables.  Ensure that only those columns referring to a parent column are marked as foreign, either via the foreign() annotation or via the foreign_keys argument."
                    ))),
                }
            }
        }
    }
}

fn tables_of_columns(columns: &[ColumnId]) -> Vec<TableId> {
    let mut tables: Vec<TableId> = columns.iter().map(|id| id.table).collect();
    tables.dedup();
    tables
}

fn within_base(
    column: &ColumnRef,
    chosen: &dyn Fn(ColumnId) -> bool,
    note: fn(&mut Notes),
) -> Option<ColumnRef> {
    column.base.filter(|base| chosen(*base)).map(|_| column.noted(note))
}

/// Rebuilds a condition with some columns replaced.
pub(crate) fn each_column(join: &Expr, change: &mut dyn FnMut(&ColumnRef) -> Option<ColumnRef>) -> Expr {
    join.map(&mut |node| match node.kind() {
        Kind::Column(column) => change(column).map(Expr::from),
        _ => None,
    })
}

/// Rebuilds a condition with notes on the columns that its comparisons compare.
fn each_pair(join: &Expr, mark: Pair<'_>) -> Expr {
    join.map(&mut |node| {
        let Kind::Binary { left, op, right, negation, modifiers, sql_type } = node.kind() else {
            return None;
        };
        let (Kind::Column(a), Kind::Column(b)) = (left.kind(), right.kind()) else { return None };
        let (first, second) = mark(a, b);
        if first.is_none() && second.is_none() {
            return None;
        }
        let noted = |expr: &Expr, column: &ColumnRef, mark: Mark| match mark {
            Some(mark) => Expr::from(column.noted(mark)),
            None => expr.clone(),
        };
        Some(Expr::new(Kind::Binary {
            left: noted(left, a, first),
            op: op.clone(),
            right: noted(right, b, second),
            negation: negation.clone(),
            modifiers: modifiers.clone(),
            sql_type: sql_type.clone(),
        }))
    })
}

fn has(join: &Expr, wanted: fn(&Notes) -> bool) -> bool {
    let mut found = false;
    join.walk(&mut |node| {
        if let Kind::Column(column) = node.kind() {
            found |= column.notes.as_deref().is_some_and(wanted);
        }
    });
    found
}

fn noted(join: &Expr, wanted: fn(&Notes) -> bool) -> Vec<ColumnId> {
    let mut found = Vec::new();
    join.walk(&mut |node| {
        if let Kind::Column(column) = node.kind()
            && column.notes.as_deref().is_some_and(wanted)
            && let Some(base) = column.base
            && !found.contains(&base)
        {
            found.push(base);
        }
    });
    found
}

/// Every pair of columns that a comparison relates, with whether it is an equality.
fn compared(join: &Expr, visit: &mut dyn FnMut(bool, &ColumnRef, &ColumnRef)) {
    join.walk(&mut |node| {
        let Kind::Binary { left, op, right, .. } = node.kind() else { return };
        let simple = *op == Operator::Eq;
        let columns = |expr: &Expr| {
            let mut found = Vec::new();
            expr.walk(&mut |node| {
                if let Kind::Column(column) = node.kind() {
                    found.push(column.clone());
                }
            });
            found
        };
        let plain = matches!((left.kind(), right.kind()), (Kind::Column(_), Kind::Column(_)));
        for a in columns(left) {
            for b in columns(right) {
                visit(simple && plain, &a, &b);
            }
        }
    });
}

/// The (referred, referring) columns that a condition holds equal.
fn synchronized(join: &Expr) -> Vec<(ColumnId, ColumnId)> {
    let mut pairs = Vec::new();
    compared(join, &mut |equal, left, right| {
        let foreign = |column: &ColumnRef| column.notes.as_ref().is_some_and(|notes| notes.foreign);
        let (Some(a), Some(b)) = (left.base, right.base) else { return };
        if equal && foreign(right) {
            pairs.push((a, b));
        } else if equal && foreign(left) {
            pairs.push((b, a));
        }
    });
    pairs
}

/// The (local, remote) columns that a condition compares.
fn local_remote(join: &Expr) -> Vec<(ColumnId, ColumnId)> {
    let mut pairs = Vec::new();
    compared(join, &mut |_, left, right| {
        let remote = |column: &ColumnRef| column.notes.as_ref().is_some_and(|notes| notes.remote);
        let (Some(a), Some(b)) = (left.base, right.base) else { return };
        let pair = match (remote(left), remote(right)) {
            (false, true) => (a, b),
            (true, false) => (b, a),
            _ => return,
        };
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    });
    pairs
}

impl Expr {
    /// Whether it is nothing but columns that equal each other.
    fn is_equality_of_columns(&self) -> bool {
        match self.kind() {
            Kind::Binary { left, op: Operator::Eq, right, .. } => {
                matches!((left.kind(), right.kind()), (Kind::Column(_), Kind::Column(_)))
            }
            Kind::List { op: Operator::And, items, .. } => items.iter().all(Expr::is_equality_of_columns),
            Kind::Grouping(inner) => inner.is_equality_of_columns(),
            _ => false,
        }
    }
}
