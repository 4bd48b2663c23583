//! Arguments that only some dialects know: `mysql_engine="InnoDB"`.

use ormscope::schema::{OptionValue, Options};

use crate::library::sqlalchemy::arguments::Arguments;
use crate::library::sqlalchemy::expressions::to_expr;
use crate::library::sqlalchemy::{dialect_options, errors};
use crate::object::{Object, PyResult};
use crate::vm::Vm;

/// Takes the keyword arguments that are left as options of dialects.
pub(in crate::library::sqlalchemy) fn read_options(
    vm: &mut Vm,
    args: &mut Arguments,
    class: &str,
) -> PyResult<Options> {
    let mut options = Options::default();
    for (name, value) in args.keywords() {
        let name = name.as_str();
        let Some((dialect, argument)) = name.split_once('_') else {
            return Err(vm.type_error(format!(
                "Additional arguments should be named <dialectname>_<argument>, got '{name}'"
            )));
        };
        if !dialect_options::is_known(dialect, class, argument) {
            return Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "Argument '{name}' is not accepted by dialect '{dialect}' on behalf of {}",
                    class_text(class)
                ),
            ));
        }
        options.0.push((name.to_string(), option_value(vm, &value)?));
    }
    Ok(options)
}

/// A class as errors show it.
fn class_text(class: &str) -> String {
    let module = if class == "ExcludeConstraint" {
        "sqlalchemy.dialects.postgresql.ext"
    } else {
        "sqlalchemy.sql.schema"
    };
    format!("<class '{module}.{class}'>")
}

fn option_value(vm: &mut Vm, value: &Object) -> PyResult<OptionValue> {
    Ok(match value {
        Object::None => OptionValue::None,
        Object::Bool(value) => OptionValue::Bool(*value),
        Object::Int(number) => OptionValue::Int(*number),
        Object::Str(text) => OptionValue::Text(text.as_str().to_string()),
        Object::List(_) | Object::Tuple(_) => {
            let mut list = Vec::new();
            for item in vm.collect(value)? {
                // A column stands for its key.
                let item = match vm.get_attr_opt(&item, "key")? {
                    Some(key) if item.as_str().is_none() => key,
                    _ => item,
                };
                list.push(option_value(vm, &item)?);
            }
            OptionValue::List(list)
        }
        Object::Dict(_) => {
            let items = vm.call_method(value, "items", Vec::new())?;
            let mut map = Vec::new();
            for item in vm.collect(&items)? {
                let pair = vm.collect(&item)?;
                if let [name, value] = &pair[..] {
                    map.push((vm.str(name)?.as_str().to_string(), option_value(vm, value)?));
                }
            }
            OptionValue::Map(map)
        }
        other => match to_expr(vm, other)? {
            Some(expr) => OptionValue::Expr(expr),
            None => OptionValue::Text(vm.str(other)?.as_str().to_string()),
        },
    })
}
