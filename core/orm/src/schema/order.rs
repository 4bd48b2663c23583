//! The order in which tables can be created and dropped.
//!
//! SQLAlchemy counterpart: `sort_tables_and_constraints` and the schema
//! generator's and dropper's walk.

use rustc_hash::FxHashSet;

use super::{ColumnDefault, ConstraintKind, Schema};
use crate::expression::{CreateTable, Ddl, DropTable, Sequence};
use crate::types::{ColumnId, MetaDataId, SqlType, TableId, topological};

/// What a database can do, as far as the order of statements goes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abilities {
    /// `ALTER TABLE … ADD CONSTRAINT`
    pub alter: bool,
    /// `COMMENT ON`, as a statement of its own.
    pub comments: bool,
    /// Its name, which conditions ask for.
    pub dialect: &'static str,
}

impl Abilities {
    /// Those of SQLite.
    pub const SQLITE: Abilities = Abilities { alter: false, comments: false, dialect: "sqlite" };
}

/// Tables in order, and the foreign keys that are added or dropped by themselves.
#[derive(Clone, Debug, Default)]
pub struct Sorted {
    /// The tables, each after those it refers to.
    pub tables: Vec<TableId>,
    /// Constraints left out of account, by their places.
    pub remaining: Vec<(TableId, u32)>,
}

impl Schema {
    /// A collection's tables, each after those it refers to: `MetaData.sorted_tables`.
    ///
    /// Tables are taken by name where the order is free. References within a
    /// cycle of tables are left out of account.
    pub fn sorted_tables(&self, metadata: MetaDataId) -> Vec<TableId> {
        let mut tables: Vec<TableId> = self.metadata(metadata).tables.values().copied().collect();
        tables.sort_by_key(|id| self.table(*id).key());
        self.sort_tables(tables)
    }

    /// Tables, each after those it refers to; otherwise in the order given.
    pub fn sort_tables(&self, tables: Vec<TableId>) -> Vec<TableId> {
        match self.sort_with_constraints(&tables, |_, _| true) {
            Ok(sorted) => sorted.tables,
            Err(_) => tables,
        }
    }

    /// Tables in order, with the foreign keys that cannot be part of it: those
    /// marked so, and those of tables within a cycle that `removable` allows.
    ///
    /// # Errors
    /// The tables of a cycle that cannot be broken.
    pub fn sort_with_constraints(
        &self,
        tables: &[TableId],
        removable: impl Fn(TableId, u32) -> bool,
    ) -> Result<Sorted, Vec<TableId>> {
        let mut remaining: Vec<(TableId, u32)> = Vec::new();
        let mut edges: Vec<(TableId, TableId, u32)> = Vec::new();
        for &table in tables {
            for (place, constraint) in self.table(table).constraints.iter().enumerate() {
                let ConstraintKind::ForeignKey { targets, rules, .. } = &constraint.kind else { continue };
                let place = place as u32;
                if rules.use_alter {
                    remaining.push((table, place));
                    continue;
                }
                let target = targets.first().and_then(|key| self.resolve(table, key).ok());
                if let Some(target) = target.filter(|target| target.table != table) {
                    edges.push((target.table, table, place));
                }
            }
        }
        let pairs = |edges: &[(TableId, TableId, u32)]| {
            edges.iter().map(|(first, then, _)| (*first, *then)).collect::<Vec<_>>()
        };
        if let Ok(tables) = topological::sort(&pairs(&edges), tables) {
            return Ok(Sorted { tables, remaining });
        }
        let cyclic = topological::cycles(&pairs(&edges), tables);
        let kept: FxHashSet<(TableId, u32)> = edges
            .iter()
            .filter(|(_, table, place)| !cyclic.contains(table) || !removable(*table, *place))
            .map(|(_, table, place)| (*table, *place))
            .collect();
        remaining.extend(
            edges.iter().map(|(_, table, place)| (*table, *place)).filter(|edge| !kept.contains(edge)),
        );
        edges.retain(|(_, table, place)| kept.contains(&(*table, *place)));
        match topological::sort(&pairs(&edges), tables) {
            Ok(tables) => Ok(Sorted { tables, remaining }),
            Err(_) => Err(cyclic.into_iter().collect()),
        }
    }

    /// The types that a database creates by themselves, each once: native enumerations
    /// and domains of tables. Those of a collection come first, where all of it is created.
    pub fn named_types(&self, tables: &[TableId], whole: bool) -> Vec<SqlType> {
        let mut found: Vec<(SqlType, bool)> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for column in tables.iter().flat_map(|table| &self.table(*table).columns) {
            let own = column.sql_type.for_dialect("postgresql");
            let own = match own {
                SqlType::Specific(specific) => specific.item("item_type").unwrap_or(own),
                other => other,
            };
            let (name, of_metadata) = match own {
                SqlType::Enum(made)
                    if made.native && made.create_type && made.type_class.package != "mysql" =>
                {
                    (made.name.clone(), made.of_metadata)
                }
                SqlType::Specific(domain) if domain.class.name == "DOMAIN" && domain.flag("create_type") => {
                    (domain.text("name").map(str::to_string), false)
                }
                _ => continue,
            };
            let name = name.unwrap_or_default();
            if !names.contains(&name) && (whole || !of_metadata) {
                names.push(name);
                found.push((own.clone(), of_metadata));
            }
        }
        found.sort_by_key(|(_, of_metadata)| !of_metadata);
        found.into_iter().map(|(sql_type, _)| sql_type).collect()
    }

