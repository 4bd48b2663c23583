//! The seven phases through the Rust API: mappers, states and a session, without an interpreter.

use std::rc::Rc;

use ormscope::engine::driver::SqliteDriver;
use ormscope::engine::{Cause, EngineOptions, Parameters, Url};
use ormscope::orm::{
    AttributeValue, Hooks, MapperSettings, Object, Orm, PlainHooks, RelationshipSettings, RowValue,
    SessionOptions,
};
use ormscope::schema::{Column, Index, Table};
use ormscope::sql::{Entity, Select, SelectItem};
use ormscope::types::{MapperId, SessionId, SqlType, StateId, TableId, Value};

use crate::{Lap, Outcome};

/// Whatever an operation refuses, in words.
pub(crate) fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Users with addresses in a database of their own.
pub(crate) struct World {
    pub(crate) orm: Orm,
    pub(crate) hooks: PlainHooks,
    pub(crate) session: SessionId,
    fresh: SessionId,
    user: MapperId,
    address: MapperId,
    user_attributes: UserAttributes,
    address_attributes: AddressAttributes,
}

/// Where the attributes of a user are.
#[derive(Clone, Copy)]
struct UserAttributes {
    id: usize,
    name: usize,
    age: usize,
    addresses: usize,
}

/// Where the attributes of an address are.
#[derive(Clone, Copy)]
struct AddressAttributes {
    id: usize,
    email: usize,
    user_id: usize,
}

impl World {
    /// Maps both classes and makes their tables.
    pub(crate) fn new() -> Outcome<World> {
        let mut orm = Orm::new(Rc::new(SqliteDriver));
        let url = Url::parse("sqlite://").map_err(words)?;
        let engine = orm.engines.create(url, EngineOptions::default()).map_err(words)?;
        let metadata = orm.schema.add_metadata(Default::default());
        let text = || SqlType::String { length: None };
        let users = Table::new("users")
            .column(Column::new("id", SqlType::Integer).primary_key())
            .column(Column::new("name", text()).not_null())
            .column(Column::new("age", SqlType::Integer).not_null());
        let users = orm.schema.add_table(metadata, users).map_err(words)?;
        let addresses = Table::new("addresses")
            .column(Column::new("id", SqlType::Integer).primary_key())
            .column(Column::new("email", text()).not_null())
            .column(Column::new("user_id", SqlType::Integer).not_null().references("users.id"))
            .index(Index::new(Some("ix_addresses_user_id".into()), vec!["user_id".into()]));
        let addresses = orm.schema.add_table(metadata, addresses).map_err(words)?;
        let connection = orm.engines.connect(engine).map_err(words)?;
        orm.engines.begin(connection).map_err(words)?;
        orm.engines.create_tables(&orm.schema, connection, &[users, addresses], true).map_err(words)?;
        orm.engines.commit(connection).map_err(words)?;
        orm.engines.close(connection).map_err(words)?;
        let user = map(&mut orm, "User", users)?;
        let address = map(&mut orm, "Address", addresses)?;
        relate(&mut orm, user, "addresses", address, "user");
        relate(&mut orm, address, "user", user, "addresses");
        orm.configure(user).map_err(words)?;
        orm.configure(address).map_err(words)?;
        let options = SessionOptions { bind: Some(engine), ..SessionOptions::default() };
        let (session, fresh) = (orm.add_session(options), orm.add_session(options));
        let at = |mapper: MapperId, key: &str| {
            orm.mapper(mapper).attribute(key).ok_or_else(|| format!("there is no attribute {key}"))
        };
        let user_attributes = UserAttributes {
            id: at(user, "id")?,
            name: at(user, "name")?,
            age: at(user, "age")?,
            addresses: at(user, "addresses")?,
        };
        let address_attributes = AddressAttributes {
            id: at(address, "id")?,
            email: at(address, "email")?,
            user_id: at(address, "user_id")?,
        };
        let hooks = PlainHooks;
        Ok(World { orm, hooks, session, fresh, user, address, user_attributes, address_attributes })
    }

    fn make(&mut self, mapper: MapperId) -> Outcome<Object> {
        let state = self.orm.states.create(mapper, self.orm.mapper(mapper).attributes.len());
        let owner = self.hooks.instantiate(&mut self.orm, mapper, state).map_err(words)?;
        self.orm.states.set_owner(state, &owner);
        Ok(Object { state, owner })
    }

    /// So many users, each with one address, in the session.
    pub(crate) fn make_users(&mut self, size: usize) -> Outcome<Vec<Object>> {
        let (users, addresses) = (self.user_attributes, self.address_attributes);
        let mut made = Vec::with_capacity(size);
        for number in 0..size {
            let address = self.make(self.address)?;
            let email = Value::text(&format!("user{number}@example.org"));
            self.orm.set_value(address.state, addresses.email, email);
            let user = self.make(self.user)?;
            self.orm.set_value(user.state, users.name, Value::text(&format!("user {number}")));
            self.orm.set_value(user.state, users.age, Value::Int((number % 90) as i64));
            let members = vec![address];
            self.orm.set_collection(&mut self.hooks, user.state, users.addresses, members).map_err(words)?;
            made.push(user);
        }
        for user in &made {
            self.orm.add(&mut self.hooks, self.session, user).map_err(words)?;
        }
        Ok(made)
    }

