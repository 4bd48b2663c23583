//! Bound values as placeholders, and lists as they will be written out.

use std::rc::Rc;

use super::context::Context;
use super::{Asked, CompileError, Compiler, Frame, Parameter, Source};
use crate::expression::bind_key_base;
use crate::sql::{Bind, BindValue, Expr, Identity, Operator, TypeExpressions};
use crate::types::{ColumnId, SqlType, Value};

/// Added to the number of a list's value: those come after the statement's own.
const LAST: u32 = u32::MAX / 2;

impl Compiler<'_> {
    /// Writes a bound value.
    pub(super) fn bind(&mut self, bind: &Rc<Bind>, cx: Context<'_>) -> Result<(), CompileError> {
        if cx.bare_value
            && let Some(parameter) = self.slot.take()
        {
            self.parameter(parameter);
            return Ok(());
        }
        let expands = bind.value.is_expanding();
        let mut frame = None;
        if !cx.bare_value
            && let Some(around) = self.type_expressions(&bind.sql_type)
            && let Some(template) = &around.bind
        {
            if !expands {
                let wrapped = around.around(template, &Expr::from(Rc::clone(bind)));
                return self.expr(&wrapped, Context { bare_value: true, ..cx });
            }
            frame = self.value_frame(&around, template, &bind.sql_type, cx)?;
        }
        if cx.literal_binds {
            let text = self.literal_bind(bind, frame.as_ref())?;
            self.push(&text);
            return Ok(());
        }
        let name = self.bind_name(bind);
        self.claim(&name, bind)?;
        let place = self.binds.iter().position(|other| other.id == bind.id);
        let is_given = matches!(bind.value, BindValue::Required) && !bind.unique;
        let source = match (place, &bind.value) {
            (Some(place), _) if !is_given => Source::Bind(place),
            (None, BindValue::One(value)) => Source::Value(value.clone()),
            _ => Source::Given,
        };
        let mut parameter = Parameter {
            name: Rc::clone(&name),
            sql_type: bind.sql_type.clone(),
            source,
            expanding_at: None,
            empty_list: None,
            literal_execute: false,
            frame: frame.clone(),
            met: 0,
        };
        if !(expands || bind.literal_execute || cx.literal_execute) {
            self.parameter(parameter);
            return Ok(());
        }
        if expands {
            parameter.empty_list = Some(self.empty_list(bind)?.into());
            self.push("(");
        }
        if self.given.render_postcompile && (bind.literal_execute || cx.literal_execute) {
            let text = self.literal_bind(bind, frame.as_ref())?;
            let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
            self.push(if expands { inner.unwrap_or(&text) } else { &text });
        } else if self.given.render_postcompile {
            if matches!(bind.value, BindValue::Required | BindValue::ExpandingRequired) {
                return Err(CompileError::Required(bind.key.to_string()));
            }
            self.written_out(bind, parameter)?;
        } else {
            parameter.expanding_at = Some(0);
            parameter.literal_execute = bind.literal_execute || cx.literal_execute;
            let token = parameter.token();
            self.place(parameter);
            self.push(&token);
        }
        if expands {
            self.push(")");
        }
        Ok(())
    }

    /// What a type of the program's puts around values of it.
    pub(super) fn type_expressions(&self, sql_type: &SqlType) -> Option<Rc<TypeExpressions>> {
        self.schema.type_expressions(sql_type.chosen_for(self.dialect.name())).cloned()
    }

    /// What stands before and after each value of a list.
    fn value_frame(
        &mut self,
        around: &TypeExpressions,
        template: &Expr,
        sql_type: &SqlType,
        cx: Context<'_>,
    ) -> Result<Option<Frame>, CompileError> {
        const VALUE: &str = "\u{0}";
        let wrapped = around.around(template, &Expr::literal_column(VALUE, sql_type.clone()));
        let fragment = self.apart(|this| this.expr(&wrapped, cx))?;
        for (_, parameter) in fragment.parameters {
            self.place(parameter);
        }
        Ok(fragment
            .text
            .split_once(VALUE)
            .map(|(before, after)| Frame { before: before.into(), after: after.into() }))
    }

    /// The name that stands for a bind.
    fn bind_name(&mut self, bind: &Rc<Bind>) -> Rc<str> {
        if !bind.unique {
            return Rc::clone(&bind.key);
        }
        let base = bind_key_base(&bind.key);
        let name = self.anonymous_name(Identity::Anonymous(bind.id), &base);
        self.shorten(name, true)
    }

    /// Takes a name for a bind, unless another has it.
    fn claim(&mut self, name: &Rc<str>, bind: &Rc<Bind>) -> Result<(), CompileError> {
        if let Some(own) = self.column_binds.get(name) {
            if *own || bind.unique {
                return Err(conflict(name));
            }
            return Err(CompileError::Compile(format!(
                "bindparam() name '{0}' is reserved for automatic usage in the VALUES or SET clause of this insert/update statement.   Please use a name other than column name when using bindparam() with insert() or update() (for example, 'b_{0}').",
                bind.key
            )));
        }
        if let Some(existing) = self.bind_names.get(name)
            && existing.id != bind.id
        {
            if existing.unique || bind.unique {
                return Err(conflict(name));
            }
            if existing.value.is_expanding() != bind.value.is_expanding() {
                return Err(CompileError::Compile(format!(
                    "Can't reuse bound parameter name '{name}' in both 'expanding' (e.g. within an IN expression) and non-expanding contexts.  If this parameter is to receive a list/array value, set 'expanding=True' on it for expressions that aren't IN, otherwise use a different parameter name."
                )));
            }
        }
        self.bind_names.insert(Rc::clone(name), Rc::clone(bind));
        Ok(())
    }

    /// Writes the placeholder of a parameter.
    pub(super) fn parameter(&mut self, parameter: Parameter) {
        let name = escaped(&parameter.name);
        let mut placeholder = match self.given.paramstyle {
            Some(style) => style.placeholder(&name, self.out.parameters.len() + 1),
            None => self.rules().placeholder(&name),
        };
        placeholder.push_str(&self.rules().bind_cast(&parameter.sql_type));
        self.place(parameter);
        self.push(&placeholder);
    }

    /// Notes that a parameter stands here.
    fn place(&mut self, parameter: Parameter) {
        self.met += 1;
        let met = self.met + parameter.met;
        self.out.parameters.push((self.out.text.len(), Parameter { met, ..parameter }));
    }

    /// Writes the value of a column that is given on execution, or computed then.
    pub(super) fn column_parameter(
        &mut self,
        id: ColumnId,
        name: Rc<str>,
        source: Source,
    ) -> Result<(), CompileError> {
        let sql_type = self.schema.column(id).sql_type.clone();
        self.named_parameter(name, sql_type, source)
    }

    /// Writes a parameter under the name of a column.
    pub(super) fn named_parameter(
        &mut self,
        name: Rc<str>,
        sql_type: SqlType,
        source: Source,
    ) -> Result<(), CompileError> {
        // A value that stands in the statement itself is a bind of its own.
        let own = matches!(source, Source::Bind(_) | Source::Value(_));
        if own && self.bind_names.contains_key(&name) {
            return Err(conflict(&name));
        }
        self.column_binds.insert(Rc::clone(&name), own);
        let around = self.type_expressions(&sql_type);
        let parameter = Parameter {
            name,
            sql_type,
            source,
            expanding_at: None,
            empty_list: None,
            literal_execute: false,
            frame: None,
            met: 0,
        };
        match around.as_ref().and_then(|around| around.bind.as_ref()) {
            Some(template) => {
                self.slot = Some(parameter);
                self.expr(template, Context { bare_value: true, ..Context::PLAIN })
            }
            None => {
                self.parameter(parameter);
                Ok(())
            }
        }
    }

    /// A number that is bound like a value of the program's.
    pub(super) fn constant(&mut self, value: i64, cx: Context<'_>) {
        if cx.literal_binds {
            return self.push(&value.to_string());
        }
        let of = Identity::Anonymous(crate::sql::AnonId::fresh());
        let name = self.anonymous_name(of, &"param".into());
        self.parameter(Parameter {
            name,
            sql_type: SqlType::Integer,
            source: Source::Constant(value),
            expanding_at: None,
            empty_list: None,
            literal_execute: false,
            frame: None,
            met: 0,
        });
    }

    /// Writes a list as it will be when the statement is executed.
    fn written_out(&mut self, bind: &Rc<Bind>, parameter: Parameter) -> Result<(), CompileError> {
        match &bind.value {
            BindValue::Expanding(values) if values.is_empty() => {
                let empty = parameter.empty_list.clone().unwrap_or_default();
                let framed = parameter.frame.as_ref().map(|frame| frame.around(&empty));
                self.push(framed.as_deref().unwrap_or(&empty));
            }
            BindValue::Expanding(values) => {
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        self.push(", ");
                    }
                    let name: Rc<str> = format!("{}_{}", parameter.name, at + 1).into();
                    let source = Source::Value(value.clone());
                    self.push(parameter.frame.as_ref().map_or("", |frame| &frame.before));
                    self.parameter(Parameter {
                        name,
                        source,
                        empty_list: None,
                        met: LAST,
                        ..parameter.clone()
                    });
                    self.push(parameter.frame.as_ref().map_or("", |frame| &frame.after));
                }
            }
            BindValue::ExpandingRows(rows, types) => {
                if rows.is_empty() {
                    let empty = parameter.empty_list.clone().unwrap_or_default();
                    self.push(&empty);
                }
                self.push(if rows.is_empty() { "" } else { self.rules().rows_prefix() });
                for (number, row) in rows.iter().enumerate() {
                    self.push(if number > 0 { ", (" } else { "(" });
                    for (at, value) in row.iter().enumerate() {
                        self.push(if at > 0 { ", " } else { "" });
                        let name: Rc<str> = format!("{}_{}_{}", parameter.name, number + 1, at + 1).into();
                        let sql_type = types.get(at).cloned().unwrap_or_default();
                        let source = Source::Value(value.clone());
                        // Those are not cast.
                        let placeholder = self.rules().placeholder(&escaped(&name));
                        let own = Parameter {
                            name,
                            sql_type,
                            source,
                            empty_list: None,
                            met: LAST,
                            ..parameter.clone()
                        };
                        self.place(own);
                        self.push(&placeholder);
                    }
                    self.push(")");
                }
            }
            _ => {
                let text = self.literal_bind(bind, parameter.frame.as_ref())?;
                self.push(&text);
            }
        }
        Ok(())
    }

    /// What stands in the place of a list without values.
    fn empty_list(&self, bind: &Bind) -> Result<String, CompileError> {
        let types = match &bind.value {
            BindValue::ExpandingRows(_, types) => types.clone(),
            _ => vec![bind.sql_type.clone()],
        };
        self.rules().empty_list(&types, bind.expand_op.as_ref())
    }

    /// A bound value as SQL text.
    fn literal_bind(&mut self, bind: &Rc<Bind>, frame: Option<&Frame>) -> Result<String, CompileError> {
        let join = |texts: Vec<String>| texts.join(", ");
        Ok(match &bind.value {
            BindValue::One(value) => self.literal(value, &bind.sql_type)?,
            BindValue::Expanding(values) if values.is_empty() => format!("({})", self.empty_list(bind)?),
            BindValue::Expanding(values) => {
                let texts: Result<Vec<String>, CompileError> = values
                    .iter()
                    .map(|value| Ok(framed(frame, &self.literal(value, &bind.sql_type)?)))
                    .collect();
                format!("({})", join(texts?))
            }
            BindValue::ExpandingRows(rows, _) if rows.is_empty() => {
                format!("({}{})", self.rules().rows_prefix(), self.empty_list(bind)?)
            }
            BindValue::ExpandingRows(rows, types) => {
                let mut texts = Vec::new();
                for row in rows {
                    let row: Result<Vec<String>, CompileError> = row
                        .iter()
                        .enumerate()
                        .map(|(at, value)| self.literal(value, types.get(at).unwrap_or(&SqlType::Null)))
                        .collect();
                    texts.push(format!("({})", join(row?)));
                }
                format!("({}{})", self.rules().rows_prefix(), join(texts))
            }
            BindValue::ExpandingRequired => "(NULL)".into(),
            BindValue::Callable(code) => match &self.given.program_literals {
                Some(program) => program.text(Asked::Of(Rc::clone(code), bind.sql_type.clone())),
                None => self.literal(&Value::Null, &bind.sql_type)?,
            },
            BindValue::Required => self.literal(&Value::Null, &bind.sql_type)?,
        })
    }
}

