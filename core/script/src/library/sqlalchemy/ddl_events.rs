//! Events of tables, collections, columns and constraints: around `create_all`,
//! `drop_all`, `table.create` and `table.drop`, around becoming a part of a table,
//! and of columns found in a database.
//!
//! SQLAlchemy counterpart: `sqlalchemy.sql.events.DDLEvents`. Only where a program
//! listens is a table created step by step; otherwise the engine does it alone.

use ormscope::schema::Abilities;
use ormscope::sql::Ddl;
use ormscope::sql::compiler::Dialect;
use ormscope::types::{MetaDataId, TableId};

use super::metadata::{self, MetaDataObject};
use super::schema::TableObject;
use super::{errors, peek, with_orm};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// The names of the events.
const NAMES: [&str; 7] = [
    "before_create",
    "after_create",
    "before_drop",
    "after_drop",
    COLUMN_REFLECT,
    BEFORE_ATTACH,
    AFTER_ATTACH,
];

/// The event of a column that was found in the database.
const COLUMN_REFLECT: &str = "column_reflect";

/// The events of something that becomes a part of something else.
const BEFORE_ATTACH: &str = "before_parent_attach";
const AFTER_ATTACH: &str = "after_parent_attach";

/// Something that listens to an object, or to all objects of a class.
#[derive(Clone)]
pub(super) struct Listener {
    target: Object,
    name: String,
    function: Object,
}

impl Listener {
    /// A function that is to be called for an event, where it is one of these.
    pub(super) fn new(target: &Object, name: &str, function: &Object) -> Option<Listener> {
        let is_item =
            |class: &crate::object::Class| class.module.borrow().as_str() == "sqlalchemy.sql.schema";
        let is_target = match target {
            Object::Class(class) => class.mro().any(|class| is_item(class)),
            Object::Instance(instance) => instance.class().mro().any(|class| is_item(class)),
            _ => false,
        };
        let (name, function) = (name.to_string(), function.clone());
        (is_target && NAMES.contains(&name.as_str())).then(|| Listener {
            target: target.clone(),
            name,
            function,
        })
    }

    /// Whether it is the same function for the same event.
    pub(super) fn is_same(&self, other: &Listener) -> bool {
        self.target.is(&other.target) && self.name == other.name && self.function.is(&other.function)
    }

    fn hears(&self, vm: &mut Vm, object: &Object) -> bool {
        match self.target.as_class() {
            Some(class) => vm.class_of(object).is_subclass_of(class),
            None => self.target.is(object),
        }
    }
}

/// Calls those who listen to an event of an object.
fn tell_all(vm: &mut Vm, object: &Object, name: &str, args: &Args) -> PyResult<()> {
    for listener in vm.library.sqlalchemy.ddl_listeners.clone() {
        if listener.name == name && listener.hears(vm, object) {
            vm.call(&listener.function, args.clone())?;
        }
    }
    Ok(())
}

/// Shows what was found of a column to those who listen on the collection or on the
/// table, and to functions of the table's own; they may change it.
pub(super) fn column_found(
    vm: &mut Vm,
    (metadata, table): (&Object, &Object),
    inspector: &Object,
    column: &Object,
    own: &[Object],
) -> PyResult<()> {
    let args = Args::positional(vec![inspector.clone(), table.clone(), column.clone()]);
    tell_all(vm, metadata, COLUMN_REFLECT, &args)?;
    tell_all(vm, table, COLUMN_REFLECT, &args)?;
    for function in own {
        vm.call(function, args.clone())?;
    }
    Ok(())
}

/// Whether anybody wants to see columns that are found.
pub(super) fn columns_are_seen(vm: &Vm) -> bool {
    vm.library.sqlalchemy.ddl_listeners.iter().any(|one| one.name == COLUMN_REFLECT)
}

/// Tells that columns, constraints and indexes became parts of a table, and that
/// a new table became a part of its collection.
pub(super) fn attached(vm: &mut Vm, id: TableId, parts: &[Object], is_new: bool) -> PyResult<()> {
    let is_attaching = |one: &Listener| matches!(one.name.as_str(), BEFORE_ATTACH | AFTER_ATTACH);
    if !vm.library.sqlalchemy.ddl_listeners.iter().any(is_attaching) {
        return Ok(());
    }
    let table = metadata::table_object(vm, id);
    let collection = metadata::metadata_object_of(vm, id)?;
    let whole = Args::positional(vec![table.clone(), collection]);
    if is_new {
        tell_all(vm, &table, BEFORE_ATTACH, &whole)?;
    }
    for part in parts {
        let args = Args::positional(vec![part.clone(), table.clone()]);
        tell_all(vm, part, BEFORE_ATTACH, &args)?;
        tell_all(vm, part, AFTER_ATTACH, &args)?;
    }
    if is_new {
        tell_all(vm, &table, AFTER_ATTACH, &whole)?;
    }
    Ok(())
}

/// What an operation is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Target {
    /// A collection.
    MetaData(MetaDataId),
    /// A table.
    Table(TableId),
}

