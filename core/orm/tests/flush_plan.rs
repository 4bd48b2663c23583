//! `flush_plan()` against `flush()`: random programs over several mappings, natively and in a browser.

use std::cell::RefCell;
use std::rc::Rc;

use ormscope::engine::driver::SqliteDriver;
use ormscope::engine::{EngineOptions, Observer, Outcome, Probe, StatementEvent, Url};
use ormscope::orm::{
    AttributeValue, Cascade, FlushPlan, Hooks, Lifecycle, MapperSettings, Object, Orm, PlainHooks, PlanVerb,
    PlannedValue, PolymorphicOn, RelationshipOptions, RelationshipSettings, SessionOptions, ValueSource,
};
use ormscope::schema::{Column, Table};
use ormscope::types::{ColumnId, MapperId, SessionId, SqlType, StateId, TableId, Value};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Teams of people (some of them captains, who have a table more), their
/// skills, and notes that answer each other.
struct World {
    orm: Orm,
    hooks: PlainHooks,
    session: SessionId,
    team: MapperId,
    person: MapperId,
    captain: MapperId,
    skill: MapperId,
    note: MapperId,
    log: Rc<RefCell<Vec<String>>>,
    objects: Vec<Object>,
}

struct Log(Rc<RefCell<Vec<String>>>);

impl Observer for Log {
    fn before(&mut self, event: &StatementEvent) {
        let parameters = event.parameters.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
        self.0.borrow_mut().push(format!("{}{parameters}", event.sql));
    }

    fn after(&mut self, _: &Outcome, _: Probe<'_>) {}
}

fn text() -> SqlType {
    SqlType::String { length: None }
}

fn column(orm: &Orm, table: TableId, name: &str) -> ColumnId {
    ColumnId { table, index: orm.schema.table(table).column_index(name).expect("a column of it") }
}

fn relation(target: MapperId, mirror: &str) -> RelationshipSettings {
    RelationshipSettings {
        target: Some(target),
        back_populates: Some(mirror.into()),
        ..RelationshipSettings::default()
    }
}

impl World {
    fn new(with_orphans: bool) -> World {
        let mut orm = Orm::new(Rc::new(SqliteDriver));
        let url = Url::parse("sqlite://").expect("a URL of SQLAlchemy's");
        let engine = orm.engines.create(url, EngineOptions::default()).expect("SQLite is known");
        let metadata = orm.schema.add_metadata(Default::default());
        let id = || Column::new("id", SqlType::Integer).primary_key();
        let mut add = |table: Table| orm.schema.add_table(metadata, table).expect("a new name");
        // A team's captain is of the team: two tables that refer to each other.
        let teams = add(Table::new("teams")
            .column(id())
            .column(Column::new("name", text()))
            .column(Column::new("captain_id", SqlType::Integer).references("captains.id")));
        let people = add(Table::new("people")
            .column(id())
            .column(Column::new("name", text()))
            .column(Column::new("kind", text()))
            .column(Column::new("team_id", SqlType::Integer).references("teams.id")));
        let captains = add(Table::new("captains")
            .column(Column::new("id", SqlType::Integer).primary_key().references("people.id"))
            .column(Column::new("badge", text())));
        let skills = add(Table::new("skills").column(id()).column(Column::new("name", text())));
        let people_skills = add(Table::new("people_skills")
            .column(Column::new("person_id", SqlType::Integer).primary_key().references("people.id"))
            .column(Column::new("skill_id", SqlType::Integer).primary_key().references("skills.id")));
        let notes = add(Table::new("notes")
            .column(id())
            .column(Column::new("name", text()))
            .column(Column::new("answers_id", SqlType::Integer).references("notes.id")));
        let connection = orm.engines.connect(engine).expect("in memory");
        orm.engines.begin(connection).expect("nothing has begun");
        for sql in [
            "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT, captain_id INTEGER)",
            "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, kind TEXT, team_id INTEGER)",
            "CREATE TABLE captains (id INTEGER PRIMARY KEY, badge TEXT)",
            "CREATE TABLE skills (id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE TABLE people_skills (person_id INTEGER, skill_id INTEGER, PRIMARY KEY (person_id, skill_id))",
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT, answers_id INTEGER)",
        ] {
            orm.engines.execute_raw(connection, sql, &[]).expect("valid DDL");
        }
        orm.engines.commit(connection).expect("nothing refuses");
        orm.engines.close(connection).expect("nothing is open");

