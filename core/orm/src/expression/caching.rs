//! Whether statements can be cached, as far as the program's types go.
//!
//! SQLAlchemy counterpart: `cache_ok` of `ExternalType`.

use super::{Kind, Part, Statement};
use crate::types::{Caching, SqlType};

impl Statement {
    /// The types of the program's because of which the statement is not cached,
    /// once for each column and each value. Of what is inserted or set only the
    /// columns count, not the values.
    pub fn uncached_types(&self) -> Vec<SqlType> {
        let sets = matches!(self, Statement::Insert(_) | Statement::Update(_));
        let (mut found, mut columns) = (Vec::new(), Vec::new());
        Part::Statement(self).walk(&mut |part| {
            let Part::Expr(expr) = part else { return true };
            let counts = match expr.kind() {
                Kind::Column(column) => {
                    let identity = column.identity();
                    let is_new = !columns.contains(&identity);
                    columns.push(identity);
                    is_new
                }
                Kind::Cast { .. } | Kind::TypeCoerce { .. } => true,
                Kind::Bind(_) => !sets,
                _ => false,
            };
            let sql_type = expr.sql_type();
            let caching = match &sql_type {
                SqlType::Decorated(own) => own.caching,
                SqlType::Defined(own) => own.caching,
                _ => Caching::Allowed,
            };
            if counts && caching != Caching::Allowed {
                found.push(sql_type);
            }
            true
        });
        found
    }
}
