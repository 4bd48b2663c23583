//! `params()` and `unique_params()`: copies of elements with values for their binds.
//!
//! It must not know how binds are named in a statement; the compiler tells.
//! SQLAlchemy counterpart: `ClauseElement.params`, `ExecutableStatement.params`.

use std::rc::Rc;

use ormscope::sql::compiler::{Dialect, Given, Source};
use ormscope::sql::{Bind, BindValue, Expr, Kind, Rewrite, TextStatement, TextualSelect};
use ormscope::types::Value;

use super::expressions::{ExprData, TextData, expr_object};
use super::froms::{FromData, from_object};
use super::select::{SelectData, select_object};
use super::textual::{TextualData, textual_object};
use super::values::to_value;
use super::{classes, elements, printing, schema};
use crate::object::{Args, Instance, NativeFn, Object, PyResult};
use crate::vm::Vm;

/// The methods, which every element has.
pub(super) const METHODS: &[(&str, NativeFn)] = &[
    ("params", |vm, args| with_params(vm, args, false)),
    ("unique_params", |vm, args| with_params(vm, args, true)),
];

/// A value under the name of its bind.
struct Setting {
    name: String,
    /// The bind that a statement has under that name, where it is an anonymous one.
    id: Option<ormscope::sql::AnonId>,
    value: Object,
}

pub(super) fn with_params(vm: &mut Vm, args: Args, unique: bool) -> PyResult<Object> {
    let this = args.positional[0].clone();
    if let Some(message) = refusal(&this) {
        return Err(vm.error(&vm.exceptions.not_implemented_error.clone(), message));
    }
    let mut given = args.keyword;
    if let Some(Object::Dict(dict)) = args.positional.get(1) {
        for (key, value) in dict.items() {
            let key = vm.str(&key)?;
            given.push((vm.intern(key.as_str()), value));
        }
    }
    let mut settings: Vec<Setting> = Vec::with_capacity(given.len());
    for (name, value) in given {
        settings.push(Setting { name: name.as_str().to_string(), id: None, value });
    }
    if this.native::<SelectData>().is_some() {
        name_anonymous(vm, &this, &mut settings)?;
    }
    rebuilt(vm, &this, &settings, unique)
}

/// Why an element has no copy with other values.
fn refusal(this: &Object) -> Option<&'static str> {
    if this.native::<super::dml::DmlData>().is_some() {
        return Some(
            "params() is not supported for INSERT/UPDATE/DELETE statements. To set the values for an INSERT or UPDATE statement, use stmt.values(**parameters).",
        );
    }
    let column = |data: Rc<ExprData>| matches!(data.expr.kind(), Kind::Column(_) | Kind::Literal { .. });
    let immutable = this.native::<schema::TableObject>().is_some()
        || this.native::<schema::ColumnObject>().is_some()
        || this.native::<ExprData>().is_some_and(column)
        || this.native::<FromData>().is_some_and(|data| matches!(data.from, ormscope::sql::From::Plain(_)));
    immutable.then_some("Immutable objects do not support copying")
}

/// The binds of a statement that get their names when it is compiled.
fn name_anonymous(vm: &mut Vm, statement: &Object, settings: &mut [Setting]) -> PyResult<()> {
    let (compiled, binds) = match printing::compiled(vm, statement, Dialect::Default, &Given::default()) {
        Ok(known) => known,
        // A statement that cannot be compiled as it stands has no such names.
        Err(_) => return Ok(()),
    };
    for setting in settings {
        let found = compiled.parameters.iter().find(|parameter| *parameter.name == *setting.name);
        if let Some(Source::Bind(at)) = found.map(|parameter| &parameter.source) {
            setting.id = binds.get(*at).filter(|bind| bind.unique).map(|bind| bind.id);
        }
    }
    Ok(())
}

