//! Tables from a database: `Table(…, autoload_with=…)`, `MetaData.reflect(…)`.
//!
//! SQLAlchemy counterpart: `Inspector.reflect_table`.

use ormscope::schema;

use super::arguments::Arguments;
use super::constraints::text_option;
use super::inspector::inspector_of;
use super::schema::text_object;
use super::{classes, errors, peek, receiver};
use crate::builtins::Dict;
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// What is asked of each table, one question after another.
const QUESTIONS: [&str; 7] = [
    "get_columns",
    "get_pk_constraint",
    "get_foreign_keys",
    "get_indexes",
    "get_unique_constraints",
    "get_check_constraints",
    "get_table_options",
];

/// The answers about a table, in the order of the questions.
type Answers = Vec<Object>;

/// What is wanted of a table.
#[derive(Default)]
pub(super) struct Wanted {
    /// The columns; all of them where none are named.
    pub(super) include: Option<Object>,
    /// Whether tables that it refers to are wanted as well.
    pub(super) resolve: bool,
    /// Those who see the columns, beside those who listen on tables and collections.
    pub(super) listeners: Vec<Object>,
}

/// An inspector on one connection, which is open for as long as it works.
struct Session {
    inspector: Object,
    opened: Option<Object>,
}

impl Session {
    fn new(vm: &mut Vm, bind: &Object) -> PyResult<Session> {
        if super::metadata::engine_id(bind).is_some() {
            let connection = vm.call_method(bind, "connect", Vec::new())?;
            let inspector = inspector_of(vm, &connection)?.unwrap_or(Object::None);
            return Ok(Session { inspector, opened: Some(connection) });
        }
        let inspector = inspector_of(vm, bind)?;
        Ok(Session { inspector: inspector.unwrap_or_else(|| bind.clone()), opened: None })
    }

    fn close(self, vm: &mut Vm) -> PyResult<()> {
        match self.opened {
            Some(connection) => vm.call_method(&connection, "close", Vec::new()).map(|_| ()),
            None => Ok(()),
        }
    }
}

/// The items of a table as the database describes it.
pub(super) fn reflect_table(
    vm: &mut Vm,
    bind: &Object,
    metadata: &Object,
    table: &schema::Table,
    wanted: &Wanted,
) -> PyResult<Vec<Object>> {
    let session = Session::new(vm, bind)?;
    let result = reflect_one(vm, &session.inspector, metadata, table, wanted);
    session.close(vm)?;
    result
}

fn reflect_one(
    vm: &mut Vm,
    inspector: &Object,
    metadata: &Object,
    table: &schema::Table,
    wanted: &Wanted,
) -> PyResult<Vec<Object>> {
    let name = Object::str(&table.name);
    let owner = text_object(&table.schema);
    let mut answers = Answers::new();
    for question in QUESTIONS {
        answers.push(vm.call_method(inspector, question, vec![name.clone(), owner.clone()])?);
    }
    items_of(vm, inspector, metadata, table, &answers, wanted)
}

