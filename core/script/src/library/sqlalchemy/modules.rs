//! The modules by name: which names each of SQLAlchemy's modules has.

use std::rc::Rc;

use ormscope::sql::ConflictDialect;
use ormscope::sql::compiler::Dialect;

use super::errors::ErrorClasses;
use super::types::TypeClasses;
use super::{
    attribute_functions, classes, constructors, dbapi, declarative, dml, engine, events, froms, functions,
    inspection, lambdas, loaders, mapping, metadata, mock, peek, program_compiler, relationships, select,
    session, url, visitors,
};
use crate::object::{Args, Module, NativeFn, NativeFunction, Object, PyResult};
use crate::vm::Vm;

/// Builds the module of that dotted name, if it is one of SQLAlchemy's.
pub(crate) fn find(vm: &mut Vm, name: &str) -> PyResult<Option<Rc<Module>>> {
    if let Some(source) = super::modules_in_python::source(name) {
        return written(vm, name, source).map(Some);
    }
    let entries = match name {
        "sqlalchemy" => core(vm)?,
        "sqlalchemy.orm" => orm(vm)?,
        "sqlalchemy.ext"
        | "sqlalchemy.dialects"
        | "sqlalchemy.sql"
        | "sqlalchemy.sql.schema"
        | "sqlalchemy.sql.expression" => return same_as_root(vm, name).map(Some),
        "sqlalchemy.ext.declarative"
        | "sqlalchemy.orm.decl_api"
        | "sqlalchemy.ext.declarative.extensions" => declarative_names(vm),
        "sqlalchemy.exc" => exceptions(vm, false),
        "sqlalchemy.event" => {
            events::NAMES.iter().map(|(name, call)| (*name, function(name, *call))).collect()
        }
        "sqlalchemy.pool" | "sqlalchemy.pool.impl" => classes(vm).pools.names(),
        "sqlite3" | "sqlite3.dbapi2" => dbapi::names(vm),
        "sqlalchemy.orm.exc" => exceptions(vm, true),
        "sqlalchemy.engine"
        | "sqlalchemy.engine.url"
        | "sqlalchemy.engine.base"
        | "sqlalchemy.engine.result"
        | "sqlalchemy.engine.row"
        | "sqlalchemy.engine.cursor" => {
            let own = classes(vm);
            let mut names = vec![
                ("create_engine", function("create_engine", engine::create_engine)),
                ("create_mock_engine", function("create_mock_engine", mock::create_mock_engine)),
                ("engine_from_config", function("engine_from_config", engine::engine_from_config)),
                ("make_url", function("make_url", url::make_url)),
                ("Transaction", own.transaction.clone().into()),
                ("RootTransaction", own.root_transaction.clone().into()),
                ("NestedTransaction", own.nested_transaction.clone().into()),
                ("RowMapping", own.row_mapping.clone().into()),
                ("URL", own.url.clone().into()),
                ("Engine", own.engine.clone().into()),
                ("Connection", own.connection.clone().into()),
                ("Row", own.row.clone().into()),
            ];
            names.extend(own.results.names());
            if let Some(module) = find(vm, "sqlalchemy.engine.default")? {
                names.push(("default", Object::Module(module)));
            }
            names
        }
        "sqlalchemy._collecting" => vec![
            ("InstrumentedList", classes(vm).instrumented_list.clone().into()),
            ("CollectionAdapter", classes(vm).collection_adapter.clone().into()),
            (
                "collection_adapter",
                function("collection_adapter", super::collection_adapter::collection_adapter),
            ),
        ],
        "sqlalchemy._elements" => elements(vm),
        "sqlalchemy.sql.functions" => function_names(vm),
        "sqlalchemy.ext.compiler" => vec![
            ("compiles", function("compiles", program_compiler::compiles)),
            ("deregister", function("deregister", program_compiler::deregister)),
        ],
        "sqlalchemy.engine.default" => {
            vec![("DefaultDialect", super::dialect::dialect_class(vm, Dialect::Default).into())]
        }
        "sqlalchemy.orm.session"
        | "sqlalchemy.orm.scoping"
        | "sqlalchemy.orm.query"
        | "sqlalchemy.orm.mapper"
        | "sqlalchemy.orm.relationships"
        | "sqlalchemy.orm.properties"
        | "sqlalchemy.orm.interfaces"
        | "sqlalchemy.orm.util"
        | "sqlalchemy.orm.loading"
        | "sqlalchemy.orm.identity"
        | "sqlalchemy.orm.unitofwork"
        | "sqlalchemy.orm.context"
        | "sqlalchemy.orm.decl_base"
        | "sqlalchemy.orm.descriptor_props"
        | "sqlalchemy.orm.dynamic"
        | "sqlalchemy.orm.strategy_options"
        | "sqlalchemy.orm.writeonly"
        | "sqlalchemy.orm.events" => {
            return same_as(vm, "sqlalchemy.orm", name);
        }
        "sqlalchemy.orm.collections" | "sqlalchemy.orm.mapped_collection" => {
            return same_as(vm, "sqlalchemy._mapped_collection", name);
        }
        "sqlalchemy.inspection" => vec![("inspect", function("inspect", inspection::inspect))],
        "sqlalchemy.orm.base" | "sqlalchemy.orm.state" => {
            return same_as(vm, "sqlalchemy.orm.attributes", name);
        }
        "sqlalchemy.orm.attributes" => vec![
            ("flag_modified", function("flag_modified", inspection::flag_modified)),
            ("set_attribute", function("set_attribute", inspection::set_attribute)),
            ("instance_state", function("instance_state", inspection::inspect)),
            (
                "instance_dict",
                function("instance_dict", |vm, args| {
                    let state = inspection::inspect(vm, args)?;
                    vm.get_attr(&state, "dict")
                }),
            ),
            ("InstrumentedAttribute", classes(vm).instrumented_attribute.clone().into()),
            ("QueryableAttribute", classes(vm).instrumented_attribute.clone().into()),
            ("InstanceState", classes(vm).instance_state.clone().into()),
        ]
        .into_iter()
        .chain(attribute_functions::FUNCTIONS.iter().map(|(name, call)| (*name, function(name, *call))))
        .collect(),
        "sqlalchemy._later" => {
            declarative::LATER_FUNCTIONS.iter().map(|(name, call)| (*name, function(name, *call))).collect()
        }
        "sqlalchemy.types" => types(vm),
        "sqlalchemy.schema" | "sqlalchemy.sql.ddl" => schema(vm)?,
        "sqlalchemy.sql.elements" | "sqlalchemy.sql.naming" => schema(vm)?,
        "sqlalchemy.sql.sqltypes" | "sqlalchemy.sql.type_api" => types(vm),
        "sqlalchemy.dialects.sqlite" => dialect(vm, Dialect::Sqlite),
        "sqlalchemy.dialects.postgresql" => postgresql(vm)?,
        "sqlalchemy.dialects.postgresql.ranges" => {
            let names = ranges(vm)?;
            let types = classes(vm).types.of_dialect("postgresql").into_iter();
            types.map(|(name, class)| (name, class.into())).chain(names).collect()
        }
        "sqlalchemy.dialects.mysql" => dialect(vm, Dialect::Mysql),
        "sqlalchemy.dialects.oracle" => dialect(vm, Dialect::Oracle),
        "sqlalchemy.dialects.mssql" => dialect(vm, Dialect::Mssql),
        _ => return Ok(None),
    };
    let module = vm.new_module(name);
    let package = name.strip_prefix("sqlalchemy.dialects.").unwrap_or_default();
    let exported = super::dialect_names::exported(package);
    let exported: Vec<Object> =
        exported.filter(|name| entries.iter().any(|(known, _)| known == name)).map(Object::str).collect();
    if !exported.is_empty() {
        let name = vm.intern("__all__");
        module.dict.borrow_mut().insert(name, Object::tuple(exported));
    }
    for (name, value) in entries {
        let name = vm.intern(name);
        module.dict.borrow_mut().insert(name, value);
    }
    if matches!(name, "sqlalchemy.orm" | "sqlalchemy.orm.attributes") {
        add_orm_names(vm, &module)?;
    }
    if matches!(name, "sqlalchemy.orm" | "sqlalchemy.ext.declarative") {
        let found = names_of(vm, "sqlalchemy._inheritance")?;
        add_missing(&module, found);
    }
    Ok(Some(module))
}