    pub(crate) fn flush(&mut self) -> Outcome {
        self.orm.flush(&mut self.hooks, self.session).map_err(words)
    }

    pub(crate) fn commit(&mut self) -> Outcome {
        self.orm.commit(&mut self.hooks, self.session).map_err(words)
    }

    fn held(&mut self) -> i64 {
        self.orm.bury();
        self.orm.session(self.session).identity_map.len() as i64
    }

    fn value(&mut self, state: StateId, at: usize) -> Outcome<Value> {
        match self.orm.get(&mut self.hooks, state, at).map_err(words)? {
            AttributeValue::Value(value) => Ok(value),
            _ => Err("a relationship where a value was expected".to_owned()),
        }
    }

    fn text(&mut self, state: StateId, at: usize) -> Outcome<Rc<str>> {
        match self.value(state, at)? {
            Value::Text(text) => Ok(text),
            other => Err(format!("no text: {}", other.repr())),
        }
    }

    fn number(&mut self, state: StateId, at: usize) -> Outcome<i64> {
        match self.value(state, at)? {
            Value::Int(number) => Ok(number),
            other => Err(format!("no number: {}", other.repr())),
        }
    }

    /// `select(User)` in a session, every attribute read.
    fn read_users(&mut self, session: SessionId, kept: &mut Vec<Object>) -> Outcome<i64> {
        let entity = SelectItem::Entity(Entity::of(self.user));
        let select = Select { items: vec![entity], ..Select::default() };
        self.orm.autoflush(&mut self.hooks, session, "query").map_err(words)?;
        let lowered = self.orm.lower(&select).map_err(words)?;
        let none = Parameters::None;
        let found =
            self.orm.load(&mut self.hooks, session, &lowered, &none, Cause::Query, false).map_err(words)?;
        let mut sum = 0;
        for row in &found.rows {
            let [RowValue::Object(Some(user))] = &row[..] else { return Err("no user in a row".to_owned()) };
            sum += self.sum_of_user(user.state)?;
            kept.push(user.clone());
        }
        Ok(sum)
    }

    fn sum_of_user(&mut self, user: StateId) -> Outcome<i64> {
        let at = self.user_attributes;
        let name = self.text(user, at.name)?;
        Ok(self.number(user, at.id)? + name.len() as i64 + self.number(user, at.age)?)
    }

    /// Gives a user another name.
    pub(crate) fn rename(&mut self, user: StateId) -> Outcome {
        let name = self.text(user, self.user_attributes.name)?;
        self.orm.set_value(user, self.user_attributes.name, Value::text(&format!("changed {name}")));
        Ok(())
    }

    fn sum_of_addresses(&mut self, user: StateId) -> Outcome<i64> {
        let found = self.orm.get(&mut self.hooks, user, self.user_attributes.addresses).map_err(words)?;
        let AttributeValue::Collection(addresses) = found else {
            return Err("no collection of addresses".to_owned());
        };
        let at = self.address_attributes;
        let mut sum = 0;
        for address in addresses.items() {
            let email = self.text(address.state, at.email)?;
            sum += self.number(address.state, at.id)? + email.len() as i64;
            sum += self.number(address.state, at.user_id)?;
        }
        Ok(sum)
    }
}

fn map(orm: &mut Orm, class: &str, table: TableId) -> Outcome<MapperId> {
    orm.add_mapper(MapperSettings::new(class, "bench", table)).map_err(words)
}

fn relate(orm: &mut Orm, mapper: MapperId, key: &str, target: MapperId, mirror: &str) {
    let settings = RelationshipSettings {
        target: Some(target),
        back_populates: Some(mirror.into()),
        ..RelationshipSettings::default()
    };
    orm.add_relationship(mapper, key, settings);
}

/// The phases of `phases.py`.
///
/// # Errors
/// What the ORM raises.
pub fn phases(size: usize) -> Outcome<Vec<Lap>> {
    let mut world = World::new()?;
    let mut users = Vec::new();
    let mut loaded = Vec::new();
    let mut laps = vec![
        Lap::of("make", || {
            users = world.make_users(size)?;
            Ok(world.orm.session(world.session).new.len() as i64)
        })?,
        Lap::of("flush", || {
            world.flush()?;
            Ok(world.held())
        })?,
        Lap::of("commit", || {
            world.commit()?;
            Ok(world.held())
        })?,
        Lap::of("refresh", || world.read_users(world.session, &mut Vec::new()))?,
        Lap::of("change", || {
            for user in &users {
                world.rename(user.state)?;
            }
            world.flush()?;
            Ok(world.orm.session(world.session).dirty().len() as i64)
        })?,
    ];
    world.commit()?;
    laps.push(Lap::of("load", || world.read_users(world.fresh, &mut loaded))?);
    laps.push(Lap::of("lazy", || {
        let some = loaded.iter().take(size / 10);
        some.map(|user| world.sum_of_addresses(user.state)).sum()
    })?);
    Ok(laps)
}
