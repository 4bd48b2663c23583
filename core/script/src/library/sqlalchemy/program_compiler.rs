//! `@compiles`: the program's own SQL for its elements, types and the library's statements.
//!
//! The program's code is run before the statement is compiled. What it asks
//! the compiler to write is noted, and stands for as long as a mark in the text
//! that the code makes; see [`ormscope::sql::Made`].
//! SQLAlchemy counterpart: `sqlalchemy.ext.compiler`.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::schema::{ColumnDefault, ServerDefault};
use ormscope::sql::compiler::{CompileError, Dialect, Given, compile};
use ormscope::sql::{
    AnonId, CreateTable, Ddl, Expr, From, Insert, Kind, Made, Part, Piece, ProgramElement, Rewrite, Select,
    Statement, Update,
};
use ormscope::types::{ColumnId, SpecificType, SqlType, TableId, TypeClass};

use super::engine::dialect_object;
use super::program_elements::{ProgramData, call_of, class_text};
use super::types::{to_sql_type, type_object};
use super::values::Kept;
use super::{classes, errors, froms, peek, receiver, select, with_orm};
use crate::builtins::Dict;
use crate::object::{Args, Class, Instance, NativeFunction, Object, PyResult, PyStr};
use crate::vm::Vm;

/// The attribute in which a class keeps its handlers by dialect.
pub(super) const HANDLERS: &str = "_compiler_dispatcher";

/// Between these stands the number of a piece in the text that the program makes.
const MARKS: (char, char) = ('\u{f0001}', '\u{f0002}');

/// `compiles(class, *dialects)`
pub(super) fn compiles(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let Some(class) = args.positional.first().and_then(Object::as_class).map(Rc::clone) else {
        return Err(vm.type_error("compiles() takes a class"));
    };
    let dialects = args.positional[1..].to_vec();
    Ok(NativeFunction::closure("decorate", move |vm, args| {
        let Some(code) = args.positional.first().cloned() else {
            return Err(vm.type_error("decorate() missing 1 required positional argument: 'fn'"));
        };
        let own = class.dict.borrow().get(HANDLERS).cloned();
        let mut handlers = match own {
            Some(Object::Dict(known)) => known.items(),
            _ => Vec::new(),
        };
        let keys = if dialects.is_empty() { vec![Object::str("default")] } else { dialects.clone() };
        for key in keys {
            handlers.retain(|(known, _)| known.as_str() != key.as_str());
            handlers.push((key, code.clone()));
        }
        let handlers = Dict::from_items(vm, handlers)?;
        class.set(PyStr::new(HANDLERS), handlers);
        vm.library.sqlalchemy.compiles = true;
        Ok(code)
    }))
}

/// `deregister(class)`
pub(super) fn deregister(_: &mut Vm, args: Args) -> PyResult<Object> {
    if let Some(class) = args.positional.first().and_then(Object::as_class) {
        class.remove(HANDLERS);
    }
    Ok(Object::None)
}

/// The code that a class has for a dialect. A class that compilers know by a name of
/// its own does not get it from those that it derives from.
fn handler(class: &Rc<Class>, dialect: Dialect) -> Option<Object> {
    for one in class.mro() {
        let dict = one.dict.borrow();
        if let Some(Object::Dict(handlers)) = dict.get(HANDLERS) {
            return handlers.get_str(dialect.name()).or_else(|| handlers.get_str("default"));
        }
        if let Some(Object::Str(_)) = dict.get("__visit_name__") {
            return None;
        }
    }
    None
}

/// The text that the program makes of a type, where it does.
pub(super) fn own_type_text(vm: &mut Vm, object: &Object, dialect: Dialect) -> PyResult<Option<String>> {
    let Some(code) = handler(&vm.class_of(object), dialect) else { return Ok(None) };
    let compiler = new_compiler(vm, dialect);
    let text = vm.call(&code, Args::positional(vec![object.clone(), compiler]))?;
    Ok(Some(vm.str(&text)?.as_str().to_string()))
}

/// Whether the program writes a statement itself.
pub(super) fn writes(vm: &mut Vm, statement: &Object, dialect: Dialect) -> bool {
    handler(&vm.class_of(statement), dialect).is_some()
}

