//! Names and values of every kind go through SQLite unharmed.

use std::rc::Rc;

use ormscope::engine::{Engines, Url, driver::SqliteDriver};
use ormscope::sql::compiler::{Dialect, quote};
use ormscope::types::{Date, DateTime, DbValue, SqlType, Time, Value};

/// Runs SQL on a database of its own and gives the rows' first values.
fn ask(statements: &[(String, Vec<DbValue>)]) -> Result<Vec<Value>, String> {
    let mut engines = Engines::new(Rc::new(SqliteDriver));
    let url = Url::parse("sqlite://").map_err(|error| error.to_string())?;
    let engine = engines.create(url, Default::default()).map_err(|error| error.to_string())?;
    let connection = engines.connect(engine).map_err(|error| error.to_string())?;
    let mut first = Vec::new();
    for (sql, parameters) in statements {
        let set = engines.execute_raw(connection, sql, parameters).map_err(|error| error.to_string())?;
        first = set.rows.into_iter().filter_map(|row| row.into_iter().next()).collect();
    }
    Ok(first)
}

/// A value through a column of its type: what is read equals what was written.
fn through(sql_type: &SqlType, value: &Value) -> Result<Value, String> {
    let bound = sql_type.bind(value).map_err(|error| error.message)?;
    let declaration = Dialect::Sqlite.type_text(sql_type)?;
    let rows = ask(&[
        (format!("CREATE TABLE t (x {declaration})"), Vec::new()),
        ("INSERT INTO t VALUES (?)".into(), vec![bound]),
        ("SELECT x FROM t".into(), Vec::new()),
    ])?;
    let stored = match rows.into_iter().next() {
        Some(Value::Int(value)) => DbValue::Int(value),
        Some(Value::Float(value)) => DbValue::Real(value),
        Some(Value::Text(text)) => DbValue::Text(text),
        Some(Value::Bytes(bytes)) => DbValue::Blob(bytes),
        _ => DbValue::Null,
    };
    sql_type.result(stored).map_err(|error| error.message)
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    /// Characters that names are made of, those that need care more often.
    fn text(&mut self) -> String {
        const SPECIAL: &[char] = &[
            '"', '\'', '`', '[', ']', '%', '\\', ' ', '.', ';', '-', '$', '_', '(', ')', '\n', 'é', '日',
            '🦀', 'A', '1',
        ];
        let length = 1 + self.next(12);
        (0..length)
            .map(|_| match self.next(3) {
                0 => SPECIAL[self.next(SPECIAL.len() as u64) as usize],
                1 => char::from(b'a' + self.next(26) as u8),
                _ => char::from_u32(1 + self.next(0x2000) as u32).unwrap_or('x'),
            })
            .collect()
    }

    fn date(&mut self) -> Date {
        Date {
            year: 1 + self.next(9999) as u16,
            month: 1 + self.next(12) as u8,
            day: 1 + self.next(28) as u8,
        }
    }

    fn time(&mut self) -> Time {
        Time {
            hour: self.next(24) as u8,
            minute: self.next(60) as u8,
            second: self.next(60) as u8,
            microsecond: self.next(1_000_000) as u32,
        }
    }
}

#[test]
fn any_name_is_a_column_of_sqlite() {
    let mut numbers = Numbers(0x5eed);
    for _ in 0..300 {
        let name = numbers.text();
        let quoted = quote(&name, Dialect::Sqlite);
        let rows = ask(&[
            (format!("CREATE TABLE t ({quoted} INTEGER)"), Vec::new()),
            ("SELECT name FROM pragma_table_info('t')".into(), Vec::new()),
        ]);
        assert_eq!(rows, Ok(vec![Value::text(&name)]), "{quoted}");
    }
}

#[test]
fn quoted_names_end_where_they_should() {
    let mut numbers = Numbers(0xbead);
    for _ in 0..1000 {
        let name = numbers.text();
        for dialect in [Dialect::Postgresql, Dialect::Mysql, Dialect::Oracle, Dialect::Mssql] {
            let quoted = quote(&name, dialect);
            if quoted != name {
                let close = quoted.chars().last().unwrap_or_default();
                let inside: String = quoted.chars().skip(1).take(quoted.chars().count() - 2).collect();
                let pair: String = [close, close].iter().collect();
                assert!(!inside.replace(&pair, "").contains(close), "{quoted}");
            }
        }
    }
}

#[test]
fn values_come_back() {
    let mut numbers = Numbers(0xcafe);
    for _ in 0..200 {
        let (date, time) = (numbers.date(), numbers.time());
        let moment = Value::DateTime(DateTime { date, time });
        assert_eq!(through(&SqlType::DateTime, &moment), Ok(moment));
        assert_eq!(through(&SqlType::Date, &Value::Date(date)), Ok(Value::Date(date)));
        assert_eq!(through(&SqlType::Time, &Value::Time(time)), Ok(Value::Time(time)));
        let text = Value::text(&numbers.text());
        assert_eq!(through(&SqlType::String { length: None }, &text), Ok(text));
        let bytes: Vec<u8> = (0..numbers.next(40)).map(|_| numbers.next(256) as u8).collect();
        let bytes = Value::Bytes(bytes.into());
        assert_eq!(through(&SqlType::LargeBinary, &bytes), Ok(bytes));
        let flag = Value::Bool(numbers.next(2) == 1);
        assert_eq!(through(&SqlType::Boolean, &flag), Ok(flag));
        let days = numbers.next(2_900_000) as i64 - 700_000;
        let span = Value::Interval(days * 86_400_000_000 + 1_500_000);
        assert_eq!(through(&SqlType::Interval, &span), Ok(span));
    }
}
