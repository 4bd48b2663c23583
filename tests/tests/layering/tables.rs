//! Who may know whom.

/// Modules that are siblings, from the ground up. Modules on one floor may know each other.
pub(crate) struct Floors {
    /// The crate's sources.
    pub(crate) source: &'static str,
    /// The module whose children are meant; empty for the crate itself.
    pub(crate) inside: &'static [&'static str],
    /// The floors, lowest first.
    pub(crate) order: &'static [&'static [&'static str]],
    /// Ways up that are open nevertheless: from where, to which name.
    pub(crate) doors: &'static [(&'static str, &'static str)],
}

impl Floors {
    /// The part of a path that names one of these siblings.
    pub(crate) fn child<'a>(&self, path: &'a [String]) -> Option<&'a str> {
        let (front, rest) = path.split_at_checked(self.inside.len())?;
        if front == self.inside { rest.first().map(String::as_str) } else { None }
    }

    /// The number of a sibling's floor, from the ground.
    pub(crate) fn of(&self, sibling: &str) -> Option<usize> {
        self.order.iter().position(|floor| floor.contains(&sibling))
    }
}

pub(crate) const FLOORS: &[Floors] = &[
    Floors {
        source: "core/orm/src",
        inside: &[],
        // `new!` is the typed floor's, and like every macro at the crate's root.
        order: &[
            &["types"],
            &["expression"],
            &["schema"],
            &["sql"],
            &["engine"],
            &["orm"],
            &["typed", "new"],
        ],
        doors: &[],
    },
    Floors {
        source: "core/orm/src",
        inside: &["orm"],
        order: &[
            &["Orm", "OrmResult", "error"],
            &["mapping"],
            // The program's own code is reached through hooks, and told of events, with objects.
            &["state", "hooks", "events", "user_types"],
            &["loading"],
            &["flush"],
            &["session"],
        ],
        // An object remembers how the query that loaded it said that its attributes are loaded.
        doors: &[("state", "orm::loading::shape::Shape")],
    },
    Floors {
        source: "core/script/src",
        inside: &[],
        // A function is a value, holds code and is called by the machine: these know each other.
        order: &[&["parse"], &["repair"], &["object", "compile", "vm", "builtins"], &["library"]],
        // `import` asks the library for a module, and the machine keeps the library's state for it.
        doors: &[("vm", "library"), ("vm", "library::Library")],
    },
    Floors {
        source: "web/src",
        inside: &[],
        order: &[&["examples", "highlight", "fixture"], &["ui"]],
        doors: &[],
    },
    Floors {
        source: "web/src",
        inside: &["ui"],
        order: &[
            &["shared"],
            &["store", "words"],
            &["bridge", "theme"],
            &["components"],
            &["screen"],
            &["app"],
        ],
        doors: &[],
    },
];

/// Names that only one place may use.
pub(crate) struct Secret {
    /// Paths and words, matched whole, outside comments.
    pub(crate) words: &'static [&'static str],
    /// Where they are looked for.
    pub(crate) within: &'static [&'static str],
    /// Files or folders that may use them.
    pub(crate) known_to: &'static [&'static str],
    /// Why, and the way out.
    pub(crate) reason: &'static str,
}

/// The crates that know no machine: no files, no network, no clock, no threads.
const PURE: &[&str] = &["core/derive/src", "core/orm/src", "core/script/src", "core/host/src"];

pub(crate) const SECRETS: &[Secret] = &[
    Secret {
        words: &["rusqlite", "libsqlite3_sys", "sqlite_wasm_rs"],
        within: &["core", "web"],
        known_to: &["core/orm/src/engine/driver/sqlite"],
        reason: "Only the SQLite driver names SQLite's library: go through the driver's trait.",
    },
    Secret {
        words: &["serde", "postcard"],
        within: &["core/orm/src", "core/script/src"],
        known_to: &[],
        reason: "Only the host serialises: give it plain data.",
    },
    Secret {
        words: &["std::fs", "std::net", "std::process", "std::env", "std::thread"],
        within: PURE,
        known_to: &[],
        reason: "The core does no I/O and has no threads: let the caller pass in what is needed.",
    },
    Secret {
        words: &["Instant", "SystemTime"],
        within: PURE,
        known_to: &[],
        reason: "The core reads no clock: runs must be the same every time. Take the time from the host.",
    },
    Secret {
        words: &["web_sys", "js_sys", "wasm_bindgen", "gloo"],
        within: PURE,
        known_to: &["core/orm/src/engine/driver/sqlite"],
        reason: "The core knows no browser: that belongs to web/.",
    },
    Secret {
        words: &["Worker", "encode_request", "decode_events"],
        within: &["web/src"],
        known_to: &["web/src/ui/bridge.rs"],
        reason: "Only the bridge talks to the worker: dispatch an action and let the store ask.",
    },
    Secret {
        words: &["ruff_python_parser", "ruff_python_ast", "ruff_text_size"],
        within: &["core/orm/src", "core/host/src", "core/script/src/library", "core/script/src/object"],
        known_to: &[],
        reason: "Syntax trees end at the compiler.",
    },
];

/// Each crate's folder, and the crates of this workspace it may depend on.
pub(crate) const CRATES: &[(&str, &[&str])] = &[
    ("core/derive", &[]),
    ("core/orm", &["ormscope-derive"]),
    ("core/script", &["ormscope"]),
    ("core/host", &["ormscope", "ormscope-script"]),
    ("core/cli", &["ormscope-host"]),
    ("web", &["ormscope-host"]),
    ("web/worker", &["ormscope-host"]),
    ("tests", &["ormscope-host", "xtask"]),
    ("xtask", &[]),
];