/// Whether the program writes any statement that defines the schema itself.
pub(super) fn writes_ddl(vm: &mut Vm, dialect: Dialect) -> bool {
    let own = classes(vm);
    vm.library.sqlalchemy.compiles && own.ddl.all().any(|(_, class)| handler(&class, dialect).is_some())
}

/// The statement with the program's elements replaced by what it makes of them
/// for a dialect.
pub(super) fn expand(
    vm: &mut Vm,
    statement: Statement,
    object: &Object,
    dialect: Dialect,
) -> PyResult<Statement> {
    super::types::ask_wrapping(vm)?;
    if let Statement::Ddl(ddl) = &statement {
        super::ddl::check_text(vm, ddl)?;
    }
    if let Statement::Ddl(Ddl::CreateTable(create)) = &statement {
        super::conditions::ask(vm, &[create.table], dialect, None)?;
    }
    if !vm.library.sqlalchemy.compiles {
        return Ok(statement);
    }
    expand_defaults(vm, &statement, dialect)?;
    expand_types(vm, &statement, dialect)?;
    expand_columns(vm, &statement, dialect)?;
    let class = vm.class_of(object);
    let by_itself = matches!(statement, Statement::Expr(_) | Statement::Program(_));
    match handler(&class, dialect).filter(|_| !by_itself) {
        Some(_) => {
            let element = ProgramElement {
                id: AnonId::fresh(),
                class: class_text(&class).into(),
                name: None,
                sql_type: SqlType::Null,
                arguments: Vec::new(),
                is_function: false,
                cacheable: true,
                code: Rc::new(Kept::new(vm, object)),
            };
            let made = make(vm, &Rc::new(element), dialect)?;
            Ok(Statement::Program(Expr::new(Kind::Made(Rc::new(made)))))
        }
        None => expand_inside(vm, &statement, dialect),
    }
}

/// Makes what stands in tables that are about to be created: types, and the
/// defaults of the database and of rows that the ORM will write.
pub(super) fn prepare_tables(vm: &mut Vm, tables: &[TableId], dialect: Dialect) -> PyResult<()> {
    super::types::ask_wrapping(vm)?;
    if !vm.library.sqlalchemy.compiles {
        return Ok(());
    }
    for table in tables {
        let create = Statement::Ddl(Ddl::CreateTable(CreateTable::new(*table)));
        expand_types(vm, &create, dialect)?;
        expand_columns(vm, &create, dialect)?;
        for statement in [
            create,
            Statement::Insert(Insert::into(From::Table(*table))),
            Statement::Update(Update::of(From::Table(*table))),
        ] {
            expand_defaults(vm, &statement, dialect)?;
        }
    }
    Ok(())
}

/// The same for an expression by itself.
pub(super) fn expand_expr(vm: &mut Vm, expr: &Expr, dialect: Dialect) -> PyResult<Expr> {
    super::types::ask_wrapping(vm)?;
    if !vm.library.sqlalchemy.compiles {
        return Ok(expr.clone());
    }
    rewritten(vm, dialect, |rewrite| rewrite.expr(expr))
}

/// The same for a select that the ORM is about to execute.
pub(super) fn expand_select(vm: &mut Vm, select: &Select) -> PyResult<Select> {
    let dialect = Dialect::Sqlite;
    super::types::ask_wrapping(vm)?;
    if !vm.library.sqlalchemy.compiles {
        return Ok(select.clone());
    }
    rewritten(vm, dialect, |rewrite| rewrite.select(select))
}

/// Keeps the lines that the program writes for the columns of a table.
fn expand_columns(vm: &mut Vm, statement: &Statement, dialect: Dialect) -> PyResult<()> {
    let Statement::Ddl(Ddl::CreateTable(create)) = statement else { return Ok(()) };
    let class = classes(vm).ddl.get("CreateColumn");
    let Some(code) = handler(&class, dialect) else { return Ok(()) };
    let count = peek(vm, |orm| orm.schema.table(create.table).columns.len())? as u32;
    for index in 0..count {
        let column = ColumnId { table: create.table, index };
        let statement = super::ddl::statement_object(vm, Ddl::CreateColumn(column));
        let text = match written(vm, &code, statement, dialect)? {
            Some(pieces) => Some(text_of(vm, pieces, dialect)?),
            None => None,
        };
        with_orm(vm, |orm, _| {
            orm.schema.keep_column_text(dialect.name(), column, text);
            Ok(())
        })?;
    }
    Ok(())
}

