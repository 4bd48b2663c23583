//! SQL expressions as values of attributes: they become part of the INSERT or
//! UPDATE, and the attribute is loaded again after it.
//!
//! SQLAlchemy counterpart: `ClauseElement` among an object's values, as
//! `sqlalchemy.orm.persistence` treats it.

use std::any::Any;
use std::rc::Rc;

use crate::sql::Expr;
use crate::types::{Foreign, TypeError, Value};

/// An expression that an attribute was set to.
pub struct SqlValue {
    expr: Expr,
    owner: Option<Rc<dyn Any>>,
    class: String,
}

impl SqlValue {
    /// A value that is an expression.
    ///
    /// ```
    /// use ormscope::orm::SqlValue;
    /// use ormscope::sql::Expr;
    /// use ormscope::types::{SqlType, Value};
    ///
    /// let value = SqlValue::of(Expr::bind("a", Value::Int(1), SqlType::Null));
    /// assert!(SqlValue::expression(&value).is_some());
    /// ```
    pub fn of(expr: Expr) -> Value {
        Value::Opaque(Rc::new(SqlValue { expr, owner: None, class: "Expr".into() }))
    }

    /// The same with the program's own object for it, and the name of its class.
    pub fn owned(expr: Expr, owner: Rc<dyn Any>, class: &str) -> Value {
        Value::Opaque(Rc::new(SqlValue { expr, owner: Some(owner), class: class.to_string() }))
    }

    /// The expression that a value is, where it is one.
    pub fn expression(value: &Value) -> Option<&Expr> {
        let Value::Opaque(foreign) = value else { return None };
        let foreign: &dyn Any = &**foreign;
        foreign.downcast_ref::<SqlValue>().map(|own| &own.expr)
    }

    /// The program's own object for the expression.
    pub fn owner(&self) -> Option<&Rc<dyn Any>> {
        self.owner.as_ref()
    }
}

impl Foreign for SqlValue {
    fn type_name(&self) -> String {
        self.class.clone()
    }

    fn address(&self) -> usize {
        let own = std::ptr::from_ref(self).cast::<()>() as usize;
        self.owner.as_ref().map_or(own, |owner| Rc::as_ptr(owner).cast::<()>() as usize)
    }

    fn json(&self) -> Result<String, TypeError> {
        Err(TypeError::new("TypeError", format!("Object of type {} is not JSON serializable", self.class)))
    }

    fn items(&self) -> Option<Vec<Value>> {
        None
    }
}
