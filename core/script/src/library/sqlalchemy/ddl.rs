//! DDL as statements: `CreateTable(table)`, `AddConstraint(constraint)`, `DDL("…")`.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.ddl`.

use std::rc::Rc;

use ormscope::sql::{CreateTable, Ddl, DropTable, Sequence};
use ormscope::types::{ColumnId, TableId};

use super::arguments::Arguments;
use super::constraints::{Item, current};
use super::schema::defaults::SequenceData;
use super::schema::{column_id, keep, kept, table_id};
use super::{classes, errors, metadata, receiver, types};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The native data of a DDL statement.
pub(super) struct DdlObject {
    pub(super) ddl: Ddl,
}

/// The classes of DDL statements, made once.
pub(super) struct DdlClasses {
    by_name: Vec<(&'static str, Rc<Class>)>,
}

const NEW: &[(&str, NativeFn)] = &[
    ("CreateTable", |vm, args| new_statement(vm, args, "CreateTable")),
    ("CreateConstraint", |vm, args| new_statement(vm, args, "CreateConstraint")),
    ("CreateColumn", |vm, args| new_statement(vm, args, "CreateColumn")),
    ("SetConstraintComment", |vm, args| new_statement(vm, args, "SetConstraintComment")),
    ("DropConstraintComment", |vm, args| new_statement(vm, args, "DropConstraintComment")),
    ("DropTable", |vm, args| new_statement(vm, args, "DropTable")),
    ("CreateIndex", |vm, args| new_statement(vm, args, "CreateIndex")),
    ("DropIndex", |vm, args| new_statement(vm, args, "DropIndex")),
    ("AddConstraint", |vm, args| new_statement(vm, args, "AddConstraint")),
    ("DropConstraint", |vm, args| new_statement(vm, args, "DropConstraint")),
    ("CreateSchema", |vm, args| new_statement(vm, args, "CreateSchema")),
    ("DropSchema", |vm, args| new_statement(vm, args, "DropSchema")),
    ("CreateSequence", |vm, args| new_statement(vm, args, "CreateSequence")),
    ("DropSequence", |vm, args| new_statement(vm, args, "DropSequence")),
    ("SetTableComment", |vm, args| new_statement(vm, args, "SetTableComment")),
    ("DropTableComment", |vm, args| new_statement(vm, args, "DropTableComment")),
    ("SetColumnComment", |vm, args| new_statement(vm, args, "SetColumnComment")),
    ("DropColumnComment", |vm, args| new_statement(vm, args, "DropColumnComment")),
    ("CreateEnumType", |vm, args| new_statement(vm, args, "CreateEnumType")),
    ("DropEnumType", |vm, args| new_statement(vm, args, "DropEnumType")),
    ("CreateDomainType", |vm, args| new_statement(vm, args, "CreateDomainType")),
    ("DropDomainType", |vm, args| new_statement(vm, args, "DropDomainType")),
    ("CreateView", |vm, args| super::views::new_statement(vm, args, true)),
    ("CreateTableAs", |vm, args| super::views::new_statement(vm, args, false)),
    ("DropView", super::views::new_drop),
    ("DDL", new_ddl),
];

impl DdlClasses {
    pub(super) fn new() -> DdlClasses {
        let element = Class::builder("BaseDDLElement")
            .module("sqlalchemy.sql.ddl")
            .method("__new__", super::program_elements::new_element)
            .method("__init__", |_, _| Ok(Object::None))
            .method("__str__", super::select::print_statement)
            .method("compile", super::select::compile_statement)
            .build();
        let base = Class::builder("ExecutableDDLElement")
            .module("sqlalchemy.sql.ddl")
            .base(&element)
            .method("execute_if", execute_if)
            .method("__call__", call)
            .method("against", |vm, args| against(vm, &args.positional[0], &args.positional[1]))
            .build();
        let mut by_name =
            vec![("ExecutableDDLElement", Rc::clone(&base)), ("BaseDDLElement", Rc::clone(&element))];
        for (name, new) in NEW {
            let module = match *name {
                "CreateEnumType" | "DropEnumType" | "CreateDomainType" | "DropDomainType" => {
                    "sqlalchemy.dialects.postgresql.named_types"
                }
                _ => "sqlalchemy.sql.ddl",
            };
            let base = if matches!(*name, "CreateColumn" | "CreateConstraint") { &element } else { &base };
            let class = Class::builder(name).module(module).base(base);
            by_name.push((name, class.method("__new__", *new).build()));
        }
        DdlClasses { by_name }
    }

