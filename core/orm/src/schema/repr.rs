//! Python's `repr` of tables, columns and types.

use super::{Column, Schema, Table};
use crate::types::TableId;

impl Schema {
    /// `repr(table)`
    pub fn table_repr(&self, id: TableId) -> String {
        let Table { name, columns, schema, .. } = self.table(id);
        let columns: Vec<String> = columns.iter().map(|column| column.repr(Some(name))).collect();
        let schema = schema.as_ref().map_or("None".to_string(), |schema| crate::types::python_str(schema));
        let name = crate::types::python_str(name);
        let columns = columns.iter().map(|text| format!("{text}, ")).collect::<String>();
        format!("Table({name}, MetaData(), {columns}schema={schema})")
    }
}

impl Column {
    /// `repr(column)`, with the name of its table where it has one.
    pub fn repr(&self, table: Option<&str>) -> String {
        let mut parts = vec![
            if self.name.is_empty() { "None".to_string() } else { crate::types::python_str(&self.name) },
            self.sql_type.repr(),
        ];
        for key in &self.foreign_keys {
            parts.push(format!("ForeignKey({})", crate::types::python_str(&key.target)));
        }
        parts.push(match table {
            Some(table) => format!("table=<{table}>"),
            None => "table=None".into(),
        });
        if self.key != self.name {
            parts.push(format!("key={}", crate::types::python_str(&self.key)));
        }
        if self.primary_key {
            parts.push("primary_key=True".into());
        }
        if !self.nullable {
            parts.push("nullable=False".into());
        }
        if let Some(default) = &self.onupdate {
            parts.push(format!("onupdate={default:?}"));
        }
        if let Some(default) = &self.default {
            parts.push(format!("default={default:?}"));
        }
        if let Some(default) = &self.server_default {
            let text = match default {
                super::ServerDefault::Literal(text) => {
                    format!("DefaultClause({}, for_update=False)", crate::types::python_str(text))
                }
                super::ServerDefault::Text { .. } => {
                    "DefaultClause(<sqlalchemy.sql.elements.TextClause object at 0x…>, for_update=False)"
                        .into()
                }
            };
            parts.push(format!("server_default={text}"));
        }
        format!("Column({})", parts.join(", "))
    }
}
