//! Table-level constraints, and `Index`.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ormscope::schema::{
    Check, Checking, Constraint, ConstraintKind, ForeignKey, ForeignKeyRules, Index, IndexElement,
};
use ormscope::sql::Kind;
use ormscope::types::{ColumnId, TableId};

use super::arguments::Arguments;
use super::expressions::{expr_object, to_expr};
use super::foreign_keys::{ForeignKeyObject, target};
use super::schema::defaults::text_or_expr;
use super::schema::options::read_options;
use super::schema::{ColumnObject, append_items, column_id, column_object, info, text_object};
use super::{classes, errors, peek, receiver};
use crate::object::{Args, Class, Instance, NativeFn, Object, PyResult, Unwind};
use crate::vm::Vm;

/// The native data of a table-level constraint or index.
pub(super) struct ItemObject {
    /// What it is, until a table takes it.
    pub(super) item: RefCell<Item>,
    /// The table that has it, and its place there.
    place: Cell<Option<(TableId, usize)>>,
}

/// A constraint or an index.
#[derive(Clone)]
pub(super) enum Item {
    /// A constraint.
    Constraint(Constraint),
    /// An index.
    Index(Index),
}

/// The place of a primary key that is made from columns.
const IMPLICIT: usize = usize::MAX;

/// The classes of constraints and indexes, made once.
pub(super) struct ConstraintClasses {
    by_name: Vec<(&'static str, Rc<Class>)>,
}

const NEW: &[(&str, NativeFn)] = &[
    ("UniqueConstraint", |vm, args| new_item(vm, args, "UniqueConstraint")),
    ("PrimaryKeyConstraint", |vm, args| new_item(vm, args, "PrimaryKeyConstraint")),
    ("CheckConstraint", |vm, args| new_item(vm, args, "CheckConstraint")),
    ("ForeignKeyConstraint", |vm, args| new_item(vm, args, "ForeignKeyConstraint")),
    ("ExcludeConstraint", |vm, args| new_item(vm, args, "ExcludeConstraint")),
    ("Index", |vm, args| new_item(vm, args, "Index")),
];

impl ConstraintClasses {
    pub(super) fn new() -> ConstraintClasses {
        let base = Class::builder("Constraint").module("sqlalchemy.sql.schema").build();
        let mut by_name: Vec<(&'static str, Rc<Class>)> = vec![("Constraint", Rc::clone(&base))];
        for (name, new) in NEW {
            let builder = Class::builder(name).module("sqlalchemy.sql.schema");
            let builder = if *name == "Index" { builder } else { builder.base(&base) };
            by_name.push((name, with_attributes(builder.method("__new__", *new))));
        }
        ConstraintClasses { by_name }
    }

    /// A class by name.
    pub(super) fn get(&self, name: &str) -> Rc<Class> {
        let found = self.by_name.iter().find(|(known, _)| *known == name);
        Rc::clone(&found.unwrap_or(&self.by_name[0]).1)
    }

    /// Every class with its name.
    pub(super) fn all(&self) -> impl Iterator<Item = (&'static str, Rc<Class>)> + '_ {
        self.by_name.iter().map(|(name, class)| (*name, Rc::clone(class)))
    }
}

fn with_attributes(builder: crate::object::ClassBuilder) -> Rc<Class> {
    builder
        .method("__init__", |_, _| Ok(Object::None))
        .method("__repr__", |vm, args| {
            Ok(Object::str(super::constraint_repr::repr(vm, &args.positional[0])?))
        })
        .getter("name", |vm, args| {
            Ok(match current(vm, &args.positional[0])? {
                (Item::Index(index), _) => text_object(&index.name),
                (Item::Constraint(constraint), Some((table, _)))
                    if matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }) =>
                {
                    let name = peek(vm, |orm| orm.schema.primary_key_name(table))?;
                    text_object(&name.map(|(name, _)| name))
                }
                (Item::Constraint(constraint), _) => text_object(&constraint.name),
            })
        })
        .getter("table", |vm, args| {
            let own = receiver::<ItemObject>(vm, &args.positional[0])?;
            match (own.place.get(), &*own.item.borrow()) {
                (Some((table, _)), _) => Ok(super::metadata::table_object(vm, table)),
                (None, Item::Index(_)) => Ok(Object::None),
                (None, Item::Constraint(_)) => Err(super::ddl::unbound(vm)),
            }
        })
        .getter("dialect_options", |vm, args| {
            let (class, options) = options_of(vm, &args.positional[0])?;
            super::dialect_options::by_dialect(vm, class, &options)
        })
        .getter("dialect_kwargs", |vm, args| {
            let (_, options) = options_of(vm, &args.positional[0])?;
            super::dialect_options::given(vm, &options)
        })
        .getter("kwargs", |vm, args| {
            let (_, options) = options_of(vm, &args.positional[0])?;
            super::dialect_options::given(vm, &options)
        })
        .getter("info", |vm, args| info(vm, &args.positional[0]))
        .getter("columns", columns)
        .getter("c", columns)
        .method("__iter__", |vm, args| {
            let columns = vm.get_attr(&args.positional[0], "columns")?;
            vm.iter(&columns)
        })
        .method("__len__", |vm, args| {
            let columns = vm.get_attr(&args.positional[0], "columns")?;
            Ok(Object::Int(vm.len(&columns)? as i64))
        })
        .method("__contains__", |vm, args| {
            let columns = vm.get_attr(&args.positional[0], "columns")?;
            match &args.positional[1] {
                Object::Str(_) => vm.call_method(&columns, "__contains__", args.positional[1..].to_vec()),
                _ => vm.call_method(&columns, "contains_column", args.positional[1..].to_vec()),
            }
        })
        .method("contains_column", |vm, args| {
            let columns = vm.get_attr(&args.positional[0], "columns")?;
            vm.call_method(&columns, "contains_column", args.positional[1..].to_vec())
        })
        .method("ddl_if", super::conditions::ddl_if)
        .method("create", |vm, args| super::ddl::run_on_item(vm, args, true))
        .method("drop", |vm, args| super::ddl::run_on_item(vm, args, false))
        .method("__getattr__", attribute)
        .build()
}

/// The name of an item's class, and its options.
fn options_of(vm: &mut Vm, object: &Object) -> PyResult<(&'static str, ormscope::schema::Options)> {
    Ok(match current(vm, object)?.0 {
        Item::Index(index) => ("Index", index.options),
        Item::Constraint(constraint) => (constraint.class_name(), constraint.options),
    })
}

/// The attributes that only some kinds have.
fn attribute(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let this = args.positional[0].clone();
    let name = vm.str(&args.positional[1])?;
    let name = name.as_str();
    let flag = |value: Option<bool>| value.map_or(Object::None, Object::Bool);
    let (item, place) = current(vm, &this)?;
    Ok(match (&item, name) {
        (Item::Index(index), "unique") => Object::Bool(index.unique),
        (Item::Index(index), "expressions") => {
            let mut found = Vec::new();
            for element in &index.elements {
                found.push(match (element, place) {
                    (IndexElement::Column(key), Some((table, _))) => {
                        let at = peek(vm, |orm| orm.schema.table(table).column_index(key))?;
                        at.map_or(Object::None, |index| column_object(vm, ColumnId { table, index }))
                    }
                    (IndexElement::Column(key), None) => Object::str(key),
                    (IndexElement::Expr(expr), _) => expr_object(vm, expr.clone()),
                });
            }
            Object::list(found)
        }
        (Item::Constraint(constraint), "deferrable") => flag(constraint.checking.deferrable),
        (Item::Constraint(constraint), "initially") => text_object(&constraint.checking.initially),
        (Item::Constraint(constraint), "comment") => text_object(&constraint.comment),
        (Item::Constraint(Constraint { kind: ConstraintKind::Check { condition }, .. }), "sqltext") => {
            expr_object(vm, condition.clone())
        }
        (
            Item::Constraint(Constraint {
                kind: ConstraintKind::ForeignKey { rules, columns, targets }, ..
            }),
            _,
        ) => match name {
            "ondelete" => text_object(&rules.on_delete),
            "onupdate" => text_object(&rules.on_update),
            "match" => text_object(&rules.match_),
            "use_alter" => Object::Bool(rules.use_alter),
            "column_keys" => Object::list(columns.iter().map(Object::str).collect()),
            "referred_table" => {
                let Some((table, _)) = place else { return Err(vm.attribute_error(&this, name)) };
                let target = targets.first().cloned().unwrap_or_default();
                let target = peek(vm, |orm| orm.schema.resolve(table, &target).ok())?;
                target.map_or(Object::None, |id| super::metadata::table_object(vm, id.table))
            }
            "elements" => {
                let class = classes(vm).foreign_key.clone();
                let mut made = Vec::new();
                for (key, target) in columns.iter().zip(targets) {
                    let parent = match place {
                        Some((table, _)) => peek(vm, |orm| orm.schema.table(table).column_index(key))?
                            .map(|index| ColumnId { table, index }),
                        None => None,
                    };
                    let key = ForeignKey { rules: rules.clone(), ..target.clone() };
                    made.push(Instance::native(&class, ForeignKeyObject { key, parent: Cell::new(parent) }));
                }
                Object::list(made)
            }
            _ => return Err(vm.attribute_error(&this, name)),
        },
        _ => return Err(vm.attribute_error(&this, name)),
    })
}

/// What an object is now, as its table has it, once one has; and its place there.
pub(super) fn current(vm: &mut Vm, object: &Object) -> PyResult<(Item, Option<(TableId, usize)>)> {
    let own = receiver::<ItemObject>(vm, object)?;
    let item = own.item.borrow().clone();
    let Some((table, at)) = own.place.get() else { return Ok((item, None)) };
    let found = peek(vm, |orm| {
        let definition = orm.schema.table(table);
        match &item {
            Item::Constraint(_) => definition.constraints.get(at).cloned().map(Item::Constraint),
            Item::Index(_) => definition.indexes.get(at).cloned().map(Item::Index),
        }
    })?;
    Ok((found.unwrap_or(item), Some((table, at))))
}

fn columns(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let (item, place) = current(vm, &args.positional[0])?;
    let Some((table, _)) = place else { return Ok(Object::list(Vec::new())) };
    let keys: Vec<String> = match &item {
        Item::Index(index) => {
            let mut found = Vec::new();
            for element in &index.elements {
                match element {
                    IndexElement::Column(key) => found.push(key.clone()),
                    IndexElement::Expr(expr) => expr.walk(&mut |node| {
                        if let Kind::Column(column) = node.kind() {
                            found.push(column.key.to_string());
                        }
                    }),
                }
            }
            found
        }
        Item::Constraint(constraint) => match &constraint.kind {
            ConstraintKind::Check { condition } => {
                let mut found = Vec::new();
                condition.walk(&mut |node| {
                    if let Kind::Column(column) = node.kind() {
                        found.push(column.key.to_string());
                    }
                });
                found
            }
            _ => constraint.columns().to_vec(),
        },
    };
    let is_key =
        matches!(&item, Item::Constraint(Constraint { kind: ConstraintKind::PrimaryKey { .. }, .. }));
    let places = peek(vm, |orm| {
        let table = orm.schema.table(table);
        if is_key {
            return table.primary_key();
        }
        keys.iter().filter_map(|key| table.named_column(key)).collect()
    })?;
    Ok(super::columns::of_table(vm, table, Some(places)))
}

/// Tells an object which part of a table it is.
pub(super) fn place(vm: &mut Vm, object: &Object, table: TableId, at: usize) {
    let Some(own) = object.native::<ItemObject>() else { return };
    own.place.set(Some((table, at)));
    let is_index = matches!(&*own.item.borrow(), Item::Index(_));
    vm.library.sqlalchemy.items.insert((table, is_index, at), object.clone());
}

/// The object of a part of a table, which is made where the program did not make it.
fn item_object(vm: &mut Vm, table: TableId, at: usize, item: Item) -> Object {
    let is_index = matches!(item, Item::Index(_));
    if let Some(known) = vm.library.sqlalchemy.items.get(&(table, is_index, at)) {
        return known.clone();
    }
    let own = classes(vm);
    let class = match &item {
        Item::Index(_) => own.constraints.get("Index"),
        Item::Constraint(constraint) => own.constraints.get(constraint.class_name()),
    };
    let object = Instance::native(&class, ItemObject { item: RefCell::new(item), place: Cell::default() });
    place(vm, &object, table, at);
    object
}

/// The constraint or index that an object is.
pub(super) fn item_of(object: &Object) -> Option<Item> {
    object.native::<ItemObject>().map(|own| own.item.borrow().clone())
}

/// The object of a CHECK that stands beside a column.
pub(super) fn check_object(vm: &mut Vm, check: Check) -> Object {
    let item = Constraint {
        checking: check.checking,
        options: check.options,
        ..Constraint::new(ConstraintKind::Check { condition: check.condition }).named(check.name)
    };
    let class = classes(vm).constraints.get("CheckConstraint");
    let item = RefCell::new(Item::Constraint(item));
    Instance::native(&class, ItemObject { item, place: Cell::default() })
}

/// The object of a constraint or an index, where there is one.
pub(super) fn known_object(vm: &mut Vm, table: TableId, is_index: bool, at: u32) -> Option<Object> {
    vm.library.sqlalchemy.items.get(&(table, is_index, at as usize)).cloned()
}

/// The object of a table's constraint, by place.
pub(super) fn object_at(vm: &mut Vm, table: TableId, at: usize) -> PyResult<Object> {
    let constraint = peek(vm, |orm| orm.schema.table(table).constraints.get(at).cloned())?;
    Ok(constraint.map_or(Object::None, |constraint| item_object(vm, table, at, Item::Constraint(constraint))))
}

/// The constraints of a table, its primary key first.
pub(super) fn constraint_objects(vm: &mut Vm, table: TableId) -> PyResult<Vec<Object>> {
    let constraints = peek(vm, |orm| orm.schema.table(table).constraints.clone())?;
    let mut items = vec![primary_key_object(vm, table)?];
    for (at, constraint) in constraints.into_iter().enumerate() {
        if !matches!(constraint.kind, ConstraintKind::PrimaryKey { .. }) {
            items.push(item_object(vm, table, at, Item::Constraint(constraint)));
        }
    }
    Ok(items)
}

/// `table.primary_key`
pub(super) fn primary_key_object(vm: &mut Vm, table: TableId) -> PyResult<Object> {
    let explicit = peek(vm, |orm| {
        let constraints = &orm.schema.table(table).constraints;
        constraints.iter().position(|one| matches!(one.kind, ConstraintKind::PrimaryKey { .. }))
    })?;
    let plain = Constraint::new(ConstraintKind::PrimaryKey { columns: Vec::new() });
    Ok(item_object(vm, table, explicit.unwrap_or(IMPLICIT), Item::Constraint(plain)))
}

/// The indexes of a table.
pub(super) fn index_objects(vm: &mut Vm, table: TableId) -> PyResult<Vec<Object>> {
    let indexes = peek(vm, |orm| orm.schema.table(table).indexes.clone())?;
    let made = indexes.into_iter().enumerate();
    Ok(made.map(|(at, index)| item_object(vm, table, at, Item::Index(index))).collect())
}

/// Whether an object is a `ForeignKeyConstraint`.
pub(super) fn is_foreign_key(object: &Object) -> bool {
    object.native::<ItemObject>().is_some_and(|own| {
        matches!(
            &*own.item.borrow(),
            Item::Constraint(Constraint { kind: ConstraintKind::ForeignKey { .. }, .. })
        )
    })
}

/// `'SchemaItem' object … expected`
pub(super) fn schema_item_expected(vm: &mut Vm, item: &Object) -> PyResult<Unwind> {
    let repr = vm.repr(item)?;
    Ok(errors::error(
        vm,
        "ArgumentError",
        format!("'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {}", repr.as_str()),
    ))
}

pub(super) fn text_option(args: &mut Arguments, name: &str) -> Option<String> {
    match args.keyword(name) {
        Some(Object::Str(text)) => Some(text.as_str().to_string()),
        _ => None,
    }
}

/// `name=`, which may be a `conv` that no convention changes.
pub(super) fn name_option(
    vm: &mut Vm,
    args: &mut Arguments,
    conventional: &mut bool,
) -> PyResult<Option<String>> {
    let Some(name) = args.keyword("name") else { return Ok(None) };
    *conventional = vm.class_of(&name).name().as_str() == "conv";
    Ok(match crate::builtins::base(&name) {
        Object::Str(name) => Some(name.as_str().to_string()),
        _ => None,
    })
}

pub(super) fn rules(vm: &mut Vm, args: &mut Arguments) -> PyResult<ForeignKeyRules> {
    Ok(ForeignKeyRules {
        on_delete: text_option(args, "ondelete"),
        on_update: text_option(args, "onupdate"),
        match_: text_option(args, "match"),
        use_alter: args.flag(vm, "use_alter", false)?,
    })
}

pub(super) fn checking(args: &mut Arguments) -> Checking {
    let deferrable = match args.keyword("deferrable") {
        Some(Object::Bool(value)) => Some(value),
        _ => None,
    };
    Checking { deferrable, initially: text_option(args, "initially") }
}

fn new_item(vm: &mut Vm, args: Args, kind: &'static str) -> PyResult<Object> {
    let function: &'static str = match kind {
        "CheckConstraint" => "CheckConstraint.__init__",
        "ForeignKeyConstraint" => "ForeignKeyConstraint.__init__",
        other => other,
    };
    let mut args = Arguments::new(function, args);
    let receiver = args.receiver();
    let mut conventional = false;
    let mut tables: Option<TableId> = None;
    let item = if kind == "Index" {
        let name = args.take("name");
        let (mut quote, mut text) = (None, None);
        if let Some(name) = name {
            conventional = vm.class_of(&name).name().as_str() == "conv";
            if let Object::Str(name) = crate::builtins::base(&name) {
                text = Some(name.as_str().to_string());
            }
            if let Some(Object::Bool(forced)) = vm.get_attr_opt(&name, "quote")? {
                quote = Some(forced);
            }
        }
        if let Some(Object::Bool(forced)) = args.keyword("quote") {
            quote = Some(forced);
        }
        let unique = args.flag(vm, "unique", false)?;
        let mut elements = Vec::new();
        for given in args.rest() {
            elements.push(index_element(vm, &given, &mut tables)?);
        }
        if let Some(table) = args.keyword("_table") {
            tables = super::schema::table_id(vm, &table)?;
        }
        args.keyword("info");
        let options = read_options(vm, &mut args, "Index")?;
        Item::Index(Index { name: text, conventional, elements, unique, quote, condition: None, options })
    } else {
        let name = name_option(vm, &mut args, &mut conventional)?;
        let checking = checking(&mut args);
        let comment = text_option(&mut args, "comment");
        let kind_of = constraint_kind(vm, &mut args, kind, &mut tables)?;
        for ignored in ["info", "_type_bound", "_implicit_generated", "link_to_name"] {
            args.keyword(ignored);
        }
        if let Some(table) = args.keyword("table") {
            tables = super::schema::table_id(vm, &table)?;
        }
        let options = read_options(vm, &mut args, kind)?;
        Item::Constraint(Constraint {
            name,
            conventional,
            checking,
            comment,
            options,
            ..Constraint::new(kind_of)
        })
    };
    let Some(class) = receiver.as_class() else { return Ok(Object::None) };
    let made = Instance::native(class, ItemObject { item: RefCell::new(item), place: Cell::default() });
    // Over columns that have a table, it is a part of that table from now on.
    if let Some(table) = tables {
        append_items(vm, table, vec![made.clone()])?;
    }
    Ok(made)
}