        let mut map = |settings: MapperSettings| orm.add_mapper(settings).expect("it has a key");
        let team = map(MapperSettings::new("Team", "app", teams));
        let person = map(MapperSettings {
            polymorphic_on: Some(PolymorphicOn::Attribute("kind".into())),
            polymorphic_identity: Some(Value::text("person")),
            ..MapperSettings::new("Person", "app", people)
        });
        let captain = map(MapperSettings {
            inherits: Some(person),
            polymorphic_identity: Some(Value::text("captain")),
            ..MapperSettings::new("Captain", "app", captains)
        });
        let skill = map(MapperSettings::new("Skill", "app", skills));
        let note = map(MapperSettings::new("Note", "app", notes));
        let owning = if with_orphans { "all, delete-orphan" } else { "save-update, merge" };
        let cascade = |words: &str| Some(Cascade::parse(words).expect("words of SQLAlchemy's"));
        let team_id = column(&orm, people, "team_id");
        let captain_id = column(&orm, teams, "captain_id");
        let members = RelationshipSettings {
            cascade: cascade(owning),
            foreign_keys: vec![team_id],
            ..relation(person, "team")
        };
        orm.add_relationship(team, "members", members);
        let own = RelationshipSettings { foreign_keys: vec![team_id], ..relation(team, "members") };
        orm.add_relationship(person, "team", own);
        let lead = RelationshipSettings {
            target: Some(captain),
            foreign_keys: vec![captain_id],
            options: RelationshipOptions { post_update: true, ..RelationshipOptions::default() },
            ..RelationshipSettings::default()
        };
        orm.add_relationship(team, "captain", lead);
        let able = |target, mirror| RelationshipSettings {
            secondary: Some(people_skills),
            ..relation(target, mirror)
        };
        orm.add_relationship(person, "skills", able(skill, "people"));
        orm.add_relationship(skill, "people", able(person, "skills"));
        let answers = RelationshipSettings {
            cascade: cascade(if with_orphans { "all" } else { "save-update, merge" }),
            ..relation(note, "asked")
        };
        orm.add_relationship(note, "answers", answers);
        let remote = vec![column(&orm, notes, "id")];
        let asked = RelationshipSettings { remote_side: remote, ..relation(note, "answers") };
        orm.add_relationship(note, "asked", asked);
        for mapper in [team, person, captain, skill, note] {
            orm.configure(mapper).expect("every join is clear");
        }
        let session = orm.add_session(SessionOptions { bind: Some(engine), ..SessionOptions::default() });
        let log = Rc::new(RefCell::new(Vec::new()));
        orm.engines.observe(Some(Box::new(Log(Rc::clone(&log)))));
        let (hooks, objects) = (PlainHooks, Vec::new());
        World { orm, hooks, session, team, person, captain, skill, note, log, objects }
    }

    fn make(&mut self, mapper: MapperId, name: &str) -> Object {
        let state = self.orm.states.create(mapper, self.orm.slot_count(mapper));
        let owner = self.hooks.instantiate(&mut self.orm, mapper, state).expect("no user code");
        self.orm.states.set_owner(state, &owner);
        let object = Object { state, owner };
        self.orm.set_discriminator(state).expect("the class has a value");
        self.rename(&object, name);
        self.orm.add(&mut self.hooks, self.session, &object).expect("it is in no other session");
        self.objects.push(object.clone());
        object
    }

    fn at(&self, object: &Object, key: &str) -> usize {
        self.orm.mapper_of(object.state).attribute(key).expect("a mapped attribute")
    }

    fn rename(&mut self, object: &Object, name: &str) {
        let at = self.at(object, "name");
        self.orm.set_value(object.state, at, Value::text(name));
    }

    fn refer(&mut self, object: &Object, key: &str, to: Option<&Object>) {
        let at = self.at(object, key);
        self.orm.set_object(&mut self.hooks, object.state, at, to.cloned()).expect("it can be loaded");
    }

    /// Takes a member into a collection, or out of it.
    fn toggle(&mut self, object: &Object, key: &str, member: &Object) {
        let at = self.at(object, key);
        let mut members = self.members(object, key);
        match members.iter().position(|other| other.state == member.state) {
            Some(place) => drop(members.remove(place)),
            None => members.push(member.clone()),
        }
        self.orm.set_collection(&mut self.hooks, object.state, at, members).expect("it is loaded");
    }

    fn members(&mut self, object: &Object, key: &str) -> Vec<Object> {
        let at = self.at(object, key);
        match self.orm.get(&mut self.hooks, object.state, at).expect("it can be loaded") {
            AttributeValue::Collection(collection) => collection.items(),
            _ => Vec::new(),
        }
    }

