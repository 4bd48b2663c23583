//! Random programs of session operations as Python text: the same seed gives the same program. Operations
//! refer to objects by variables; one that fails, or that has lost the one before it, raises on both sides.
//!
//! What SQLAlchemy leaves without an order is kept out: a family's tables form a chain in which every two
//! neighbours refer to one another, so that a flush can go through them in one way only.

use super::families::{Class, FAMILIES, Family};
use crate::fuzz::both::Numbers;

/// The fewest and the most operations of a program.
const LENGTH: (usize, usize) = (20, 60);

/// A program that can be cut short.
#[derive(Clone)]
pub(super) struct Program {
    pub(super) seed: u64,
    family: &'static Family,
    settings: String,
    pub(super) operations: Vec<String>,
}

impl Program {
    /// The program of a seed.
    pub(super) fn new(seed: u64) -> Program {
        let mut numbers = Numbers::new(seed);
        let family = &FAMILIES[numbers.below(FAMILIES.len())];
        let mut flag = |chance: usize| if numbers.below(100) < chance { "True" } else { "False" };
        let settings = format!(
            "foreign_keys={}, tidy={}, autoflush={}, expire_on_commit={}",
            flag(25),
            flag(75),
            flag(80),
            flag(80)
        );
        let length = LENGTH.0 + numbers.below(LENGTH.1 - LENGTH.0 + 1);
        let mut writer = Writer { numbers, family, objects: Vec::new(), savepoints: 0 };
        let operations = (0..length).map(|_| writer.operation()).collect();
        Program { seed, family, settings, operations }
    }

    /// The same with other operations.
    pub(super) fn with(&self, operations: Vec<String>) -> Program {
        Program { operations, ..self.clone() }
    }

    /// The program as a function and its call, under a number.
    pub(super) fn source(&self, number: usize) -> String {
        let (base, settings) = (self.family.base, &self.settings);
        let mut text = format!(
            "\n\ndef program_{number}():\n    session = begin({base}, {settings})\n    savepoints = []\n"
        );
        for (place, operation) in self.operations.iter().enumerate() {
            text += &format!("    with step({}):\n", place + 1);
            for line in operation.lines() {
                text += &format!("        {line}\n");
            }
        }
        text + &format!("\n\nrun({number}, program_{number}, {base})\n")
    }
}

/// Writes operations one after the other, and remembers what they may refer to.
struct Writer {
    numbers: Numbers,
    family: &'static Family,
    /// Variables and the places of their classes.
    objects: Vec<(String, usize)>,
    savepoints: usize,
}

impl Writer {
    fn operation(&mut self) -> String {
        if self.objects.len() < 3 {
            return self.create();
        }
        match self.numbers.below(100) {
            0..12 => self.create(),
            12..19 => format!("session.add({})", self.object()),
            19..21 => format!("session.add_all([{}, {}])", self.object(), self.object()),
            21..31 => self.change(),
            31..36 => format!("session.delete({})", self.object()),
            36..42 => self.reparent(),
            42..54 => self.edit_collection(),
            54..59 => "session.flush()".to_owned(),
            59..64 => "session.commit()".to_owned(),
            64..68 => "session.rollback()".to_owned(),
            68..74 => self.savepoint(),
            74..80 => self.forget(),
            80..84 => self.merge(),
            84..92 => self.query(),
            92..98 => self.read(),
            _ => self.rare(),
        }
    }