    /// A class by name.
    pub(super) fn get(&self, name: &str) -> Rc<Class> {
        let found = self.by_name.iter().find(|(known, _)| *known == name);
        Rc::clone(&found.unwrap_or(&self.by_name[0]).1)
    }

    /// Every class with its name.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, Rc<Class>)> + '_ {
        self.by_name.iter().map(|(name, class)| (*name, Rc::clone(class)))
    }
}

/// The object of a statement.
pub(super) fn statement_object(vm: &mut Vm, ddl: Ddl) -> Object {
    let (name, element) = match &ddl {
        Ddl::CreateTable(create) => ("CreateTable", Some(create.table)),
        Ddl::CreateColumn(_) => ("CreateColumn", None),
        Ddl::DropTable(drop) => ("DropTable", Some(drop.table)),
        Ddl::CreateFromSelect(table) => {
            let view = super::peek(vm, |orm| {
                orm.schema.table(*table).made_of.as_ref().is_some_and(|made_of| made_of.view)
            });
            (if view.unwrap_or_default() { "CreateView" } else { "CreateTableAs" }, Some(*table))
        }
        Ddl::DropView { table, .. } => ("DropView", Some(*table)),
        Ddl::CreateIndex { .. } => ("CreateIndex", None),
        Ddl::DropIndex { .. } => ("DropIndex", None),
        Ddl::AddConstraint { .. } => ("AddConstraint", None),
        Ddl::DropConstraint { .. } => ("DropConstraint", None),
        Ddl::CreateSequence { .. } => ("CreateSequence", None),
        Ddl::DropSequence { .. } => ("DropSequence", None),
        Ddl::TableComment { table, .. } => ("SetTableComment", Some(*table)),
        Ddl::ColumnComment { .. } => ("SetColumnComment", None),
        Ddl::ConstraintComment { drop: false, .. } => ("SetConstraintComment", None),
        Ddl::ConstraintComment { .. } => ("DropConstraintComment", None),
        Ddl::CreateType(own) if own.described().class.name == "DOMAIN" => ("CreateDomainType", None),
        Ddl::DropType(own) if own.described().class.name == "DOMAIN" => ("DropDomainType", None),
        Ddl::CreateType(_) => ("CreateEnumType", None),
        Ddl::DropType(_) => ("DropEnumType", None),
        Ddl::CreateSchema { .. } => ("CreateSchema", None),
        Ddl::DropSchema { .. } => ("DropSchema", None),
        Ddl::Text { .. } => ("DDL", None),
    };
    let element = match &ddl {
        Ddl::CreateColumn(column) => Some(super::schema::column_object(vm, *column)),
        Ddl::CreateIndex { table, index, .. } | Ddl::DropIndex { table, index, .. } => {
            super::constraints::known_object(vm, *table, true, *index)
        }
        Ddl::AddConstraint { table, constraint } | Ddl::DropConstraint { table, constraint, .. } => {
            super::constraints::known_object(vm, *table, false, *constraint)
        }
        _ => element.map(|table| metadata::table_object(vm, table)),
    };
    let class = classes(vm).ddl.get(name);
    let object = Instance::native(&class, DdlObject { ddl });
    if let Some(element) = element {
        keep(&object, "element", element);
    }
    object
}

