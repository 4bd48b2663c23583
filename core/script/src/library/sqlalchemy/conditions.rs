//! `ddl_if`: constraints and indexes that only some databases get.
//!
//! The databases are data; the program's code is asked before statements are
//! compiled, and its answer kept with the constraint or the index.
//! SQLAlchemy counterpart: `HasConditionalDDL` and `DDLIf`.

use ormscope::schema::Condition;
use ormscope::sql::Ddl;
use ormscope::sql::compiler::Dialect;
use ormscope::types::TableId;

use super::arguments::{Arguments, items};
use super::constraints::{Item, ItemObject, current};
use super::{classes, ddl, program_compiler, receiver, with_orm};
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// Code that decides on a constraint or an index.
#[derive(Clone)]
pub(super) struct Asked {
    item: Object,
    code: Object,
    state: Object,
}

/// `item.ddl_if(dialect=…, callable_=…, state=…)`
pub(super) fn ddl_if(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("ddl_if", args);
    let item = args.receiver();
    let dialects = match args.take("dialect").filter(|given| !given.is_none()) {
        Some(given) => {
            let mut names = Vec::new();
            for name in items(vm, &given)? {
                names.push(vm.str(&name)?.as_str().to_string());
            }
            Some(names)
        }
        None => None,
    };
    let code = args.take("callable_").filter(|given| !given.is_none());
    let state = args.take("state").unwrap_or(Object::None);
    args.finish(vm)?;
    set(vm, &item, &Condition { dialects, answer: true })?;
    vm.library.sqlalchemy.ddl_asked.retain(|asked| !asked.item.is(&item));
    if let Some(code) = code {
        vm.library.sqlalchemy.ddl_asked.push(Asked { item: item.clone(), code, state });
    }
    Ok(item)
}

/// Gives an item its condition, in its table too once one has it.
fn set(vm: &mut Vm, item: &Object, condition: &Condition) -> PyResult<()> {
    let own = receiver::<ItemObject>(vm, item)?;
    match &mut *own.item.borrow_mut() {
        Item::Constraint(constraint) => constraint.condition = Some(condition.clone()),
        Item::Index(index) => index.condition = Some(condition.clone()),
    }
    let (item, Some((table, at))) = current(vm, item)? else { return Ok(()) };
    with_orm(vm, |orm, _| {
        let table = orm.schema.table_mut(table);
        match item {
            Item::Constraint(_) => {
                if let Some(constraint) = table.constraints.get_mut(at) {
                    constraint.condition = Some(condition.clone());
                }
            }
            Item::Index(_) => {
                if let Some(index) = table.indexes.get_mut(at) {
                    index.condition = Some(condition.clone());
                }
            }
        }
        Ok(())
    })
}

/// Whether code is to be asked before any of these tables is created.
pub(super) fn are_asked(vm: &mut Vm, tables: &[TableId]) -> PyResult<bool> {
    for asked in vm.library.sqlalchemy.ddl_asked.clone() {
        if current(vm, &asked.item)?.1.is_some_and(|(table, _)| tables.contains(&table)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Asks the program's code about the constraints of tables, and with a connection
/// about their indexes as well.
pub(super) fn ask(vm: &mut Vm, tables: &[TableId], dialect: Dialect, bind: Option<&Object>) -> PyResult<()> {
    for asked in vm.library.sqlalchemy.ddl_asked.clone() {
        let (item, Some((table, at))) = current(vm, &asked.item)? else { continue };
        if !tables.contains(&table) {
            continue;
        }
        if matches!(&item, Item::Constraint(constraint) if constraint.separate) {
            continue;
        }
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        let (statement, target_bind, compiler, condition) = match &item {
            Item::Constraint(constraint) => {
                let compiler = program_compiler::new_ddl_compiler(vm, dialect);
                let statement = Ddl::AddConstraint { table, constraint: place };
                (statement, Object::None, compiler, constraint.condition.clone())
            }
            Item::Index(index) => match bind {
                Some(bind) => {
                    let statement = Ddl::CreateIndex { table, index: place, if_not_exists: false };
                    (statement, bind.clone(), Object::None, index.condition.clone())
                }
                None => continue,
            },
        };
        let dialects = condition.and_then(|condition| condition.dialects);
        let suits = Condition { dialects: dialects.clone(), answer: true }.holds(dialect.name());
        let answer = suits && {
            let statement = match &item {
                Item::Constraint(_) => {
                    let class = classes(vm).ddl.get("CreateConstraint").into();
                    vm.call(&class, Args::positional(vec![asked.item.clone()]))?
                }
                Item::Index(_) => ddl::statement_object(vm, statement),
            };
            let dialect = super::engine::dialect_object(vm, dialect)?;
            let keyword = [("state", asked.state.clone()), ("dialect", dialect), ("compiler", compiler)];
            let keyword = keyword.into_iter().map(|(name, value)| (vm.intern(name), value)).collect();
            let positional = vec![statement, asked.item.clone(), target_bind];
            let answer = vm.call(&asked.code, Args { positional, keyword })?;
            vm.truthy(&answer)?
        };
        set(vm, &asked.item, &Condition { dialects, answer })?;
    }
    Ok(())
}