/// Adds what is written in Python of the names of the ORM, and the flags by their names.
fn add_orm_names(vm: &mut Vm, module: &Rc<Module>) -> PyResult<()> {
    let mut found = names_of(vm, "sqlalchemy._orm_names")?;
    let flags = early(vm, "PassiveFlag")?;
    let members = vm.get_attr(&flags, "__members__")?;
    for name in vm.collect(&members)? {
        let name = vm.str(&name)?;
        found.push((vm.intern(name.as_str()), vm.get_attr(&flags, name.as_str())?));
    }
    add_missing(module, found);
    Ok(())
}

/// Adds names that a module does not have itself.
fn add_missing(module: &Module, found: Vec<(crate::object::Name, Object)>) {
    let mut names = module.dict.borrow_mut();
    for (name, value) in found {
        if !names.contains_key(&name) {
            names.insert(name, value);
        }
    }
}

/// What a module that is written in Python has for others: its `__all__`.
fn names_of(vm: &mut Vm, module: &str) -> PyResult<Vec<(crate::object::Name, Object)>> {
    let module = Object::Module(vm.import(module)?);
    let all = vm.get_attr(&module, "__all__")?;
    let mut found = Vec::new();
    for name in vm.collect(&all)? {
        let name = vm.str(&name)?;
        found.push((vm.intern(name.as_str()), vm.get_attr(&module, name.as_str())?));
    }
    Ok(found)
}