/// Whether anybody listens to what happens to these tables.
pub(super) fn are_heard(vm: &mut Vm, metadata: Option<MetaDataId>, tables: &[TableId]) -> bool {
    let of_others = [COLUMN_REFLECT, BEFORE_ATTACH, AFTER_ATTACH];
    let mut listeners = vm.library.sqlalchemy.ddl_listeners.iter();
    listeners.any(|listener| {
        let target = &listener.target;
        !of_others.contains(&listener.name.as_str())
            && match (target.native::<TableObject>(), target.native::<MetaDataObject>()) {
                (Some(table), _) => tables.contains(&table.id),
                (_, Some(data)) => Some(data.id) == metadata,
                // A class.
                _ => true,
            }
    })
}

/// One creation or removal of tables.
pub(super) struct Operation<'a> {
    pub(super) metadata: Option<MetaDataId>,
    pub(super) tables: &'a [TableId],
    pub(super) create: bool,
    pub(super) check_first: bool,
}

impl Operation<'_> {
    /// Runs it on an engine or a connection, with the program's code between.
    pub(super) fn run(&self, vm: &mut Vm, bind: &Object) -> PyResult<()> {
        metadata::in_transaction(vm, bind, |vm, connection| self.on(vm, connection))
    }

    fn on(&self, vm: &mut Vm, connection: &Object) -> PyResult<()> {
        let Some(own) = connection.native::<super::connection::ConnectionObject>() else {
            return Err(errors::error(vm, "ArgumentError", "expected an Engine or a Connection as bind"));
        };
        let id = own.id;
        let mut chosen = Vec::new();
        for table in self.tables {
            let wanted = !self.check_first
                || with_orm(vm, |orm, hooks| orm.at(hooks, |at| at.has_table(id, *table)))? != self.create;
            if wanted {
                chosen.push(*table);
            }
        }
        let create = self.create;
        if create {
            super::conditions::ask(vm, &chosen, Dialect::Sqlite, Some(connection))?;
        }
        let statements = peek(vm, |orm| match create {
            true => Ok(orm.schema.creation(&chosen, Abilities::SQLITE)),
            false => orm.schema.removal(&chosen, Abilities::SQLITE),
        })?;
        let statements = match statements {
            Ok(statements) => statements,
            Err(names) => return Err(metadata::cannot_drop(vm, &names)),
        };
        let mut steps: Vec<(TableId, Vec<Ddl>)> = Vec::new();
        for ddl in statements {
            match (&ddl, steps.last_mut()) {
                (Ddl::CreateTable(created), _) => steps.push((created.table, vec![ddl])),
                (Ddl::DropTable(dropped), _) => steps.push((dropped.table, vec![ddl])),
                (Ddl::CreateFromSelect(table) | Ddl::DropView { table, .. }, _) => {
                    steps.push((*table, vec![ddl]));
                }
                (_, Some((_, more))) => more.push(ddl),
                (_, None) => {}
            }
        }
        let (before, after) =
            if create { ("before_create", "after_create") } else { ("before_drop", "after_drop") };
        let order: Vec<TableId> = steps.iter().map(|(table, _)| *table).collect();
        if let Some(collection) = self.metadata {
            self.tell(vm, Target::MetaData(collection), before, connection, &order)?;
        }
        for (table, statements) in steps {
            self.tell(vm, Target::Table(table), before, connection, &order)?;
            for ddl in statements {
                // What the program writes itself is executed as its own statement.
                let statement = super::ddl::statement_object(vm, ddl.clone());
                if super::program_compiler::writes(vm, &statement, Dialect::Sqlite) {
                    vm.call_method(connection, "execute", vec![statement])?;
                } else {
                    metadata::run_statements(vm, connection, vec![ddl])?;
                }
            }
            self.tell(vm, Target::Table(table), after, connection, &order)?;
        }
        if let Some(collection) = self.metadata {
            self.tell(vm, Target::MetaData(collection), after, connection, &order)?;
        }
        Ok(())
    }

    fn tell(
        &self,
        vm: &mut Vm,
        target: Target,
        name: &str,
        connection: &Object,
        tables: &[TableId],
    ) -> PyResult<()> {
        let object = match target {
            Target::Table(id) => metadata::table_object(vm, id),
            Target::MetaData(id) => vm.library.sqlalchemy.metadata.get(&id).cloned().unwrap_or(Object::None),
        };
        for listener in vm.library.sqlalchemy.ddl_listeners.clone() {
            if listener.name != name || !listener.hears(vm, &object) {
                continue;
            }
            let check_first = Object::Bool(self.check_first);
            let check_first = super::inspection::make_support(vm, "CheckFirst", vec![check_first])?;
            let mut keyword = vec![(vm.intern("checkfirst"), check_first)];
            match target {
                Target::Table(_) => {
                    let whole = self.metadata.is_some();
                    keyword.push((vm.intern("_is_metadata_operation"), Object::Bool(whole)));
                }
                Target::MetaData(_) => {
                    let tables = tables.iter().map(|id| metadata::table_object(vm, *id)).collect();
                    keyword.push((vm.intern("tables"), Object::list(tables)));
                }
            }
            keyword.push((vm.intern("_ddl_runner"), Object::None));
            let positional = vec![object.clone(), connection.clone()];
            vm.call(&listener.function, Args { positional, keyword })?;
        }
        Ok(())
    }
}