/// What the program writes for something; none where it returns `None`.
fn written(vm: &mut Vm, code: &Object, object: Object, dialect: Dialect) -> PyResult<Option<Vec<Piece>>> {
    let compiler = new_ddl_compiler(vm, dialect);
    let text = vm.call(code, Args::positional(vec![object, compiler.clone()]))?;
    if text.is_none() {
        return Ok(None);
    }
    let text = vm.str(&text)?;
    let noted = receiver::<CompilerData>(vm, &compiler)?;
    Ok(Some(pieces_of(text.as_str(), &noted.pieces.borrow())))
}

/// The text that pieces make.
fn text_of(vm: &mut Vm, pieces: Vec<Piece>, dialect: Dialect) -> PyResult<Rc<str>> {
    let element = ProgramElement {
        id: AnonId::fresh(),
        class: "".into(),
        name: None,
        sql_type: SqlType::Null,
        arguments: Vec::new(),
        is_function: false,
        cacheable: false,
        code: Rc::new(()),
    };
    let made = Made { element: Rc::new(element), pieces };
    let statement = Statement::Program(Expr::new(Kind::Made(Rc::new(made))));
    plain_text(vm, &statement, dialect).map(Into::into)
}

/// A statement's text as the library writes it, with its values in it.
fn plain_text(vm: &mut Vm, statement: &Statement, dialect: Dialect) -> PyResult<String> {
    let given = Given { literal_binds: true, printed: true, ..Given::default() };
    with_orm(vm, |orm, _| Ok(compile(&orm.schema, statement, dialect, &given)?.sql))
}

fn expand_inside(vm: &mut Vm, statement: &Statement, dialect: Dialect) -> PyResult<Statement> {
    rewritten(vm, dialect, |rewrite| rewrite.statement(statement))
}