/// Columns, constraints and indexes made of the answers about a table.
fn items_of(
    vm: &mut Vm,
    inspector: &Object,
    metadata: &Object,
    table: &schema::Table,
    answers: &Answers,
    wanted: &Wanted,
) -> PyResult<Vec<Object>> {
    let own = classes(vm);
    let included = match &wanted.include {
        Some(include) => Some(texts(vm, include)?),
        None => None,
    };
    let is_wanted = |name: &String| included.as_ref().is_none_or(|names| names.contains(name));
    let key = answers[1].clone();
    let key_columns = field(vm, &key, "constrained_columns")?;
    let key_columns = texts(vm, &key_columns)?;
    let mut items = Vec::new();
    let is_seen = !wanted.listeners.is_empty() || super::ddl_events::columns_are_seen(vm);
    let stand_in = if is_seen { stand_in(vm, metadata, table)? } else { Object::None };
    for column in vm.collect(&answers[0])? {
        if is_seen {
            let about = (metadata, &stand_in);
            super::ddl_events::column_found(vm, about, inspector, &column, &wanted.listeners)?;
        }
        if text(vm, &column, "name")?.as_ref().is_some_and(is_wanted) {
            items.push(column_of(vm, &column, &key_columns)?);
        }
    }
    let class = |name: &str| Object::Class(own.constraints.get(name));
    let key_columns: Vec<String> = key_columns.into_iter().filter(is_wanted).collect();
    if !key_columns.is_empty() {
        let keyword = named(vm, &key)?;
        let positional = key_columns.iter().map(Object::str).collect();
        items.push(vm.call(&class("PrimaryKeyConstraint"), Args { positional, keyword })?);
    }
    for foreign_key in vm.collect(&answers[2])? {
        let columns = field(vm, &foreign_key, "constrained_columns")?;
        if !texts(vm, &columns)?.iter().all(is_wanted) {
            continue;
        }
        let target = text(vm, &foreign_key, "referred_table")?.unwrap_or_default();
        let target_schema = text(vm, &foreign_key, "referred_schema")?;
        if wanted.resolve && (target != table.name || target_schema != table.schema) {
            load(vm, inspector, metadata, &target, &target_schema)?;
        }
        let full = target_schema.as_ref().map_or(target.clone(), |schema| format!("{schema}.{target}"));
        let referred = field(vm, &foreign_key, "referred_columns")?;
        let referred = texts(vm, &referred)?;
        let referred = referred.iter().map(|column| Object::str(format!("{full}.{column}"))).collect();
        let mut keyword = named(vm, &foreign_key)?;
        let options = field(vm, &foreign_key, "options")?;
        for option in ["onupdate", "ondelete", "deferrable", "initially"] {
            let value = field(vm, &options, option)?;
            if !value.is_none() {
                keyword.push((vm.intern(option), value));
            }
        }
        let positional = vec![columns, Object::list(referred)];
        items.push(vm.call(&class("ForeignKeyConstraint"), Args { positional, keyword })?);
    }
    for index in vm.collect(&answers[3])? {
        let columns = field(vm, &index, "column_names")?;
        let columns = texts(vm, &columns)?;
        if columns.is_empty() || !columns.iter().all(is_wanted) {
            continue;
        }
        let mut positional = vec![field(vm, &index, "name")?];
        positional.extend(columns.iter().map(Object::str));
        let unique = field(vm, &index, "unique")?;
        let unique = vm.truthy(&unique)?;
        let mut keyword = vec![(vm.intern("unique"), Object::Bool(unique))];
        let options = field(vm, &index, "dialect_options")?;
        let condition = field(vm, &options, "sqlite_where")?;
        if !condition.is_none() {
            keyword.push((vm.intern("sqlite_where"), condition));
        }
        items.push(vm.call(&class("Index"), Args { positional, keyword })?);
    }
    for unique in vm.collect(&answers[4])? {
        let columns = field(vm, &unique, "column_names")?;
        let columns = texts(vm, &columns)?;
        if columns.iter().all(is_wanted) {
            let positional = columns.iter().map(Object::str).collect();
            let keyword = named(vm, &unique)?;
            items.push(vm.call(&class("UniqueConstraint"), Args { positional, keyword })?);
        }
    }
    for check in vm.collect(&answers[5])? {
        let positional = vec![field(vm, &check, "sqltext")?];
        let keyword = named(vm, &check)?;
        items.push(vm.call(&class("CheckConstraint"), Args { positional, keyword })?);
    }
    Ok(items)
}

/// The table, or one of that name, for those who see its columns before it is made.
fn stand_in(vm: &mut Vm, metadata: &Object, table: &schema::Table) -> PyResult<Object> {
    if let Some(id) = super::metadata::metadata_of(vm, metadata)?
        && let Some(known) = peek(vm, |orm| orm.schema.find_table(id, &table.key()))?
    {
        return Ok(super::metadata::table_object(vm, known));
    }
    let own = classes(vm);
    let metadata = vm.call(&Object::Class(own.metadata.clone()), Args::default())?;
    let keyword = vec![(vm.intern("schema"), text_object(&table.schema))];
    let positional = vec![Object::str(&table.name), metadata];
    // Nobody is told of it: it is not the table.
    let listeners = std::mem::take(&mut vm.library.sqlalchemy.ddl_listeners);
    let made = vm.call(&Object::Class(own.table.clone()), Args { positional, keyword });
    vm.library.sqlalchemy.ddl_listeners = listeners;
    made
}

