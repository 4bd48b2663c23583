//! What programs read from column expressions: names, parts, values, and `repr`.
//!
//! It must not know how they are built or written.
//! SQLAlchemy counterpart: the attributes of the classes in `sqlalchemy.sql.elements`.

use std::rc::Rc;

use ormscope::sql::compiler::Dialect;
use ormscope::sql::{BindValue, ColumnRef, Expr, From, Kind, Operator, lineage};

use super::expressions::{ExprData, expr_object, require_expr, to_expr};
use super::operands::expected;
use super::{columns, froms, peek, printing, schema, select, selectables, types, values, visitors};
use crate::builtins::Set;
use crate::object::{Args, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The attributes of expressions; each refuses where its kind has none of that name.
pub(super) const GETTERS: &[(&str, NativeFn)] = &[
    ("type", |vm, args| {
        let expr = own(vm, &args)?;
        Ok(types::type_object(vm, expr.sql_type()))
    }),
    ("key", |vm, args| {
        let expr = own(vm, &args)?;
        Ok(match expr.kind() {
            Kind::Column(column) => Object::str(&column.key),
            _ => name_of(&expr).map_or(Object::None, |name| Object::str(&name)),
        })
    }),
    ("name", |vm, args| {
        let expr = own(vm, &args)?;
        match expr.kind() {
            Kind::Bind(_) => Err(missing(vm, &args, "name")),
            _ => match name_of(&expr) {
                Some(name) => Ok(Object::str(&name)),
                None => Err(missing(vm, &args, "name")),
            },
        }
    }),
    ("description", |vm, args| {
        let expr = own(vm, &args)?;
        Ok(description(&expr).map_or(Object::None, |name| Object::str(&name)))
    }),
    ("table", table),
    ("is_literal", |vm, args| match own(vm, &args)?.kind() {
        Kind::Column(_) => Ok(Object::Bool(false)),
        Kind::Literal { .. } => Ok(Object::Bool(true)),
        Kind::Label { .. } => Ok(Object::Bool(false)),
        _ => Err(missing(vm, &args, "is_literal")),
    }),
    ("expression", |_, args| Ok(args.positional[0].clone())),
    ("is_selectable", |_, _| Ok(Object::Bool(false))),
    ("supports_execution", |vm, args| {
        let expr = own(vm, &args)?;
        Ok(Object::Bool(matches!(expr.kind(), Kind::Function(_) | Kind::NextValue(_))))
    }),
    ("primary_key", |vm, args| {
        let base = column_base(vm, &args)?;
        match base {
            Some(id) => peek(vm, |orm| Object::Bool(orm.schema.column(id).primary_key)),
            None => Ok(Object::Bool(false)),
        }
    }),
    ("foreign_keys", foreign_keys),
    ("proxy_set", |vm, args| {
        let found = ancestors(vm, &args)?;
        Ok(Object::Set(Rc::new(Set::from_items(vm, true, found)?)))
    }),
    ("base_columns", |vm, args| {
        let expr = own(vm, &args)?;
        let all = peek(vm, |orm| lineage(&orm.schema, &expr))?;
        let bases = peek(vm, |orm| {
            let is_base = |one: &&Expr| lineage(&orm.schema, one).len() == 1;
            all.iter().filter(is_base).cloned().collect::<Vec<_>>()
        })?;
        let found = bases.iter().map(|one| columns::of_expr(vm, one)).collect::<PyResult<Vec<_>>>()?;
        Ok(Object::Set(Rc::new(Set::from_items(vm, true, found)?)))
    }),
    ("element", |vm, args| match own(vm, &args)?.kind() {
        Kind::Label { element, .. }
        | Kind::Unary { operand: element, .. }
        | Kind::AsBoolean { element, .. }
        | Kind::Over { element, .. }
        | Kind::WithinGroup { element, .. }
        | Kind::Grouping(element) => columns::of_expr(vm, element),
        Kind::Subquery(inner) => Ok(select::plain_object(vm, (**inner).clone())),
        _ => Err(missing(vm, &args, "element")),
    }),
    ("left", |vm, args| {
        part(vm, &args, "left", |kind| match kind {
            Kind::Binary { left, .. } => Some(left.clone()),
            _ => None,
        })
    }),
    ("right", |vm, args| {
        part(vm, &args, "right", |kind| match kind {
            Kind::Binary { right, .. } => Some(right.clone()),
            _ => None,
        })
    }),
    ("clause", |vm, args| {
        part(vm, &args, "clause", |kind| match kind {
            Kind::Cast { element, .. } | Kind::TypeCoerce { element, .. } => Some(element.clone()),
            _ => None,
        })
    }),
    ("typed_expression", |vm, args| {
        part(vm, &args, "typed_expression", |kind| match kind {
            Kind::TypeCoerce { element, .. } => Some(element.clone()),
            _ => None,
        })
    }),
    ("field", |vm, args| match own(vm, &args)?.kind() {
        Kind::Extract { field, .. } => Ok(Object::str(field)),
        _ => Err(missing(vm, &args, "field")),
    }),
    ("whens", |vm, args| match own(vm, &args)?.kind() {
        Kind::Case { whens, .. } => {
            let mut pairs = Vec::new();
            for (when, then) in whens {
                let pair = vec![columns::of_expr(vm, when)?, columns::of_expr(vm, then)?];
                pairs.push(Object::tuple(pair));
            }
            Ok(Object::list(pairs))
        }
        _ => Err(missing(vm, &args, "whens")),
    }),
    ("else_", |vm, args| match own(vm, &args)?.kind() {
        Kind::Case { otherwise: Some(otherwise), .. } => columns::of_expr(vm, otherwise),
        Kind::Case { .. } => Ok(Object::None),
        _ => Err(missing(vm, &args, "else_")),
    }),
    ("clauses", |vm, args| {
        let expr = own(vm, &args)?;
        match expr.kind() {
            Kind::List { op: Operator::Comma, items, .. } => {
                let items = items.iter().map(|clause| columns::of_expr(vm, clause));
                Ok(Object::list(items.collect::<PyResult<Vec<_>>>()?))
            }
            Kind::List { items, .. } => {
                let items = items.iter().map(|clause| columns::of_expr(vm, clause));
                Ok(Object::tuple(items.collect::<PyResult<Vec<_>>>()?))
            }
            Kind::Tuple(items) => {
                let items = items.iter().map(|item| columns::of_expr(vm, item));
                Ok(Object::list(items.collect::<PyResult<Vec<_>>>()?))
            }
            Kind::Function(call) => Ok(expr_object(vm, Expr::comma_list(call.arguments.clone(), false))),
            Kind::Case { .. } => Err(missing(vm, &args, "clauses")),
            _ => Err(missing(vm, &args, "clauses")),
        }
    }),
    ("packagenames", |vm, args| match own(vm, &args)?.kind() {
        Kind::Function(call) => Ok(Object::tuple(call.packages.iter().map(Object::str).collect())),
        _ => Err(missing(vm, &args, "packagenames")),
    }),
    ("collation", |vm, args| match own(vm, &args)?.kind() {
        Kind::Collation(name) => Ok(Object::str(name)),
        _ => Err(missing(vm, &args, "collation")),
    }),
    ("effective_value", |vm, args| match own(vm, &args)?.kind() {
        Kind::Bind(bind) => bound(vm, &bind.value, true),
        _ => Err(missing(vm, &args, "effective_value")),
    }),
    ("callable", |vm, args| match own(vm, &args)?.kind() {
        Kind::Bind(bind) => match &bind.value {
            BindValue::Callable(code) => Ok(values::kept_code(code)),
            _ => Ok(Object::None),
        },
        _ => Err(missing(vm, &args, "callable")),
    }),
    ("required", |vm, args| {
        bind_flag(vm, &args, "required", |bind| {
            matches!(bind.value, BindValue::Required | BindValue::ExpandingRequired)
        })
    }),
    ("unique", |vm, args| bind_flag(vm, &args, "unique", |bind| bind.unique)),
    ("expanding", |vm, args| bind_flag(vm, &args, "expanding", |bind| bind.value.is_expanding())),
    ("literal_execute", |vm, args| bind_flag(vm, &args, "literal_execute", |bind| bind.literal_execute)),
    ("isoutparam", |vm, args| bind_flag(vm, &args, "isoutparam", |_| false)),
];

/// The methods that look at expressions.
pub(super) const METHODS: &[(&str, NativeFn)] = &[
    ("__repr__", repr),
    ("shares_lineage", |vm, args| {
        let Some(other) = args.positional.get(1) else {
            return Err(
                vm.type_error("shares_lineage() missing 1 required positional argument: 'othercolumn'")
            );
        };
        let other = match to_expr(vm, other)? {
            Some(other) => other,
            None => return Err(expected(vm, "Column expression", other)),
        };
        let expr = own(vm, &args)?;
        let shared = peek(vm, |orm| {
            let (own, other) = (lineage(&orm.schema, &expr), lineage(&orm.schema, &other));
            own.iter().any(|one| other.iter().any(|other| one.is(other)))
        })?;
        Ok(Object::Bool(shared))
    }),
];

pub(super) fn own(vm: &mut Vm, args: &Args) -> PyResult<Expr> {
    require_expr(vm, &args.positional[0])
}

/// `bindparam.value`, which programs may set, and the value of a CASE.
pub(super) fn value(vm: &mut Vm, args: Args) -> PyResult<Object> {
    if let Some(set) = args.positional[0].as_instance().and_then(|own| own.get(visitors::SET_VALUE)) {
        return Ok(set);
    }
    match own(vm, &args)?.kind() {
        Kind::Bind(bind) => bound(vm, &bind.value, false),
        Kind::Case { value: Some(value), .. } => columns::of_expr(vm, value),
        Kind::Case { .. } => Ok(Object::None),
        _ => Err(missing(vm, &args, "value")),
    }
}

/// What a column is of.
pub(super) fn table(vm: &mut Vm, args: Args) -> PyResult<Object> {
    match own(vm, &args)?.kind() {
        Kind::Column(ColumnRef { from: Some(from), .. }) => froms::from_object(vm, from.clone()),
        Kind::Column(_) | Kind::Literal { .. } | Kind::Label { .. } => Ok(Object::None),
        _ => Err(missing(vm, &args, "table")),
    }
}

/// The foreign keys of a column: those of the table column that it is in the end.
pub(super) fn foreign_keys(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let keys = match column_base(vm, &args)? {
        Some(id) => {
            let column = schema::column_object(vm, id);
            super::foreign_keys::foreign_key_objects(vm, &column)?
        }
        None => Vec::new(),
    };
    let frozen = column_base(vm, &args)?.is_none();
    Ok(Object::Set(Rc::new(Set::from_items(vm, frozen, keys)?)))
}

/// The error of an attribute that an expression does not have.
pub(super) fn missing(vm: &mut Vm, args: &Args, name: &str) -> crate::object::Unwind {
    let class = vm.class_of(&args.positional[0]).name();
    let class = class.as_str();
    let message = format!("Neither '{class}' object nor 'Comparator' object has an attribute '{name}'");
    vm.error(&vm.exceptions.attribute_error.clone(), message)
}

fn part(vm: &mut Vm, args: &Args, name: &str, pick: fn(&Kind) -> Option<Expr>) -> PyResult<Object> {
    let expr = own(vm, args)?;
    match pick(expr.kind()) {
        Some(part) => columns::of_expr(vm, &part),
        None => Err(missing(vm, args, name)),
    }
}

fn bind_flag(
    vm: &mut Vm,
    args: &Args,
    name: &str,
    look: fn(&ormscope::sql::Bind) -> bool,
) -> PyResult<Object> {
    match own(vm, args)?.kind() {
        Kind::Bind(bind) => Ok(Object::Bool(look(bind))),
        _ => Err(missing(vm, args, name)),
    }
}

/// What a bind holds; with `effective`, what program code gives is asked for.
pub(super) fn bound(vm: &mut Vm, value: &BindValue, effective: bool) -> PyResult<Object> {
    match value {
        // Only the value that stands for JSON's null is bound as JSON.
        BindValue::One(ormscope::types::Value::Json(_)) => Ok(super::classes(vm).types.json_null()),
        BindValue::One(value) => values::to_object(vm, value),
        BindValue::Expanding(values) => {
            let values = values.iter().map(|value| values::to_object(vm, value));
            Ok(Object::list(values.collect::<PyResult<Vec<_>>>()?))
        }
        BindValue::ExpandingRows(rows, _) => {
            let mut list = Vec::new();
            for row in rows {
                let row = row.iter().map(|value| values::to_object(vm, value));
                list.push(Object::tuple(row.collect::<PyResult<Vec<_>>>()?));
            }
            Ok(Object::list(list))
        }
        BindValue::Callable(code) if effective => values::call_kept(vm, code),
        BindValue::Callable(_) | BindValue::Required | BindValue::ExpandingRequired => Ok(Object::None),
    }
}

/// The table column that a column is in the end.
fn column_base(vm: &mut Vm, args: &Args) -> PyResult<Option<ormscope::types::ColumnId>> {
    Ok(match own(vm, args)?.kind() {
        Kind::Column(column) => column.base,
        _ => None,
    })
}

fn ancestors(vm: &mut Vm, args: &Args) -> PyResult<Vec<Object>> {
    let expr = own(vm, args)?;
    let all = peek(vm, |orm| lineage(&orm.schema, &expr))?;
    all.iter().map(|one| columns::of_expr(vm, one)).collect()
}

/// The `key` of a bind: what an anonymous one's name is made from when it is compiled.
pub(super) fn bind_name(bind: &Rc<ormscope::sql::Bind>) -> Rc<str> {
    if !bind.unique {
        return Rc::clone(&bind.key);
    }
    let identity = Expr::from(Rc::clone(bind)).identity();
    ormscope::sql::Name::anonymous(identity, &bind.key).pattern(bind.id.number() as usize)
}

/// The name that an expression has in the program.
fn name_of(expr: &Expr) -> Option<Rc<str>> {
    match expr.kind() {
        Kind::Column(column) => Some(column.name.pattern(0)),
        Kind::Label { name, .. } => Some(name.pattern(0)),
        Kind::Bind(bind) => Some(bind_name(bind)),
        Kind::Function(call) => Some(Rc::clone(&call.name)),
        Kind::Literal { text, .. } => Some(Rc::clone(text)),
        Kind::NextValue(_) => Some("next_value".into()),
        Kind::Program(element) => element.name.clone(),
        _ => None,
    }
}

/// The name that stands in its `repr`.
fn description(expr: &Expr) -> Option<Rc<str>> {
    match expr.kind() {
        Kind::Bind(_) => None,
        _ => name_of(expr),
    }
}

/// `repr(expression)`
pub(super) fn repr(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = &args.positional[0];
    let expr = own(vm, &args)?;
    if matches!(expr.kind(), Kind::Bind(_)) {
        let value = value(vm, Args::positional(vec![this.clone()]))?;
        let value = vm.repr(&value)?;
        let sql_type = types::type_object(vm, expr.sql_type());
        let sql_type = vm.repr(&sql_type)?;
        let key = ormscope::types::python_str(&name_of(&expr).unwrap_or_default());
        let text = format!("BindParameter({key}, {}, type_={})", value.as_str(), sql_type.as_str());
        return Ok(Object::str(text));
    }
    if let Kind::Column(column) = expr.kind()
        && let (Some(id), Some(from)) = (column.base, &column.from)
    {
        return proxy_repr(vm, column, id, from);
    }
    Ok(Object::str(match description(&expr) {
        Some(description) => selectables::friendly(vm, this, &description),
        None => plain_repr(vm, this),
    }))
}

/// `object.__repr__`
pub(super) fn plain_repr(vm: &mut Vm, this: &Object) -> String {
    let class = vm.class_of(this);
    let module = class.module.borrow().as_str().to_string();
    let address = this.address().unwrap_or_default();
    format!("<{module}.{} object at 0x{address:012x}>", class.name().as_str())
}

/// A table's column as an alias or a subquery has it.
fn proxy_repr(
    vm: &mut Vm,
    column: &ColumnRef,
    id: ormscope::types::ColumnId,
    from: &From,
) -> PyResult<Object> {
    let owner = froms::from_object(vm, from.clone())?;
    let owner = vm.get_attr(&owner, "description")?;
    let owner = vm.str(&owner)?;
    let definition = proxied(vm, column, id)?;
    Ok(Object::str(definition.repr(Some(owner.as_str()))))
}

/// What is known of a table's column as an alias or a subquery has it.
fn proxied(
    vm: &mut Vm,
    column: &ColumnRef,
    id: ormscope::types::ColumnId,
) -> PyResult<ormscope::schema::Column> {
    let table = peek(vm, |orm| orm.schema.column(id).clone())?;
    let mut made = ormscope::schema::Column::new(&*column.name.pattern(0), column.sql_type.clone());
    made.key = column.key.to_string();
    made.primary_key = table.primary_key;
    made.nullable = table.nullable;
    made.foreign_keys = table.foreign_keys;
    Ok(made)
}

/// The same for an object, where it is such a column.
pub(super) fn proxy_definition(vm: &mut Vm, object: &Object) -> PyResult<Option<ormscope::schema::Column>> {
    let Some(data) = object.native::<ExprData>() else { return Ok(None) };
    match data.expr.kind() {
        Kind::Column(column) => match column.base {
            Some(id) => proxied(vm, column, id).map(Some),
            None => Ok(None),
        },
        _ => Ok(None),
    }
}

/// `str(column)`: a column is named with what it is of.
pub(super) fn print(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let expr = own(vm, &args)?;
    if let Kind::Column(ColumnRef { from: Some(from), name, .. }) = expr.kind()
        && let Some(name) = name.fixed()
    {
        let owner = froms::from_object(vm, from.clone())?;
        let owner = vm.get_attr(&owner, "description")?;
        let owner = vm.str(&owner)?;
        return Ok(Object::str(format!("{}.{name}", owner.as_str())));
    }
    let text = printing::expression_text(vm, &expr, Dialect::Default)?;
    Ok(Object::str(text))
}