fn rewritten<T>(vm: &mut Vm, dialect: Dialect, run: impl FnOnce(&mut Rewrite<'_>) -> T) -> PyResult<T> {
    let mut failed = None;
    let mut change = |expr: &Expr| -> Option<Expr> {
        let Kind::Program(element) = expr.kind() else { return None };
        if failed.is_some() {
            return None;
        }
        match make(vm, element, dialect) {
            Ok(made) => Some(Expr::new(Kind::Made(Rc::new(made)))),
            Err(unwind) => {
                failed = Some(unwind);
                None
            }
        }
    };
    let result = run(&mut Rewrite::new(&mut change, &mut |_| None));
    match failed {
        Some(unwind) => Err(unwind),
        None => Ok(result),
    }
}

/// Makes the elements that stand in the defaults that a statement writes.
fn expand_defaults(vm: &mut Vm, statement: &Statement, dialect: Dialect) -> PyResult<()> {
    let table = match statement {
        Statement::Insert(Insert { table: From::Table(id), .. }) => *id,
        Statement::Update(Update { table: From::Table(id), .. }) => *id,
        Statement::Ddl(Ddl::CreateTable(create)) => create.table,
        _ => return Ok(()),
    };
    let name = dialect.name();
    let elements = peek(vm, |orm| {
        let columns = &orm.schema.table(table).columns;
        let defaults = columns.iter().filter_map(|column| match statement {
            Statement::Ddl(_) => match &column.server_default {
                Some(ServerDefault::Expr(expr)) => Some(expr),
                _ => None,
            },
            _ => {
                let is_insert = matches!(statement, Statement::Insert(_));
                match if is_insert { &column.default } else { &column.onupdate } {
                    Some(ColumnDefault::Expr(expr)) => Some(expr),
                    _ => None,
                }
            }
        });
        let elements = defaults.filter_map(|expr| match expr.kind() {
            Kind::Program(element) if orm.schema.made(element.id, name).is_none() => Some(Rc::clone(element)),
            _ => None,
        });
        elements.collect::<Vec<_>>()
    })?;
    for element in elements {
        let made = Rc::new(make(vm, &element, dialect)?);
        with_orm(vm, |orm, _| {
            orm.schema.keep_made(name, made);
            Ok(())
        })?;
    }
    Ok(())
}

/// Keeps the texts that the program makes of the types of a statement.
fn expand_types(vm: &mut Vm, statement: &Statement, dialect: Dialect) -> PyResult<()> {
    let mut types: Vec<SqlType> = Vec::new();
    if let Statement::Ddl(_) = statement {
        peek(vm, |orm| {
            let columns = orm.schema.tables().flat_map(|table| &table.columns);
            types.extend(columns.map(|column| column.sql_type.clone()));
        })?;
    }
    Part::Statement(statement).walk(&mut |part| {
        if let Part::Expr(expr) = part
            && let Kind::Cast { sql_type, .. } = expr.kind()
        {
            types.push(sql_type.clone());
        }
        true
    });
    for sql_type in types {
        let object = type_object(vm, sql_type.for_dialect(dialect.name()).clone());
        let Some(text) = own_type_text(vm, &object, dialect)? else { continue };
        with_orm(vm, |orm, _| {
            orm.schema.keep_type_text(dialect.name(), sql_type, &text);
            Ok(())
        })?;
    }
    Ok(())
}

pub(super) fn new_compiler(vm: &mut Vm, dialect: Dialect) -> Object {
    let class = Rc::clone(&classes(vm).program_compiler);
    Instance::native(&class, CompilerData { dialect, pieces: RefCell::default() })
}

/// The compiler that code gets which decides about DDL.
pub(super) fn new_ddl_compiler(vm: &mut Vm, dialect: Dialect) -> Object {
    let own = classes(vm);
    let name = super::compiled::class_name(ormscope::sql::compiler::Kind::Ddl, dialect, true);
    let class = own.program_ddl_compilers.iter().find(|class| class.name().as_str() == name);
    let class = class.unwrap_or(&own.program_compiler);
    Instance::native(class, CompilerData { dialect, pieces: RefCell::default() })
}

/// Its classes, one for each dialect.
pub(super) fn ddl_compiler_classes(base: &Rc<Class>) -> Vec<Rc<Class>> {
    let classes = super::compiled::DDL_COMPILERS.iter();
    classes.map(|(name, module)| Class::builder(name).module(module).base(base).build()).collect()
}

/// Runs the program's code for an element.
fn make(vm: &mut Vm, element: &Rc<ProgramElement>, dialect: Dialect) -> PyResult<Made> {
    let Some(kept) = element.code.downcast_ref::<Kept>() else {
        return Ok(Made { element: Rc::clone(element), pieces: Vec::new() });
    };
    let object = kept.object.clone();
    let class = vm.class_of(&object);
    let Some(code) = handler(&class, dialect) else {
        let own = classes(vm);
        if class.is_subclass_of(&own.function_element) && class.is_subclass_of(&own.generic_function) {
            let call = call_of(vm, &object)?;
            return Ok(Made { element: Rc::clone(element), pieces: vec![Piece::Expr(call, false)] });
        }
        let because = match class.lookup(HANDLERS) {
            Some(_) => format!(": {} construct has no default compilation handler.", element.class),
            None => String::new(),
        };
        let element = format!("{}{because}", element.class);
        let refusal = CompileError::Unsupported { compiler: dialect.compiler_repr().into(), element };
        return with_orm(vm, |_, _| Err(refusal.into()));
    };
    let compiler = new_compiler(vm, dialect);
    let text = vm.call(&code, Args::positional(vec![object, compiler.clone()]))?;
    let text = vm.str(&text)?;
    let noted = receiver::<CompilerData>(vm, &compiler)?;
    let mut pieces = Vec::new();
    for piece in pieces_of(text.as_str(), &noted.pieces.borrow()) {
        pieces.push(match piece {
            Piece::Expr(expr, literal) => {
                Piece::Expr(rewritten(vm, dialect, |rewrite| rewrite.expr(&expr))?, literal)
            }
            Piece::From(from) => Piece::From(rewritten(vm, dialect, |rewrite| rewrite.from(&from))?),
            Piece::Statement(statement, literal) => {
                Piece::Statement(Rc::new(expand_inside(vm, &statement, dialect)?), literal)
            }
            text @ Piece::Text(_) => text,
        });
    }
    Ok(Made { element: Rc::clone(element), pieces })
}

/// The text between the marks, and what the marks stand for.
fn pieces_of(text: &str, noted: &[Piece]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, part) in text.split(MARKS.0).enumerate() {
        let mut rest = part;
        if at > 0
            && let Some((number, after)) = part.split_once(MARKS.1)
        {
            pieces.extend(number.parse::<usize>().ok().and_then(|number| noted.get(number)).cloned());
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.into()));
        }
    }
    pieces
}

