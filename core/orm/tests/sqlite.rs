//! What the two SQLites, the native one and the one in wasm, must agree on.

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
fn foreign_keys_are_off_until_asked_for() {
    assert_eq!(ask("PRAGMA foreign_keys"), ["0"]);
}

#[test]
fn math_and_json_functions_are_there() {
    assert_eq!(ask("SELECT sqrt(16), json_extract('{\"a\": 3}', '$.a')"), ["4.0", "3"]);
}

#[test]
fn a_double_quoted_string_is_a_string_as_in_cpythons_build() {
    assert_eq!(ask("SELECT \"no such column\""), ["'no such column'"]);
}

#[test]
fn the_options_that_change_answers_are_the_same() {
    let options = ask("SELECT compile_options FROM pragma_compile_options");
    let has = |option: &str| options.iter().any(|line| line.trim_matches('\'') == option);
    assert!(has("ENABLE_MATH_FUNCTIONS"), "{options:?}");
    assert!(!options.iter().any(|line| line.contains("DQS=0")), "{options:?}");
}
