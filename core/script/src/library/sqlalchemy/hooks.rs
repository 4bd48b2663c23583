//! What the ORM asks of Python: objects for rows, collections, defaults.

use std::any::Any;
use std::rc::Rc;

use ormscope::engine::{ConnectionId, DefaultWanted, Moment};
use ormscope::orm::{self, AttributeEvent, Collection, Hooks, Orm, OrmEvent, OrmResult};
use ormscope::types::{EngineId, MapperId, StateId, Value};

use super::errors::pass_through;
use super::values::{Kept, to_object, to_value};
use super::{collection_adapter, collections, custom_collections, events, mapping, orm_events, types};
use crate::builtins::Dict;
use crate::object::{Args, Instance, Object, Payload};
use crate::vm::Vm;

/// The ORM's way to the interpreter.
pub(super) struct VmHooks<'a> {
    pub(super) vm: &'a mut Vm,
}

impl VmHooks<'_> {
    /// Runs Python code with the ORM back in its place.
    fn with_orm_back<T>(&mut self, orm: &mut Orm, run: impl FnOnce(&mut Vm) -> T) -> T {
        let vacant = Orm::new(Rc::new(ormscope::engine::driver::SqliteDriver));
        self.vm.library.sqlalchemy.orm = Some(Box::new(std::mem::replace(orm, vacant)));
        let result = run(self.vm);
        if let Some(back) = self.vm.library.sqlalchemy.orm.take() {
            *orm = *back;
        }
        result
    }
}