/// The native data of the compiler that the program's code gets.
struct CompilerData {
    dialect: Dialect,
    pieces: RefCell<Vec<Piece>>,
}

impl CompilerData {
    /// Notes a piece; the mark that stands for it in the text.
    fn note(&self, piece: Piece) -> Object {
        let mut pieces = self.pieces.borrow_mut();
        pieces.push(piece);
        Object::str(format!("{}{}{}", MARKS.0, pieces.len() - 1, MARKS.1))
    }
}

/// The class of the compiler that the program's code gets.
pub(super) fn compiler_class() -> Rc<Class> {
    Class::builder("SQLCompiler")
        .module("sqlalchemy.sql.compiler")
        .method("process", process)
        .method("__getattr__", |vm, args| {
            let name = vm.str(&args.positional[1])?;
            if !name.as_str().starts_with("visit_") {
                return Err(vm.attribute_error(&args.positional[0], name.as_str()));
            }
            let this = args.positional[0].clone();
            let own_name = name.as_str().trim_start_matches("visit_").to_string();
            Ok(NativeFunction::closure(name.as_str(), move |vm, args| {
                let mut positional = vec![this.clone()];
                positional.extend(args.positional);
                if let Some(text) = written_as(vm, &own_name, &positional)? {
                    return Ok(text);
                }
                process_plain(vm, Args { positional, keyword: args.keyword })
            }))
        })
        .getter("dialect", |vm, args| {
            let own = receiver::<CompilerData>(vm, &args.positional[0])?;
            dialect_object(vm, own.dialect)
        })
        .getter("preparer", |vm, args| {
            let own = receiver::<CompilerData>(vm, &args.positional[0])?;
            Ok(super::preparer::of(vm, own.dialect))
        })
        .getter("sql_compiler", |_, args| Ok(args.positional[0].clone()))
        .getter("type_compiler", |_, args| Ok(args.positional[0].clone()))
        .getter("type_compiler_instance", |_, args| Ok(args.positional[0].clone()))
        .method("get_column_specification", |vm, args| {
            let [compiler, column, ..] = &args.positional[..] else {
                return Err(vm.type_error("get_column_specification() takes a column"));
            };
            let dialect = receiver::<CompilerData>(vm, compiler)?.dialect;
            match super::schema::column_id(vm, column)? {
                Some(column) => {
                    plain_text(vm, &Statement::Ddl(Ddl::CreateColumn(column)), dialect).map(Object::str)
                }
                None => Err(vm.type_error("a Column of a Table is expected")),
            }
        })
        .method("get_column_default_string", |vm, args| {
            let [compiler, column, ..] = &args.positional[..] else {
                return Err(vm.type_error("get_column_default_string() takes a column"));
            };
            let dialect = receiver::<CompilerData>(vm, compiler)?.dialect;
            let Some(column) = super::schema::column_id(vm, column)? else { return Ok(Object::None) };
            let text = with_orm(vm, |orm, _| {
                Ok(ormscope::sql::compiler::default_text(&orm.schema, column, dialect)?)
            })?;
            Ok(text.map_or(Object::None, Object::str))
        })
        .method("render_literal_value", |vm, args| {
            let own = receiver::<CompilerData>(vm, &args.positional[0])?;
            let [_, value, sql_type, ..] = &args.positional[..] else {
                return Err(vm.type_error("render_literal_value() takes a value and its type"));
            };
            let value = super::values::to_value(vm, value)?;
            let sql_type = super::types::require_sql_type(vm, sql_type)?;
            Ok(own.note(Piece::Expr(Expr::bind("param", value, sql_type), true)))
        })
        .build()
}

