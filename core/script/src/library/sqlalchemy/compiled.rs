//! `statement.compile(…)` and what programs read from the result.
//!
//! SQLAlchemy counterpart: `Compiled` and `SQLCompiler` of `sqlalchemy.sql.compiler`.

use std::rc::Rc;

use ormscope::sql::compiler::{
    Compiled, Dialect, Given, Kind, ParamStyle, Parameter, Source, escaped, with_schemas,
};
use ormscope::sql::{Bind, BindValue, Expr};

use super::arguments::Arguments;
use super::expressions::expr_object;
use super::printing::{compiled, own_dialect};
use super::{classes, errors, receiver, values};
use crate::builtins::{Dict, Set};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a compiled statement.
struct CompiledData {
    compiled: Compiled,
    binds: Vec<Rc<Bind>>,
    statement: Object,
    dialect: Dialect,
    /// Whether its parameters go by their places.
    positional: bool,
    /// The dialect's object, where the program gave one.
    dialect_object: Option<Object>,
    /// The keys that values were announced for: `column_keys`.
    keys: Vec<Rc<str>>,
}

/// `statement.compile(dialect=…)`: an object whose `str` is the SQL.
pub(super) fn compile_statement(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("compile", args);
    let this = args.receiver();
    let dialect_object = args.keyword("dialect").filter(|given| !given.is_none());
    let bind = args.take("bind").filter(|given| !given.is_none());
    let (dialect, dialect_object) = match (dialect_object, bind) {
        (Some(object), _) => (super::engine::dialect_of(vm, &object)?, Some(object)),
        (None, Some(bind)) => {
            let object = vm.get_attr(&bind, "dialect")?;
            (super::engine::dialect_of(vm, &object)?, Some(object))
        }
        (None, None) => (own_dialect(&this), None),
    };
    let mut given = Given::default();
    if let Some(object) = &dialect_object {
        let options = super::dialect::options_of(vm, object)?;
        given.label_length = options.names();
        given.paramstyle = options.paramstyle;
    }
    let mut schemas = Vec::new();
    if let Some(Object::Dict(map)) = args.keyword("schema_translate_map") {
        let of_none = map.items().iter().any(|(from, _)| from.is_none());
        given.schemas_later = (!map.is_empty()).then_some(of_none);
        let name = |schema: &Object| schema.as_str().map(Rc::<str>::from);
        schemas.extend(map.items().iter().map(|(from, to)| (name(from), name(to))));
    }
    let renders_schemas = args.flag(vm, "render_schema_translate", false)?;
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
    let (mut compiled, binds) = compiled(vm, &this, dialect, &given)?;
    if renders_schemas {
        compiled.sql = super::with_orm(vm, |_, _| Ok(with_schemas(&compiled.sql, &schemas, dialect)?))?;
    }
    let positional = given.paramstyle.map_or_else(|| is_positional(dialect), ParamStyle::is_positional);
    let name = class_name(compiled.kind, dialect, dialect_object.is_some());
    let own = classes(vm);
    let class = own.compilers.iter().find(|class| class.name().as_str() == name);
    let class = class.unwrap_or(&own.compilers[0]);
    let keys = given.keys.unwrap_or_default();
    let data = CompiledData { compiled, binds, statement: this, dialect, positional, dialect_object, keys };
    Ok(Instance::native(class, data))
}

/// SQLAlchemy's compiler class for a kind of statement and a dialect.
pub(super) fn class_name(kind: Kind, dialect: Dialect, given: bool) -> &'static str {
    match (kind, dialect) {
        (Kind::Ddl, Dialect::Sqlite) => "SQLiteDDLCompiler",
        (Kind::Ddl, Dialect::Postgresql) => "PGDDLCompiler",
        (Kind::Ddl, Dialect::Mysql) => "MySQLDDLCompiler",
        (Kind::Ddl, Dialect::Oracle) => "OracleDDLCompiler",
        (Kind::Ddl, Dialect::Mssql) => "MSDDLCompiler",
        (Kind::Ddl, Dialect::Default) => "DDLCompiler",
        (_, Dialect::Sqlite) => "SQLiteCompiler",
        (_, Dialect::Postgresql) => "PGCompiler_psycopg",
        (_, Dialect::Mysql) => "MySQLCompiler_mysqldb",
        (_, Dialect::Oracle) => "OracleCompiler_cx_oracle",
        (_, Dialect::Mssql) => "MSSQLCompiler",
        (_, Dialect::Default) if given => "SQLCompiler",
        (_, Dialect::Default) => "StrSQLCompiler",
    }
}

/// The compilers of DDL, and where they are.
pub(super) const DDL_COMPILERS: [(&str, &str); 5] = [
    ("SQLiteDDLCompiler", "sqlalchemy.dialects.sqlite.base"),
    ("PGDDLCompiler", "sqlalchemy.dialects.postgresql.base"),
    ("MySQLDDLCompiler", "sqlalchemy.dialects.mysql.base"),
    ("OracleDDLCompiler", "sqlalchemy.dialects.oracle.base"),
    ("MSDDLCompiler", "sqlalchemy.dialects.mssql.base"),
];

