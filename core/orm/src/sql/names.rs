//! How the columns of a SELECT are named.
//!
//! A column that has the name of another gets a made-up one; a column that is
//! there twice gets one of its own kind (`name__1`), so that the first keeps
//! its name. SQLAlchemy counterpart: `_generate_columns_plus_names`.

use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;

use super::{Alias, AliasOf, ColumnRef, Expr, From, Identity, Kind, LabelStyle, Name};
use crate::schema::Schema;

/// The names of one column.
#[derive(Clone, Debug)]
pub(crate) struct ColumnName {
    /// The label that it must have.
    pub(crate) required: Option<Name>,
    /// The name by which rows and collections are asked for it; none for text.
    pub(crate) key: Option<Rc<str>>,
    /// The label that it gets where it has no name by itself.
    pub(crate) fallback: Option<Name>,
    /// Whether the same column is there before.
    pub(crate) repeated: bool,
}

/// Names for the columns of a select. With `repeats`, a column that is there
/// twice gets a label the second time.
pub(crate) fn column_names(
    schema: &Schema,
    exprs: &[Expr],
    style: LabelStyle,
    repeats: bool,
) -> Vec<ColumnName> {
    let qualified_style = style == LabelStyle::TablePlusColumn;
    let mut taken: IndexMap<Name, Identity, FxBuildHasher> = IndexMap::default();
    let mut keys = Keys { schema, style, taken: IndexSet::default(), numbers: IndexMap::default() };
    let mut repeated = 0;
    let mut names = Vec::with_capacity(exprs.len());
    for expr in exprs {
        let repeat = |repeated: &mut u32| {
            *repeated += 1;
            let name = match qualified_style {
                false => match (wrapped(expr), expr.kind()) {
                    (Some(inner), _) => non_anonymous(inner),
                    (None, Kind::Column(column)) => Some(column.name.clone()),
                    (None, _) => own_name(expr).map(Name::Fixed),
                }
                .or_else(|| table_qualified(schema, expr)),
                true => table_qualified(schema, expr),
            };
            let identity = Identity::Repeated(Rc::new(expr.identity()), *repeated);
            match name {
                Some(name) if name.fixed().is_none() => Name::Numbered(Box::new(name), Box::new(identity)),
                name => {
                    let base = name.as_ref().map_or("anon", |name| name.base());
                    Name::anonymous(identity, &format!("{base}_"))
                }
            }
        };
        let before = repeated;
        let (mut required, mut fallback) = (None, None);
        let mut effective = None;
        if !has_label(expr) {
        } else if style == LabelStyle::None {
            fallback = Some(non_anonymous(expr).unwrap_or_else(|| anonymous(expr)));
        } else {
            effective = if qualified_style {
                let label = table_qualified(schema, expr);
                required.clone_from(&label);
                label
            } else {
                non_anonymous(expr)
            };
            fallback.clone_from(&effective);
            if effective.is_none() {
                let label = anonymous(expr);
                let again = taken.insert(same(&label), expr.identity()).is_some();
                fallback = Some(if again { repeat(&mut repeated) } else { label });
                if again && matches!(expr.kind(), Kind::Program(_)) {
                    required.clone_from(&fallback);
                }
            }
        }
        if let Some(effective) = effective {
            match taken.get(&same(&effective)) {
                None => {
                    taken.insert(same(&effective), expr.identity());
                }
                Some(other) if *other != expr.identity() => {
                    let label = if qualified_style {
                        table_qualified(schema, expr)
                            .unwrap_or_else(|| "anon".into())
                            .made_from(expr.identity())
                    } else {
                        anonymous(expr)
                    };
                    let label = if repeats && taken.contains_key(&same(&label)) {
                        repeat(&mut repeated)
                    } else {
                        taken.insert(same(&label), expr.identity());
                        label
                    };
                    required = Some(label.clone());
                    fallback = Some(label);
                }
                Some(_) if repeats => {
                    let label = repeat(&mut repeated);
                    required = Some(label.clone());
                    fallback = Some(label);
                }
                Some(_) => {}
            }
        }
        names.push(ColumnName { required, key: keys.next(expr), fallback, repeated: repeated > before });
    }
    names
}