    /// Has what a delete looks at loaded, so that its plan is closed.
    fn know(&mut self, object: &Object) {
        for key in ["members", "captain", "skills", "people", "answers", "asked", "team"] {
            if let Some(at) = self.orm.mapper_of(object.state).attribute(key) {
                self.orm.get(&mut self.hooks, object.state, at).expect("it can be loaded");
            }
        }
    }

    fn flush(&mut self) {
        self.orm.flush(&mut self.hooks, self.session).expect("nothing refuses");
    }

    fn taken(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log.borrow_mut())
    }

    fn of(&self, mapper: MapperId) -> Vec<Object> {
        let held = |object: &&Object| {
            let state = &self.orm.states[object.state];
            self.orm.is_a(state.mapper, mapper)
                && matches!(state.lifecycle, Lifecycle::Pending | Lifecycle::Persistent)
                && !self.orm.session(self.session).deleted.contains_key(&object.state)
        };
        self.objects.iter().filter(held).cloned().collect()
    }

    /// What can be seen of every object and of the session.
    fn picture(&self) -> String {
        let held = self.orm.session(self.session);
        let mut picture = format!("{:?} {:?} {:?}", held.new, held.modified, held.deleted);
        for object in &self.objects {
            let state = &self.orm.states[object.state];
            let changed: Vec<bool> = (0..state.slots.len()).map(|at| state.has_changed(at)).collect();
            let values: Vec<String> = self
                .orm
                .mapper_of(object.state)
                .columns()
                .map(|(at, _)| match &state.slots[at] {
                    ormscope::orm::Slot::Value(value) => value.repr(),
                    _ => "-".into(),
                })
                .collect();
            picture.push_str(&format!(
                "\n{:?} {:?} {:?} {changed:?} {values:?} {:?}",
                object.state, state.lifecycle, state.modified, state.expired
            ));
        }
        picture
    }

    /// The statements that a plan stands for, once the flush has told what was open in it.
    fn announced(&self, plan: &FlushPlan) -> Vec<String> {
        let mut statements: Vec<(usize, String, Vec<String>)> = Vec::new();
        for action in plan.actions.iter().filter(|action| action.verb != PlanVerb::Look) {
            let values: Vec<String> =
                action.values.iter().chain(&action.found_by).map(|value| self.resolved(value)).collect();
            let row = match &values[..] {
                [one] => format!("({one},)"),
                many => format!("({})", many.join(", ")),
            };
            match statements.last_mut().filter(|(number, ..)| *number == action.statement) {
                Some((_, _, rows)) => rows.push(row),
                None => statements.push((action.statement, action.sql.clone(), vec![row])),
            }
        }
        let shown = |rows: Vec<String>| match &rows[..] {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        statements.into_iter().map(|(_, sql, rows)| format!("{sql} {}", shown(rows))).collect()
    }

    fn resolved(&self, value: &PlannedValue) -> String {
        match &value.source {
            ValueSource::Given(value) | ValueSource::Copied { known: Some(value), .. } => value.repr(),
            ValueSource::Copied { from, column, known: None } => self.now(*from, *column),
            open => panic!("a closed plan with {open:?}"),
        }
    }

    fn now(&self, state: StateId, column: ColumnId) -> String {
        let at = self.orm.mapper_of(state).attribute_of(column).expect("it is mapped");
        match &self.orm.states[state].slots[at] {
            ormscope::orm::Slot::Value(value) => value.repr(),
            _ => panic!("the flush gave it a value"),
        }
    }

    /// Holds the plan against what the flush then sends; tells whether it was closed.
    fn check(&mut self, seed: u64) -> bool {
        let before = self.picture();
        self.taken();
        let plan = self.orm.flush_plan(self.session).expect("no cycle");
        assert_eq!(self.taken(), [""; 0], "seed {seed}: a preview sends nothing");
        assert_eq!(self.picture(), before, "seed {seed}: a preview changes nothing");
        for (at, action) in plan.actions.iter().enumerate() {
            assert!(action.after.iter().all(|first| *first < at), "seed {seed}: {action:?}");
            assert!(!action.reason.is_empty(), "seed {seed}: {action:?}");
        }
        self.flush();
        let sent = self.taken();
        if plan.is_closed() {
            let changes =
                |line: &&String| ["INSERT", "UPDATE", "DELETE"].iter().any(|verb| line.starts_with(verb));
            let sent: Vec<String> = sent.iter().filter(changes).cloned().collect();
            assert_eq!(self.announced(&plan), sent, "seed {seed}");
        }
        plan.is_closed()
    }
}