fn new_statement(vm: &mut Vm, args: Args, name: &'static str) -> PyResult<Object> {
    let mut args = Arguments::new(name, args);
    let receiver = args.receiver();
    let element = args.require(vm, if name.ends_with("Schema") { "name" } else { "element" })?;
    let if_exists = args.flag(vm, "if_exists", false)?;
    let if_not_exists = args.flag(vm, "if_not_exists", false)?;
    let cascade = args.flag(vm, "cascade", false)?;
    let separate = args.flag(vm, "isolate_from_table", true)?;
    args.keyword("include_foreign_key_constraints");
    args.finish(vm)?;
    let ddl = match name {
        "CreateTable" => {
            Ddl::CreateTable(CreateTable { if_not_exists, ..CreateTable::new(table(vm, &element)?) })
        }
        "DropTable" => Ddl::DropTable(DropTable { table: table(vm, &element)?, if_exists }),
        "CreateIndex" => {
            let (table, index) = part(vm, &element)?;
            Ddl::CreateIndex { table, index, if_not_exists }
        }
        "CreateColumn" => Ddl::CreateColumn(column(vm, &element)?),
        "SetConstraintComment" | "DropConstraintComment" => {
            let (table, constraint) = part(vm, &element)?;
            Ddl::ConstraintComment { table, constraint, drop: name == "DropConstraintComment" }
        }
        "DropIndex" => {
            let (table, index) = part(vm, &element)?;
            Ddl::DropIndex { table, index, if_exists }
        }
        "AddConstraint" => {
            let (table, constraint) = part(vm, &element)?;
            set_separate(vm, table, constraint, separate)?;
            Ddl::AddConstraint { table, constraint }
        }
        "CreateConstraint" => {
            let (table, constraint) = part(vm, &element)?;
            Ddl::AddConstraint { table, constraint }
        }
        "DropConstraint" => {
            let (table, constraint) = part(vm, &element)?;
            set_separate(vm, table, constraint, separate)?;
            Ddl::DropConstraint { table, constraint, if_exists, cascade }
        }
        "CreateSchema" => Ddl::CreateSchema { name: vm.str(&element)?.as_str().to_string(), if_not_exists },
        "DropSchema" => Ddl::DropSchema { name: vm.str(&element)?.as_str().to_string(), if_exists, cascade },
        "CreateSequence" | "DropSequence" => {
            let sequence = Sequence::clone(&super::receiver::<SequenceData>(vm, &element)?.0);
            match name {
                "CreateSequence" => Ddl::CreateSequence { sequence, if_not_exists },
                _ => Ddl::DropSequence { sequence, if_exists },
            }
        }
        "SetTableComment" => Ddl::TableComment { table: table(vm, &element)?, drop: false },
        "DropTableComment" => Ddl::TableComment { table: table(vm, &element)?, drop: true },
        "SetColumnComment" => Ddl::ColumnComment { column: column(vm, &element)?, drop: false },
        "DropColumnComment" => Ddl::ColumnComment { column: column(vm, &element)?, drop: true },
        "CreateEnumType" | "CreateDomainType" => Ddl::CreateType(types::require_sql_type(vm, &element)?),
        _ => Ddl::DropType(types::require_sql_type(vm, &element)?),
    };
    let Some(class) = receiver.as_class() else { return Ok(Object::None) };
    let object = Instance::native(class, DdlObject { ddl });
    keep(&object, "element", element);
    Ok(object)
}

/// A constraint with a statement of its own is no longer part of CREATE TABLE.
fn set_separate(vm: &mut Vm, table: TableId, constraint: u32, separate: bool) -> PyResult<()> {
    super::with_orm(vm, |orm, _| {
        if let Some(constraint) = orm.schema.table_mut(table).constraints.get_mut(constraint as usize) {
            constraint.separate |= separate;
        }
        Ok(())
    })
}