fn column_of(vm: &mut Vm, column: &Object, key_columns: &[String]) -> PyResult<Object> {
    let own = classes(vm);
    let name = text(vm, column, "name")?.unwrap_or_default();
    let mut positional = vec![Object::str(&name), field(vm, column, "type")?];
    let computed = field(vm, column, "computed")?;
    if !computed.is_none() {
        let expression = field(vm, &computed, "sqltext")?;
        let persisted = field(vm, &computed, "persisted")?;
        let class = Object::Class(own.defaults.computed.clone());
        positional.push(vm.call(&class, Args::positional(vec![expression, persisted]))?);
    }
    let mut keyword = vec![
        (vm.intern("nullable"), field(vm, column, "nullable")?),
        (vm.intern("primary_key"), Object::Bool(key_columns.contains(&name))),
    ];
    for name in ["key", "comment", "info", "quote"] {
        let given = field(vm, column, name)?;
        if !given.is_none() {
            keyword.push((vm.intern(name), given));
        }
    }
    let default = field(vm, column, "default")?;
    if let (Object::Str(default), true) = (&default, computed.is_none()) {
        let default = text_clause(vm, default.as_str())?;
        keyword.push((vm.intern("server_default"), default));
    }
    vm.call(&Object::Class(own.column.clone()), Args { positional, keyword })
}

/// Makes sure that a table is in the collection.
fn load(
    vm: &mut Vm,
    inspector: &Object,
    metadata: &Object,
    name: &str,
    owner: &Option<String>,
) -> PyResult<()> {
    let key = owner.as_ref().map_or(name.to_string(), |owner| format!("{owner}.{name}"));
    let known = vm.call_method(metadata, "__contains__", vec![Object::str(&key)])?;
    if vm.truthy(&known)? {
        return Ok(());
    }
    let keyword =
        vec![(vm.intern("autoload_with"), inspector.clone()), (vm.intern("schema"), text_object(owner))];
    let class = Object::Class(classes(vm).table.clone());
    vm.call(&class, Args { positional: vec![Object::str(name), metadata.clone()], keyword })?;
    Ok(())
}

/// `metadata.reflect(bind, schema=…, views=…, only=…)`
pub(super) fn reflect_metadata(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("reflect", args);
    let metadata = args.receiver();
    let data = receiver::<super::metadata::MetaDataObject>(vm, &metadata)?;
    let bind = match args.take("bind").filter(|bind| !bind.is_none()) {
        Some(bind) => bind,
        None if peek(vm, |orm| orm.legacy)? => super::metadata::bound_engine(vm, &metadata)?,
        None => {
            let message = "MetaData.reflect() missing 1 required positional argument: 'bind'";
            return Err(vm.type_error(message));
        }
    };
    let owner = text_option(&mut args, "schema");
    let views = args.flag(vm, "views", false)?;
    let only = args.keyword("only").filter(|only| !only.is_none());
    let extend = args.flag(vm, "extend_existing", false)?;
    let resolve = args.flag(vm, "resolve_fks", true)?;
    let replace = args.flag(vm, "autoload_replace", true)?;
    args.finish(vm)?;
    let session = Session::new(vm, &bind)?;
    let whole = Whole { metadata, id: data.id, bind, owner, views, only, extend, resolve, replace };
    let result = whole.reflect(vm, &session.inspector);
    session.close(vm)?;
    result.map(|()| Object::None)
}

/// One call of `MetaData.reflect`.
struct Whole {
    metadata: Object,
    id: ormscope::types::MetaDataId,
    bind: Object,
    owner: Option<String>,
    views: bool,
    only: Option<Object>,
    extend: bool,
    resolve: bool,
    /// Whether columns that are known already are replaced.
    replace: bool,
}