/// A module with the names of another one.
fn same_as(vm: &mut Vm, other: &str, name: &str) -> PyResult<Option<Rc<Module>>> {
    let other = vm.import(other)?;
    let module = vm.new_module(name);
    for (key, value) in other.dict.borrow().iter() {
        module.dict.borrow_mut().insert(Rc::clone(key), value.clone());
    }
    Ok(Some(module))
}

/// A module with the names of `sqlalchemy` itself, each the same object there.
fn same_as_root(vm: &mut Vm, name: &str) -> PyResult<Rc<Module>> {
    let root = vm.import("sqlalchemy")?;
    let module = vm.new_module(name);
    for (key, value) in root.dict.borrow().iter() {
        if !key.starts_with("__") && !matches!(value, Object::Module(_)) {
            module.dict.borrow_mut().insert(Rc::clone(key), value.clone());
        }
    }
    if name == "sqlalchemy.sql" {
        let found =
            function("__getattr__", |vm, args| submodule(vm, "sqlalchemy.sql", SQL_SUBMODULES, &args));
        let key = vm.intern("__getattr__");
        module.dict.borrow_mut().insert(key, found);
    }
    Ok(module)
}

/// A module that is written in Python.
fn written(vm: &mut Vm, name: &str, source: &str) -> PyResult<Rc<Module>> {
    let module = vm.new_module(name);
    // Known before it has run, as modules may import each other.
    let key = vm.intern(name);
    vm.modules.insert(Rc::clone(&key), Rc::clone(&module));
    if let Err(unwind) = vm.run_source(source, &module, false) {
        vm.modules.shift_remove(&key);
        return Err(unwind);
    }
    Ok(module)
}

/// `sqlalchemy.sql.functions`: the classes, and the functions that are known by themselves.
fn function_names(vm: &mut Vm) -> Entries {
    let own = classes(vm);
    let mut entries: Entries = vec![
        ("func", functions::function_generator(vm)),
        ("Function", own.function.clone().into()),
        ("FunctionElement", own.function_element.clone().into()),
        ("GenericFunction", own.generic_function.clone().into()),
        ("ReturnTypeFromArgs", own.return_type_from_args.clone().into()),
        ("AnsiFunction", own.ansi_function.clone().into()),
    ];
    entries.extend(own.known_functions.iter().map(|(name, class)| (*name, class.clone().into())));
    entries
}

/// The bases of expressions.
fn elements(vm: &mut Vm) -> Entries {
    let own = classes(vm);
    vec![
        ("Operators", own.operators.clone().into()),
        ("ColumnOperators", own.column_operators.clone().into()),
        ("ClauseElement", own.clause_element.clone().into()),
        ("ColumnElement", own.column_element.clone().into()),
        ("cloned_traverse", function("cloned_traverse", visitors::cloned_traverse)),
        ("replacement_traverse", function("replacement_traverse", visitors::replacement_traverse)),
    ]
}