/// Makes the names by which rows are asked for their columns.
struct Keys<'a> {
    schema: &'a Schema,
    style: LabelStyle,
    taken: IndexSet<Rc<str>, FxBuildHasher>,
    numbers: IndexMap<Rc<str>, Vec<Identity>, FxBuildHasher>,
}

impl Keys<'_> {
    fn next(&mut self, expr: &Expr) -> Option<Rc<str>> {
        if matches!(expr.kind(), Kind::Text(_)) {
            return None;
        }
        let own = if self.style == LabelStyle::TablePlusColumn {
            qualified_key(self.schema, expr)
        } else {
            proxy_key(expr)
        };
        let key: Rc<str> = own.clone().unwrap_or_else(|| "_no_label".into());
        if self.style == LabelStyle::None || self.taken.insert(Rc::clone(&key)) {
            return Some(key);
        }
        // One that is there again keeps its number.
        let (numbered, own) = (self.numbers.entry(Rc::clone(&key)).or_default(), expr.identity());
        let number = match numbered.iter().position(|known| *known == own) {
            Some(at) => at + 1,
            None => {
                numbered.push(own.clone());
                numbered.len()
            }
        };
        let key = Name::anonymous(own, &key);
        Some(format!("{}_{number}", key.base()).into())
    }
}

/// The name as others are compared with it: whether it may be shortened is no matter.
fn same(name: &Name) -> Name {
    match name {
        Name::Fixed(text) => Name::Truncatable(Rc::clone(text)),
        other => other.clone(),
    }
}

/// Whether it ever gets a label from the names of the others.
fn has_label(expr: &Expr) -> bool {
    match expr.kind() {
        Kind::Text(_) => false,
        Kind::Column(column) => column.from.is_some(),
        Kind::Literal { .. } => false,
        _ => true,
    }
}

/// `_non_anon_label`
fn non_anonymous(expr: &Expr) -> Option<Name> {
    match expr.kind() {
        Kind::Column(column) => Some(column.name.clone()),
        Kind::Label { name, .. } => Some(name.clone()),
        Kind::Literal { text, .. } => Some(Name::Fixed(Rc::clone(text))),
        Kind::FieldOf { name, .. } => Some(Name::Fixed(Rc::clone(name))),
        Kind::Row { .. } => own_name(expr).map(Name::Fixed),
        _ => None,
    }
}

/// What it names itself after where it wraps a column: a cast, a coercion.
fn wrapped(expr: &Expr) -> Option<&Expr> {
    match expr.kind() {
        Kind::Cast { element, .. } | Kind::TypeCoerce { element, .. } | Kind::AsBoolean { element, .. } => {
            Some(element)
        }
        Kind::WithinGroup { element, .. } => Some(element),
        _ => None,
    }
}

/// `_anon_name_label`
pub(crate) fn anonymous(expr: &Expr) -> Name {
    if let Some(inner) = wrapped(expr)
        && !matches!(inner.kind(), Kind::Text(_))
    {
        return match non_anonymous(inner) {
            Some(Name::Fixed(text)) => Name::Truncatable(text),
            Some(name) => name,
            None => anonymous(inner),
        };
    }
    match expr.kind() {
        Kind::Column(column) => column.name.clone().made_from(expr.identity()),
        _ => Name::anonymous(expr.identity(), own_name(expr).as_deref().unwrap_or("anon")),
    }
}

/// `name`, which functions have as well as columns.
fn own_name(expr: &Expr) -> Option<Rc<str>> {
    match expr.kind() {
        Kind::Column(column) => Some(Rc::clone(column.name.base())),
        Kind::Label { name, .. } => Some(Rc::clone(name.base())),
        Kind::Literal { text, .. } => Some(Rc::clone(text)),
        Kind::Function(call) => Some(Rc::clone(&call.name)),
        Kind::Program(element) => element.name.clone(),
        Kind::Made(made) => made.element.name.clone(),
        Kind::FieldOf { name, .. } => Some(Rc::clone(name)),
        Kind::NextValue(_) => Some("next_value".into()),
        Kind::Grouping(inner) => own_name(inner),
        Kind::Row { from: From::Alias(alias), .. } => alias.name.clone(),
        _ => None,
    }
}