fn constraint_kind(
    vm: &mut Vm,
    args: &mut Arguments,
    kind: &str,
    table: &mut Option<TableId>,
) -> PyResult<ConstraintKind> {
    Ok(match kind {
        "CheckConstraint" => {
            let text = args.require(vm, "sqltext")?;
            let condition = text_or_expr(vm, &text)?;
            condition.walk(&mut |node| {
                if let Kind::Column(column) = node.kind() {
                    *table = table.or(column.base.map(|base| base.table));
                }
            });
            ConstraintKind::Check { condition }
        }
        "ForeignKeyConstraint" => {
            let columns = args.require(vm, "columns")?;
            let refcolumns = args.require(vm, "refcolumns")?;
            let rules = rules(vm, args)?;
            let columns = vm.collect(&columns)?;
            let columns = column_keys(vm, columns, table)?;
            let mut targets = Vec::new();
            for column in vm.collect(&refcolumns)? {
                targets.push(target(vm, &column)?);
            }
            if columns.len() != targets.len() {
                let message = "ForeignKeyConstraint number of constrained columns must match the number of referenced columns.";
                return Err(errors::error(vm, "ArgumentError", message));
            }
            ConstraintKind::ForeignKey { columns, targets, rules }
        }
        "ExcludeConstraint" => {
            let mut elements = Vec::new();
            for pair in args.rest() {
                let parts = vm.collect(&pair)?;
                if let [element, operator] = &parts[..] {
                    let element = index_element(vm, element, table)?;
                    elements.push((element, vm.str(operator)?.as_str().to_string()));
                }
            }
            let where_ = match args.keyword("where") {
                Some(condition) if !condition.is_none() => Some(text_or_expr(vm, &condition)?),
                _ => None,
            };
            let using = text_option(args, "using").unwrap_or_else(|| "gist".into());
            let mut ops = Vec::new();
            if let Some(given) = args.keyword("ops").filter(|given| !given.is_none()) {
                let items = vm.call_method(&given, "items", Vec::new())?;
                for item in vm.collect(&items)? {
                    if let [key, class] = &vm.collect(&item)?[..] {
                        ops.push((vm.str(key)?.as_str().to_string(), vm.str(class)?.as_str().to_string()));
                    }
                }
            }
            ConstraintKind::Exclude { elements, using, where_, ops }
        }
        "UniqueConstraint" => {
            let columns = args.rest();
            ConstraintKind::Unique { columns: column_keys(vm, columns, table)? }
        }
        _ => {
            let columns = args.rest();
            ConstraintKind::PrimaryKey { columns: column_keys(vm, columns, table)? }
        }
    })
}

