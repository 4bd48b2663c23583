//! What a SELECT selects from, and FROM as text.

use std::rc::Rc;

use super::context::Context;
use super::joins::{can_join, describe, join_condition};
use super::{CompileError, Compiler, has, identities};
use crate::sql::names::alias_name;
use crate::sql::{
    Alias, AliasKind, AliasOf, Correlation, Expr, From, Identity, JoinTarget, Kind, Name, Operator, Part,
    PlainTable, Select, SelectItem, Statement, TableValued, Values,
};

/// The elements of FROM that the statements around one have.
pub(super) struct Enclosing {
    /// What `correlate()` may name.
    pub(super) explicit: Vec<From>,
    /// What is left out without being named.
    pub(super) implicit: Vec<From>,
}

impl Compiler<'_> {
    /// The FROM list of a select: explicit elements, joins applied, then what
    /// the columns and conditions name; what is inside a join is not repeated,
    /// and what belongs to the statement around is left out.
    pub(super) fn display_froms(
        &self,
        select: &Select,
        enclosing: &Enclosing,
    ) -> Result<Vec<From>, CompileError> {
        let froms = self.froms_of(select)?;
        self.correlated(froms, select, enclosing)
    }

    /// The FROM list of a select by itself.
    pub(super) fn froms_of(&self, select: &Select) -> Result<Vec<From>, CompileError> {
        let mut explicit: Vec<From> = select.from.clone();
        for target in &select.joins {
            self.apply_join(select, &mut explicit, target)?;
        }
        let mut froms: Vec<From> = Vec::new();
        let mut push = |from: &From| {
            if !has(&froms, from) {
                froms.push(from.clone());
            }
        };
        explicit.iter().for_each(&mut push);
        for item in &select.items {
            item_froms(item, &mut push);
        }
        select.where_.iter().for_each(|expr| expr_froms(expr, &mut push));
        let hidden: Vec<From> = froms.iter().flat_map(inside_join).collect();
        froms.retain(|from| !has(&hidden, from));
        Ok(froms)
    }

    /// FROM without what belongs to the statement around.
    fn correlated(
        &self,
        mut froms: Vec<From>,
        select: &Select,
        enclosing: &Enclosing,
    ) -> Result<Vec<From>, CompileError> {
        match &select.correlation {
            Correlation::To(to) => {
                froms.retain(|from| !(has(&enclosing.explicit, from) && has(to, from)));
            }
            Correlation::Except(except) => {
                froms.retain(|from| !has(&enclosing.explicit, from) || has(except, from));
            }
            Correlation::Auto if !enclosing.implicit.is_empty() && froms.len() > 1 => {
                froms.retain(|from| !has(&enclosing.implicit, from));
                if froms.is_empty() {
                    return Err(CompileError::InvalidRequest(format!(
                        "Select statement '{}' returned no FROM clauses due to auto-correlation; specify correlate(<tables>) to control correlation manually.",
                        "<sqlalchemy.sql.selectable.Select object at 0x…>"
                    )));
                }
            }
            Correlation::Auto => {}
        }
        Ok(froms)
    }

    fn apply_join(
        &self,
        select: &Select,
        explicit: &mut Vec<From>,
        target: &JoinTarget,
    ) -> Result<(), CompileError> {
        let (left, place) = match &target.left {
            Some(left) => (left.clone(), self.place_of_left(select, explicit, left)?),
            None => self.implicit_left(select, explicit, target)?,
        };
        let on = match (&target.on, &target.left) {
            (Some(on), _) => on.grouped(Some(&Operator::AsBoolean)),
            (None, Some(left)) => join_condition(self.schema, left, &target.right)?,
            (None, None) => join_condition(self.schema, &left, &target.right)?,
        };
        let left = place.map_or(left, |at| explicit[at].clone());
        let join = From::joined(left, target.right.clone(), on, target.kind);
        match place {
            Some(at) => explicit[at] = join,
            None => explicit.push(join),
        }
        Ok(())
    }

    /// Where in FROM the left side that a join names is.
    fn place_of_left(
        &self,
        _select: &Select,
        explicit: &[From],
        left: &From,
    ) -> Result<Option<usize>, CompileError> {
        let mut wanted = Vec::new();
        left.leaves(&mut |leaf| wanted.push(leaf.clone()));
        let derived = |from: &From| wanted.iter().any(|leaf| from.is_derived_from(leaf));
        let mut places: Vec<usize> = (0..explicit.len()).filter(|&at| derived(&explicit[at])).collect();
        if places.len() > 1 {
            let exact = |from: &From| wanted.iter().any(|leaf| from.contains(leaf));
            let conservative: Vec<usize> =
                places.iter().copied().filter(|&at| exact(&explicit[at])).collect();
            if !conservative.is_empty() {
                places = conservative;
            }
        }
        match places[..] {
            [] => Ok(None),
            [place] => Ok(Some(place)),
            _ => Err(CompileError::InvalidRequest(
                "Can't identify which entity in which to assign the left side of this join.   Please use a more specific ON clause.".into(),
            )),
        }
    }

    /// The left side of a join that does not name one, and its place in FROM.
    fn implicit_left(
        &self,
        select: &Select,
        explicit: &[From],
        target: &JoinTarget,
    ) -> Result<(From, Option<usize>), CompileError> {
        let candidates: Vec<From> = if explicit.is_empty() {
            let mut named: Vec<From> = Vec::new();
            let mut push = |from: &From| {
                if !has(&named, from) {
                    named.push(from.clone());
                }
            };
            select.items.iter().for_each(|item| item_froms(item, &mut push));
            select.where_.iter().for_each(|expr| expr_froms(expr, &mut push));
            named
        } else {
            explicit.to_vec()
        };
        let places = self.left_places(&candidates, target);
        match places[..] {
            [place] => {
                let left = candidates[place].clone();
                Ok((left, if explicit.is_empty() { None } else { Some(place) }))
            }
            [] => Err(CompileError::InvalidRequest(format!(
                "Don't know how to join to {}. Please use the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause if not present already to help resolve the ambiguity.",
                self.repr_of(&target.right)
            ))),
            _ => Err(CompileError::InvalidRequest(
                "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. Please use the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause if not present already to help resolve the ambiguity.".into(),
            )),
        }
    }

    /// Which of several elements a join can begin from.
    fn left_places(&self, candidates: &[From], target: &JoinTarget) -> Vec<usize> {
        let mut named: Vec<crate::sql::Identity> = Vec::new();
        let resolves = candidates.len() > 1 && target.on.is_some();
        if let (true, Some(on)) = (resolves, &target.on) {
            on.walk(&mut |expr| {
                match expr.kind() {
                    Kind::Column(column) => named.push(column.identity()),
                    // It is a column that nothing has.
                    Kind::Literal { .. } => named.push(expr.identity()),
                    _ => {}
                }
            });
        }
        let mut joined = Vec::new();
        target.right.leaves(&mut |leaf| joined.push(leaf.clone()));
        if matches!(target.right, From::Join(_)) {
            joined.push(target.right.clone());
        }
        let mut places: Vec<usize> = (0..candidates.len())
            .filter(|&at| {
                let candidate = &candidates[at];
                joined.iter().filter(|other| !other.is(candidate)).any(|other| {
                    if resolves {
                        let mut columns = candidate.columns(self.schema);
                        columns.extend(other.columns(self.schema));
                        let known: Vec<_> = columns.iter().map(|column| column.identity()).collect();
                        named.iter().all(|identity| known.contains(identity))
                    } else {
                        target.on.is_some() || can_join(self.schema, candidate, other)
                    }
                })
            })
            .collect();
        if places.len() > 1 {
            let hidden: Vec<From> = candidates.iter().flat_map(inside_join).collect();
            places.retain(|&at| !has(&hidden, &candidates[at]));
        }
        if places.is_empty() && target.on.is_some() {
            return (0..candidates.len()).collect();
        }
        places
    }

    fn repr_of(&self, from: &From) -> String {
        match from {
            From::Table(id) => self.schema.table_repr(*id),
            From::Function(_) | From::Text(_) => {
                "<sqlalchemy.sql.elements.ClauseElement object at 0x…>".into()
            }
            other => {
                let class = match other {
                    From::Plain(_) => "TableClause",
                    From::Join(_) => "Join",
                    From::Values(_) => "Values",
                    From::Alias(alias) => alias.class_name(),
                    _ => "FromClause",
                };
                let anonymous = match other {
                    From::Alias(alias) if alias.name.is_none() => match &alias.of {
                        AliasOf::From(of) => {
                            Some(format!("Anonymous alias of {}", describe(self.schema, of)))
                        }
                        AliasOf::Statement(_) => None,
                    },
                    _ => None,
                };
                let shown = anonymous.unwrap_or_else(|| describe(self.schema, other));
                format!("<sqlalchemy.sql.selectable.{class} at 0x…; {shown}>")
            }
        }
    }

    /// What the statements around one have in FROM.
    pub(super) fn enclosing(&self, in_from: bool, lateral: bool) -> Enclosing {
        let Some(level) = self.levels.last() else {
            return Enclosing { explicit: Vec::new(), implicit: Vec::new() };
        };
        if in_from && !lateral {
            let own = identities(&level.froms);
            let outer = level.correlate.iter().filter(|from| !own.contains(&from.identity()));
            return Enclosing { explicit: outer.cloned().collect(), implicit: Vec::new() };
        }
        Enclosing { explicit: level.correlate.clone(), implicit: level.froms.clone() }
    }

    /// The name of something in FROM as columns are written with it; empty where it has none.
    pub(super) fn reference_to(&mut self, from: &From, cx: Context<'_>) -> String {
        match from {
            From::Table(id) => match self.alias_of_shared(from) {
                Some(alias) => super::quote(&alias, self.dialect),
                None => self.table_text(*id, cx.with_schema),
            },
            From::Plain(table) => {
                if let Some(alias) = self.alias_of_shared(from) {
                    return super::quote(&alias, self.dialect);
                }
                self.plain_text(table)
            }
            From::Alias(alias) => {
                let name = alias_name(self.schema, alias);
                let name = self.name(&name);
                super::quote(&name, self.dialect)
            }
            From::Values(values) => match &values.name {
                Some(name) => {
                    let name = self.name(name);
                    super::quote(&name, self.dialect)
                }
                None => String::new(),
            },
            From::Join(_) | From::Function(_) | From::Text(_) => String::new(),
        }
    }

    fn plain_text(&self, table: &PlainTable) -> String {
        let name = super::quote(&table.name, self.dialect);
        match &table.schema {
            Some(owner) => format!("{}.{name}", super::quote(owner, self.dialect)),
            None => name,
        }
    }

    /// The names of tables that are written with a schema: what has such a name
    /// and no schema is not told from them by its name.
    pub(super) fn names_with_schema(&self, froms: &[From]) -> Vec<Rc<str>> {
        let names = froms.iter().filter_map(|from| match from {
            From::Table(id) => {
                let table = self.schema.table(*id);
                table.schema.as_ref().map(|_| table.name.as_str().into())
            }
            From::Plain(table) => table.schema.as_ref().map(|_| Rc::clone(&table.name)),
            _ => None,
        });
        names.collect()
    }

    /// The alias that a table gets because one with a schema has its name.
    fn alias_of_shared(&mut self, from: &From) -> Option<Rc<str>> {
        let shared = &self.levels.last()?.with_schema;
        let found = match from {
            From::Table(id) => {
                let table = self.schema.table(*id);
                shared.iter().find(|name| table.schema.is_none() && ***name == *table.name)
            }
            From::Plain(table) => shared.iter().find(|name| table.schema.is_none() && **name == table.name),
            _ => None,
        };
        let name = Rc::clone(found?);
        Some(self.name(&Name::anonymous(Identity::Shared(Rc::clone(&name)), &name)))
    }

    fn shared_alias(&mut self, from: &From, cx: Context<'_>) {
        if cx.in_alias {
            return;
        }
        if let Some(alias) = self.alias_of_shared(from) {
            self.push(self.rules().alias_keyword());
            self.ident(&alias);
        }
    }

    /// A name in quotes where it needs them.
    pub(super) fn quoted(&self, name: &str, forced: Option<bool>) -> String {
        match forced {
            Some(true) => super::quote_always(name, self.dialect),
            Some(false) => name.to_string(),
            None => super::quote(name, self.dialect),
        }
    }

    /// A table's name, with its schema where it has one.
    pub(super) fn table_text(&self, id: crate::types::TableId, with_schema: bool) -> String {
        let table = self.schema.table(id);
        let name = self.quoted(&table.name, table.quote);
        let later = |owner: &str| format!("{}{owner}].{name}", super::SCHEMA_LATER);
        match &table.schema {
            Some(owner) if with_schema && self.given.schemas_later.is_some() => later(owner),
            None if with_schema && self.given.schemas_later == Some(true) => later(super::NO_SCHEMA),
            Some(owner) if with_schema => format!("{}.{name}", self.quoted(owner, table.quote_schema)),
            _ => name,
        }
    }

    /// Writes something that stands alone, and not in a statement's FROM: an
    /// alias is what it names, a table is nothing but its name.
    pub(super) fn alone(&mut self, from: &From) -> Result<(), CompileError> {
        match from {
            From::Alias(alias) if matches!(alias.kind, AliasKind::TableSample { .. }) => {
                self.from(from, Context::PLAIN)
            }
            From::Alias(alias) if alias.cte().is_none() => match &alias.of {
                AliasOf::From(From::Function(function)) => self.expr(function, Context::PLAIN),
                AliasOf::From(inner) => self.alone(inner),
                AliasOf::Statement(statement) => self.statement(statement, Context::PLAIN).map(|_| ()),
            },
            From::Alias(alias) => match &alias.of {
                AliasOf::Statement(statement) => self.statement(statement, Context::PLAIN).map(|_| ()),
                AliasOf::From(inner) => self.alone(inner),
            },
            From::Values(values) => self.value_rows(values, Context::PLAIN),
            other => self.from(other, Context::PLAIN),
        }
    }

    /// Writes an element of FROM.
    pub(super) fn from(&mut self, from: &From, cx: Context<'_>) -> Result<(), CompileError> {
        match from {
            From::Table(_) | From::Plain(_) => {
                let (before, behind) = self.hint_beside(from)?;
                let name = match from {
                    From::Table(id) => self.table_text(*id, cx.with_schema),
                    From::Plain(table) => self.plain_text(table),
                    _ => String::new(),
                };
                self.push(&before);
                self.push(&name);
                self.shared_alias(from, cx);
                self.push(&behind);
            }
            From::Alias(alias) => {
                if alias.cte().is_some() {
                    return self.cte_reference(alias);
                }
                let (before, behind) = self.hint_beside(from)?;
                self.push(&before);
                self.alias(alias, cx)?;
                self.push(&behind);
            }
            From::Join(join) => {
                self.from(&join.left, cx)?;
                self.push(self.rules().join_keyword(join.kind));
                let grouped = matches!(join.right, From::Join(_));
                self.push(if grouped { "(" } else { "" });
                self.from(&join.right, cx)?;
                self.push(if grouped { ")" } else { "" });
                self.push(" ON ");
                self.expr(&join.on, cx.inside())?;
            }
            From::Values(values) => self.values(values, cx)?,
            From::Function(function) => self.expr(function, Context { in_from: true, ..cx.inside() })?,
            From::Text(text) => self.text(text, cx)?,
        }
        Ok(())
    }

    fn alias(&mut self, alias: &Rc<Alias>, cx: Context<'_>) -> Result<(), CompileError> {
        let name = alias_name(self.schema, alias);
        let valued = match &alias.kind {
            AliasKind::TableValued(valued) => Some(valued),
            _ => None,
        };
        let lateral = matches!(alias.kind, AliasKind::Lateral) || valued.is_some_and(|valued| valued.lateral);
        self.push(if lateral { "LATERAL " } else { "" });
        // The alias takes its number before what it names.
        let name = self.name(&name);
        match &alias.of {
            // An alias under another name loses its own.
            AliasOf::From(From::Alias(inner))
                if valued.is_some()
                    || matches!((&alias.kind, &inner.kind), (AliasKind::Inline, AliasKind::Inline)) =>
            {
                self.alias_element(inner, Context { in_alias: true, ..cx })?;
            }
            AliasOf::From(From::Function(function)) => {
                self.expr(function, Context { in_from: true, ..cx.inside() })?;
            }
            AliasOf::From(inner) => self.from(inner, Context { in_alias: true, ..cx })?,
            AliasOf::Statement(statement) => {
                self.push("(");
                self.statement_in_from(statement, lateral, cx)?;
                self.push(")");
            }
        }
        self.push(self.rules().alias_keyword());
        self.ident(&name);
        if let Some(valued) = valued {
            self.derived_columns(valued)?;
        }
        if let AliasKind::TableSample { method, seed } = &alias.kind {
            self.push(" TABLESAMPLE ");
            self.expr(method, cx.inside())?;
            if let Some(seed) = seed {
                self.push(" REPEATABLE (");
                self.expr(seed, cx.inside())?;
                self.push(")");
            }
        }
        Ok(())
    }

    /// An alias of a function under another name is that function.
    fn alias_element(&mut self, alias: &Rc<Alias>, cx: Context<'_>) -> Result<(), CompileError> {
        match &alias.of {
            AliasOf::From(From::Alias(inner)) => self.alias_element(inner, cx),
            AliasOf::From(From::Function(function)) => {
                self.expr(function, Context { in_from: true, ..cx.inside() })
            }
            AliasOf::From(inner) => self.from(inner, cx),
            AliasOf::Statement(statement) => {
                self.push("(");
                self.statement_in_from(statement, false, cx)?;
                self.push(")");
                Ok(())
            }
        }
    }

    /// A statement in parentheses in FROM.
    pub(super) fn statement_in_from(
        &mut self,
        statement: &Statement,
        lateral: bool,
        cx: Context<'_>,
    ) -> Result<(), CompileError> {
        match statement {
            Statement::Select(select) => {
                let place = super::select::Place::InFrom { lateral };
                self.select(select, place, cx.inside())
            }
            Statement::Values(From::Values(values)) => self.value_rows(values, cx),
            other => self.statement(other, cx.inside()).map(|_| ()),
        }
    }

    /// `(a, b)` or `(a INTEGER, b VARCHAR)` after the name of a function's alias.
    fn derived_columns(&mut self, valued: &TableValued) -> Result<(), CompileError> {
        let Some(with_types) = valued.derived else { return Ok(()) };
        self.push("(");
        self.list(&valued.columns, ", ", |this, (name, sql_type)| {
            this.ident(name);
            if with_types {
                let text = this.type_text(sql_type)?;
                this.push(" ");
                this.push(&text);
            }
            Ok(())
        })?;
        self.push(")");
        Ok(())
    }

    /// `(VALUES (…), (…)) AS name (a, b)`
    fn values(&mut self, values: &Values, cx: Context<'_>) -> Result<(), CompileError> {
        self.push(if values.lateral { "LATERAL " } else { "" });
        self.push("(");
        self.value_rows(values, cx)?;
        self.push(")");
        let Some(name) = &values.name else { return Ok(()) };
        let name = self.name(name);
        self.push(self.rules().alias_keyword());
        self.ident(&name);
        self.push(" (");
        self.list(&values.columns, ", ", |this, column| {
            let name = this.name(&column.name);
            this.ident(&name);
            Ok(())
        })?;
        self.push(")");
        Ok(())
    }
}

