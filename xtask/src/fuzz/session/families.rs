//! What the generator knows of the classes in `models.py`: which attributes there are and what fits them.

/// Classes that are mapped together.
pub(super) struct Family {
    /// The declarative base.
    pub(super) base: &'static str,
    pub(super) classes: &'static [Class],
}

/// A mapped class.
pub(super) struct Class {
    pub(super) name: &'static str,
    /// Attributes of columns, with the values they are given.
    pub(super) values: &'static [(&'static str, &'static [&'static str])],
    /// Attributes of foreign keys.
    pub(super) keys: &'static [&'static str],
    /// Attributes with one object, and the places of the classes that it may be of.
    pub(super) ones: &'static [(&'static str, &'static [usize])],
    /// Attributes with a list of objects.
    pub(super) many: &'static [(&'static str, &'static [usize])],
}

const NAMES: &[&str] = &["\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"e\"", "\"f\"", "\"g\"", "\"h\"", "None"];
const NUMBERS: &[&str] = &["1", "2", "3", "None"];

const fn class(name: &'static str) -> Class {
    Class { name, values: &[("name", NAMES)], keys: &[], ones: &[], many: &[] }
}

const COMPANY: &[(&str, &[usize])] = &[("company", &[0])];
const COMPANY_KEY: &[&str] = &["company_id"];

pub(super) const FAMILIES: &[Family] = &[
    Family {
        base: "Orphans",
        classes: &[
            Class {
                values: &[("name", NAMES), ("size", NUMBERS)],
                many: &[("children", &[1])],
                ..class("Parent")
            },
            Class {
                keys: &["parent_id"],
                ones: &[("parent", &[0])],
                many: &[("toys", &[2])],
                ..class("Child")
            },
            Class { keys: &["child_id"], ..class("Toy") },
        ],
    },
    Family {
        base: "Library",
        classes: &[
            Class { many: &[("books", &[1])], ..class("Author") },
            Class {
                values: &[("title", NAMES)],
                keys: &["author_id"],
                ones: &[("author", &[0]), ("cover", &[2])],
                ..class("Book")
            },
            Class {
                values: &[("color", NAMES)],
                keys: &["book_id"],
                ones: &[("book", &[1])],
                ..class("Cover")
            },
        ],
    },
    Family {
        base: "Tagging",
        classes: &[
            Class { many: &[("posts", &[1])], ..class("Tag") },
            Class {
                values: &[("title", NAMES)],
                keys: &["main_id"],
                ones: &[("main", &[0])],
                many: &[("tags", &[0])],
                ..class("Post")
            },
        ],
    },
    Family {
        base: "Trees",
        classes: &[Class {
            keys: &["parent_id"],
            ones: &[("parent", &[0])],
            many: &[("children", &[0])],
            ..class("Node")
        }],
    },
    Family {
        base: "Woods",
        classes: &[Class { keys: &["parent_id"], many: &[("twigs", &[0])], ..class("Branch") }],
    },
    Family {
        base: "Staff",
        classes: &[
            Class { many: &[("people", &[1, 2, 3, 4])], ..class("Company") },
            Class { keys: COMPANY_KEY, ones: COMPANY, ..class("Person") },
            Class {
                values: &[("name", NAMES), ("language", NAMES)],
                keys: COMPANY_KEY,
                ones: COMPANY,
                ..class("Engineer")
            },
            Class {
                values: &[("name", NAMES), ("level", NUMBERS)],
                keys: COMPANY_KEY,
                ones: COMPANY,
                ..class("Manager")
            },
            Class {
                values: &[("name", NAMES), ("level", NUMBERS)],
                keys: COMPANY_KEY,
                ones: COMPANY,
                ..class("Director")
            },
        ],
    },
];
