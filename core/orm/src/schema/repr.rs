//! Python's `repr` of tables, columns and what belongs to them.

use super::constraint::{Constraint, ConstraintKind, ForeignKey};
use super::{Column, ColumnDefault, Computed, Identity, Schema, ServerDefault, Table};
use crate::expression::{Counting, Expr, Kind, Sequence};
use crate::types::{TableId, python_str};

impl Schema {
    /// `repr(table)`
    pub fn table_repr(&self, id: TableId) -> String {
        let Table { columns, schema, .. } = self.table(id);
        let columns: Vec<String> =
            (0..columns.len() as u32).map(|at| self.table(id).column_repr(at)).collect();
        let schema = schema.as_ref().map_or("None".to_string(), |schema| python_str(schema));
        let name = python_str(&self.table(id).name);
        let columns = columns.iter().map(|text| format!("{text}, ")).collect::<String>();
        format!("Table({name}, MetaData(), {columns}schema={schema})")
    }

    /// `repr(constraint)`, of a constraint of a table.
    pub fn constraint_repr(&self, table: TableId, constraint: &Constraint) -> String {
        let column = |name: &String| match self.table(table).column_index(name) {
            Some(at) => self.table(table).column_repr(at),
            None => python_str(name),
        };
        let mut parts: Vec<String> = match &constraint.kind {
            ConstraintKind::Check { condition } => vec![element_repr(condition)],
            ConstraintKind::ForeignKey { .. } => return "ForeignKeyConstraint()".into(),
            _ => constraint.columns().iter().map(column).collect(),
        };
        parts.extend(constraint.name.iter().map(|name| format!("name={}", python_str(name))));
        parts.extend(constraint.comment.iter().map(|text| format!("comment={}", python_str(text))));
        format!("{}({})", constraint.class_name(), parts.join(", "))
    }
}

impl Table {
    /// `repr(column)`, with the foreign keys that constraints of the table give it.
    pub fn column_repr(&self, at: u32) -> String {
        let mut column = self.columns[at as usize].clone();
        for constraint in &self.constraints {
            if let ConstraintKind::ForeignKey { columns, targets, .. } = &constraint.kind
                && columns.len() == targets.len()
            {
                let own = columns.iter().zip(targets).filter(|(key, _)| **key == column.key);
                let new: Vec<ForeignKey> = own
                    .filter(|(_, target)| {
                        !column.foreign_keys.iter().any(|known| known.target == target.target)
                    })
                    .map(|(_, target)| target.clone())
                    .collect();
                column.foreign_keys.extend(new);
            }
        }
        column.repr(Some(&self.name))
    }
}

impl ForeignKey {
    /// `repr(key)`
    pub fn repr(&self) -> String {
        format!("ForeignKey({})", python_str(&self.target))
    }
}

impl Column {
    /// `repr(column)`, with the name of its table where it has one.
    pub fn repr(&self, table: Option<&str>) -> String {
        let mut parts = vec![
            if self.name.is_empty() { "None".to_string() } else { python_str(&self.name) },
            self.sql_type.repr(),
        ];
        parts.extend(self.foreign_keys.iter().map(ForeignKey::repr));
        for check in &self.checks {
            let name =
                check.name.iter().map(|name| format!(", name={}", python_str(name))).collect::<String>();
            parts.push(format!("CheckConstraint({}{name})", element_repr(&check.condition)));
        }
        parts.push(match table {
            Some(table) => format!("table=<{table}>"),
            None => "table=None".into(),
        });
        if self.key != self.name {
            parts.push(format!("key={}", python_str(&self.key)));
        }
        if self.primary_key {
            parts.push("primary_key=True".into());
        }
        if !self.nullable {
            parts.push("nullable=False".into());
        }
        if let Some(default) = &self.onupdate {
            parts.push(format!("onupdate={}", default.repr_for_update()));
        }
        if let Some(default) = &self.default {
            let shown = format!("{default:?}");
            // A table's sequence belongs to its collection.
            parts.push(match (default, table, shown.strip_suffix(')')) {
                (ColumnDefault::Sequence(_), Some(_), Some(shown)) => {
                    format!("default={shown}, metadata=MetaData())")
                }
                _ => format!("default={shown}"),
            });
        }
        if let Some(computed) = &self.computed {
            parts.push(format!("server_default={}", computed_repr(computed)));
        } else if let Some(identity) = &self.identity {
            parts.push(format!("server_default={}", identity_repr(identity)));
        } else if let Some(default) = &self.server_default {
            parts.push(format!("server_default={}", server_default_repr(default)));
        }
        parts.extend(self.comment.iter().map(|text| format!("comment={}", python_str(text))));
        format!("Column({})", parts.join(", "))
    }
}