    /// The sequences of columns' defaults, each once.
    pub fn column_sequences(&self, tables: &[TableId]) -> Vec<Sequence> {
        let mut found: Vec<Sequence> = Vec::new();
        for column in tables.iter().flat_map(|table| &self.table(*table).columns) {
            if let Some(ColumnDefault::Sequence(sequence)) = &column.default
                && !found.iter().any(|known| known.name == sequence.name && known.schema == sequence.schema)
            {
                found.push(Sequence::clone(sequence));
            }
        }
        found
    }

    /// The statements that create tables with their indexes and comments.
    ///
    /// ```
    /// # use ormscope::{schema::*, sql::*, sql::compiler::Dialect, types::*};
    /// # let mut schema = Schema::default();
    /// # let metadata = schema.add_metadata(Default::default());
    /// # let integer = |name: &str| Column::new(name, SqlType::Integer);
    /// let index = Index::new(Some("ix_age".into()), vec!["age".into()]);
    /// let pet = schema.add_table(metadata, Table::new("pet").column(integer("age")).index(index))?;
    /// let statements = schema.creation(&[pet], Abilities::SQLITE);
    /// let sql = statements.into_iter().map(|ddl| to_sql(&schema, Statement::Ddl(ddl), Dialect::Sqlite));
    /// let sql = sql.collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(sql, ["\nCREATE TABLE pet (\n\tage INTEGER\n)\n\n", "CREATE INDEX ix_age ON pet (age)"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn creation(&self, tables: &[TableId], abilities: Abilities) -> Vec<Ddl> {
        let sorted = self
            .sort_with_constraints(tables, |_, _| true)
            .unwrap_or_else(|_| Sorted { tables: tables.to_vec(), remaining: Vec::new() });
        let mut statements = Vec::new();
        for table in sorted.tables {
            if self.table(table).made_of.is_some() {
                statements.push(Ddl::CreateFromSelect(table));
                continue;
            }
            let later = sorted.remaining.iter().filter(|(holder, _)| *holder == table && abilities.alter);
            statements.push(Ddl::CreateTable(CreateTable {
                without: later.map(|(_, place)| *place).collect(),
                ..CreateTable::new(table)
            }));
            let definition = self.table(table);
            for (place, index) in definition.indexes.iter().enumerate() {
                if index.condition.as_ref().is_none_or(|condition| condition.holds(abilities.dialect)) {
                    let index = place as u32;
                    statements.push(Ddl::CreateIndex { table, index, if_not_exists: false });
                }
            }
            if abilities.comments {
                if definition.comment.is_some() {
                    statements.push(Ddl::TableComment { table, drop: false });
                }
                for (index, column) in definition.columns.iter().enumerate() {
                    if column.comment.is_some() {
                        let column = ColumnId { table, index: index as u32 };
                        statements.push(Ddl::ColumnComment { column, drop: false });
                    }
                }
            }
        }
        if abilities.alter {
            let later = sorted.remaining.into_iter();
            statements.extend(later.map(|(table, constraint)| Ddl::AddConstraint { table, constraint }));
        }
        statements
    }

    /// The statements that drop tables.
    ///
    /// # Errors
    /// The names of the tables of a cycle whose constraints cannot be dropped first.
    pub fn removal(&self, tables: &[TableId], abilities: Abilities) -> Result<Vec<Ddl>, Vec<String>> {
        let named = |table: TableId, place: u32| {
            abilities.alter && self.table(table).constraints[place as usize].name.is_some()
        };
        let drop = |table| match &self.table(table).made_of {
            Some(made_of) if made_of.view => {
                Ddl::DropView { table, if_exists: false, materialized: made_of.materialized }
            }
            _ => Ddl::DropTable(DropTable { table, if_exists: false }),
        };
        match self.sort_with_constraints(tables, named) {
            Ok(sorted) => {
                let first = sorted.remaining.into_iter().filter(|(table, place)| named(*table, *place));
                let constraints = first.map(|(table, constraint)| Ddl::DropConstraint {
                    table,
                    constraint,
                    if_exists: false,
                    cascade: false,
                });
                Ok(constraints.chain(sorted.tables.into_iter().rev().map(drop)).collect())
            }
            Err(_) if !abilities.alter => Ok(tables.iter().copied().map(drop).collect()),
            Err(cycle) => {
                let mut names: Vec<String> = cycle.into_iter().map(|id| self.table(id).key()).collect();
                names.sort();
                Err(names)
            }
        }
    }
}