/// The elements that a join has in it, which do not stand beside it.
fn inside_join(from: &From) -> Vec<From> {
    let mut inside = Vec::new();
    fn add(from: &From, inside: &mut Vec<From>) {
        if let From::Join(join) = from {
            for side in [&join.left, &join.right] {
                inside.push(side.clone());
                add(side, inside);
            }
        }
    }
    add(from, &mut inside);
    inside
}

/// The elements that something in FROM brings: itself and, of a join, what is in it.
pub(super) fn from_objects(from: &From) -> Vec<From> {
    let mut objects = vec![from.clone()];
    objects.extend(inside_join(from));
    objects
}

/// The FROM elements that a column of a select brings.
pub(super) fn item_froms(item: &SelectItem, push: &mut dyn FnMut(&From)) {
    match item {
        SelectItem::Expr(expr) => expr_froms(expr, push),
        SelectItem::From(From::Function(function)) => expr_froms(function, push),
        SelectItem::From(from) => push(from),
        SelectItem::Entity(_) => {}
    }
}

/// The FROM elements that an expression names; those of selects in it are their own.
pub(super) fn expr_froms(expr: &Expr, push: &mut dyn FnMut(&From)) {
    Part::Expr(expr).walk(&mut |part| {
        match part {
            Part::Expr(expr) => match expr.kind() {
                Kind::Column(column) => {
                    if let Some(from) = &column.from {
                        push(from);
                    }
                    return false;
                }
                Kind::Row { from, .. } => push(from),
                Kind::Made(made) => made.element.arguments.iter().for_each(|expr| expr_froms(expr, push)),
                _ => return true,
            },
            Part::From(_) | Part::Select(_) | Part::Statement(_) | Part::Bind(_) => {}
        }
        false
    });
}
