//! Nothing but the documented doors brings raw SQL in: names and values of any
//! text stay names and values, in SQLite and in the text of every dialect.
#![cfg(not(target_arch = "wasm32"))] // The generator of values is for this machine only.

use std::error::Error;
use std::rc::Rc;

use ormscope::engine::driver::SqliteDriver;
use ormscope::engine::{EngineOptions, Engines, Parameters, Url};
use ormscope::schema::{Column, Schema, Table};
use ormscope::sql::compiler::{Dialect, Given, compile};
use ormscope::sql::{Delete, From, Insert, Select, Statement, Update, to_sql};
use ormscope::types::{SqlType, TableId, Value};
use proptest::prelude::*;

const DIALECTS: [Dialect; 6] =
    [Dialect::Default, Dialect::Sqlite, Dialect::Postgresql, Dialect::Mysql, Dialect::Oracle, Dialect::Mssql];

/// Texts of any characters but NUL, those that end or begin something in SQL more often.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9_$]{1,6}",
        4 => proptest::sample::select(vec![
            "'", "\"", "`", "[", "]", "%", "%%", "%s", "%(x)s", "?", ":x", "::", "\\", "\\'", ";", "--", "/*", "*/",
            "\n", "\r", "\t", " ", "(", ")", ",", ".", "{", "}", "__[POSTCOMPILE_x]", "__[SCHEMA_x]", "select",
            "order", "table", "user", "DROP TABLE t", "' OR 1=1 --", "\u{7f}", "\u{2028}", "é", "日本", "🦀", "e\u{301}",
        ]).prop_map(str::to_owned),
        1 => "[^\u{0}]{1,4}",
        1 => (60usize..300).prop_map(|length| "long".repeat(length)),
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// Names that SQLite has no use for itself.
fn names() -> impl Strategy<Value = String> {
    texts().prop_filter("a name of SQLite's own", |name| !name.to_lowercase().starts_with("sqlite_"))
}

struct World {
    schema: Schema,
    table: TableId,
    other: String,
}

/// A table of any name, with two columns of any names.
fn world(table: &str, column: &str) -> Result<World, Box<dyn Error>> {
    let mut schema = Schema::default();
    let metadata = schema.add_metadata(Default::default());
    // SQLite's names differ by more than their case.
    let other = format!("other {column}");
    let table = Table::new(table)
        .column(Column::new(column, SqlType::Text))
        .column(Column::new(&other, SqlType::Text));
    let table = schema.add_table(metadata, table)?;
    Ok(World { schema, table, other })
}

/// Creates the table, writes both columns in every way, and reads by every way.
fn round_trip(table: &str, column: &str, label: &str, value: &str) -> Result<(), Box<dyn Error>> {
    let World { schema, table, other } = world(table, column)?;
    let mut engines = Engines::new(Rc::new(SqliteDriver));
    let engine = engines.create(Url::parse("sqlite://")?, EngineOptions::default())?;
    let connection = engines.connect(engine)?;
    engines.create_tables(&schema, connection, &[table], true)?;
    // The second time it is found to be there.
    engines.create_tables(&schema, connection, &[table], true)?;

    let insert = Insert::into(table).value(column, value).value(&other, "x");
    engines.execute(&schema, connection, insert, &Parameters::None)?;
    let several =
        Parameters::many([column, &other], [[value.into(), "y".into()], ["z".into(), value.into()]]);
    engines.execute(&schema, connection, Insert::into(table), &several)?;
    let own = schema.c(table, column)?;
    let update = Update::of(table).value(&other, own.concat("!")).where_(own.eq("z"));
    assert_eq!(engines.execute(&schema, connection, update, &Parameters::None)?.rowcount, 1);
    let changed = Delete::from(table).where_(schema.c(table, &other)?.ne("x"));
    assert_eq!(engines.execute(&schema, connection, changed, &Parameters::None)?.rowcount, 2);

    let alias = From::from(table).aliased(Some(label));
    let inner = Select::of([schema.c(&alias, column)?.named_as(label)]).subquery(Some(label));
    let outer = Select::of([schema.c(&inner, label)?, own.named_as(label)])
        .join_on(table, schema.c(&inner, label)?.eq(&own))
        .where_(own.eq(value) & own.in_([value, "else"]) & own.concat(value).ends_with(value))
        .select_from(&inner);
    let found = engines.execute(&schema, connection, &outer, &Parameters::None)?;
    assert_eq!(found.rows, [[Value::text(value), Value::text(value)]]);

    let given = Given { literal_binds: true, ..Given::default() };
    let statement = Statement::from(Select::of([own.clone()]).where_(own.eq(value)));
    let written = compile(&schema, &statement, Dialect::Sqlite, &given)?;
    assert!(written.parameters.is_empty());
    let found = engines.execute_raw(connection, &written.sql, &[])?;
    assert_eq!(found.rows, [[Value::text(value)]]);
    engines.close(connection)?;
    Ok(())
}

/// The text with everything in quotes taken out, or none where a quote is left open.
fn without_quoted(sql: &str, dialect: Dialect) -> Option<String> {
    let mut left = String::new();
    let mut characters = sql.chars().peekable();
    while let Some(c) = characters.next() {
        let close = match c {
            '\'' | '"' | '`' => c,
            '[' if dialect == Dialect::Mssql => ']',
            other => {
                left.push(other);
                continue;
            }
        };
        loop {
            let inside = characters.next()?;
            if inside == '\\' && close == '\'' && dialect == Dialect::Mysql {
                characters.next()?;
            } else if inside == close && characters.next_if_eq(&close).is_none() {
                break;
            }
        }
        left.push('Q');
    }
    Some(left)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_name_and_any_value_come_back_from_sqlite(
        table in names(), column in names(), label in names(), value in texts()
    ) {
        if let Err(error) = round_trip(&table, &column, &label, &value) {
            return Err(TestCaseError::fail(error.to_string()));
        }
    }

    /// Outside of quotes, the text is the same whatever the names and values are.
    #[test]
    fn no_dialect_lets_a_name_or_a_value_out_of_its_quotes(name in texts(), value in texts()) {
        // An upper-case letter has every dialect quote it; nothing made up from it is too long.
        let name: String = format!("N {name}").chars().take(20).collect();
        let text = |name: &str, value: &str, dialect, literal_binds| {
            let World { schema, table, .. } = world(name, name).ok()?;
            let column = schema.c(table, name).ok()?;
            let select = Select::of([column.named_as(name)]).where_(column.eq(value)).order_by([column]);
            let given = Given { literal_binds, ..Given::default() };
            let compiled = compile(&schema, &select.into(), dialect, &given).ok()?;
            without_quoted(&compiled.sql, dialect)
        };
        for dialect in DIALECTS {
            let plain = text("N x", "x", dialect, true);
            prop_assert!(plain.is_some());
            prop_assert_eq!(text(&name, &value, dialect, true), plain, "{:?}", dialect);
        }
    }
}

#[test]
fn a_reserved_word_is_a_name_in_every_dialect() -> Result<(), Box<dyn Error>> {
    for word in ["select", "table", "order", "group", "from"] {
        let World { schema, table, .. } = world(word, word)?;
        for dialect in DIALECTS {
            let sql = to_sql(&schema, Select::of([schema.c(table, word)?]), dialect)?;
            assert!(
                !without_quoted(&sql, dialect).unwrap_or_default().contains(&format!(" {word}")),
                "{sql}"
            );
        }
    }
    Ok(())
}