/// The classes of compilers; every one derives from the first.
pub(super) fn compiler_classes() -> Vec<Rc<Class>> {
    let mut builder = Class::builder("Compiled").module("sqlalchemy.sql.compiler");
    for (name, call) in METHODS {
        builder = builder.method(name, *call);
    }
    for (name, get) in GETTERS {
        builder = builder.getter(name, *get);
    }
    let base = builder.build();
    let kind =
        |name: &str, module: &str, base: &Rc<Class>| Class::builder(name).module(module).base(base).build();
    let mut sql = Class::builder("SQLCompiler").module("sqlalchemy.sql.compiler").base(&base);
    for (name, get) in SQL_GETTERS {
        sql = sql.getter(name, *get);
    }
    let sql = sql.build();
    let ddl = kind("DDLCompiler", "sqlalchemy.sql.compiler", &base);
    let of_sql = [
        ("StrSQLCompiler", "sqlalchemy.sql.compiler"),
        ("SQLiteCompiler", "sqlalchemy.dialects.sqlite.base"),
        ("PGCompiler_psycopg", "sqlalchemy.dialects.postgresql.psycopg"),
        ("MySQLCompiler_mysqldb", "sqlalchemy.dialects.mysql.mysqldb"),
        ("OracleCompiler_cx_oracle", "sqlalchemy.dialects.oracle.cx_oracle"),
        ("MSSQLCompiler", "sqlalchemy.dialects.mssql.base"),
    ];
    let mut all = vec![Rc::clone(&sql), Rc::clone(&ddl), base];
    all.extend(of_sql.map(|(name, module)| kind(name, module, &sql)));
    all.extend(DDL_COMPILERS.iter().map(|(name, module)| kind(name, module, &ddl)));
    all
}

fn own(vm: &mut Vm, args: &Args) -> PyResult<Rc<CompiledData>> {
    receiver::<CompiledData>(vm, &args.positional[0])
}

const METHODS: &[(&str, NativeFn)] = &[
    ("__str__", |vm, args| Ok(Object::str(&own(vm, &args)?.compiled.sql))),
    ("construct_params", |vm, args| {
        let mut args = Arguments::new("construct_params", args);
        let data = receiver::<CompiledData>(vm, &args.receiver())?;
        let given = args.take("params");
        let check = args.flag(vm, "_check", true)?;
        params(vm, &data, given.as_ref(), check)
    }),
];

const GETTERS: &[(&str, NativeFn)] = &[
    ("string", |vm, args| Ok(Object::str(&own(vm, &args)?.compiled.sql))),
    ("params", |vm, args| {
        let data = own(vm, &args)?;
        params(vm, &data, None, false)
    }),
    ("statement", |vm, args| Ok(own(vm, &args)?.statement.clone())),
    ("dialect", |vm, args| {
        let data = own(vm, &args)?;
        match &data.dialect_object {
            Some(object) => Ok(object.clone()),
            None => super::engine::dialect_object(vm, data.dialect),
        }
    }),
    ("preparer", |vm, args| {
        let data = own(vm, &args)?;
        Ok(super::preparer::of(vm, data.dialect))
    }),
    ("sql_compiler", |_, args| Ok(args.positional[0].clone())),
    ("is_ddl", |vm, args| is(vm, &args, |kind| kind == Kind::Ddl)),
    ("is_sql", |vm, args| is(vm, &args, |kind| kind != Kind::Ddl)),
];

const SQL_GETTERS: &[(&str, NativeFn)] = &[
    ("positional", |vm, args| Ok(Object::Bool(own(vm, &args)?.positional))),
    ("positiontup", |vm, args| {
        let data = own(vm, &args)?;
        if !data.positional {
            return Ok(Object::None);
        }
        let names = data.compiled.parameters.iter().map(|parameter| Object::str(&parameter.name));
        Ok(Object::list(names.collect()))
    }),
    ("isinsert", |vm, args| is(vm, &args, |kind| kind == Kind::Insert)),
    ("isupdate", |vm, args| is(vm, &args, |kind| kind == Kind::Update)),
    ("isdelete", |vm, args| is(vm, &args, |kind| kind == Kind::Delete)),
    ("isplaintext", |vm, args| is(vm, &args, |kind| kind == Kind::Text)),
    ("bind_names", |vm, args| {
        let data = own(vm, &args)?;
        let pairs = distinct(&data).into_iter().map(|parameter| {
            let bind = bind_object(vm, &data, parameter);
            (bind, Object::str(&parameter.name))
        });
        let pairs: Vec<_> = pairs.collect();
        Dict::from_items(vm, pairs)
    }),
    ("binds", |vm, args| {
        let data = own(vm, &args)?;
        let mut pairs = Vec::new();
        for parameter in distinct(&data) {
            let bind = bind_object(vm, &data, parameter);
            let key = vm.get_attr(&bind, "key")?;
            pairs.push((key, bind.clone()));
            pairs.push((Object::str(&parameter.name), bind));
        }
        Dict::from_items(vm, pairs)
    }),
    ("literal_execute_params", |vm, args| {
        let data = own(vm, &args)?;
        let late = distinct(&data).into_iter().filter(|parameter| is_literal(&data, parameter));
        let late: Vec<Object> = late.map(|parameter| bind_object(vm, &data, parameter)).collect();
        Ok(Object::Set(Rc::new(Set::from_items(vm, true, late)?)))
    }),
    ("post_compile_params", |vm, args| {
        let data = own(vm, &args)?;
        let late = distinct(&data)
            .into_iter()
            .filter(|parameter| parameter.expanding_at.is_some() && !is_literal(&data, parameter));
        let late: Vec<Object> = late.map(|parameter| bind_object(vm, &data, parameter)).collect();
        Ok(Object::Set(Rc::new(Set::from_items(vm, true, late)?)))
    }),
];

