//! `text(…).columns(…)`: text as a select.
//!
//! SQLAlchemy counterpart: `TextualSelect` of `sqlalchemy.sql.selectable`.

use std::rc::Rc;

use ormscope::sql::{Alias, AliasKind, AliasOf, From, Select, SelectItem, Statement, TextualSelect};

use super::arguments::Arguments;
use super::ctes::cte_of;
use super::froms::{column_object, from_object};
use super::{classes, columns, receiver};
use crate::object::{Args, Class, Instance, Object, PyResult};
use crate::vm::Vm;

/// The native data of `text().columns(…)`.
pub(super) struct TextualData {
    pub(super) select: TextualSelect,
}

/// `text(…).columns(…)` as an object.
pub(super) fn textual_object(vm: &mut Vm, select: TextualSelect) -> Object {
    let class = classes(vm).textual_select.clone();
    Instance::native(&class, TextualData { select })
}

/// The class of `text(…).columns(…)`.
pub(super) fn textual_select_class(clause: &Rc<Class>) -> Rc<Class> {
    fn named_as(vm: &mut Vm, args: Args, kind: AliasKind) -> PyResult<Object> {
        let mut args = Arguments::new("subquery", args);
        let data = receiver::<TextualData>(vm, &args.receiver())?;
        let name = args.take("name").and_then(|name| name.as_str().map(str::to_string));
        let of = AliasOf::Statement(Rc::new(Statement::TextualSelect(data.select.clone())));
        from_object(vm, From::Alias(Alias::new(of, name.as_deref(), kind)))
    }
    let builder = Class::builder("TextualSelect").base(clause);
    super::program_elements::statement_flags(builder, "is_select")
        .attribute("is_selectable", Object::Bool(true))
        .attribute("supports_execution", Object::Bool(true))
        .module("sqlalchemy.sql.selectable")
        .method("__str__", super::printing::print_statement)
        .method("compile", super::compiled::compile_statement)
        .method("subquery", |vm, args| named_as(vm, args, AliasKind::Inline))
        .method("alias", |vm, args| named_as(vm, args, AliasKind::Inline))
        .method("lateral", |vm, args| named_as(vm, args, AliasKind::Lateral))
        .method("cte", |vm, args| {
            let mut args = Arguments::new("cte", args);
            let data = receiver::<TextualData>(vm, &args.receiver())?;
            cte_of(vm, Statement::TextualSelect(data.select.clone()), &mut args)
        })
        .method("bindparams", |vm, args| {
            let data = receiver::<TextualData>(vm, &args.positional[0])?;
            let class = classes(vm).text.clone();
            let statement = Rc::clone(&data.select.text);
            let text = Instance::native(&class, super::expressions::TextData { statement });
            let method = vm.get_attr(&text, "bindparams")?;
            let bound =
                vm.call(&method, Args { positional: args.positional[1..].to_vec(), keyword: args.keyword })?;
            let text = Rc::clone(&receiver::<super::expressions::TextData>(vm, &bound)?.statement);
            Ok(textual_object(vm, TextualSelect { text, ..data.select.clone() }))
        })
        .method("params", |vm, args| super::bound_values::with_params(vm, args, false))
        .method("execution_options", |_, args| Ok(args.positional[0].clone()))
        .getter("selected_columns", own_columns)
        .getter("exported_columns", own_columns)
        .getter("column_args", |vm, args| {
            let data = receiver::<TextualData>(vm, &args.positional[0])?;
            let columns = data.select.columns.iter().map(|column| column_object(vm, column.clone()));
            Ok(Object::list(columns.collect::<PyResult<Vec<_>>>()?))
        })
        .getter("positional", |vm, args| {
            let data = receiver::<TextualData>(vm, &args.positional[0])?;
            Ok(Object::Bool(data.select.positional))
        })
        .getter("element", |vm, args| {
            let data = receiver::<TextualData>(vm, &args.positional[0])?;
            let class = classes(vm).text.clone();
            let statement = Rc::clone(&data.select.text);
            Ok(Instance::native(&class, super::expressions::TextData { statement }))
        })
        .getter("selectable", |_, args| Ok(args.positional[0].clone()))
        .getter("entity_namespace", |vm, _| Err(super::element_parts::no_namespace(vm)))
        .build()
}

/// The columns that were named, as they are.
fn own_columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let data = receiver::<TextualData>(vm, &args.positional[0])?;
    let items = data.select.columns.iter().map(|column| SelectItem::Expr(column.clone().into())).collect();
    columns::of_select(vm, &Select { items, ..Select::default() })
}