impl Whole {
    fn reflect(&self, vm: &mut Vm, inspector: &Object) -> PyResult<()> {
        let owner = text_object(&self.owner);
        let names = vm.call_method(inspector, "get_table_names", vec![owner.clone()])?;
        let mut available = texts(vm, &names)?;
        if self.views {
            let names = vm.call_method(inspector, "get_view_names", vec![owner.clone()])?;
            available.extend(texts(vm, &names)?);
        }
        let chosen = self.choose(vm, available.clone())?;
        let mut wanted = Vec::new();
        for name in chosen {
            let key = self.owner.as_ref().map_or(name.clone(), |owner| format!("{owner}.{name}"));
            let known = peek(vm, |orm| orm.schema.find_table(self.id, &key))?;
            if known.is_none() || self.extend {
                wanted.push(name);
            }
        }
        if wanted.is_empty() {
            return Ok(());
        }
        // Tables by themselves are looked for among the temporary ones as well.
        if !self.views {
            vm.call_method(inspector, "get_temp_table_names", Vec::new())?;
        }
        // Every question is asked of all tables before the next one.
        // Tables alone are asked about in the order in which the database names them.
        let order: Vec<String> = match self.views {
            true => wanted.clone(),
            false => available.into_iter().filter(|name| wanted.contains(name)).collect(),
        };
        for question in QUESTIONS {
            for name in &order {
                vm.call_method(inspector, question, vec![Object::str(name), owner.clone()])?;
            }
        }
        for name in wanted {
            let key = self.owner.as_ref().map_or(name.clone(), |owner| format!("{owner}.{name}"));
            let known = peek(vm, |orm| orm.schema.find_table(self.id, &key))?;
            if known.is_some() && !self.extend {
                continue;
            }
            let keyword = vec![
                (vm.intern("autoload_with"), inspector.clone()),
                (vm.intern("schema"), owner.clone()),
                (vm.intern("extend_existing"), Object::Bool(self.extend)),
                (vm.intern("resolve_fks"), Object::Bool(self.resolve)),
                (vm.intern("autoload_replace"), Object::Bool(self.replace)),
            ];
            let class = Object::Class(classes(vm).table.clone());
            let positional = vec![Object::str(&name), self.metadata.clone()];
            vm.call(&class, Args { positional, keyword })?;
        }
        Ok(())
    }

    fn choose(&self, vm: &mut Vm, available: Vec<String>) -> PyResult<Vec<String>> {
        match &self.only {
            None => Ok(available),
            Some(callable @ (Object::Function(_) | Object::Native(_) | Object::Method(_))) => {
                let mut chosen = Vec::new();
                for name in available {
                    let arguments = vec![Object::str(&name), self.metadata.clone()];
                    let wanted = vm.call(callable, Args::positional(arguments))?;
                    if vm.truthy(&wanted)? {
                        chosen.push(name);
                    }
                }
                Ok(chosen)
            }
            Some(names) => {
                let names = texts(vm, names)?;
                let missing: Vec<&str> =
                    names.iter().filter(|name| !available.contains(name)).map(String::as_str).collect();
                if missing.is_empty() {
                    return Ok(names);
                }
                let repr = vm.repr(&self.bind)?;
                let place = self.owner.as_ref().map(|owner| format!(" schema '{owner}'")).unwrap_or_default();
                Err(errors::error(
                    vm,
                    "InvalidRequestError",
                    format!(
                        "Could not reflect: requested table(s) not available in {}{place}: ({})",
                        repr.as_str(),
                        missing.join(", ")
                    ),
                ))
            }
        }
    }
}

/// `text("…")`
pub(super) fn text_clause(vm: &mut Vm, text: &str) -> PyResult<Object> {
    let package = vm.import("sqlalchemy")?;
    let function = vm.get_attr(&Object::Module(package), "text")?;
    vm.call(&function, Args::positional(vec![Object::str(text)]))
}

fn named(vm: &mut Vm, item: &Object) -> PyResult<Vec<(crate::object::Name, Object)>> {
    let name = field(vm, item, "name")?;
    Ok(if name.is_none() { Vec::new() } else { vec![(vm.intern("name"), name)] })
}

/// A value of a dictionary that describes something; `None` where it is missing.
fn field(_vm: &mut Vm, item: &Object, name: &str) -> PyResult<Object> {
    let Object::Dict(dict) = item else { return Ok(Object::None) };
    let dict: &Dict = dict;
    Ok(dict.get_str(name).unwrap_or(Object::None))
}

fn text(vm: &mut Vm, item: &Object, name: &str) -> PyResult<Option<String>> {
    Ok(field(vm, item, name)?.as_str().map(str::to_string))
}

fn texts(vm: &mut Vm, list: &Object) -> PyResult<Vec<String>> {
    if list.is_none() {
        return Ok(Vec::new());
    }
    Ok(vm.collect(list)?.iter().filter_map(Object::as_str).map(str::to_string).collect())
}