/// `compiler.visit_VARCHAR(type)`: a type written as one of another name, with
/// the arguments that it has as well.
fn written_as(vm: &mut Vm, name: &str, args: &[Object]) -> PyResult<Option<Object>> {
    let [compiler, object, ..] = args else { return Ok(None) };
    let dialect = receiver::<CompilerData>(vm, compiler)?.dialect;
    if name.chars().any(char::is_lowercase) {
        return Ok(None);
    }
    let class = TypeClass::find(dialect.name(), name).or_else(|| TypeClass::find("", name));
    let (Some(class), Some(sql_type)) = (class, to_sql_type(vm, object)?) else { return Ok(None) };
    let known = sql_type.described();
    let mut other = SpecificType::new(class);
    for (parameter, argument) in known.class.parameters.iter().zip(&known.arguments) {
        if class.parameter(parameter.name).is_some() {
            other = other.with(parameter.name, argument.clone());
        }
    }
    match dialect.type_text(&SqlType::of_class(other)) {
        Ok(text) => Ok(Some(Object::str(text))),
        Err(reason) => Err(errors::error(vm, "CompileError", reason)),
    }
}

/// `compiler.process(element, **kw)`
fn process(vm: &mut Vm, args: Args) -> PyResult<Object> {
    let own = receiver::<CompilerData>(vm, &args.positional[0])?;
    let Some(object) = args.positional.get(1) else {
        return Err(vm.type_error("process() missing 1 required positional argument: 'obj'"));
    };
    // An element of the program's is left to its own code, as are its types.
    if object.native::<ProgramData>().is_some() {
        let expr = super::expressions::require_expr(vm, object)?;
        let literal = match args.keyword.iter().find(|(name, _)| name.as_str() == "literal_binds") {
            Some((_, flag)) => vm.truthy(flag)?,
            None => false,
        };
        return Ok(own.note(Piece::Expr(expr, literal)));
    }
    let class = vm.class_of(object);
    match handler(&class, own.dialect) {
        Some(code) => {
            let positional = vec![object.clone(), args.positional[0].clone()];
            vm.call(&code, Args { positional, keyword: args.keyword })
        }
        None => process_plain(vm, args),
    }
}

/// What the library itself writes for something.
fn process_plain(vm: &mut Vm, mut args: Args) -> PyResult<Object> {
    let literal = match args.take_keyword("literal_binds") {
        Some(flag) => vm.truthy(&flag)?,
        None => false,
    };
    let own = receiver::<CompilerData>(vm, &args.positional[0])?;
    let Some(object) = args.positional.get(1) else {
        return Err(vm.type_error("process() missing 1 required positional argument: 'obj'"));
    };
    if let Some(super::constraints::Item::Constraint(constraint)) = super::constraints::item_of(object) {
        let text = with_orm(vm, |orm, _| {
            Ok(ormscope::sql::compiler::constraint_text(&orm.schema, &constraint, own.dialect)?)
        })?;
        return Ok(Object::str(text));
    }
    if let Some(sql_type) = to_sql_type(vm, object)? {
        return match own.dialect.type_text(&sql_type) {
            Ok(text) => Ok(Object::str(text)),
            Err(reason) => Err(errors::error(vm, "CompileError", reason)),
        };
    }
    if object.native::<ProgramData>().is_some() {
        let function = Rc::clone(&classes(vm).function_element);
        let expr = match vm.is_instance(object, &function) {
            true => call_of(vm, object)?,
            false => super::expressions::require_expr(vm, object)?,
        };
        return Ok(own.note(Piece::Expr(expr, literal)));
    }
    if let Some(from) = froms::plain_from(vm, object)? {
        return Ok(own.note(Piece::From(from)));
    }
    match select::to_statement(vm, object)? {
        // DDL is text at once, as programs change it.
        Some(statement @ Statement::Ddl(_)) => plain_text(vm, &statement, own.dialect).map(Object::str),
        Some(Statement::Expr(expr)) => Ok(own.note(Piece::Expr(expr, literal))),
        Some(statement) => Ok(own.note(Piece::Statement(Rc::new(statement), literal))),
        None => {
            let expr = super::expressions::require_expr(vm, object)?;
            Ok(own.note(Piece::Expr(expr, literal)))
        }
    }
}