#[test]
fn a_flush_sends_what_its_plan_said() {
    let rounds = std::option_env!("ORMSCOPE_SOAK").and_then(|text| text.parse().ok()).unwrap_or(300u64);
    let (mut closed, mut open) = (0, 0);
    for seed in 0..rounds {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut world = World::new(seed % 2 == 0);
        let know = seed % 3 != 0;
        for step in 0..30 {
            change(&mut world, &mut random, step, know);
            if random.below(5) == 0 {
                if world.check(seed) { closed += 1 } else { open += 1 }
            }
            if random.below(20) == 0 {
                world.orm.commit(&mut world.hooks, world.session).expect("nothing refuses");
            }
        }
        world.check(seed);
    }
    assert!(closed > rounds && open > 0, "{closed} closed plans, {open} open ones");
}

/// One random change of random objects.
fn change(world: &mut World, random: &mut Random, step: usize, know: bool) {
    let mapper = match random.below(6) {
        0 => world.team,
        1 => world.captain,
        2 => world.skill,
        3 => world.note,
        _ => world.person,
    };
    let (teams, people) = (world.of(world.team), world.of(world.person));
    let (captains, skills, notes) = (world.of(world.captain), world.of(world.skill), world.of(world.note));
    let pick = |list: &[Object], random: &mut Random| {
        (!list.is_empty()).then(|| list[random.below(list.len())].clone())
    };
    match random.below(9) {
        0..=2 => {
            let made = world.make(mapper, &format!("n{step}"));
            if world.orm.is_a(mapper, world.person)
                && let Some(team) = pick(&teams, random)
            {
                world.refer(&made, "team", Some(&team));
            }
        }
        3 => {
            if let Some(object) = pick(&world.of(mapper), random) {
                world.rename(&object, &format!("r{step}"));
            }
        }
        4 => {
            if let Some(person) = pick(&people, random) {
                let team = pick(&teams, random).filter(|_| random.below(4) > 0);
                world.refer(&person, "team", team.as_ref());
            }
        }
        5 => {
            if let (Some(person), Some(skill)) = (pick(&people, random), pick(&skills, random)) {
                world.toggle(&person, "skills", &skill);
            }
        }
        6 => {
            if let Some(team) = pick(&teams, random) {
                let captain = pick(&captains, random).filter(|_| random.below(4) > 0);
                world.refer(&team, "captain", captain.as_ref());
            }
        }
        7 => {
            // An answer is younger than what it answers, so that no circle arises.
            if let (Some(one), Some(other)) = (pick(&notes, random), pick(&notes, random))
                && one.state < other.state
            {
                world.refer(&other, "asked", Some(&one));
            }
        }
        _ => {
            let persistent =
                |object: &Object| world.orm.states[object.state].lifecycle == Lifecycle::Persistent;
            let list: Vec<Object> = world.of(mapper).into_iter().filter(persistent).collect();
            if let Some(object) = pick(&list, random) {
                if know {
                    world.know(&object);
                }
                world.orm.delete(&mut world.hooks, world.session, &object).expect("it is persistent");
            }
        }
    }
}

#[test]
fn a_plan_says_where_each_value_comes_from_and_what_comes_first() {
    let mut world = World::new(false);
    let team = world.make(world.team, "reds");
    let ann = world.make(world.captain, "ann");
    let skill = world.make(world.skill, "sailing");
    world.refer(&ann, "team", Some(&team));
    world.refer(&team, "captain", Some(&ann));
    world.toggle(&ann, "skills", &skill);
    let plan = world.orm.flush_plan(world.session).expect("no cycle");
    let shown: Vec<String> = plan
        .actions
        .iter()
        .map(|action| format!("{:?} {} after {:?}: {}", action.verb, action.sql, action.after, action.reason))
        .collect();
    assert_eq!(
        shown,
        [
            "Insert INSERT INTO teams (name, captain_id) VALUES (?, ?) after []: new Team",
            "Insert INSERT INTO skills (name) VALUES (?) after []: new Skill",
            "Insert INSERT INTO people (name, kind, team_id) VALUES (?, ?, ?) after [0]: new Captain; team_id copied from teams.id along Team.members",
            "Insert INSERT INTO captains (id, badge) VALUES (?, ?) after [2]: new Captain; id copied from people.id",
            "Insert INSERT INTO people_skills (person_id, skill_id) VALUES (?, ?) after [1, 2]: added to Person.skills",
            "Update UPDATE teams SET captain_id=? WHERE teams.id = ? after [0, 3]: captain_id copied from captains.id along Team.captain; in a second statement (post_update)",
        ]
    );
    assert!(plan.is_closed());
}

/// A small generator of random numbers (xorshift), the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