impl Hooks for VmHooks<'_> {
    fn instantiate(&mut self, orm: &mut Orm, mapper: MapperId, state: StateId) -> OrmResult<Rc<dyn Any>> {
        let class = Rc::clone(&self.vm.library.sqlalchemy.mapped[mapper.index()].class);
        let payload = Payload::Native(Rc::new(mapping::MappedInstance::new(orm, state)));
        let Object::Instance(instance) = Instance::with_payload(&class, payload) else {
            return Ok(Rc::new(()));
        };
        Ok(instance)
    }

    fn new_collection(
        &mut self,
        orm: &mut Orm,
        owner: StateId,
        attribute: usize,
    ) -> OrmResult<Rc<dyn Collection>> {
        let mapper = orm.states[owner].mapper;
        if custom_collections::is_plain(self.vm, orm, mapper, attribute) {
            let holder = collection_adapter::holder_of(orm, owner);
            return collections::plain_list(self.vm, holder, owner, attribute).map_err(pass_through);
        }
        self.with_orm_back(orm, |vm| collections::new_collection(vm, mapper, owner, attribute))
            .map_err(pass_through)
    }

    fn call_default(
        &mut self,
        orm: &mut Orm,
        code: &Rc<dyn Any>,
        connection: ConnectionId,
        wanted: &DefaultWanted,
    ) -> OrmResult<Result<Value, (String, String)>> {
        let Some(Kept { object: callable, .. }) = code.downcast_ref::<Kept>() else {
            return Ok(Ok(Value::Null));
        };
        let callable = callable.clone();
        self.with_orm_back(orm, |vm| {
            let made = schema_default(vm, &callable, connection, wanted);
            match made.and_then(|made| to_value(vm, &made)) {
                Ok(value) => Ok(Ok(value)),
                Err(unwind) => types::described_exception(vm, unwind).map(Err),
            }
        })
        .map_err(pass_through)
    }

    fn call_version(&mut self, orm: &mut Orm, code: &Rc<dyn Any>, last: &Value) -> OrmResult<Value> {
        let Some(callable) = code.downcast_ref::<Object>().cloned() else { return Ok(Value::Null) };
        self.with_orm_back(orm, |vm| {
            let last = to_object(vm, last)?;
            let next = vm.call(&callable, Args::positional(vec![last]))?;
            to_value(vm, &next)
        })
        .map_err(pass_through)
    }

    fn engine_event(&mut self, orm: &mut Orm, moment: Moment<'_>) -> OrmResult<()> {
        self.with_orm_back(orm, |vm| events::told(vm, moment))
    }

    fn message_of(&mut self, orm: &mut Orm, exception: &Rc<dyn Any>) -> String {
        let Some(unwind) = exception.downcast_ref::<crate::object::Unwind>().cloned() else {
            return String::new();
        };
        self.with_orm_back(orm, |vm| {
            let exception = vm.exception_of(&unwind);
            let text = exception.and_then(|exception| vm.str(&exception).ok());
            text.map(|text| text.as_str().to_string()).unwrap_or_default()
        })
    }

    fn orm_event(&mut self, orm: &mut Orm, event: OrmEvent) -> OrmResult<()> {
        self.with_orm_back(orm, |vm| orm_events::tell::tell(vm, event)).map_err(pass_through)
    }

    fn attribute_event(&mut self, orm: &mut Orm, event: AttributeEvent) -> OrmResult<Option<orm::Object>> {
        self.with_orm_back(orm, |vm| orm_events::attributes::changed(vm, event)).map_err(pass_through)
    }

    fn warn(&mut self, orm: &mut Orm, message: &str) -> OrmResult<()> {
        self.with_orm_back(orm, |vm| super::errors::warn(vm, message)).map_err(pass_through)
    }

    fn converts_json(&self, engine: EngineId, outward: bool) -> bool {
        let codecs = self.vm.library.sqlalchemy.engine.json.get(&engine);
        codecs.is_some_and(|(writes, reads)| if outward { writes } else { reads }.is_some())
    }

    fn convert_json(
        &mut self,
        orm: &mut Orm,
        engine: EngineId,
        outward: bool,
        value: &Value,
    ) -> OrmResult<Value> {
        let codecs = self.vm.library.sqlalchemy.engine.json.get(&engine).cloned();
        let Some(code) = codecs.and_then(|(writes, reads)| if outward { writes } else { reads }) else {
            return Ok(value.clone());
        };
        self.with_orm_back(orm, |vm| {
            let given = match value {
                Value::Json(text) if !outward => Object::str(text),
                // SQLite has made a number of it.
                number if !outward => return Ok(number.clone()),
                value => to_object(vm, value)?,
            };
            let made = vm.call(&code, Args::positional(vec![given]))?;
            match crate::builtins::base(&made) {
                Object::Str(text) if outward => Ok(Value::Json(text.as_str().into())),
                _ => to_value(vm, &made),
            }
        })
        .map_err(pass_through)
    }

    fn convert(
        &mut self,
        orm: &mut Orm,
        code: &Rc<dyn Any>,
        outward: bool,
        value: &Value,
    ) -> OrmResult<Result<Value, (String, String)>> {
        let direction = if outward { types::Direction::Bind } else { types::Direction::Result };
        self.with_orm_back(orm, |vm| match types::convert(vm, code, direction, value) {
            Err(unwind) if outward => types::described_exception(vm, unwind).map(Err),
            converted => converted.map(Ok),
        })
        .map_err(pass_through)
    }
}

/// Calls a default: with the execution's context where it takes an argument.
fn schema_default(
    vm: &mut Vm,
    callable: &Object,
    connection: ConnectionId,
    wanted: &DefaultWanted,
) -> crate::object::PyResult<Object> {
    let takes_context = match callable {
        Object::Function(function) => function.code.parameters.positional > function.defaults.borrow().len(),
        _ => false,
    };
    let mut arguments = Vec::new();
    if takes_context {
        let mut row = Vec::new();
        for (name, value) in &wanted.parameters {
            row.push((Object::str(name), to_object(vm, value)?));
        }
        let row = Dict::from_items(vm, row)?;
        let column = wanted.column.map_or(Object::None, |id| super::schema::column_object(vm, id));
        let connection = events::about(vm, connection)?.map_or(Object::None, |(_, object)| object);
        let verb = Object::str(if wanted.inserts { "INSERT" } else { "UPDATE" });
        let mut given = vec![row, column, connection, verb, Object::Bool(wanted.many)];
        if let Some((executing, options)) = vm.library.sqlalchemy.engine.executing.clone() {
            given.extend([executing, super::engine::options_object(vm, &options)?]);
        }
        arguments.push(super::inspection::make_support(vm, "DefaultContext", given)?);
    }
    vm.call(callable, Args::positional(arguments))
}
