//! Tables from a database: `Table(…, autoload_with=…)`, `MetaData.reflect(…)`.
//!
//! SQLAlchemy counterpart: `Inspector.reflect_table`.

use ormscope::schema;
use ormscope::sql::Expr;
use ormscope::types::SqlType;

use super::arguments::Arguments;
use super::constraints::text_option;
use super::inspector::inspector_of;
use super::{classes, errors, receiver};
use crate::builtins::Dict;
use crate::object::{Args, Object, PyResult};
use crate::vm::Vm;

/// The items of a table as the database describes it.
pub(super) fn reflect_table(
    vm: &mut Vm,
    bind: &Object,
    metadata: &Object,
    table: &schema::Table,
    include: Option<&Object>,
    resolve: bool,
) -> PyResult<Vec<Object>> {
    let inspector = match inspector_of(vm, bind)? {
        Some(inspector) => inspector,
        None => bind.clone(),
    };
    let name = Object::str(&table.name);
    let owner = table.schema.as_ref().map_or(Object::None, Object::str);
    let ask = |vm: &mut Vm, method: &str| -> PyResult<Vec<Object>> {
        let answer = vm.call_method(&inspector, method, vec![name.clone(), owner.clone()])?;
        vm.collect(&answer)
    };
    let wanted: Option<Vec<String>> = match include {
        Some(include) => {
            let mut names = Vec::new();
            for name in vm.collect(include)? {
                names.push(vm.str(&name)?.as_str().to_string());
            }
            Some(names)
        }
        None => None,
    };
    let own = classes(vm);
    let mut items = Vec::new();
    let key = vm.call_method(&inspector, "get_pk_constraint", vec![name.clone(), owner.clone()])?;
    let key_columns = field(vm, &key, "constrained_columns")?;
    let key_columns = texts(vm, &key_columns)?;
    for column in ask(vm, "get_columns")? {
        let column_name = text(vm, &column, "name")?.unwrap_or_default();
        if wanted.as_ref().is_some_and(|wanted| !wanted.contains(&column_name)) {
            continue;
        }
        let mut positional = vec![Object::str(&column_name), field(vm, &column, "type")?];
        let computed = field(vm, &column, "computed")?;
        if !computed.is_none() {
            let expression = field(vm, &computed, "sqltext")?;
            let persisted = field(vm, &computed, "persisted")?;
            let class = Object::Class(own.defaults.computed.clone());
            positional.push(vm.call(&class, Args::positional(vec![expression, persisted]))?);
        }
        let mut keyword = vec![
            (vm.intern("nullable"), field(vm, &column, "nullable")?),
            (vm.intern("primary_key"), Object::Bool(key_columns.contains(&column_name))),
        ];
        let default = field(vm, &column, "default")?;
        if let (Object::Str(default), true) = (&default, computed.is_none()) {
            let default = default_expr(vm, default.as_str());
            keyword.push((vm.intern("server_default"), default));
        }
        let class = Object::Class(own.column.clone());
        items.push(vm.call(&class, Args { positional, keyword })?);
    }
    let class = |name: &str| Object::Class(own.constraints.get(name));
    if key_columns.len() > 1 || text(vm, &key, "name")?.is_some() {
        let keyword = named(vm, &key)?;
        let positional = key_columns.iter().map(Object::str).collect();
        items.push(vm.call(&class("PrimaryKeyConstraint"), Args { positional, keyword })?);
    }
    for foreign_key in ask(vm, "get_foreign_keys")? {
        let columns = field(vm, &foreign_key, "constrained_columns")?;
        let target = text(vm, &foreign_key, "referred_table")?.unwrap_or_default();
        let target_schema = text(vm, &foreign_key, "referred_schema")?;
        let full = target_schema.as_ref().map_or(target.clone(), |schema| format!("{schema}.{target}"));
        if resolve && (target != table.name || target_schema != table.schema) {
            let keyword = vec![
                (vm.intern("autoload_with"), inspector.clone()),
                (vm.intern("schema"), target_schema.as_ref().map_or(Object::None, Object::str)),
            ];
            let known = vm.call_method(metadata, "__contains__", vec![Object::str(&full)])?;
            if !vm.truthy(&known)? {
                let positional = vec![Object::str(&target), metadata.clone()];
                vm.call(&Object::Class(own.table.clone()), Args { positional, keyword })?;
            }
        }
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
    for index in ask(vm, "get_indexes")? {
        if !field(vm, &index, "duplicates_constraint")?.is_none() {
            continue;
        }
        let columns = field(vm, &index, "column_names")?;
        let columns = texts(vm, &columns)?;
        if columns.is_empty() {
            continue;
        }
        let mut positional = vec![field(vm, &index, "name")?];
        positional.extend(columns.iter().map(Object::str));
        let unique = field(vm, &index, "unique")?;
        let unique = vm.truthy(&unique)?;
        let keyword = vec![(vm.intern("unique"), Object::Bool(unique))];
        items.push(vm.call(&class("Index"), Args { positional, keyword })?);
    }
    for unique in ask(vm, "get_unique_constraints")? {
        let columns = field(vm, &unique, "column_names")?;
        let positional = texts(vm, &columns)?.iter().map(Object::str).collect();
        let keyword = named(vm, &unique)?;
        items.push(vm.call(&class("UniqueConstraint"), Args { positional, keyword })?);
    }
    for check in ask(vm, "get_check_constraints")? {
        let positional = vec![field(vm, &check, "sqltext")?];
        let keyword = named(vm, &check)?;
        items.push(vm.call(&class("CheckConstraint"), Args { positional, keyword })?);
    }
    Ok(items)
}

/// `metadata.reflect(bind, schema=…, views=…, only=…)`
pub(super) fn reflect_metadata(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let mut args = Arguments::new("reflect", args);
    let metadata = args.receiver();
    receiver::<super::metadata::MetaDataObject>(vm, &metadata)?;
    let bind = args.require(vm, "bind")?;
    let owner = text_option(&mut args, "schema");
    let views = args.flag(vm, "views", false)?;
    let only = args.keyword("only").filter(|only| !only.is_none());
    let extend = args.flag(vm, "extend_existing", false)?;
    let resolve = args.flag(vm, "resolve_fks", true)?;
    args.keyword("autoload_replace");
    args.finish(vm)?;
    let inspector = match inspector_of(vm, &bind)? {
        Some(inspector) => inspector,
        None => bind.clone(),
    };
    let owner_object = owner.as_ref().map_or(Object::None, Object::str);
    let names = vm.call_method(&inspector, "get_table_names", vec![owner_object.clone()])?;
    let mut available = texts(vm, &names)?;
    if views {
        let names = vm.call_method(&inspector, "get_view_names", vec![owner_object.clone()])?;
        available.extend(texts(vm, &names)?);
    }
    let chosen = match &only {
        None => available,
        Some(callable @ (Object::Function(_) | Object::Native(_) | Object::Method(_))) => {
            let mut chosen = Vec::new();
            for name in available {
                let arguments = vec![Object::str(&name), metadata.clone()];
                let wanted = vm.call(callable, Args::positional(arguments))?;
                if vm.truthy(&wanted)? {
                    chosen.push(name);
                }
            }
            chosen
        }
        Some(names) => {
            let names = texts(vm, names)?;
            let missing: Vec<&str> =
                names.iter().filter(|name| !available.contains(name)).map(String::as_str).collect();
            if !missing.is_empty() {
                let repr = vm.repr(&bind)?;
                return Err(errors::error(
                    vm,
                    "InvalidRequestError",
                    format!(
                        "Could not reflect: requested table(s) not available in {}{}: ({})",
                        repr.as_str(),
                        owner.map(|owner| format!(" schema '{owner}'")).unwrap_or_default(),
                        missing.join(", ")
                    ),
                ));
            }
            names
        }
    };
    let table = Object::Class(classes(vm).table.clone());
    for name in chosen {
        let key = owner.as_ref().map_or(name.clone(), |owner| format!("{owner}.{name}"));
        let known = vm.call_method(&metadata, "__contains__", vec![Object::str(&key)])?;
        if vm.truthy(&known)? && !extend {
            continue;
        }
        let keyword = vec![
            (vm.intern("autoload_with"), inspector.clone()),
            (vm.intern("schema"), owner_object.clone()),
            (vm.intern("extend_existing"), Object::Bool(extend)),
            (vm.intern("resolve_fks"), Object::Bool(resolve)),
        ];
        vm.call(&table, Args { positional: vec![Object::str(&name), metadata.clone()], keyword })?;
    }
    Ok(Object::None)
}

/// A default as SQL text.
fn default_expr(vm: &mut Vm, text: &str) -> Object {
    let expr = Expr::literal_column(text, SqlType::Null);
    super::expressions::expr_object(vm, expr)
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
