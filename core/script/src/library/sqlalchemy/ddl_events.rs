//! Events around `create_all`, `drop_all`, `table.create` and `table.drop`.
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
pub(super) const NAMES: [&str; 5] =
    ["before_create", "after_create", "before_drop", "after_drop", COLUMN_REFLECT];

/// The event of a column that was found in the database.
const COLUMN_REFLECT: &str = "column_reflect";

/// Shows what was found of a column to those who listen on the collection; they may change it.
pub(super) fn column_found(
    vm: &mut Vm,
    metadata: MetaDataId,
    inspector: &Object,
    table: &Object,
    column: &Object,
) -> PyResult<()> {
    for listener in vm.library.sqlalchemy.ddl_listeners.clone() {
        if listener.target == Target::MetaData(metadata) && listener.name == COLUMN_REFLECT {
            let arguments = vec![inspector.clone(), table.clone(), column.clone()];
            vm.call(&listener.function, Args::positional(arguments))?;
        }
    }
    Ok(())
}

/// Whether anybody wants to see the columns that are found.
pub(super) fn columns_are_seen(vm: &mut Vm, metadata: MetaDataId) -> bool {
    let mut listeners = vm.library.sqlalchemy.ddl_listeners.iter();
    listeners.any(|one| one.target == Target::MetaData(metadata) && one.name == COLUMN_REFLECT)
}

/// What a program listens on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A collection.
    MetaData(MetaDataId),
    /// A table.
    Table(TableId),
}

/// Something that listens.
#[derive(Clone)]
pub(super) struct Listener {
    pub(super) target: Target,
    pub(super) name: String,
    pub(super) function: Object,
}

/// The collection or table that an object is.
pub(super) fn target_of(object: &Object) -> Option<Target> {
    if let Some(table) = object.native::<TableObject>() {
        return Some(Target::Table(table.id));
    }
    object.native::<MetaDataObject>().map(|data| Target::MetaData(data.id))
}

/// Whether anybody listens to what happens to these tables.
pub(super) fn are_heard(vm: &mut Vm, metadata: Option<MetaDataId>, tables: &[TableId]) -> bool {
    let mut listeners = vm.library.sqlalchemy.ddl_listeners.iter().filter(|one| one.name != COLUMN_REFLECT);
    listeners.any(|listener| match listener.target {
        Target::MetaData(id) => Some(id) == metadata,
        Target::Table(id) => tables.contains(&id),
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
        if metadata::engine_id(bind).is_none() {
            return self.on(vm, bind);
        }
        let scope = vm.call_method(bind, "begin", Vec::new())?;
        let connection = vm.call_method(&scope, "__enter__", Vec::new())?;
        let done = self.on(vm, &connection);
        let class = match &done {
            Ok(()) => Object::None,
            Err(_) => vm.exceptions.exception.clone().into(),
        };
        vm.call_method(&scope, "__exit__", vec![class, Object::None, Object::None])?;
        done
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
        let listeners = vm.library.sqlalchemy.ddl_listeners.clone();
        for listener in listeners.iter().filter(|one| one.target == target && one.name == name) {
            let check_first = Object::Bool(self.check_first);
            let check_first = super::inspection::make_support(vm, "CheckFirst", vec![check_first])?;
            let mut keyword = vec![(vm.intern("checkfirst"), check_first)];
            let object = match target {
                Target::Table(id) => {
                    let whole = self.metadata.is_some();
                    keyword.push((vm.intern("_is_metadata_operation"), Object::Bool(whole)));
                    metadata::table_object(vm, id)
                }
                Target::MetaData(id) => {
                    let tables = tables.iter().map(|id| metadata::table_object(vm, *id)).collect();
                    keyword.push((vm.intern("tables"), Object::list(tables)));
                    vm.library.sqlalchemy.metadata.get(&id).cloned().unwrap_or(Object::None)
                }
            };
            keyword.push((vm.intern("_ddl_runner"), Object::None));
            let positional = vec![object, connection.clone()];
            vm.call(&listener.function, Args { positional, keyword })?;
        }
        Ok(())
    }
}