/// `DDL("…", context={…})`
fn new_ddl(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("DDL", args);
    let receiver = args.receiver();
    let text = args.require(vm, "statement")?;
    let Object::Str(text) = &text else {
        let repr = vm.repr(&text)?;
        let message = format!("Expected a string or unicode SQL statement, got '{}'", repr.as_str());
        return Err(errors::error(vm, "ArgumentError", message));
    };
    let mut context = Vec::new();
    if let Some(given) = args.take("context").filter(|given| !given.is_none()) {
        let items = vm.call_method(&given, "items", Vec::new())?;
        for item in vm.collect(&items)? {
            if let [name, value] = &vm.collect(&item)?[..] {
                context.push((vm.str(name)?.as_str().to_string(), vm.str(value)?.as_str().to_string()));
            }
        }
    }
    args.finish(vm)?;
    let ddl = Ddl::Text { text: text.as_str().to_string(), table: None, context };
    let Some(class) = receiver.as_class() else { return Ok(Object::None) };
    let object = Instance::native(class, DdlObject { ddl });
    keep(&object, "statement", Object::str(text.as_str()));
    Ok(object)
}

/// Refuses what Python's `%` refuses of the text of a `DDL`.
pub(super) fn check_text(vm: &mut Vm, ddl: &Ddl) -> PyResult<()> {
    let Ddl::Text { text, table, context } = ddl else { return Ok(()) };
    let own: &[&str] = if table.is_some() { &["table", "schema", "fullname"] } else { &[] };
    let own = own.iter().map(|name| (Object::str(name), Object::str("")));
    let given = context.iter().map(|(name, value)| (Object::str(name), Object::str(value)));
    let values = crate::builtins::Dict::from_items(vm, own.chain(given).collect::<Vec<_>>())?;
    crate::builtins::percent_format(vm, text, &values)?;
    Ok(())
}

/// `ddl.execute_if(dialect="postgresql")`
fn execute_if(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("execute_if", args);
    let this = args.receiver();
    let own = receiver::<DdlObject>(vm, &this)?;
    let made = copy(vm, &this, own.ddl.clone());
    for name in ["dialect", "callable_", "state"] {
        if let Some(value) = args.take(name) {
            keep(&made, &format!("_if_{name}"), value);
        }
    }
    Ok(made)
}

/// `ddl(target, bind, **kw)`: what an event of a table or a MetaData calls.
fn call(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("__call__", args);
    let this = args.receiver();
    let (target, bind) = (args.require(vm, "target")?, args.require(vm, "bind")?);
    let statement = against(vm, &this, &target)?;
    if is_wanted(vm, &statement, &target, &bind)? {
        vm.call_method(&bind, "execute", vec![statement])?;
    }
    Ok(Object::None)
}

/// Whether `execute_if` lets a statement through.
fn is_wanted(vm: &mut Vm, statement: &Object, target: &Object, bind: &Object) -> PyResult<bool> {
    let given = |name: &str| kept(statement, name).filter(|given| !given.is_none());
    let dialect = vm.get_attr(bind, "dialect")?;
    let name = vm.get_attr(&dialect, "name")?;
    let wanted = match given("_if_dialect") {
        Some(one @ Object::Str(_)) => vm.equals(&one, &name)?,
        Some(several) => vm.contains(&several, &name)?,
        None => true,
    };
    match given("_if_callable_") {
        Some(callable) if wanted => {
            let keyword = [
                ("state", kept(statement, "_if_state").unwrap_or(Object::None)),
                ("dialect", dialect),
                ("compiler", Object::None),
            ];
            let keyword = keyword.into_iter().map(|(name, value)| (vm.intern(name), value)).collect();
            let positional = vec![statement.clone(), target.clone(), bind.clone()];
            let answer = vm.call(&callable, Args { positional, keyword })?;
            vm.truthy(&answer)
        }
        _ => Ok(wanted),
    }
}

