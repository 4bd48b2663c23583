//! The host's clock and seed reach SQLite. A file of its own: SQLite's generator
//! belongs to the whole process, and other tests would draw from it.

use ormscope::engine::driver::SqliteDriver;
use ormscope::engine::{Driver, Url};
use ormscope::types::DbValue;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn ask(sql: &str) -> Vec<String> {
    let url = Url::parse("sqlite://").expect("a URL");
    let mut connection = SqliteDriver.connect(&url).expect("in memory");
    let result = connection.execute(sql, &[]).expect("valid SQL");
    result.rows.iter().flatten().map(DbValue::repr).collect()
}

#[test]
fn the_clock_and_the_seed_are_the_hosts() {
    SqliteDriver::set_outside(1_715_941_230, 123_456, 7).expect("SQLite takes them");
    assert_eq!(ask("SELECT CURRENT_TIMESTAMP, strftime('%f', 'now')"), ["'2024-05-17 10:20:30'", "'30.123'"]);
    let seeded = || SqliteDriver::set_outside(0, 0, 7).expect("SQLite takes them");
    seeded();
    let first = ask("SELECT random()");
    seeded();
    assert_eq!(ask("SELECT random()"), first);
}