fn is(vm: &mut Vm, args: &Args, test: fn(Kind) -> bool) -> PyResult<Object> {
    Ok(Object::Bool(test(own(vm, args)?.compiled.kind)))
}

fn is_positional(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Sqlite | Dialect::Mysql)
}

/// The parameters, each name once, in the order in which they were met.
fn distinct(data: &CompiledData) -> Vec<&Parameter> {
    let mut found: Vec<&Parameter> = Vec::new();
    let mut parameters: Vec<&Parameter> =
        data.compiled.parameters.iter().chain(&data.compiled.unwritten).collect();
    parameters.sort_by_key(|parameter| parameter.met);
    for parameter in parameters {
        if !found.iter().any(|known| known.name == parameter.name) {
            found.push(parameter);
        }
    }
    found
}

fn bind_of<'a>(data: &'a CompiledData, parameter: &Parameter) -> Option<&'a Rc<Bind>> {
    match parameter.source {
        Source::Bind(at) => data.binds.get(at),
        _ => None,
    }
}

fn is_literal(data: &CompiledData, parameter: &Parameter) -> bool {
    bind_of(data, parameter).is_some_and(|bind| bind.literal_execute)
}

/// The `bindparam()` of a parameter.
fn bind_object(vm: &mut Vm, data: &CompiledData, parameter: &Parameter) -> Object {
    let expr = match (bind_of(data, parameter), &parameter.source) {
        (Some(bind), _) => Expr::from(Rc::clone(bind)),
        (None, Source::Value(value)) => {
            let bind = Bind::named(&parameter.name, BindValue::One(value.clone()));
            Expr::from(Bind { sql_type: parameter.sql_type.clone(), ..bind })
        }
        (None, _) => {
            let bind = Bind::named(&parameter.name, BindValue::Required);
            Expr::from(Bind { sql_type: parameter.sql_type.clone(), ..bind })
        }
    };
    expr_object(vm, expr)
}

/// The values by the names of their parameters; with `check`, one that must be
/// given and is not is an error.
fn params(vm: &mut Vm, data: &CompiledData, given: Option<&Object>, check: bool) -> PyResult<Object> {
    if data.compiled.kind == Kind::Ddl {
        return Ok(Object::None);
    }
    let mut pairs: Vec<(crate::object::Name, Object)> = Vec::new();
    for parameter in distinct(data) {
        let bind = bind_of(data, parameter);
        let own = match given {
            Some(Object::Dict(dict)) => {
                let key = bind.map_or(&parameter.name, |bind| &bind.key);
                dict.get_str(key).or_else(|| dict.get_str(&parameter.name))
            }
            _ => None,
        };
        let value = match (own, &parameter.source) {
            (Some(value), _) => value,
            (None, Source::Value(value)) => values::to_object(vm, value)?,
            (None, Source::Constant(value)) => Object::Int(*value),
            (None, Source::Default(_) | Source::OnUpdate(_)) => Object::None,
            (None, Source::Bind(_)) => match bind.map(|bind| &bind.value) {
                Some(BindValue::Required | BindValue::ExpandingRequired) if check => {
                    return Err(required(vm, parameter));
                }
                Some(value) => super::elements::bound(vm, value, true)?,
                None => Object::None,
            },
            (None, Source::Given) if check => return Err(required(vm, parameter)),
            // Its value is still to come.
            (None, Source::Given) if data.keys.contains(&parameter.name) => {
                super::inspection::support(vm, "REQUIRED")?
            }
            (None, Source::Given) => Object::None,
        };
        pairs.push((vm.intern(&escaped(&parameter.name)), value));
    }
    Ok(Dict::from_names(pairs))
}

fn required(vm: &mut Vm, parameter: &Parameter) -> crate::object::Unwind {
    let message = format!("A value is required for bind parameter '{}'", parameter.name);
    errors::coded(vm, "InvalidRequestError", message, "cd3x")
}