impl ColumnDefault {
    fn repr_for_update(&self) -> String {
        format!("{self:?}")
    }
}

/// `repr` of what the database gives a column.
pub fn server_default_repr(default: &ServerDefault) -> String {
    match default {
        ServerDefault::Literal(text) => format!("DefaultClause({}, for_update=False)", python_str(text)),
        ServerDefault::Expr(expr) => format!("DefaultClause({}, for_update=False)", element_repr(expr)),
        ServerDefault::Fetched => "FetchedValue()".into(),
    }
}

/// `repr` of an expression: its class and an address.
pub fn element_repr(expr: &Expr) -> String {
    let class = match expr.kind() {
        Kind::Function(call) => {
            let class = if call.generic { &*call.name } else { "Function" };
            return format!("<sqlalchemy.sql.functions.{class} at 0x…; {}>", call.name);
        }
        Kind::Subquery(_) => "selectable.ScalarSelect".into(),
        // SQL as text, which a definition keeps like this.
        Kind::Literal { .. } => "elements.TextClause".into(),
        kind => format!("elements.{}", kind.class_name()),
    };
    format!("<sqlalchemy.sql.{class} object at 0x…>")
}

/// `repr(Computed(…))`
pub fn computed_repr(computed: &Computed) -> String {
    let persisted = match computed.persisted {
        Some(true) => ", persisted=True",
        Some(false) => ", persisted=False",
        None => "",
    };
    format!("Computed({}{persisted})", element_repr(&computed.expr))
}

/// `repr(Identity(…))`
pub fn identity_repr(identity: &Identity) -> String {
    let mut parts = Vec::new();
    if identity.always {
        parts.push("always=True".to_string());
    }
    if let Some(on_null) = identity.on_null {
        parts.push(format!("on_null={}", if on_null { "True" } else { "False" }));
    }
    parts.extend(counting_parts(&identity.counting));
    format!("Identity({})", parts.join(", "))
}

/// `repr(Sequence(…))`
pub fn sequence_repr(sequence: &Sequence) -> String {
    let mut parts = vec![python_str(&sequence.name)];
    parts.extend(counting_parts(&sequence.counting));
    // The schema stands before the cache.
    let cache = parts.iter().position(|part| part.starts_with("cache=") || part.starts_with("order="));
    let schema = sequence.schema.iter().map(|schema| format!("schema={}", python_str(schema)));
    let at = cache.unwrap_or(parts.len());
    parts.splice(at..at, schema);
    parts.extend(sequence.data_type.iter().map(|sql_type| format!("data_type={}", sql_type.repr())));
    if sequence.optional {
        parts.push("optional=True".into());
    }
    if sequence.of_metadata {
        parts.push("metadata=MetaData()".into());
    }
    format!("Sequence({})", parts.join(", "))
}

fn counting_parts(counting: &Counting) -> Vec<String> {
    let numbers = [
        ("start", counting.start),
        ("increment", counting.increment),
        ("minvalue", counting.min_value),
        ("maxvalue", counting.max_value),
    ];
    let mut parts: Vec<String> =
        numbers.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}"))).collect();
    if counting.no_min_value {
        parts.push("nominvalue=True".into());
    }
    if counting.no_max_value {
        parts.push("nomaxvalue=True".into());
    }
    if let Some(cycle) = counting.cycle {
        parts.push(format!("cycle={}", if cycle { "True" } else { "False" }));
    }
    parts.extend(counting.cache.map(|cache| format!("cache={cache}")));
    parts.extend(counting.order.map(|order| format!("order={}", if order { "True" } else { "False" })));
    parts
}