/// A value with what stands around it.
fn framed(frame: Option<&Frame>, text: &str) -> String {
    frame.map_or_else(|| text.to_string(), |frame| format!("{}{text}{}", frame.before, frame.after))
}

/// The error of two binds of one name.
fn conflict(name: &str) -> CompileError {
    CompileError::Compile(format!(
        "Bind parameter '{name}' conflicts with unique bind parameter of the same name"
    ))
}

/// A parameter's name as it stands in the text: some characters cannot.
///
/// ```
/// assert_eq!(ormscope::sql::compiler::escaped("weird name"), "weird_name");
/// ```
pub fn escaped(name: &str) -> String {
    let escape = |c: char| match c {
        '%' => 'P',
        '(' => 'A',
        ')' => 'Z',
        ':' => 'C',
        '.' | '[' | ']' | ' ' => '_',
        other => other,
    };
    name.chars().map(escape).collect()
}

/// What an empty list is in most databases: it has no values, and the condition
/// around it is made false, or true for NOT IN.
pub(super) fn empty_list_with_condition(types: &[SqlType], op: Option<&Operator>) -> Option<String> {
    let nulls = vec!["NULL"; types.len()].join(", ");
    let several = types.len() > 1;
    match (op, several) {
        (Some(Operator::NotIn), true) => Some(format!("({nulls})) OR (1 = 1")),
        (Some(Operator::NotIn), false) => Some("NULL) OR (1 = 1".into()),
        (Some(Operator::In), true) => Some(format!("({nulls})) AND (1 != 1")),
        (Some(Operator::In), false) => Some("NULL) AND (1 != 1".into()),
        _ => None,
    }
}
