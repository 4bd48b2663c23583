//! Naming conventions: the names that constraints and indexes get by themselves.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.naming`.

use super::constraint::{Constraint, ConstraintKind, Index};
use super::{SchemaError, Table};

/// How constraints and indexes of a collection are named.
#[derive(Clone, Debug)]
pub struct NamingConvention {
    /// Templates by the kind of constraint: `ix`, `uq`, `ck`, `fk`, `pk`, or the
    /// name of the class.
    pub templates: Vec<(String, String)>,
    /// The tokens that the program computes itself. They stay in the names until
    /// it has done so.
    pub own_tokens: Vec<String>,
}

impl Default for NamingConvention {
    fn default() -> NamingConvention {
        NamingConvention {
            templates: vec![("ix".into(), "ix_%(column_0_label)s".into())],
            own_tokens: Vec::new(),
        }
    }
}

/// What a name is made for.
struct Subject<'a> {
    table: &'a Table,
    name: Option<&'a str>,
    own_tokens: &'a [String],
    columns: Vec<String>,
    /// `table.column` for each column of a foreign key.
    targets: Vec<String>,
}

impl NamingConvention {
    fn template(&self, short: &str, class: &str) -> Option<&str> {
        let of = |wanted: &str| {
            self.templates.iter().find(|(kind, _)| kind == wanted).map(|(_, text)| text.as_str())
        };
        of(class).or_else(|| of(short))
    }

    /// Gives a constraint its conventional name.
    ///
    /// # Errors
    /// When the template needs a name and there is none, or has an unknown token.
    pub fn name_constraint(&self, table: &Table, constraint: &mut Constraint) -> Result<(), SchemaError> {
        let short = match constraint.kind {
            ConstraintKind::PrimaryKey { .. } => "pk",
            ConstraintKind::Unique { .. } => "uq",
            ConstraintKind::Check { .. } => "ck",
            ConstraintKind::ForeignKey { .. } => "fk",
            ConstraintKind::Exclude { .. } => return Ok(()),
        };
        let Some(template) = self.template(short, constraint.class_name()) else { return Ok(()) };
        if constraint.conventional || (constraint.name.is_some() && !template.contains("constraint_name")) {
            return Ok(());
        }
        // The constraint of a type without a name stays without one.
        if constraint.of_type.is_some() && constraint.name.is_none() && template.contains("constraint_name") {
            return Ok(());
        }
        let columns = match (&constraint.kind, constraint.columns()) {
            (ConstraintKind::PrimaryKey { .. }, []) => {
                let key = table.primary_key();
                key.into_iter().map(|at| table.columns[at as usize].key.clone()).collect()
            }
            (_, columns) => columns.to_vec(),
        };
        let targets = match &constraint.kind {
            ConstraintKind::ForeignKey { targets, .. } => {
                targets.iter().map(|target| target.target.clone()).collect()
            }
            _ => Vec::new(),
        };
        let (name, own_tokens) = (constraint.name.as_deref(), &self.own_tokens[..]);
        let subject = Subject { table, name, own_tokens, columns, targets };
        constraint.name = Some(subject.fill(template)?);
        constraint.conventional = true;
        Ok(())
    }

    /// Gives an index its conventional name.
    ///
    /// # Errors
    /// When the template has an unknown token.
    pub fn name_index(&self, table: &Table, index: &mut Index) -> Result<(), SchemaError> {
        let Some(template) = self.template("ix", "Index") else { return Ok(()) };
        if index.name.is_some() {
            return Ok(());
        }
        let columns = index.columns().into_iter().map(str::to_string).collect();
        let own_tokens = &self.own_tokens[..];
        let subject = Subject { table, name: None, own_tokens, columns, targets: Vec::new() };
        index.name = Some(subject.fill(template)?);
        index.conventional = true;
        Ok(())
    }
}

impl Subject<'_> {
    fn fill(&self, template: &str) -> Result<String, SchemaError> {
        let mut out = String::new();
        let mut rest = template;
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let token = rest.strip_prefix("%(").and_then(|inside| inside.split_once(")s"));
            match token {
                Some((token, after)) => {
                    out.push_str(&self.token(token)?);
                    rest = after;
                }
                None => {
                    out.push('%');
                    rest = rest.strip_prefix("%%").unwrap_or(&rest[1..]);
                }
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    fn token(&self, token: &str) -> Result<String, SchemaError> {
        let unknown = || SchemaError::UnknownToken(token.to_string());
        match token {
            own if self.own_tokens.iter().any(|known| known == own) => return Ok(format!("%({own})s")),
            "table_name" => return Ok(self.table.name.clone()),
            "constraint_name" => {
                return self.name.map(str::to_string).ok_or(SchemaError::NamelessConstraint);
            }
            "referred_table_name" => {
                let target = self.targets.first().map_or("", String::as_str);
                let table = target.rsplit_once('.').map_or(target, |(table, _)| table);
                return Ok(table.rsplit('.').next().unwrap_or_default().to_string());
            }
            _ => {}
        }
        let (names, rest) = match token.strip_prefix("referred_column_") {
            Some(rest) => (&self.targets, rest),
            None => (&self.columns, token.strip_prefix("column_").ok_or_else(unknown)?),
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let first: usize = rest[..digits].parse().map_err(|_| unknown())?;
        let rest = &rest[digits..];
        let (separator, attribute) = match rest {
            _ if rest.starts_with("_N_") => (Some("_"), &rest[3..]),
            _ if rest.starts_with("N_") => (Some(""), &rest[2..]),
            _ => (None, rest.strip_prefix('_').ok_or_else(unknown)?),
        };
        let is_target = std::ptr::eq(names, &self.targets);
        let attribute_of = |key: &String| -> Option<String> {
            if is_target {
                return Some(key.rsplit('.').next().unwrap_or_default().to_string());
            }
            let column = self.table.column_index(key).map(|at| &self.table.columns[at as usize]);
            let name = column.map_or(key, |column| &column.name);
            match attribute {
                "name" => Some(name.clone()),
                "key" => Some(key.clone()),
                "label" => Some(match &self.table.schema {
                    Some(schema) => format!("{}_{}_{name}", schema.replace('.', "_"), self.table.name),
                    None => format!("{}_{name}", self.table.name),
                }),
                _ => None,
            }
        };
        let chosen = names.iter().skip(first);
        let texts: Option<Vec<String>> = match separator {
            Some(_) => chosen.map(attribute_of).collect(),
            None => chosen.take(1).map(attribute_of).collect(),
        };
        Ok(texts.ok_or_else(unknown)?.join(separator.unwrap_or_default()))
    }
}