type Entries = Vec<(&'static str, Object)>;

fn function(name: &str, call: NativeFn) -> Object {
    NativeFunction::new(name, call)
}

fn dialect(vm: &mut Vm, dialect: Dialect) -> Entries {
    let insert: NativeFn = match dialect {
        Dialect::Postgresql => |vm, args| dml::new_insert_for(vm, args, ConflictDialect::Postgresql),
        Dialect::Mysql => |vm, args| dml::new_insert_for(vm, args, ConflictDialect::Mysql),
        _ => |vm, args| dml::new_insert_for(vm, args, ConflictDialect::Sqlite),
    };
    let own = classes(vm);
    let mut entries: Entries =
        own.types.of_dialect(dialect.name()).into_iter().map(|(name, class)| (name, class.into())).collect();
    if dialect == Dialect::Mysql {
        entries.push(("match", own.mysql_match.clone().into()));
        entries.push(("limit", function("limit", super::extensions::limit)));
    }
    if dialect == Dialect::Postgresql {
        let exclude = own.constraints.get("ExcludeConstraint");
        entries.push(("ExcludeConstraint", exclude.into()));
        for name in ["CreateEnumType", "DropEnumType", "CreateDomainType", "DropDomainType"] {
            entries.push((name, own.ddl.get(name).into()));
        }
        let array = constructors::FUNCTIONS.iter().find(|(name, _)| *name == "array");
        entries.extend(array.map(|(name, call)| (*name, function(name, *call))));
        entries.push(("aggregate_order_by", function("aggregate_order_by", functions::argument_order_by)));
        entries.push(("distinct_on", function("distinct_on", super::extensions::distinct_on)));
        for (name, _) in super::text_search::NAMES {
            let make = move |vm: &mut Vm, args: Args| functions::call(vm, &[name], args);
            entries.push((name, NativeFunction::closure(name, make)));
        }
        entries
            .push(("array_agg", function("array_agg", |vm, args| functions::call(vm, &["array_agg"], args))));
    }

    let class = super::dialect::dialect_class(vm, dialect);
    entries.extend([("dialect", class.into()), ("insert", function("insert", insert))]);
    entries
}

/// `Range` and `MultiRange`.
fn ranges(vm: &mut Vm) -> PyResult<Entries> {
    let module = Object::Module(vm.import("sqlalchemy._postgresql")?);
    let names = ["Range", "MultiRange"].into_iter();
    names.map(|name| Ok((name, vm.get_attr(&module, name)?))).collect()
}

/// `sqlalchemy.dialects.postgresql`, with the names that are functions and values.
fn postgresql(vm: &mut Vm) -> PyResult<Entries> {
    let mut entries = dialect(vm, Dialect::Postgresql);
    entries.extend(ranges(vm)?);
    entries.push(("Insert", classes(vm).insert.clone().into()));
    entries.push(("Any", function("Any", |vm, args| compared_array(vm, args, "any"))));
    entries.push(("All", function("All", |vm, args| compared_array(vm, args, "all"))));
    for (name, call) in POSTGRESQL_FUNCTIONS {
        entries.push((name, function(name, *call)));
    }
    Ok(entries)
}

/// Functions that `sqlalchemy.dialects.postgresql` has by name.
const POSTGRESQL_FUNCTIONS: &[(&str, NativeFn)] = &[
    ("hstore", |vm, args| functions::call(vm, &["hstore"], args)),
    ("to_tsvector", |vm, args| functions::call(vm, &["to_tsvector"], args)),
    ("to_tsquery", |vm, args| functions::call(vm, &["to_tsquery"], args)),
    ("plainto_tsquery", |vm, args| functions::call(vm, &["plainto_tsquery"], args)),
    ("phraseto_tsquery", |vm, args| functions::call(vm, &["phraseto_tsquery"], args)),
    ("websearch_to_tsquery", |vm, args| functions::call(vm, &["websearch_to_tsquery"], args)),
    ("ts_headline", |vm, args| functions::call(vm, &["ts_headline"], args)),
];

/// `Any(value, array, operator)`: the array's own method.
fn compared_array(vm: &mut Vm, args: Args, name: &str) -> PyResult<Object> {
    let Args { mut positional, keyword } = args;
    if positional.len() < 2 {
        return Err(vm.type_error(format!("{name}() takes a value and an array")));
    }
    let array = positional.remove(1);
    let method = vm.get_attr(&array, name)?;
    vm.call(&method, Args { positional, keyword })
}

fn exceptions(vm: &mut Vm, orm: bool) -> Entries {
    let own = classes(vm);
    ErrorClasses::names(orm).map(|name| (name, Object::Class(own.errors.get(name)))).collect()
}

fn types(vm: &mut Vm) -> Entries {
    let own = classes(vm);
    let classes =
        TypeClasses::names().filter_map(|name| own.types.get(name).map(|class| (name, class.into())));
    classes.collect()
}

fn schema(vm: &mut Vm) -> PyResult<Entries> {
    let own = classes(vm);
    let mut entries: Entries = vec![
        ("MetaData", own.metadata.clone().into()),
        ("Table", own.table.clone().into()),
        ("Column", own.column.clone().into()),
        ("ForeignKey", own.foreign_key.clone().into()),
        ("FetchedValue", own.defaults.fetched_value.clone().into()),
        ("DefaultClause", own.defaults.default_clause.clone().into()),
        ("ColumnDefault", own.defaults.column_default.clone().into()),
        ("Identity", own.defaults.identity.clone().into()),
        ("Computed", own.defaults.computed.clone().into()),
        ("Sequence", own.defaults.sequence.clone().into()),
        ("sort_tables", function("sort_tables", metadata::sort_tables)),
    ];
    entries.extend(own.constraints.all().map(|(name, class)| (name, class.into())));
    entries.extend(own.ddl.all().map(|(name, class)| (name, class.into())));
    entries.push(("DDLElement", own.ddl.get("ExecutableDDLElement").into()));
    entries.push(("quoted_name", own.quoted_name.clone().into()));
    entries.push(("conv", own.conv.clone().into()));
    entries.push(("CheckFirst", early(vm, "CheckFirst")?));
    let constants = early(vm, "SchemaConst")?;
    for name in ["BLANK_SCHEMA", "RETAIN_SCHEMA"] {
        entries.push((name, vm.get_attr(&constants, name)?));
    }
    Ok(entries)
}

/// The styles of labels by the names under which `sqlalchemy` has them.
const LABEL_STYLES: [&str; 4] = [
    "LABEL_STYLE_NONE",
    "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY",
    "LABEL_STYLE_TABLENAME_PLUS_COL",
];

/// What `sqlalchemy.orm` has from its part in Python.
const MAPPED_EXTRAS: &[(&str, &[&str])] = &[
    ("sqlalchemy._mapped_extras", &["validates", "reconstructor", "PropComparator"]),
    ("sqlalchemy._composites", &["composite", "Composite", "synonym", "synonym_for"]),
    ("sqlalchemy._orm_execute", &["ORMExecuteState"]),
    (
        "sqlalchemy._mapped_collection",
        &[
            "attribute_keyed_dict",
            "attribute_mapped_collection",
            "column_keyed_dict",
            "column_mapped_collection",
            "keyfunc_mapping",
            "mapped_collection",
            "KeyFuncDict",
            "MappedCollection",
        ],
    ),
];

/// A class of the module that is written in Python, which must not wait for this one.
fn early(vm: &mut Vm, class: &str) -> PyResult<Object> {
    from_python(vm, "sqlalchemy._support", class)
}

/// The same of any of the modules that are written in Python.
fn from_python(vm: &mut Vm, module: &str, class: &str) -> PyResult<Object> {
    let name = vm.intern(module);
    let known = vm.modules.get(&name).cloned();
    let module = match known {
        Some(module) => Some(module),
        None => find(vm, module)?,
    };
    match module {
        Some(module) => vm.get_attr(&Object::Module(module), class),
        None => Ok(Object::None),
    }
}

/// The modules that the package has as attributes, made when they are asked for.
const SUBMODULES: &[&str] = &["types", "sql", "engine", "inspection", "schema", "util", "dialects"];

/// Those of `sqlalchemy.sql`.
const SQL_SUBMODULES: &[&str] =
    &["operators", "expression", "functions", "elements", "schema", "ddl", "sqltypes", "visitors", "util"];

/// Those of `sqlalchemy.orm`.
const ORM_SUBMODULES: &[&str] = &[
    "attributes",
    "base",
    "collections",
    "exc",
    "identity",
    "interfaces",
    "loading",
    "mapper",
    "properties",
    "query",
    "relationships",
    "session",
    "state",
    "unitofwork",
    "util",
];

/// `package.name` of a module that is part of a package.
fn submodule(vm: &mut Vm, package: &str, known: &[&str], args: &Args) -> PyResult<Object> {
    let name = vm.str(&args.positional[0])?;
    if known.contains(&name.as_str())
        && let Ok(module) = vm.import(&format!("{package}.{}", name.as_str()))
    {
        return Ok(Object::Module(module));
    }
    let message = format!("module '{package}' has no attribute '{}'", name.as_str());
    Err(vm.error(&vm.exceptions.attribute_error.clone(), message))
}

fn core(vm: &mut Vm) -> PyResult<Entries> {
    let legacy = peek(vm, |orm| orm.legacy)?;
    let mut entries = types(vm);
    entries.push((
        "__getattr__",
        function("__getattr__", |vm, args| submodule(vm, "sqlalchemy", SUBMODULES, &args)),
    ));
    entries.extend(schema(vm)?);
    entries.extend(constructors::FUNCTIONS.iter().map(|(name, call)| (*name, function(name, *call))));
    entries.extend(select::SET_FUNCTIONS.iter().map(|(name, call)| (*name, function(name, *call))));
    entries.extend(froms::FUNCTIONS.iter().map(|(name, call)| (*name, function(name, *call))));
    let func = functions::function_generator(vm);
    // The package has these as attributes from the start.
    for (name, full) in [
        ("exc", "sqlalchemy.exc"),
        ("event", "sqlalchemy.event"),
        ("pool", "sqlalchemy.pool"),
        ("types", "sqlalchemy.types"),
        ("schema", "sqlalchemy.schema"),
    ] {
        if let Some(module) = find(vm, full)? {
            let full = vm.intern(full);
            vm.modules.insert(full, Rc::clone(&module));
            entries.push((name, Object::Module(module)));
        }
    }
    entries.extend([
        ("__version__", Object::str(if legacy { "1.4.54" } else { "2.1.9" })),
        ("create_engine", function("create_engine", engine::create_engine)),
        ("create_mock_engine", function("create_mock_engine", mock::create_mock_engine)),
        ("engine_from_config", function("engine_from_config", engine::engine_from_config)),
        ("make_url", function("make_url", url::make_url)),
        ("Engine", classes(vm).engine.clone().into()),
        ("Connection", classes(vm).connection.clone().into()),
        ("Row", classes(vm).row.clone().into()),
        ("RowMapping", classes(vm).row_mapping.clone().into()),
        ("URL", classes(vm).url.clone().into()),
        ("select", function("select", select::select)),
        ("lambda_stmt", function("lambda_stmt", lambdas::lambda_stmt)),
        ("over", function("over", functions::over_function)),
        ("funcfilter", function("funcfilter", functions::filter_function)),
        ("within_group", function("within_group", |vm, args| functions::ordered(vm, args, false))),
        ("aggregate_order_by", function("aggregate_order_by", |vm, args| functions::ordered(vm, args, true))),
        ("FrameClause", function("FrameClause", functions::frame_clause)),
        ("Select", classes(vm).select.clone().into()),
        ("Subquery", classes(vm).subquery.clone().into()),
        ("CTE", classes(vm).cte.clone().into()),
        ("ColumnElement", classes(vm).column_element.clone().into()),
        ("FromClause", classes(vm).from_clause.clone().into()),
        ("ClauseElement", classes(vm).clause_element.clone().into()),
        ("Executable", classes(vm).executable.clone().into()),
        ("FunctionElement", classes(vm).function_element.clone().into()),
        ("ColumnOperators", classes(vm).column_operators.clone().into()),
        ("Operators", classes(vm).operators.clone().into()),
        ("insert", function("insert", |vm: &mut Vm, args: Args| dml::new_insert(vm, args))),
        ("update", function("update", |vm: &mut Vm, args: Args| dml::new_update(vm, args))),
        ("delete", function("delete", |vm: &mut Vm, args: Args| dml::new_delete(vm, args))),
        ("func", func),
        ("inspect", function("inspect", inspection::inspect)),
    ]);
    let own = classes(vm);
    entries.extend([
        ("Insert", own.insert.clone().into()),
        ("Update", own.update.clone().into()),
        ("Delete", own.delete.clone().into()),
        ("CompoundSelect", own.compound_select.clone().into()),
        ("TextualSelect", own.textual_select.clone().into()),
        ("TextClause", own.text.clone().into()),
        ("TableClause", own.table_clause.clone().into()),
        ("Alias", own.alias.clone().into()),
        ("Join", own.join.clone().into()),
        ("Lateral", own.lateral.clone().into()),
        ("TableSample", own.table_sample.clone().into()),
        ("TableValuedAlias", own.table_valued.clone().into()),
        ("Values", own.values.clone().into()),
        ("Exists", own.exists.clone().into()),
        ("ScalarSelect", own.scalar_select.clone().into()),
        ("ColumnClause", own.literal.clone().into()),
        ("Function", own.function.clone().into()),
        ("FunctionFilter", own.function_filter.clone().into()),
        ("WithinGroup", own.within_group.clone().into()),
        ("StatementLambdaElement", own.lambda_element.clone().into()),
    ]);
    let hidden = |name: &str| matches!(name, "array" | "next_value" | "ColumnElement");
    let elements = own.elements().iter().filter(|(name, _)| !hidden(name));
    entries.extend(elements.map(|(name, class)| (*name, class.clone().into())));
    let styles = early(vm, "SelectLabelStyle")?;
    for name in LABEL_STYLES {
        entries.push((name, vm.get_attr(&styles, name)?));
    }
    entries.push(("SelectLabelStyle", styles));
    entries.push(("FrameClauseType", early(vm, "FrameClauseType")?));
    entries.extend(classes(vm).results.names());
    entries.extend(classes(vm).pools.names().into_iter().filter(|(name, _)| *name != "Pool"));
    Ok(entries)
}

fn orm(vm: &mut Vm) -> PyResult<Entries> {
    let mut entries = orm_names(vm);
    entries.extend(declarative_names(vm));
    for (module, names) in MAPPED_EXTRAS {
        for name in *names {
            entries.push((name, from_python(vm, module, name)?));
        }
    }
    let own = classes(vm);
    entries.push(("ColumnProperty", own.column_property.clone().into()));
    entries.push(("MappedSQLExpression", own.column_property.clone().into()));
    entries.push(("RelationshipProperty", own.relationship_property.clone().into()));
    entries.push(("Relationship", own.relationship_property.clone().into()));
    entries.push(("AttributeState", own.attribute_state.clone().into()));
    entries.push(("AliasedClass", own.aliased.clone().into()));
    let found = function("__getattr__", |vm, args| submodule(vm, "sqlalchemy.orm", ORM_SUBMODULES, &args));
    entries.push(("__getattr__", found));
    entries.push(("Bundle", classes(vm).bundle.clone().into()));
    entries.push(("join", function("join", |vm, args| super::joins::orm_join(vm, args, false))));
    entries.push(("outerjoin", function("outerjoin", |vm, args| super::joins::orm_join(vm, args, true))));
    entries.push(("WriteOnlyCollection", classes(vm).write_only.clone().into()));
    entries.push(("AppenderQuery", classes(vm).appender_query.clone().into()));
    entries.push(("create_session", function("create_session", create_session)));
    entries.push(("with_parent", function("with_parent", super::related::with_parent)));
    entries.extend(loaders::FUNCTIONS.iter().map(|(name, call)| (*name, function(name, *call))));
    Ok(entries)
}

/// `create_session(…)` of the legacy era.
fn create_session(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut keyword = args.keyword;
    for name in ["autoflush", "expire_on_commit"] {
        if !keyword.iter().any(|(known, _)| known.as_str() == name) {
            keyword.push((vm.intern(name), Object::Bool(false)));
        }
    }
    let class = Object::Class(classes(vm).session.clone());
    vm.call(&class, Args { positional: args.positional, keyword })
}

/// What `sqlalchemy.orm` and `sqlalchemy.ext.declarative` have for declaring classes.
fn declarative_names(vm: &mut Vm) -> Entries {
    let own = classes(vm);
    let [mapped, dynamic, write_only, unmapped] = own.containers.clone();
    vec![
        ("declarative_base", function("declarative_base", declarative::declarative_base)),
        ("as_declarative", function("as_declarative", declarative::as_declarative)),
        ("declarative_mixin", function("declarative_mixin", declarative::declarative_mixin)),
        ("has_inherited_table", function("has_inherited_table", declarative::has_inherited_table)),
        ("add_mapped_attribute", function("add_mapped_attribute", declarative::add_mapped_attribute)),
        ("mapped_as_dataclass", function("mapped_as_dataclass", declarative::mapped_as_dataclass)),
        ("unmapped_dataclass", function("unmapped_dataclass", declarative::unmapped_dataclass)),
        ("declared_attr", own.declared_attr.clone().into()),
        ("DeclarativeMeta", own.bases.meta.clone().into()),
        ("DeclarativeBase", own.bases.base.clone().into()),
        ("DeclarativeBaseNoMeta", own.bases.base_without_meta.clone().into()),
        ("DeclarativeAttributeIntercept", own.bases.intercept.clone().into()),
        ("MappedAsDataclass", own.mapped_as_dataclass.clone().into()),
        ("MapperProperty", own.mapper_property.clone().into()),
        ("InstrumentedAttribute", own.instrumented_attribute.clone().into()),
        ("MappedColumn", own.mapped_column.clone().into()),
        ("registry", own.registry.clone().into()),
        ("Mapped", mapped.into()),
        ("DynamicMapped", dynamic.into()),
        ("WriteOnlyMapped", write_only.into()),
        ("Unmapped", unmapped.into()),
        ("mapped_column", function("mapped_column", declarative::mapped_column)),
        ("unmapped_column", function("unmapped_column", declarative::unmapped_column)),
    ]
}

fn orm_names(vm: &mut Vm) -> Entries {
    let own = classes(vm);
    vec![
        ("sessionmaker", own.session_maker.clone().into()),
        ("Session", own.session.clone().into()),
        ("scoped_session", own.scoped_session.clone().into()),
        ("Query", own.query.clone().into()),
        ("Mapper", own.mapper.clone().into()),
        ("SessionTransaction", own.session_transaction.clone().into()),
        ("InstanceState", own.instance_state.clone().into()),
        ("QueryableAttribute", own.instrumented_attribute.clone().into()),
        ("relationship", function("relationship", relationships::relationship)),
        ("relation", function("relation", relationships::relationship)),
        ("backref", function("backref", relationships::backref)),
        ("mapper", function("mapper", mapping::mapper)),
        ("clear_mappers", function("clear_mappers", mapping::clear_mappers)),
        (
            "configure_mappers",
            function("configure_mappers", |vm, _| {
                mapping::configure(vm)?;
                Ok(Object::None)
            }),
        ),
        ("aliased", function("aliased", mapping::aliased)),
        ("foreign", function("foreign", super::relationships::foreign)),
        ("remote", function("remote", super::relationships::remote)),
        ("Load", function("Load", super::loaders::load_of)),
        ("with_loader_criteria", function("with_loader_criteria", super::loaders::with_loader_criteria)),
        ("with_polymorphic", function("with_polymorphic", mapping::with_polymorphic)),
        ("column_property", function("column_property", super::properties::column_property)),
        ("deferred", function("deferred", super::properties::deferred)),
        ("query_expression", function("query_expression", super::properties::query_expression)),
        ("object_session", function("object_session", session::object_session)),
        ("identity_key", function("identity_key", super::mapper_api::identity_key)),
        ("close_all_sessions", function("close_all_sessions", super::session_more::close_all_sessions)),
        ("was_deleted", function("was_deleted", super::session_more::was_deleted)),
        ("make_transient", function("make_transient", inspection::make_transient)),
        (
            "make_transient_to_detached",
            function("make_transient_to_detached", inspection::make_transient_to_detached),
        ),
        ("class_mapper", function("class_mapper", super::mapper_api::class_mapper)),
        ("object_mapper", function("object_mapper", super::mapper_api::object_mapper)),
        (
            "was_deleted",
            function("was_deleted", |vm, args| {
                let state = inspection::inspect(vm, args)?;
                vm.get_attr(&state, "was_deleted")
            }),
        ),
    ]
}