/// A column or an expression of an index; the table that it belongs to is told.
fn index_element(vm: &mut Vm, given: &Object, table: &mut Option<TableId>) -> PyResult<IndexElement> {
    if let Object::Str(name) = given {
        return Ok(IndexElement::Column(name.as_str().to_string()));
    }
    if let Some(mapped) = given.native::<super::declarative::MappedColumn>() {
        return index_element(vm, &mapped.column(), table);
    }
    if let Some(column) = given.native::<ColumnObject>() {
        if let Some(id) = column.id.get() {
            *table = table.or(Some(id.table));
        }
        if let Some(text) = super::schema::unnamed::stand_in(vm, given) {
            return Ok(IndexElement::Column(text));
        }
        let key = vm.get_attr(given, "key")?;
        return Ok(IndexElement::Column(vm.str(&key)?.as_str().to_string()));
    }
    if let Some(id) = column_id(vm, given)? {
        *table = table.or(Some(id.table));
        return Ok(IndexElement::Column(peek(vm, |orm| orm.schema.column(id).key.clone())?));
    }
    match to_expr(vm, given)? {
        Some(expr) => {
            expr.walk(&mut |node| {
                if let Kind::Column(column) = node.kind() {
                    *table = table.or(column.base.map(|base| base.table));
                }
            });
            Ok(IndexElement::Expr(expr))
        }
        None => {
            let repr = vm.repr(given)?;
            Err(errors::error(
                vm,
                "ArgumentError",
                format!(
                    "String column name or column expression for DDL constraint expected, got {}.",
                    repr.as_str()
                ),
            ))
        }
    }
}

fn column_keys(vm: &mut Vm, columns: Vec<Object>, table: &mut Option<TableId>) -> PyResult<Vec<String>> {
    let mut keys = Vec::new();
    for column in columns {
        match index_element(vm, &column, table)? {
            IndexElement::Column(key) => keys.push(key),
            IndexElement::Expr(_) => {
                let key = vm.get_attr(&column, "key")?;
                keys.push(vm.str(&key)?.as_str().to_string());
            }
        }
    }
    Ok(keys)
}