/// `_proxy_key`
pub(crate) fn proxy_key(expr: &Expr) -> Option<Rc<str>> {
    match expr.kind() {
        Kind::Column(column) => Some(Rc::clone(&column.key)),
        Kind::Label { name, .. } => name.fixed().cloned(),
        Kind::Bind(bind) if !bind.unique => Some(Rc::clone(&bind.key)),
        Kind::Grouping(inner) => proxy_key(inner),
        _ => match wrapped(expr) {
            Some(inner) if !matches!(inner.kind(), Kind::Text(_)) => proxy_key(inner),
            _ => own_name(expr),
        },
    }
}

/// `_tq_label`: `table_column`, where it has one.
fn table_qualified(schema: &Schema, expr: &Expr) -> Option<Name> {
    match expr.kind() {
        Kind::Column(column) => Some(qualified(schema, column).unwrap_or_else(|| column.name.clone())),
        Kind::Label { name, .. } => Some(name.clone()),
        Kind::FieldOf { name, .. } => Some(Name::Fixed(Rc::clone(name))),
        Kind::Row { from, .. } => from_name(schema, from),
        Kind::Grouping(inner) => table_qualified(schema, inner).or_else(|| Some(anonymous(expr))),
        _ => wrapped(expr).and_then(|inner| table_qualified(schema, inner)),
    }
}

/// `_tq_key_label`
fn qualified_key(schema: &Schema, expr: &Expr) -> Option<Rc<str>> {
    let label = match expr.kind() {
        Kind::Column(column) if **column.name.base() != *column.key => {
            let from = column.from.as_ref().and_then(|from| from_name(schema, from));
            let key = Name::Fixed(Rc::clone(&column.key));
            Some(from.map_or(key.clone(), |from| from.joined(key)))
        }
        Kind::Column(_) | Kind::Label { .. } => table_qualified(schema, expr),
        _ => None,
    };
    label.and_then(|name| name.fixed().cloned()).or_else(|| proxy_key(expr))
}

/// `table_column`; none for a column that is not of something with a name.
pub(crate) fn qualified(schema: &Schema, column: &ColumnRef) -> Option<Name> {
    let from = column.from.as_ref()?;
    let label = from_name(schema, from)?.joined(column.name.clone());
    let (From::Table(id), Some(text)) = (from, label.fixed()) else { return Some(label) };
    // A column that is itself called like that keeps the name.
    let is_taken = |label: &str| schema.table(*id).column_index(label).is_some();
    if !is_taken(text) {
        return Some(label);
    }
    let free = (1..).map(|number| format!("{text}_{number}")).find(|label| !is_taken(label))?;
    Some(Name::Truncatable(free.into()))
}

/// The name of a FROM element, where it has one.
pub(crate) fn from_name(schema: &Schema, from: &From) -> Option<Name> {
    let owned = |owner: Option<&str>, name: &str| match owner {
        Some(owner) => Name::Fixed(format!("{}_{name}", owner.replace('.', "_")).into()),
        None => Name::from(name),
    };
    match from {
        From::Table(id) => {
            let table = schema.table(*id);
            Some(owned(table.schema.as_deref(), &table.name))
        }
        From::Plain(table) => Some(owned(table.schema.as_deref(), &table.name)),
        From::Alias(alias) => Some(alias_name(schema, alias)),
        From::Values(values) => values.name.clone(),
        From::Join(_) | From::Function(_) | From::Text(_) => None,
    }
}

/// The name of an alias: its own, or one made from what it names.
pub fn alias_name(schema: &Schema, alias: &Alias) -> Name {
    if let Some(name) = &alias.name {
        return Name::Fixed(Rc::clone(name));
    }
    let base: Rc<str> = match &alias.of {
        AliasOf::Statement(_) => "anon".into(),
        AliasOf::From(From::Table(id)) => schema.table(*id).name.as_str().into(),
        AliasOf::From(From::Plain(table)) => Rc::clone(&table.name),
        AliasOf::From(from) => {
            from_name(schema, from).and_then(|name| name.fixed().cloned()).unwrap_or_else(|| "anon".into())
        }
    };
    // A CTE that goes on with a UNION keeps the name that it began with.
    let id = alias.cte().and_then(|cte| cte.restates).unwrap_or(alias.id);
    Name::anonymous(Identity::Anonymous(id), &base)
}