/// `ddl.against(table)`: the same statement for a table.
fn against(vm: &mut Vm, statement: &Object, target: &Object) -> PyResult<Object> {
    let ddl = match (&receiver::<DdlObject>(vm, statement)?.ddl, table_id(vm, target)?) {
        (Ddl::Text { text, context, .. }, Some(table)) => {
            Ddl::Text { text: text.clone(), table: Some(table), context: context.clone() }
        }
        (other, _) => other.clone(),
    };
    Ok(copy(vm, statement, ddl))
}

/// A copy of a statement with all that was set on it.
fn copy(vm: &mut Vm, statement: &Object, ddl: Ddl) -> Object {
    let made = Instance::native(&vm.class_of(statement), DdlObject { ddl });
    if let (Object::Instance(made), Object::Instance(this)) = (&made, statement) {
        *made.dict.borrow_mut() = this.dict.borrow().clone();
    }
    made
}

fn table(vm: &mut Vm, object: &Object) -> PyResult<TableId> {
    match table_id(vm, object)? {
        Some(table) => Ok(table),
        None => Err(vm.attribute_error(object, "columns")),
    }
}

fn column(vm: &mut Vm, object: &Object) -> PyResult<ColumnId> {
    match column_id(vm, object)? {
        Some(column) => Ok(column),
        None => Err(vm.type_error("a Column of a Table is expected")),
    }
}

/// The place of a constraint or an index in its table.
fn part(vm: &mut Vm, object: &Object) -> PyResult<(TableId, u32)> {
    match current(vm, object)? {
        (_, Some((table, at))) => Ok((table, u32::try_from(at).unwrap_or(u32::MAX))),
        (Item::Index(index), None) => {
            let name = index.name.unwrap_or_else(|| "None".into());
            let message = format!("Index '{name}' is not associated with any table.");
            Err(errors::error(vm, "CompileError", message))
        }
        (Item::Constraint(_), None) => Err(unbound(vm)),
    }
}

/// The error of a constraint that no table has.
pub(super) fn unbound(vm: &mut Vm) -> crate::object::Unwind {
    errors::error(
        vm,
        "InvalidRequestError",
        "This constraint is not bound to a table.  Did you mean to call table.append_constraint(constraint) ?",
    )
}

/// `index.create(bind)`, `index.drop(bind)`
pub(super) fn run_on_item(vm: &mut Vm, args: Args, create: bool) -> PyResult<Object> {
    let mut args = Arguments::new(if create { "create" } else { "drop" }, args);
    let this = args.receiver();
    let bind = args.take("bind").filter(|bind| !bind.is_none());
    let check_first = args.flag(vm, "checkfirst", false)?;
    let (table, index) = part(vm, &this)?;
    let bind = match bind {
        Some(bind) => bind,
        None => metadata::implied_bind(vm, Some(table), &this, if create { "create" } else { "drop" })?,
    };
    let ddl = if create {
        Ddl::CreateIndex { table, index, if_not_exists: false }
    } else {
        Ddl::DropIndex { table, index, if_exists: false }
    };
    let is_mock = bind.native::<super::engine::MockEngine>().is_some();
    if !check_first || is_mock {
        metadata::run_statements(vm, &bind, vec![ddl])?;
        return Ok(this);
    }
    metadata::in_transaction(vm, &bind, |vm, connection| {
        if index_exists(vm, connection, table, &this)? != create {
            metadata::run_statements(vm, connection, vec![ddl.clone()])?;
        }
        Ok(())
    })?;
    Ok(this)
}

/// Whether the database has an index of that name on the table.
fn index_exists(vm: &mut Vm, connection: &Object, table: TableId, index: &Object) -> PyResult<bool> {
    let (table, schema) = super::peek(vm, |orm| {
        let table = orm.schema.table(table);
        (table.name.clone(), table.schema.clone())
    })?;
    let inspector = super::inspector::inspector_of(vm, connection)?.unwrap_or(Object::None);
    let name = vm.get_attr(index, "name")?;
    let arguments = vec![Object::str(table), name, super::schema::text_object(&schema)];
    let has = vm.call_method(&inspector, "has_index", arguments)?;
    vm.truthy(&has)
}