    fn one_of<'t, T: ?Sized>(&mut self, all: &[&'t T]) -> &'t T {
        all[self.numbers.below(all.len())]
    }

    /// A variable, and its class.
    fn any(&mut self) -> (String, &'static Class) {
        let (name, class) = self.objects[self.numbers.below(self.objects.len())].clone();
        (name, &self.family.classes[class])
    }

    fn object(&mut self) -> String {
        self.any().0
    }

    /// A variable with an object of one of these classes, or one that is made on the spot.
    fn object_of(&mut self, classes: &[usize]) -> String {
        let all: Vec<&String> =
            self.objects.iter().filter(|(_, class)| classes.contains(class)).map(|(name, _)| name).collect();
        match all.len() {
            0 => self.fresh(classes),
            number => {
                let name = all[self.numbers.below(number)].clone();
                if self.numbers.below(8) == 0 { self.fresh(classes) } else { name }
            }
        }
    }

    /// An object of one of these classes without a name of its own.
    fn fresh(&mut self, classes: &[usize]) -> String {
        let class = &self.family.classes[classes[self.numbers.below(classes.len())]];
        let value = self.value(class, class.values[0].0);
        format!("{}({}={value})", class.name, class.values[0].0)
    }

    /// A variable for an object of a class.
    fn variable(&mut self, class: usize) -> String {
        let name = format!("{}{}", self.family.classes[class].name.to_lowercase(), self.objects.len() + 1);
        self.objects.push((name.clone(), class));
        name
    }

    fn value(&mut self, class: &Class, attribute: &str) -> String {
        let values =
            class.values.iter().find(|(name, _)| *name == attribute).map_or(&["None"][..], |it| it.1);
        self.one_of(values).to_owned()
    }

    fn key(&mut self) -> usize {
        1 + self.numbers.below(5)
    }

    fn create(&mut self) -> String {
        let class = self.numbers.below(self.family.classes.len());
        let about = &self.family.classes[class];
        let mut arguments = Vec::new();
        if self.numbers.below(8) == 0 {
            arguments.push(format!("id={}", self.key()));
        }
        for (attribute, _) in about.values {
            // What may not be null is mostly there, or little would ever be stored.
            if self.numbers.below(10) < 8 {
                arguments.push(format!("{attribute}={}", self.value(about, attribute)));
            }
        }
        for (attribute, classes) in about.ones {
            if self.numbers.below(4) == 0 {
                arguments.push(format!("{attribute}={}", self.object_of(classes)));
            }
        }
        for (attribute, classes) in about.many {
            if self.numbers.below(4) == 0 {
                arguments.push(format!("{attribute}={}", self.list_of(classes)));
            }
        }
        let name = self.variable(class);
        let made = format!("{name} = keep(\"{name}\", {}({}))", about.name, arguments.join(", "));
        if self.numbers.below(2) == 0 { format!("{made}\nsession.add({name})") } else { made }
    }

    fn list_of(&mut self, classes: &[usize]) -> String {
        let members: Vec<String> = (0..self.numbers.below(4)).map(|_| self.object_of(classes)).collect();
        format!("[{}]", members.join(", "))
    }

    fn change(&mut self) -> String {
        let (name, class) = self.any();
        let attribute = class.values[self.numbers.below(class.values.len())].0;
        match self.numbers.below(12) {
            0 => format!("{name}.id = {}", self.key()),
            1 => format!("del {name}.{attribute}"),
            2 if !class.keys.is_empty() => {
                let key = self.one_of(class.keys);
                format!("{name}.{key} = {}", self.one_of(&["None", "1", "2", "3"]))
            }
            _ => format!("{name}.{attribute} = {}", self.value(class, attribute)),
        }
    }

    fn reparent(&mut self) -> String {
        let (name, class) = self.any();
        if class.ones.is_empty() {
            return self.edit_collection();
        }
        let (attribute, classes) = class.ones[self.numbers.below(class.ones.len())];
        match self.numbers.below(10) {
            0 => format!("del {name}.{attribute}"),
            1 | 2 => format!("{name}.{attribute} = None"),
            _ => format!("{name}.{attribute} = {}", self.object_of(classes)),
        }
    }

    fn edit_collection(&mut self) -> String {
        let (name, class) = self.any();
        if class.many.is_empty() {
            return self.change();
        }
        let (attribute, classes) = class.many[self.numbers.below(class.many.len())];
        let list = format!("{name}.{attribute}");
        match self.numbers.below(16) {
            0..6 => format!("{list}.append({})", self.object_of(classes)),
            6..8 => format!("{list}.remove({})", self.object_of(classes)),
            8 => format!("{list}.pop()"),
            9 => format!("{list}.insert(0, {})", self.object_of(classes)),
            10 => format!("{list}.clear()"),
            11 => format!("{list}[0] = {}", self.object_of(classes)),
            12 => format!("{list}.extend({})", self.list_of(classes)),
            13 => format!("del {list}[0]"),
            14 => format!("{list}[0:1] = {}", self.list_of(classes)),
            _ => format!("{list} = {}", self.list_of(classes)),
        }
    }

    fn savepoint(&mut self) -> String {
        if self.savepoints == 0 || self.numbers.below(3) == 0 {
            if self.numbers.below(4) == 0 {
                let inner = self.edit_or_change();
                return format!("with session.begin_nested():\n    {inner}");
            }
            self.savepoints += 1;
            return "savepoints.append(session.begin_nested())".to_owned();
        }
        self.savepoints -= 1;
        format!("savepoints.pop().{}()", self.one_of(&["commit", "rollback"]))
    }

    fn edit_or_change(&mut self) -> String {
        match self.numbers.below(3) {
            0 => self.edit_collection(),
            1 => format!("session.add({})", self.object()),
            _ => self.change(),
        }
    }

    fn forget(&mut self) -> String {
        let (name, class) = self.any();
        let attributes: Vec<&str> = class
            .values
            .iter()
            .map(|it| it.0)
            .chain(class.ones.iter().chain(class.many).map(|it| it.0))
            .collect();
        let attribute = self.one_of(&attributes);
        match self.numbers.below(12) {
            0..2 => format!("session.expire({name})"),
            2..4 => format!("session.expire({name}, [\"{attribute}\"])"),
            4 => "session.expire_all()".to_owned(),
            5..7 => format!("session.refresh({name})"),
            7 => format!("session.refresh({name}, [\"{attribute}\"])"),
            8..10 => format!("session.expunge({name})"),
            10 => "session.expunge_all()".to_owned(),
            _ => "session.close()".to_owned(),
        }
    }

    fn merge(&mut self) -> String {
        let class = self.numbers.below(self.family.classes.len());
        match self.numbers.below(5) {
            0..2 => {
                let object = self.object();
                format!("print(shown(session.merge({object})))")
            }
            2 => {
                let object = self.object();
                format!("print(shown(session.merge({object}, load=False)))")
            }
            _ => {
                let about = &self.family.classes[class];
                let attribute = about.values[0].0;
                let mut arguments =
                    format!("id={}, {attribute}={}", self.key(), self.value(about, attribute));
                if let Some((many, classes)) = about.many.first()
                    && self.numbers.below(2) == 0
                {
                    arguments += &format!(", {many}={}", self.list_of(classes));
                }
                let name = self.variable(class);
                format!("{name} = keep(\"{name}\", session.merge({}({arguments})))", about.name)
            }
        }
    }

    fn query(&mut self) -> String {
        let class = self.numbers.below(self.family.classes.len());
        let about = &self.family.classes[class];
        let (entity, attribute) = (about.name, about.values[0].0);
        let value = self.value(about, attribute);
        match self.numbers.below(12) {
            0..3 => {
                let key = self.key();
                let name = self.variable(class);
                format!(
                    "{name} = keep(\"{name}\", session.get({entity}, {key}) or {entity}({attribute}={value}))"
                )
            }
            3 | 4 => format!("print(shown(session.scalars(select({entity}).order_by({entity}.id)).all()))"),
            5 => format!(
                "print(shown(session.scalars(select({entity}).where({entity}.{attribute} == {value})).all()))"
            ),
            6 | 7 => {
                let load = self.one_of(&["selectinload", "joinedload", "subqueryload"]);
                let paths: Vec<&str> = about.ones.iter().chain(about.many).map(|it| it.0).collect();
                let Some(&path) = paths.get(self.numbers.below(paths.len())) else { return self.read() };
                format!(
                    "print(shown(session.scalars(select({entity}).options({load}({entity}.{path})).order_by({entity}.id)).unique().all()))"
                )
            }
            8 => format!(
                "print(shown(session.scalars(select({entity}).order_by({entity}.id), execution_options={{\"populate_existing\": True}}).all()))"
            ),
            9 => format!("print(session.scalar(select(func.count()).select_from({entity})))"),
            10 => format!(
                "print(session.execute(update({entity}).where({entity}.id > {}).values({attribute}={value})).rowcount)",
                self.key()
            ),
            _ => {
                format!(
                    "print(session.execute(delete({entity}).where({entity}.id == {})).rowcount)",
                    self.key()
                )
            }
        }
    }

    fn read(&mut self) -> String {
        let (name, class) = self.any();
        let attributes: Vec<&str> = class
            .values
            .iter()
            .map(|it| it.0)
            .chain(class.ones.iter().chain(class.many).map(|it| it.0))
            .collect();
        format!("print(shown({name}.{}))", self.one_of(&attributes))
    }

    fn rare(&mut self) -> String {
        let object = self.object();
        match self.numbers.below(5) {
            0 => format!("make_transient({object})"),
            1 => format!("if {object}.id:\n    make_transient_to_detached({object})"),
            2 => format!("print(session.is_modified({object}), {object} in session)"),
            3 => format!("with session.no_autoflush:\n    {}", self.query()),
            _ => format!("session.flush([{object}])"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_program() {
        assert_eq!(Program::new(7).source(1), Program::new(7).source(1));
        assert_ne!(Program::new(7).source(1), Program::new(8).source(1));
    }

    #[test]
    fn programs_have_the_length_that_was_asked_for() {
        for seed in 0..200 {
            let length = Program::new(seed).operations.len();
            assert!((LENGTH.0..=LENGTH.1).contains(&length), "seed {seed}: {length}");
        }
    }

    #[test]
    fn every_family_turns_up() {
        let bases: Vec<&str> = (0..200).map(|seed| Program::new(seed).family.base).collect();
        assert!(FAMILIES.iter().all(|family| bases.contains(&family.base)));
    }
}
