//! `str(statement)` and `statement.compile(…)`.
//!
//! SQLAlchemy counterpart: `Compiled`.

use std::rc::Rc;

use ormscope::sql::compiler::{Compiled, Dialect, Given, Source, compile, compile_expr, escaped};
use ormscope::sql::{Bind, BindValue, ConflictDialect, Expr, From, Statement};
use ormscope::types::Value;

use super::arguments::Arguments;
use super::select::to_statement;
use super::{classes, froms, peek, receiver, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `Compiled`.
struct CompiledData {
    compiled: Compiled,
    binds: Vec<Rc<Bind>>,
    statement: Object,
    dialect: Dialect,
    /// The keys that values were announced for: `column_keys`.
    keys: Vec<Rc<str>>,
}

/// The dialect that a statement is printed in where none is named: that of a
/// dialect's own `insert()`.
fn own_dialect(statement: &Object) -> Dialect {
    match statement.native::<super::dml::DmlData>().and_then(|data| data.dialect) {
        Some(ConflictDialect::Sqlite) => Dialect::Sqlite,
        Some(ConflictDialect::Postgresql) => Dialect::Postgresql,
        Some(ConflictDialect::Mysql) => Dialect::Mysql,
        None => Dialect::Default,
    }
}

/// `str(statement)`
pub(super) fn print_statement(vm: &mut Vm, args: Args) -> PyResult<Object> {
    // A statement of bound metadata is printed as its engine has it.
    let dialect = match super::connection::bound_engine_of(vm, &args.positional[0])? {
        Some(engine) => super::engine::dialect_of(vm, &engine)?,
        None => own_dialect(&args.positional[0]),
    };
    let (compiled, _) = compiled(vm, &args.positional[0], dialect, &Given::default())?;
    Ok(Object::str(compiled.sql))
}

/// An expression's text by itself.
pub(super) fn expression_text(vm: &mut Vm, expr: &Expr, dialect: Dialect) -> PyResult<String> {
    let given = Given { printed: true, ..Given::default() };
    with_orm(vm, |orm, _| Ok(compile_expr(&orm.schema, expr, dialect, &given)?.sql))
}

fn compiled(
    vm: &mut Vm,
    object: &Object,
    dialect: Dialect,
    given: &Given,
) -> PyResult<(Compiled, Vec<Rc<Bind>>)> {
    let given = Given { printed: true, ..given.clone() };
    let statement = match froms::plain_from(vm, object)? {
        Some(From::Alias(alias)) => match &alias.of {
            ormscope::sql::AliasOf::Statement(statement) => Some((**statement).clone()),
            ormscope::sql::AliasOf::From(_) => None,
        },
        Some(values @ From::Values(_)) => Some(Statement::Values(values)),
        _ => to_statement(vm, object)?,
    };
    let Some(statement) = statement else {
        return Err(vm.type_error("this is not a statement"));
    };
    let binds = statement.binds();
    let compiled = match &statement {
        Statement::Expr(expr) => {
            with_orm(vm, |orm, _| Ok(compile_expr(&orm.schema, expr, dialect, &given)?))?
        }
        statement => with_orm(vm, |orm, _| Ok(compile(&orm.schema, statement, dialect, &given)?))?,
    };
    Ok((compiled, binds))
}

/// `statement.compile(dialect=…)`: an object whose `str` is the SQL.
pub(super) fn compile_statement(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("compile", args);
    let this = args.receiver();
    let dialect = match args.take("bind").or_else(|| args.keyword("dialect")).filter(|given| !given.is_none())
    {
        Some(object) => super::engine::dialect_of(vm, &object)?,
        None => own_dialect(&this),
    };
    let mut given = Given::default();
    if let Some(Object::Dict(options)) = args.keyword("compile_kwargs") {
        let flag = |vm: &mut Vm, name: &str| match options.get_str(name) {
            Some(flag) => vm.truthy(&flag),
            None => Ok(false),
        };
        given.literal_binds = flag(vm, "literal_binds")?;
        given.render_postcompile = flag(vm, "render_postcompile")?;
    }
    if let Some(keys) = args.keyword("column_keys").filter(|keys| !keys.is_none()) {
        let mut names = Vec::new();
        for key in vm.collect(&keys)? {
            names.push(vm.str(&key)?.as_str().into());
        }
        given.keys = Some(names);
    }
    let (compiled, binds) = compiled(vm, &this, dialect, &given)?;
    let class = classes(vm).compiled.clone();
    let keys = given.keys.unwrap_or_default();
    Ok(Instance::native(&class, CompiledData { compiled, binds, statement: this, dialect, keys }))
}

/// The class of what `compile()` gives.
pub(super) fn compiled_class() -> Rc<Class> {
    Class::builder("SQLCompiler")
        .module("sqlalchemy.sql.compiler")
        .method("__str__", |vm, args| {
            let data = receiver::<CompiledData>(vm, &args.positional[0])?;
            Ok(Object::str(&data.compiled.sql))
        })
        .method("construct_params", |vm, args| {
            let mut args = Arguments::new("construct_params", args);
            let data = receiver::<CompiledData>(vm, &args.receiver())?;
            let given = args.take("params");
            params(vm, &data, given.as_ref())
        })
        .getter("string", |vm, args| {
            let data = receiver::<CompiledData>(vm, &args.positional[0])?;
            Ok(Object::str(&data.compiled.sql))
        })
        .getter("params", |vm, args| {
            let data = receiver::<CompiledData>(vm, &args.positional[0])?;
            params(vm, &data, None)
        })
        .getter("positiontup", |vm, args| {
            let data = receiver::<CompiledData>(vm, &args.positional[0])?;
            if !matches!(data.dialect, Dialect::Sqlite | Dialect::Mysql | Dialect::Mssql) {
                return Ok(Object::None);
            }
            let names = data.compiled.parameters.iter().map(|parameter| Object::str(&parameter.name));
            Ok(Object::list(names.collect()))
        })
        .getter("statement", |vm, args| {
            Ok(receiver::<CompiledData>(vm, &args.positional[0])?.statement.clone())
        })
        .getter("dialect", |vm, args| {
            let data = receiver::<CompiledData>(vm, &args.positional[0])?;
            Ok(super::engine::dialect_object(data.dialect))
        })
        .build()
}

/// The values by the names of their parameters, in the order in which they were met.
fn params(vm: &mut Vm, data: &CompiledData, given: Option<&Object>) -> PyResult<Object> {
    let mut pairs: Vec<(crate::object::Name, Object)> = Vec::new();
    let mut parameters: Vec<_> = data.compiled.parameters.iter().collect();
    parameters.sort_by_key(|parameter| parameter.met);
    for parameter in parameters {
        let name = vm.intern(&escaped(&parameter.name));
        if pairs.iter().any(|(known, _)| known.as_str() == name.as_str()) {
            continue;
        }
        let own = match given {
            Some(Object::Dict(dict)) => dict.get_str(&parameter.name),
            _ => None,
        };
        let value = match (own, &parameter.source) {
            (Some(value), _) => value,
            (None, Source::Bind(at)) => match data.binds.get(*at).map(|bind| &bind.value) {
                Some(BindValue::One(value)) => super::values::to_object(vm, value)?,
                Some(BindValue::Expanding(values)) => {
                    let values = values.iter().map(|value| super::values::to_object(vm, value));
                    Object::list(values.collect::<PyResult<Vec<_>>>()?)
                }
                Some(BindValue::ExpandingRows(rows, _)) => {
                    let mut list = Vec::new();
                    for row in rows {
                        let row = row.iter().map(|value| super::values::to_object(vm, value));
                        list.push(Object::tuple(row.collect::<PyResult<Vec<_>>>()?));
                    }
                    Object::list(list)
                }
                Some(BindValue::Callable(code)) => super::values::call_kept(vm, code)?,
                _ => Object::None,
            },
            (None, Source::Value(value)) => super::values::to_object(vm, value)?,
            (None, Source::Constant(value)) => Object::Int(*value),
            (None, Source::Default(id) | Source::OnUpdate(id)) => {
                let default = peek(vm, |orm| match &orm.schema.column(*id).default {
                    Some(ormscope::schema::ColumnDefault::Scalar(value)) => value.clone(),
                    _ => Value::Null,
                })?;
                match parameter.source {
                    Source::OnUpdate(_) => Object::None,
                    _ => super::values::to_object(vm, &default).map(|_| Object::None)?,
                }
            }
            // Its value is still to come.
            (None, Source::Given) if data.keys.contains(&parameter.name) => {
                super::inspection::support(vm, "REQUIRED")?
            }
            (None, Source::Given) => Object::None,
        };
        pairs.push((name, value));
    }
    Ok(Dict::from_names(pairs))
}
