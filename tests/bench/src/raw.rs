//! The limit below us: the same statements through prepared statements of `rusqlite`, and nothing else.

use rusqlite::{Connection, params};

use crate::{Lap, Outcome};

/// The phases of `phases.py` that reach the database.
///
/// # Errors
/// SQLite's.
pub fn phases(size: usize) -> Outcome<Vec<Lap>> {
    run(size).map_err(|error| error.to_string())?.into_iter().collect()
}

fn run(size: usize) -> rusqlite::Result<Vec<Outcome<Lap>>> {
    let connection = Connection::open_in_memory()?;
    connection.execute_batch(
        "CREATE TABLE users (id INTEGER NOT NULL, name VARCHAR NOT NULL, age INTEGER NOT NULL, PRIMARY KEY (id));
         CREATE TABLE addresses (id INTEGER NOT NULL, email VARCHAR NOT NULL, user_id INTEGER NOT NULL,
             PRIMARY KEY (id), FOREIGN KEY(user_id) REFERENCES users (id));
         CREATE INDEX ix_addresses_user_id ON addresses (user_id);",
    )?;
    let names: Vec<String> = (0..size).map(|number| format!("user {number}")).collect();
    let emails: Vec<String> = (0..size).map(|number| format!("user{number}@example.org")).collect();
    let changed: Vec<String> = names.iter().map(|name| format!("changed {name}")).collect();
    let lap = |name: &str, work: &mut dyn FnMut() -> rusqlite::Result<i64>| {
        Lap::of(name, || work().map_err(|error| error.to_string()))
    };
    Ok(vec![
        lap("flush", &mut || {
            connection.execute_batch("BEGIN")?;
            let mut user = connection.prepare("INSERT INTO users (name, age) VALUES (?, ?) RETURNING id")?;
            let mut ids = Vec::with_capacity(size);
            for (number, name) in names.iter().enumerate() {
                ids.push(user.query_row(params![name, (number % 90) as i64], |row| row.get::<_, i64>(0))?);
            }
            let mut address =
                connection.prepare("INSERT INTO addresses (email, user_id) VALUES (?, ?) RETURNING id")?;
            for (email, id) in emails.iter().zip(&ids) {
                address.query_row(params![email, id], |row| row.get::<_, i64>(0))?;
            }
            Ok(2 * size as i64)
        }),
        lap("commit", &mut || {
            connection.execute_batch("COMMIT")?;
            Ok(size as i64)
        }),
        lap("refresh", &mut || read_users(&connection)),
        lap("change", &mut || {
            connection.execute_batch("BEGIN")?;
            let mut update = connection.prepare("UPDATE users SET name=? WHERE users.id = ?")?;
            for (number, name) in changed.iter().enumerate() {
                update.execute(params![name, number as i64 + 1])?;
            }
            connection.execute_batch("COMMIT")?;
            Ok(0)
        }),
        lap("load", &mut || read_users(&connection)),
        lap("lazy", &mut || {
            let mut select = connection.prepare(
                "SELECT addresses.id, addresses.email, addresses.user_id FROM addresses WHERE ? = addresses.user_id",
            )?;
            let mut sum = 0;
            for id in 1..=(size / 10) as i64 {
                let mut rows = select.query([id])?;
                while let Some(row) = rows.next()? {
                    let email: String = row.get(1)?;
                    sum += row.get::<_, i64>(0)? + email.len() as i64 + row.get::<_, i64>(2)?;
                }
            }
            Ok(sum)
        }),
    ])
}

fn read_users(connection: &Connection) -> rusqlite::Result<i64> {
    let mut select = connection.prepare("SELECT users.id, users.name, users.age FROM users")?;
    let mut rows = select.query([])?;
    let mut sum = 0;
    while let Some(row) = rows.next()? {
        // An object keeps its text, so the loop makes it too.
        let name: String = row.get(1)?;
        sum += row.get::<_, i64>(0)? + name.len() as i64 + row.get::<_, i64>(2)?;
    }
    Ok(sum)
}