/// A bind with the value that is set for it.
fn set(vm: &mut Vm, bind: &Rc<Bind>, settings: &[Setting], unique: bool) -> PyResult<Option<Rc<Bind>>> {
    let own = elements::bind_name(bind);
    let is_its = |one: &&Setting| match one.id {
        Some(id) => id == bind.id,
        None => *one.name == *own,
    };
    let setting = settings.iter().rev().find(is_its);
    if setting.is_none() && !unique {
        return Ok(None);
    }
    let mut changed = (**bind).clone();
    if let Some(setting) = setting {
        changed.value = if bind.value.is_expanding() {
            let values = vm.collect(&setting.value)?;
            BindValue::Expanding(
                values.iter().map(|value| to_value(vm, value)).collect::<PyResult<Vec<Value>>>()?,
            )
        } else {
            BindValue::One(to_value(vm, &setting.value)?)
        };
    }
    if unique && !changed.unique {
        changed.unique = true;
        changed.id = ormscope::sql::AnonId::fresh();
    }
    Ok(Some(Rc::new(changed)))
}

fn rebuilt(vm: &mut Vm, this: &Object, settings: &[Setting], unique: bool) -> PyResult<Object> {
    if let Some(data) = this.native::<TextData>() {
        let statement = Rc::new(text(vm, &data.statement, settings, unique)?);
        let class = classes(vm).text.clone();
        return Ok(Instance::native(&class, TextData { statement }));
    }
    if let Some(data) = this.native::<TextualData>() {
        let text = Rc::new(text(vm, &data.select.text, settings, unique)?);
        return Ok(textual_object(vm, TextualSelect { text, ..data.select.clone() }));
    }
    let mut failed = None;
    let mut replace = |expr: &Expr| -> Option<Expr> {
        let changed = match expr.kind() {
            Kind::Bind(bind) => set(vm, bind, settings, unique).map(|bind| bind.map(Expr::from)),
            Kind::Text(inner) if !inner.bind_names().is_empty() => text(vm, inner, settings, unique)
                .map(|statement| Some(Expr::new(Kind::Text(Rc::new(statement))))),
            _ => return None,
        };
        match changed {
            Ok(changed) => changed,
            Err(unwind) => {
                failed.get_or_insert(unwind);
                None
            }
        }
    };
    let mut keep = |_: &ormscope::sql::From| None;
    let mut rewrite = Rewrite::new(&mut replace, &mut keep);
    let made = if let Some(data) = this.native::<SelectData>() {
        let mut copy = (*data).clone();
        copy.select = rewrite.select(&data.select);
        Made::Select(Box::new(copy))
    } else if let Some(data) = this.native::<FromData>() {
        Made::From(rewrite.from(&data.from))
    } else if let Some(data) = this.native::<ExprData>() {
        Made::Expr(rewrite.expr(&data.expr))
    } else {
        return Ok(this.clone());
    };
    if let Some(unwind) = failed {
        return Err(unwind);
    }
    match made {
        Made::Select(data) => Ok(select_object(vm, *data)),
        Made::From(from) => from_object(vm, from),
        Made::Expr(expr) => Ok(expr_object(vm, expr)),
    }
}

/// What was rebuilt.
enum Made {
    Select(Box<SelectData>),
    From(ormscope::sql::From),
    Expr(Expr),
}

/// Text with values for its binds.
fn text(
    vm: &mut Vm,
    statement: &TextStatement,
    settings: &[Setting],
    unique: bool,
) -> PyResult<TextStatement> {
    let mut copy = statement.clone();
    for setting in settings {
        let named = statement.bind_names().contains(&&*setting.name);
        let known = copy.binds.iter_mut().find(|bind| *bind.key == *setting.name);
        match known {
            Some(known) => {
                if let Some(changed) = set(vm, known, std::slice::from_ref(setting), unique)? {
                    *known = changed;
                }
            }
            None if named => {
                let value = BindValue::One(to_value(vm, &setting.value)?);
                copy.binds.push(Rc::new(Bind::named(&setting.name, value)));
            }
            None => {}
        }
    }
    Ok(copy)
}
