//! What can stand in FROM: tables that are only named, aliases, joins, CTEs,
//! values; and their columns.
//!
//! SQLAlchemy counterpart: `FromClause` and its kin in `sqlalchemy.sql.selectable`.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use ormscope::sql::compiler::{Dialect, from_to_text, join_condition};
use ormscope::sql::{
    Alias, AliasKind, AliasOf, AnonId, ColumnRef, Cte, Expr, From, JoinKind, Kind, PlainTable, Select,
};
use ormscope::types::SqlType;

use super::arguments::{Arguments, items};
use super::expressions::{ExprData, expr_object, require_expr};
use super::operands::{expected, require_on, to_expr};
use super::textual::TextualData;
use super::{classes, columns, dml, errors, mapping, peek, schema, select, selectables, with_orm};
use crate::object::{Args, Class, ClassBuilder, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of everything here: an element of FROM.
pub(super) struct FromData {
    /// The element.
    pub(super) from: From,
    /// Its columns, once they were asked for.
    pub(super) columns: RefCell<Option<Object>>,
    /// The statement's object that it was made of.
    pub(super) element: RefCell<Option<Object>>,
}

/// Methods that everything in FROM has.
const COMMON: &[(&str, NativeFn)] = &[
    ("select", |vm, args| {
        let mut args = args;
        let own = args.positional[0].clone();
        if !peek(vm, |orm| orm.legacy)? {
            return select::select(vm, Args::positional(vec![own]));
        }
        // The legacy era takes conditions and the rest as select([…]) does.
        if vm.class_of(&own).is_subclass_of(&classes(vm).join) {
            args.keyword.push((vm.intern("from_obj"), own.clone()));
        }
        args.positional[0] = Object::list(vec![own]);
        select::select(vm, args)
    }),
    ("join", |vm, args| join(vm, args, false)),
    ("outerjoin", |vm, args| join(vm, args, true)),
    ("alias", alias),
    ("tablesample", tablesample),
    ("table_valued", |vm, args| {
        let from = require_from(vm, &args.positional[0])?;
        Ok(expr_object(vm, Expr::new(Kind::Row { from, sql_type: SqlType::Null })))
    }),
    ("corresponding_column", |vm, args| {
        let mut positional = args.positional;
        positional[0] = vm.get_attr(&positional[0], "c")?;
        super::columns::corresponding_column(vm, Args::positional(positional))
    }),
    ("is_derived_from", |vm, args| {
        let (own, other) = (require_from(vm, &args.positional[0])?, require_from(vm, &args.positional[1])?);
        Ok(Object::Bool(own.is_derived_from(&other)))
    }),
];

/// The base of what can stand in FROM.
pub(super) fn from_clause_class(clause: &Rc<Class>) -> Rc<Class> {
    let mut builder = Class::builder("FromClause").module("sqlalchemy.sql.selectable").base(clause);
    builder = builder.attribute("is_selectable", Object::Bool(true));
    for (name, call) in COMMON {
        builder = builder.method(name, *call);
    }
    for (name, get) in selectables::GETTERS {
        builder = builder.getter(name, *get);
    }
    builder
        .method("__repr__", selectables::repr)
        .method("insert", dml::new_insert)
        .method("update", dml::new_update)
        .method("delete", dml::new_delete)
        .method("compile", super::compiled::compile_statement)
        .build()
}

/// The classes of FROM elements that have no methods of their own.
pub(super) fn from_class(base: &Rc<Class>, name: &str) -> Rc<Class> {
    named(name, base).build()
}

pub(super) fn named(name: &str, base: &Rc<Class>) -> ClassBuilder {
    Class::builder(name).module("sqlalchemy.sql.selectable").base(base).method("__str__", print)
}

fn print(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let from = require_from(vm, &args.positional[0])?;
    let text = |vm: &mut Vm, from: &From| peek(vm, |orm| from_to_text(&orm.schema, from, Dialect::Default));
    if let From::Values(values) = &from
        && values.rows.iter().any(|row| row.len() != values.columns.len())
    {
        // It refuses as it does in a statement.
        return super::printing::print_statement(vm, args);
    }
    let From::Alias(alias) = &from else { return text(vm, &from).map(Object::str) };
    match (&alias.kind, &alias.of) {
        // By itself an alias is what it names, and a table in FROM is only named there.
        (AliasKind::Inline, AliasOf::From(inner)) => {
            let mut inner = inner;
            while let From::Alias(alias) = inner
                && let (AliasKind::Inline, AliasOf::From(next)) = (&alias.kind, &alias.of)
            {
                inner = next;
            }
            match inner {
                From::Table(_) | From::Plain(_) => Ok(Object::str("")),
                inner => text(vm, inner).map(Object::str),
            }
        }
        (AliasKind::Lateral, _) => Ok(Object::str(format!("LATERAL ({})", text(vm, &from)?))),
        _ => text(vm, &from).map(Object::str),
    }
}

/// The class of `table()`.
pub(super) fn table_clause_class(base: &Rc<Class>) -> Rc<Class> {
    let builder = Class::builder("TableClause").module("sqlalchemy.sql.selectable").base(base);
    super::element_constructors::made_by(builder, table)
        .method("__str__", |vm, args| {
            let from = require_from(vm, &args.positional[0])?;
            let From::Plain(table) = &from else { return Ok(Object::None) };
            Ok(Object::str(match &table.schema {
                Some(owner) => format!("{owner}.{}", table.name),
                None => table.name.to_string(),
            }))
        })
        .getter("fullname", |vm, args| {
            let text = vm.str(&args.positional[0])?;
            Ok(Object::Str(text))
        })
        .getter("key", |vm, args| vm.get_attr(&args.positional[0], "fullname"))
        .getter("schema", |vm, args| {
            let from = require_from(vm, &args.positional[0])?;
            Ok(match &from {
                From::Plain(table) => table.schema.as_ref().map_or(Object::None, Object::str),
                _ => Object::None,
            })
        })
        .build()
}

/// `table("name", column(…), …)`
pub(super) fn table(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("table", args);
    let name = args.require(vm, "name")?;
    let name = vm.str(&name)?;
    let schema = args.keyword("schema").and_then(|name| name.as_str().map(Rc::from));
    let mut columns = Vec::new();
    for object in args.rest() {
        let Some(expr) = to_expr(vm, &object)? else { return Err(vm.attribute_error(&object, "table")) };
        match expr.kind() {
            Kind::Column(column) => {
                columns.push((
                    Rc::clone(column.name.base()),
                    Rc::clone(&column.key),
                    column.sql_type.clone(),
                ));
            }
            _ => return Err(expected(vm, "Column expression", &object)),
        }
    }
    let unknown = args.keywords();
    if !unknown.is_empty() {
        let names: Vec<String> =
            unknown.iter().map(|(name, _)| ormscope::types::python_str(name.as_str())).collect();
        let message = format!("Unsupported argument(s): [{}]", names.join(", "));
        return Err(errors::error(vm, "ArgumentError", message));
    }
    let table = PlainTable { id: AnonId::fresh(), name: name.as_str().into(), schema, columns };
    from_object(vm, From::Plain(Rc::new(table)))
}

/// What an object is in FROM, where it can stand there.
pub(super) fn to_from(vm: &mut Vm, object: &Object) -> PyResult<Option<From>> {
    if let Some(from) = plain_from(vm, object)? {
        return Ok(Some(from));
    }
    match mapping::known_entity(vm, object)? {
        Some(entity) => Ok(Some(peek(vm, |orm| orm.entity_from(&entity))?)),
        None => Ok(None),
    }
}

/// The same for what is not mapped.
pub(super) fn plain_from(_vm: &mut Vm, object: &Object) -> PyResult<Option<From>> {
    if let Some(table) = object.native::<schema::TableObject>() {
        return Ok(Some(From::Table(table.id)));
    }
    Ok(object.native::<FromData>().map(|data| data.from.clone()))
}

/// What an object is in FROM, functions and text included.
pub(super) fn require_from(vm: &mut Vm, object: &Object) -> PyResult<From> {
    if let Some(from) = to_from(vm, object)? {
        return Ok(from);
    }
    if let Some(data) = object.native::<super::program_elements::ProgramData>() {
        let class = classes(vm).from_clause.clone();
        if vm.is_instance(object, &class) {
            return super::program_elements::to_expr(vm, object, &data).map(From::Function);
        }
    }
    if let Some(text) = object.native::<super::expressions::TextData>() {
        return Ok(From::Text(Rc::clone(&text.statement)));
    }
    if let Some(data) = object.native::<ExprData>()
        && matches!(data.expr.kind(), Kind::Function(_))
    {
        return Ok(From::Function(data.expr.clone()));
    }
    if object.native::<select::SelectData>().is_some() || object.native::<TextualData>().is_some() {
        let what = "FROM expression, such as a Table or alias() object";
        return Err(statement_refused(vm, what, object)?);
    }
    if let Object::Str(text) = object {
        return Err(super::operands::textual(vm, text.as_str()));
    }
    Err(expected(vm, "FROM expression, such as a Table or alias() object", object))
}

/// The error of a statement that must be a subquery first.
pub(super) fn statement_refused(vm: &mut Vm, what: &str, object: &Object) -> PyResult<crate::object::Unwind> {
    let repr = vm.repr(object)?;
    let class = vm.class_of(object).name();
    let message = format!(
        "{what} expected, got {}. To create a FROM clause from a <class 'sqlalchemy.sql.selectable.{}'> object, use the .subquery() method.",
        repr.as_str(),
        class.as_str()
    );
    Ok(errors::coded(vm, "ArgumentError", message, "89ve"))
}

/// Whether an object is text or a statement, which stands for no value.
pub(super) fn is_textual(object: &Object) -> bool {
    object.native::<super::expressions::TextData>().is_some()
        || object.native::<select::SelectData>().is_some()
        || object.native::<TextualData>().is_some()
}

/// Whether an object is of a kind that is written in FROM, or nearly so.
pub(super) fn is_from_like(object: &Object) -> bool {
    object.native::<super::expressions::TextData>().is_some()
        || object.native::<select::SelectData>().is_some()
        || object.native::<TextualData>().is_some()
        || object.native::<ExprData>().is_some_and(|data| matches!(data.expr.kind(), Kind::Function(_)))
}

/// An element of FROM as a Python object of the class that SQLAlchemy gives it.
pub(super) fn from_object(vm: &mut Vm, from: From) -> PyResult<Object> {
    let own = classes(vm);
    let class = match &from {
        From::Table(id) => {
            let known = vm.library.sqlalchemy.tables.get(id).cloned();
            return Ok(known.unwrap_or(Object::None));
        }
        From::Plain(_) => &own.table_clause,
        From::Join(_) => &own.join,
        From::Values(_) => &own.values,
        From::Function(function) => return Ok(expr_object(vm, function.clone())),
        From::Text(text) => {
            let data = super::expressions::TextData { statement: Rc::clone(text) };
            return Ok(Instance::native(&own.text, data));
        }
        From::Alias(alias) => match (&alias.kind, &alias.of) {
            (AliasKind::Cte(_), _) => &own.cte,
            (AliasKind::Lateral, _) => &own.lateral,
            (AliasKind::TableSample { .. }, _) => &own.table_sample,
            (AliasKind::TableValued(_), _) => &own.table_valued,
            (AliasKind::Inline, AliasOf::Statement(_)) => &own.subquery,
            (AliasKind::Inline, AliasOf::From(_)) => &own.alias,
        },
    };
    let identity = from.identity();
    let known = vm.library.sqlalchemy.froms.get(&identity).and_then(Weak::upgrade).map(Object::Instance);
    if let Some(known) = known
        && known.native::<FromData>().is_some_and(|data| same_element(&data.from, &from))
    {
        return Ok(known);
    }
    let data = FromData { from, columns: RefCell::default(), element: RefCell::default() };
    let made = Instance::native(class, data);
    let froms = &mut vm.library.sqlalchemy.froms;
    if froms.len() >= froms.capacity() {
        froms.retain(|_, object| object.strong_count() > 0);
    }
    if let Object::Instance(made) = &made {
        froms.insert(identity, Rc::downgrade(made));
    }
    Ok(made)
}

/// Whether two are not only the same element but unchanged since.
pub(super) fn same_element(a: &From, b: &From) -> bool {
    match (a, b) {
        (From::Plain(a), From::Plain(b)) => Rc::ptr_eq(a, b),
        (From::Alias(a), From::Alias(b)) => Rc::ptr_eq(a, b),
        (From::Join(a), From::Join(b)) => Rc::ptr_eq(a, b),
        (From::Values(a), From::Values(b)) => Rc::ptr_eq(a, b),
        _ => false,
    }
}

fn join(vm: &mut Vm, args: Args, outer: bool) -> PyResult<Object> {
    let mut args = Arguments::new("join", args);
    let left = args.require(vm, "left")?;
    let left = require_from(vm, &left)?;
    let right = args.require(vm, "right")?;
    let right = require_from(vm, &right)?;
    let on = args.take("onclause").filter(|on| !on.is_none());
    let outer = outer || args.flag(vm, "isouter", false)?;
    let full = args.flag(vm, "full", false)?;
    let on = match on {
        Some(on) => require_on(vm, &on)?.as_condition(),
        None => with_orm(vm, |orm, _| Ok(join_condition(&orm.schema, &left, &right)?))?,
    };
    let kind = if full { JoinKind::Full } else { JoinKind::outer(outer) };
    from_object(vm, From::joined(left, right, on, kind))
}

/// The functions of this file by the names under which `sqlalchemy` has them.
pub(super) const FUNCTIONS: &[(&str, NativeFn)] = &[
    ("table", table),
    ("values", super::valued::values),
    ("join", |vm, args| join(vm, args, false)),
    ("outerjoin", |vm, args| join(vm, args, true)),
    ("alias", alias),
    ("subquery", |vm, args| {
        let mut args = Arguments::new("subquery", args);
        let select = args.require(vm, "selectable")?;
        let name = args.take("name").into_iter();
        vm.call_method(&select, "subquery", name.collect())
    }),
    ("lateral", |vm, args| {
        let mut args = Arguments::new("lateral", args);
        let select = args.require(vm, "selectable")?;
        let name = args.take("name").into_iter();
        vm.call_method(&select, "lateral", name.collect())
    }),
    ("cte", |vm, args| {
        let select = args.positional[0].clone();
        let method = vm.get_attr(&select, "cte")?;
        vm.call(&method, Args { positional: args.positional[1..].to_vec(), keyword: args.keyword })
    }),
    ("tablesample", tablesample),
];

fn alias(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("alias", args);
    let own = args.receiver();
    let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
    if own.native::<select::SelectData>().is_some() && peek(vm, |orm| orm.legacy)? {
        let name = name.map(|name| Object::str(&name)).into_iter().collect();
        return vm.call_method(&own, "subquery", name);
    }
    let from = require_from(vm, &own)?;
    match &from {
        From::Alias(inner) => {
            if let AliasKind::Cte(cte) = &inner.kind {
                let original = cte.alias_of.clone().unwrap_or_else(|| Rc::clone(inner));
                let cte = Cte { alias_of: Some(original), ..cte.clone() };
                let alias = Alias::new(inner.of.clone(), name.as_deref(), AliasKind::Cte(cte));
                return from_object(vm, From::Alias(alias));
            }
        }
        // The legacy era makes a select of it.
        From::Join(_) if peek(vm, |orm| orm.legacy)? => {
            let select = Select {
                label_style: ormscope::sql::LabelStyle::TablePlusColumn,
                from: vec![from.clone()],
                correlation: ormscope::sql::Correlation::To(Vec::new()),
                ..Select::from([from.clone()])
            };
            return from_object(vm, From::Alias(select.subquery(name.as_deref())));
        }
        _ => {}
    }
    from_object(vm, From::Alias(from.aliased(name.as_deref())))
}

fn tablesample(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("tablesample", args);
    let from = args.require(vm, "selectable")?;
    let from = require_from(vm, &from)?;
    let sampling = args.require(vm, "sampling")?;
    let method = match to_expr(vm, &sampling)? {
        Some(expr) if matches!(expr.kind(), Kind::Function(_)) => expr,
        Some(expr) => Expr::function(&["system"], vec![expr]),
        None => {
            let value = super::operands::named_expr(vm, &sampling, "system")?;
            Expr::function(&["system"], vec![value])
        }
    };
    let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
    let seed = match args.take("seed").filter(|seed| !seed.is_none()) {
        Some(seed) => Some(require_expr(vm, &seed)?),
        None => None,
    };
    let kind = AliasKind::TableSample { method, seed };
    from_object(vm, From::Alias(Alias::new(AliasOf::From(from), name.as_deref(), kind)))
}

/// A column of something in FROM: a `Column` where it is one in the end, so that
/// it comes first in comparisons with others.
pub(super) fn column_object(vm: &mut Vm, column: ColumnRef) -> PyResult<Object> {
    if let (Some(From::Table(_)), Some(id)) = (&column.from, column.base) {
        return Ok(schema::column_object(vm, id));
    }
    if let Some(from) = &column.from
        && let Some(known) = columns::known(vm, from, &column)
    {
        return Ok(known);
    }
    Ok(expr_object(vm, Expr::from(column)))
}

/// Several objects that can stand in FROM, from a list or one by one.
pub(super) fn froms(vm: &mut Vm, objects: &[Object]) -> PyResult<Vec<From>> {
    let mut found = Vec::new();
    for object in objects {
        for item in items(vm, object)? {
            found.push(require_from(vm, &item)?);
        }
    }
    Ok(found)
}
