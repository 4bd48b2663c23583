//! Generated statements: they compile for every dialect, SQLite understands
//! them, and values written into the text are the values that are bound.
//! However deep they are nested, there is an answer.

#[allow(unreachable_pub)] // a module of this test alone
mod generate;

use std::rc::Rc;

use generate::{Generator, Sort, World};
use ormscope::engine::driver::SqliteDriver;
use ormscope::engine::{ConnectionId, EngineError, EngineOptions, Engines, Parameters, Url};
use ormscope::sql::compiler::{CompileError, Dialect, Given, compile, compile_expr};
use ormscope::sql::{Expr, From, Insert, JoinKind, Select, SetOp, Statement};
use ormscope::types::{Date, DbValue, SqlType, Value};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const DIALECTS: [Dialect; 6] =
    [Dialect::Default, Dialect::Sqlite, Dialect::Postgresql, Dialect::Mysql, Dialect::Oracle, Dialect::Mssql];

/// A database with some rows in both tables.
fn database(world: &World) -> Result<(Engines, ConnectionId), EngineError> {
    let mut engines = Engines::new(Rc::new(SqliteDriver));
    let url = Url { drivername: "sqlite".into(), ..Url::default() };
    let engine = engines.create(url, EngineOptions::default())?;
    let connection = engines.connect(engine)?;
    let World { schema, item, part } = world;
    engines.create_tables(schema, connection, &[*item, *part], false)?;
    let day = Value::Date(Date { year: 2024, month: 2, day: 5 });
    let items = Parameters::many(
        ["id", "Count", "weight", "name", "order", "made on"],
        [
            [1.into(), 3.into(), 1.5.into(), "O'Neil".into(), true.into(), day.clone()],
            [2.into(), Value::Null, Value::Null, Value::Null, Value::Null, Value::Null],
            [3.into(), (-7).into(), 0.0.into(), "50%_\\".into(), false.into(), day],
        ],
    );
    engines.execute(schema, connection, Insert::into(*item), &items)?;
    let parts = Parameters::many(["id", "item_id", "label"], [[1.into(), 1.into(), "a".into()]]);
    engines.execute(schema, connection, Insert::into(*part), &parts)?;
    engines.commit(connection)?;
    Ok((engines, connection))
}

/// What a generated statement must be like; the reason where it is not.
fn check(world: &World, choices: &[u8]) -> Result<(), String> {
    let statement = Generator::new(world, choices).statement();
    let schema = &world.schema;
    for dialect in DIALECTS {
        for (literal_binds, render_postcompile) in [(false, false), (false, true), (true, false)] {
            let given = Given { literal_binds, render_postcompile, ..Given::default() };
            // Not every dialect has everything; what matters is that there is an answer.
            if let Err(error) = compile(schema, &statement, dialect, &given)
                && matches!(dialect, Dialect::Default | Dialect::Sqlite)
            {
                return Err(format!("{dialect:?}: {error}"));
            }
        }
    }
    let given = Given { literal_binds: true, ..Given::default() };
    let literal = compile(schema, &statement, Dialect::Sqlite, &given).map_err(|error| error.to_string())?;
    if !literal.parameters.is_empty() {
        // SQLite's IS and IS NOT, for IS DISTINCT FROM, keep their operands bound, as in SQLAlchemy.
        let known = literal.sql.contains(" IS ");
        return if known { Ok(()) } else { Err(format!("it is not all literal\n{}", literal.sql)) };
    }
    let (mut engines, connection) = database(world).map_err(|error| error.to_string())?;
    let bound = engines.execute(schema, connection, &statement, &Parameters::None);
    let after = everything(world, &mut engines, connection);
    // On a database of its own: what begins with WITH is not rolled back, as in CPython.
    let (mut engines, connection) = database(world).map_err(|error| error.to_string())?;
    let written = engines.execute_raw(connection, &literal.sql, &[]);
    for outcome in [&bound, &written] {
        if let Err(error) = outcome
            && !is_about_values(error)
        {
            return Err(format!("{error}\n{}", literal.sql));
        }
    }
    if after != everything(world, &mut engines, connection) {
        return Err(format!("the tables differ after it\n{}", literal.sql));
    }
    let (Ok(bound), Ok(written)) = (bound, written) else { return Ok(()) };
    let mut left: Vec<String> = bound.rows.iter().map(|row| format!("{row:?}")).collect();
    let mut right = Vec::new();
    for row in written.rows {
        let types = literal.columns.iter().map(|column| &column.sql_type);
        let row: Result<Vec<Value>, _> =
            row.into_iter().zip(types).map(|(value, of)| of.result(stored(value))).collect();
        right.push(format!("{:?}", row.map_err(|error| error.message)?));
    }
    left.sort();
    right.sort();
    if left == right { Ok(()) } else { Err(format!("{left:?}\n{right:?}\n{}", literal.sql)) }
}

/// Whether the database understood the statement, and refused what came of the values.
fn is_about_values(error: &EngineError) -> bool {
    let text = error.to_string();
    let known = [
        "integer overflow",
        "pattern too complex",
        "constraint failed",
        "Couldn't parse",
        "isoformat",
        // SQLAlchemy's own FLOOR refuses NULL, as Python's does.
        "user-defined function raised exception",
    ];
    known.iter().any(|reason| text.contains(reason))
}

fn everything(world: &World, engines: &mut Engines, connection: ConnectionId) -> String {
    let all = Select::from([From::from(world.item)]);
    format!(
        "{:?}",
        engines.execute(&world.schema, connection, all, &Parameters::None).map(|found| found.rows)
    )
}

