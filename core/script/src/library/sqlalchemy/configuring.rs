//! Configuration: mappers work out their relationships when they are first
//! needed; and what is kept of the columns of mapped classes.
//!
//! SQLAlchemy counterpart: `_configure_registries` in `sqlalchemy.orm.mapper`.

use ormscope::orm;
use ormscope::types::{MapperId, StateId};

use super::declarative::{ColumnSettings, tell_classes};
use super::mapping::describe_mapper;
use super::{errors, peek, relationships, with_orm};
use crate::object::{Object, PyResult, Unwind};
use crate::vm::Vm;

/// Keeps what is to be done with the columns of a class.
pub(super) fn settle_columns(vm: &mut Vm, mapper: MapperId, columns: Vec<(String, ColumnSettings)>) {
    vm.library.sqlalchemy.mapped[mapper.index()].columns = columns;
}

/// What an object that has no value for an attribute gives: the default of a dataclass.
pub(super) fn default_value(vm: &mut Vm, state: StateId, attribute: usize) -> PyResult<Option<Object>> {
    let (mapper, key) = peek(vm, |orm| {
        let empty = matches!(orm.states[state].slots[attribute], orm::Slot::Empty);
        let key = empty.then(|| orm.mapper_of(state).attributes[attribute].key.clone());
        (orm.states[state].mapper, key)
    })?;
    let Some(key) = key else { return Ok(None) };
    let columns = &vm.library.sqlalchemy.mapped[mapper.index()].columns;
    let settings = columns.iter().find(|(known, _)| *known == key);
    Ok(settings.and_then(|(_, settings)| settings.default_value.clone()))
}

/// Works out every relationship that waits.
pub(super) fn configure(vm: &mut Vm) -> PyResult<()> {
    let library = &mut vm.library.sqlalchemy;
    // What is asked for while they are worked out must do with what there is.
    if library.configuring || !library.new_mappers {
        return Ok(());
    }
    library.configuring = true;
    let result = configure_told(vm);
    vm.library.sqlalchemy.configuring = false;
    vm.library.sqlalchemy.new_mappers = result.is_err();
    result
}

/// The same, with all who want to know told before and after.
fn configure_told(vm: &mut Vm) -> PyResult<()> {
    let fresh = super::orm_events::classes::before_configure(vm)?;
    tell_classes(vm, "__declare_first__")?;
    configure_all(vm)?;
    super::orm_events::classes::after_configure(vm, &fresh)?;
    tell_classes(vm, "__declare_last__")
}

/// Keeps the failure of a mapper, which all that comes later fails with.
fn failed(vm: &mut Vm, mapper: usize, unwind: Unwind) -> Unwind {
    let Some(exception) = vm.exception_of(&unwind) else { return unwind };
    match vm.str(&exception) {
        Ok(text) => {
            vm.library.sqlalchemy.mapped[mapper].failure = Some(text.as_str().to_string());
            unwind
        }
        Err(other) => other,
    }
}

fn configure_all(vm: &mut Vm) -> PyResult<()> {
    for at in 0..vm.library.sqlalchemy.mapped.len() {
        let Some(failure) = vm.library.sqlalchemy.mapped[at].failure.clone() else { continue };
        let described = describe_mapper(vm, MapperId(at as u32))?;
        let message = format!(
            "One or more mappers failed to initialize - can't proceed with initialization of other mappers. Triggering mapper: '{described}'. Original exception was: {failure}"
        );
        return Err(errors::error(vm, "InvalidRequestError", message));
    }
    let mut configured: Vec<MapperId> = Vec::new();
    for at in 0..vm.library.sqlalchemy.mapped.len() {
        let mapper = MapperId(at as u32);
        if peek(vm, |orm| orm.mapper(mapper).disposed)? {
            vm.library.sqlalchemy.mapped[at].waiting.clear();
            continue;
        }
        // They stay waiting until all is well, so that the error comes again.
        let waiting = vm.library.sqlalchemy.mapped[at].waiting.clone();
        for (key, object) in &waiting {
            relationships::resolve(vm, mapper, key, object).map_err(|unwind| failed(vm, at, unwind))?;
        }
        if !waiting.is_empty() {
            configured.push(mapper);
        }
    }
    for at in 0..vm.library.sqlalchemy.mapped.len() {
        let mapper = MapperId(at as u32);
        if !peek(vm, |orm| orm.mapper(mapper).disposed)? {
            with_orm(vm, |orm, _| orm.configure(mapper)).map_err(|unwind| failed(vm, at, unwind))?;
        }
    }
    for mapper in configured {
        vm.library.sqlalchemy.mapped[mapper.index()].waiting.clear();
    }
    Ok(())
}