/// A value as the driver gave it.
fn stored(value: Value) -> DbValue {
    match value {
        Value::Int(value) => DbValue::Int(value),
        Value::Float(value) => DbValue::Real(value),
        Value::Text(text) => DbValue::Text(text),
        Value::Bytes(bytes) => DbValue::Blob(bytes),
        _ => DbValue::Null,
    }
}

#[cfg(not(target_arch = "wasm32"))]
proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        failure_persistence: None,
        cases: 500,
        ..proptest::prelude::ProptestConfig::default()
    })]

    #[test]
    fn a_generated_statement_is_understood(choices in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..160)) {
        let world = World::new().map_err(|error| proptest::prelude::TestCaseError::fail(error.to_string()))?;
        if let Err(reason) = check(&world, &choices) {
            return Err(proptest::prelude::TestCaseError::fail(reason));
        }
    }
}

/// The same on every machine, the browser included.
#[test]
fn a_few_generated_statements_are_understood_everywhere() {
    let world = World::new().expect("the tables can be defined");
    let mut state: u32 = 0x2545_f491;
    for _ in 0..150 {
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 8) as u8
        };
        let choices: Vec<u8> = (0..80).map(|_| next()).collect();
        if let Err(reason) = check(&world, &choices) {
            panic!("{reason}");
        }
    }
}

const DEEP: usize = 30_000;

fn compiled(world: &World, statement: impl Into<Statement>) -> Result<String, CompileError> {
    compile(&world.schema, &statement.into(), Dialect::Sqlite, &Given::default()).map(|compiled| compiled.sql)
}

/// Wraps an expression many times; what is left either compiles or says that it is too deep.
fn deep_expression(wrap: impl Fn(Expr) -> Expr) {
    let world = World::new().expect("the tables can be defined");
    let mut expr = Expr::named("x", SqlType::Integer);
    for _ in 0..DEEP {
        expr = wrap(expr);
    }
    for dialect in DIALECTS {
        let outcome = compile_expr(&world.schema, &expr, dialect, &Given::default());
        assert!(matches!(outcome, Ok(_) | Err(CompileError::TooDeep)), "{:?}", outcome.err());
    }
    let select = Select::of([expr.named_as("y")]).where_(expr.is_null()).order_by([expr.clone()]);
    assert!(matches!(compiled(&world, select), Ok(_) | Err(CompileError::TooDeep)));
    assert!(!format!("{expr:?}").is_empty());
}

#[test]
fn deeply_nested_operators_do_not_overflow_the_stack() {
    deep_expression(|expr| (expr * 2).eq(1));
    deep_expression(|expr| -expr);
    deep_expression(|expr| !expr.is_null());
    deep_expression(|expr| {
        (expr.eq(1) & Expr::named("a", SqlType::Boolean)) | Expr::named("b", SqlType::Boolean)
    });
}

#[test]
fn deeply_nested_calls_and_cases_do_not_overflow_the_stack() {
    deep_expression(|expr| Expr::func("lower", [expr]));
    deep_expression(|expr| expr.cast(SqlType::Text));
    deep_expression(|expr| Expr::case(None, vec![(expr.is_null(), Expr::null())], Some(expr)));
    deep_expression(|expr| expr.named_as("x"));
    deep_expression(|expr| Select::of([expr]).scalar());
    deep_expression(|expr| Expr::exists(&Select::of([expr])));
    deep_expression(|expr| expr.in_select(&Select::of([Expr::null()]).where_(expr.is_null())));
}

/// Wraps a select many times.
fn deep_select(wrap: impl Fn(&World, Select) -> Select) {
    let world = World::new().expect("the tables can be defined");
    let mut select = Select::from([From::from(world.item)]);
    for _ in 0..DEEP {
        select = wrap(&world, select);
    }
    let outcome = compiled(&world, &select);
    assert!(matches!(outcome, Err(CompileError::TooDeep)), "{:?}", outcome.map(|sql| sql.len()));
}

#[test]
fn deeply_nested_selects_do_not_overflow_the_stack() {
    deep_select(|_, select| Select::from([select.subquery(None).into()]));
    deep_select(|_, select| Select::from([select.cte("again").into()]));
    deep_select(|world, select| {
        Select::combined(SetOp::Union, vec![select, Select::from([From::from(world.item)])])
    });
}

#[test]
fn deeply_nested_joins_and_aliases_do_not_overflow_the_stack() {
    let world = World::new().expect("the tables can be defined");
    let mut joined = From::from(world.item);
    let mut aliased = From::from(world.item);
    for _ in 0..DEEP {
        let right = From::from(world.part).aliased(None).into();
        joined = From::joined(joined, right, Expr::constant(true), JoinKind::Inner);
        aliased = aliased.aliased(None).into();
    }
    for from in [joined, aliased] {
        let outcome = compiled(&world, Select::of([Expr::star()]).select_from(&from));
        assert!(matches!(outcome, Ok(_) | Err(CompileError::TooDeep)), "{:?}", outcome.err());
    }
}

#[test]
fn a_long_list_is_not_deep() {
    let world = World::new().expect("the tables can be defined");
    let id = world.schema.c(world.item, "id").expect("a column");
    let conditions = (0..5000).map(|value| id.ne(value));
    let select = Select::of([id.clone()]).where_(Expr::all_of(ormscope::sql::Operator::And, conditions));
    assert!(compiled(&world, select).is_ok());
    let sum = (0..2000).fold(id, |sum, value| sum + value);
    assert!(compiled(&world, Select::of([sum])).is_ok());
    let generated = Generator::new(&world, &[]).expr(Sort::Int, 3);
    assert!(compiled(&world, Select::of([generated])).is_ok());
}
