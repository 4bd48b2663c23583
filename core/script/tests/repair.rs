//! Pasted text is repaired: the seeds as they stand, clean scripts untouched, damaged text without a panic.

// Tests and examples may read files and clocks; the crate itself may not.
#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::disallowed_macros)]

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use ormscope_script::object::Unwind;
use ormscope_script::parse::parse;
use ormscope_script::repair::{Repaired, repair};
use ormscope_script::vm::{Host, Progress, Vm};

/// Keeps what is printed; its clock stands still.
struct Recorder(Rc<RefCell<String>>);

impl Host for Recorder {
    fn write_stdout(&mut self, text: &str) {
        self.0.borrow_mut().push_str(text);
    }
    fn wall_clock(&mut self) -> (i64, u32) {
        (1_717_200_000, 0)
    }
    fn monotonic(&mut self) -> f64 {
        1.0
    }
    fn seed(&mut self) -> u64 {
        1
    }
}

/// What the script prints, with the traceback that ends it, if one does.
fn run(source: &str) -> String {
    let output = Rc::new(RefCell::new(String::new()));
    let mut vm = Vm::new(Box::new(Recorder(Rc::clone(&output))));
    let mut outcome = vm.start(source, false);
    while outcome.is_ok() {
        match vm.resume(1_000_000) {
            Progress::Line(_) | Progress::Paused => {}
            Progress::Finished => break,
            Progress::Raised(unwind) => outcome = Err(unwind),
        }
    }
    if let Err(Unwind::Raised(raised)) = outcome {
        let text = vm.format_traceback(&raised, source, "pasted.py");
        output.borrow_mut().push_str(&text);
    }
    drop(vm);
    output.take()
}

fn tests_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests")
}

fn seed(number: &str) -> String {
    fs::read_to_string(tests_folder().join("seeds").join(number).join("seed.txt")).expect("a seed")
}

fn repaired_seed(number: &str) -> Repaired {
    let text = seed(number);
    let repaired = repair(&text);
    if let Err(error) = parse(&repaired.source) {
        panic!("seed {number}: {} in line {}\n{}", error.message, error.line, repaired.source);
    }
    check_changes(&text, &repaired);
    repaired
}

/// The listed changes, applied to the pasted lines, are the repaired script.
fn check_changes(text: &str, repaired: &Repaired) {
    let pasted: Vec<&str> = text.lines().collect();
    let mut lines: Vec<&str> = Vec::new();
    let mut at = 0;
    for change in &repaired.repairs {
        assert!(!change.why.is_empty(), "{change:?}");
        let start = change.line as usize - 1;
        // Nothing was inserted where both sides are empty: a blank line was removed or stays.
        lines.extend(&pasted[at..start]);
        at = start;
        let inserted =
            change.before.is_empty() && !change.after.is_empty() && change.why.contains("imported");
        if !inserted {
            let count = change.before.split('\n').count();
            assert_eq!(change.before, pasted[start..start + count].join("\n"));
            at = start + count;
        }
        lines.extend(change.after.lines());
    }
    lines.extend(&pasted[at..]);
    let tidy =
        |text: String| text.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(tidy(lines.join("\n")), tidy(repaired.source.clone()));
}

/// Every script in the folder and below, with its path.
fn scripts(folder: &Path, extension: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                let text = fs::read_to_string(&path).expect("a script");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_seed_parses() {
    for number in ["000", "001", "002", "003", "004"] {
        repaired_seed(number);
    }
    assert!(repaired_seed("000").legacy);
    assert!(repaired_seed("001").legacy);
    assert!(!repaired_seed("003").legacy);
    assert!(!repaired_seed("004").legacy);
}

#[test]
fn alternatives_are_set_aside() {
    let repaired = repaired_seed("002");
    assert!(repaired.source.contains("\n# class Parent(Base):"));
    assert!(repaired.source.contains("# engine = create_engine(\"mysql://"));
    assert!(repaired.source.contains("    def __repr__(self):\n        return"));
    assert_eq!(repaired.notes.len(), 2, "{:?}", repaired.notes);
}

#[test]
fn the_quick_start_runs() {
    let repaired = repaired_seed("003");
    assert!(repaired.source.contains("from sqlalchemy import Column, Integer, String\n"));
    assert!(repaired.source.contains("# 定义 User 类\n"));
    let output = run(&repaired.source);
    assert!(!output.contains("Traceback"), "{output}\n{}", repaired.source);
    assert!(output.contains("'ed'\n'edspassword'\n'None'\n"), "{output}");
    assert!(output.contains("\nTrue\n"), "{output}");
    assert!(output.contains("IdentitySet("), "{output}");
}

#[test]
fn the_flattened_tutorial_runs() {
    let repaired = repaired_seed("004");
    let output = run(&repaired.source);
    assert!(!output.contains("Traceback"), "{output}\n{}", repaired.source);
    assert!(output.contains("'ed'\n'edspassword'\n'None'\n"), "{output}");
    assert!(
        output.contains("IdentitySet([<User(name='ed', fullname='Ed Jones', password='f8s7ccs')>])"),
        "{output}"
    );
}

#[test]
fn pasted_transcripts_run() {
    let pasted = scripts(&tests_folder().join("conformance/pasted"), "txt");
    assert!(!pasted.is_empty());
    for (path, text) in pasted {
        let repaired = repair(&text);
        check_changes(&text, &repaired);
        let output = run(&repaired.source);
        assert!(!output.contains("Traceback"), "{}: {output}\n{}", path.display(), repaired.source);
    }
}

#[test]
fn clean_scripts_stay_as_they_are() {
    let mut count = 0;
    for folder in ["conformance", "seeds"] {
        for (path, text) in scripts(&tests_folder().join(folder), "py") {
            // One shows what a mistake looks like.
            if parse(&text).is_err() {
                continue;
            }
            let repaired = repair(&text);
            assert_eq!(repaired.repairs, [], "{}", path.display());
            assert_eq!(repaired.source, text, "{}", path.display());
            assert_eq!(repaired.notes, [] as [String; 0], "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 0);
}

#[test]
fn a_repaired_text_needs_no_repair() {
    for number in ["000", "001", "002", "003", "004"] {
        let once = repaired_seed(number);
        let twice = repair(&once.source);
        assert_eq!(twice.repairs, [], "seed {number}");
    }
}

/// Text, and what it becomes.
fn becomes(pasted: &str, expected: &str) {
    let repaired = repair(pasted);
    assert_eq!(repaired.source.trim_end(), expected.trim_end(), "{:#?}", repaired.repairs);
    check_changes(pasted, &repaired);
}

#[test]
fn prompts_go_and_values_are_printed() {
    becomes(
        ">>> x = 1\n>>> x\n1\n>>> for i in [x]:\n...     print(i)\n...\n1\n",
        "x = 1\nprint(repr(x))\nfor i in [x]:\n    print(i)\n",
    );
    becomes(
        "In [1]: def f():\n   ...:     return 2\n   ...: \n\nIn [2]: f()\nOut[2]: 2\n",
        "def f():\n    return 2\n\n\nprint(repr(f()))\n",
    );
    becomes(
        ">>> from sqlalchemy import text\n>>> stmt = text('x')\n>>> print(\n... stmt)\nx\n",
        "from sqlalchemy import text\nstmt = text('x')\nprint(\nstmt)\n",
    );
}

#[test]
fn indentation_and_quotes_are_repaired() {
    becomes("    x = 1\n    if x:\n        print(x)\n", "x = 1\nif x:\n    print(x)\n");
    becomes("x = 1\n    y = 2\n    z = 3\n", "x = 1\ny = 2\nz = 3\n");
    becomes("def f():\nx = 1\nreturn x\nprint(f())\n", "def f():\n    x = 1\n    return x\nprint(f())\n");
    becomes("x = “it’s”\n", "x = \"it’s\"\n");
    becomes("if 1:\n        x = 1\n\ty = 2\n", "if 1:\n        x = 1\n        y = 2\n");
    becomes(
        "class A:\n    def _init_(self):\n        pass\n",
        "class A:\n    def __init__(self):\n        pass\n",
    );
}

#[test]
fn prose_goes_and_mistakes_stay() {
    becomes(
        "Here is what you need to do:\n\nx = 1\nprint(x)\n\nThat is all there is.\n",
        "x = 1\nprint(x)\n",
    );
    becomes("# Title\n\nSome text.\n\n```python\nx = 1\n```\n\nMore text here.\n", "x = 1\n");
    for mistake in ["x = = 1\nprint(x)\n", "'''Docs.'''\nfor x i range(3):\n    pass\n", "print('a'\nx = 1\n"]
    {
        becomes(mistake, mistake);
    }
}

#[test]
fn missing_imports_are_added() {
    becomes(
        "'''Docs.'''\nx = select(1)\ns = Session()\nd = datetime.now()\n",
        "'''Docs.'''\nfrom datetime import datetime\nfrom sqlalchemy import select\nfrom sqlalchemy.orm import Session\nx = select(1)\ns = Session()\nd = datetime.now()\n",
    );
    let bound = "from sqlalchemy import *\n\ndef f(text, *select, **func):\n    return [Column for Column in text]\n\nx = lambda desc: desc\n";
    becomes(bound, bound);
    becomes(
        "import models\nfrom models import *\nx = Column()\n",
        "import models\nfrom models import *\nx = Column()\n",
    );
}

#[test]
fn legacy_constructs_are_recognised() {
    for old in [
        "from sqlalchemy.orm import mapper\n",
        "from sqlalchemy import *\nmetadata = MetaData('sqlite://')\n",
        "from sqlalchemy import *\ns = select([users])\n",
        "from sqlalchemy import *\nengine = create_engine('sqlite://', encoding='utf8')\n",
        "stmt = users.insert()\nstmt.execute(name='x')\n",
    ] {
        assert!(repair(old).legacy, "{old}");
    }
    for new in [
        "from sqlalchemy.ext.declarative import declarative_base\nBase = declarative_base()\n",
        "from sqlalchemy import *\nm = MetaData()\ns = select(users.c.id)\nconn.execute(users.insert())\n",
        "from sqlalchemy import inspect\nm = inspect(x).mapper(1)\n",
    ] {
        assert!(!repair(new).legacy, "{new}");
    }
}

#[test]
fn no_input_panics() {
    // A small generator of its own, so that every run tries the same texts.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    let pieces = [
        ">>> ", "... ", "In [1]: ", "Out[1]:", "```", "\n", "\t", "(", "\"\"\"", "'", "“", "’", "#", ":",
        "\\", "é", "类", "_init_", "\r\n", "\u{feff}",
    ];
    for round in 0..200 {
        let mut text: Vec<char> = seed(["000", "001", "002", "003", "004"][round % 5]).chars().collect();
        for _ in 0..1 + random(12) {
            let at = random(text.len());
            match random(3) {
                0 => drop(text.drain(at..(at + random(80)).min(text.len()))),
                1 => text.truncate(at.max(1)),
                _ => drop(text.splice(at..at, pieces[random(pieces.len())].chars())),
            }
        }
        let text: String = text.into_iter().collect();
        let repaired = repair(&text);
        if repaired.repairs.is_empty() {
            assert_eq!(repaired.source, text);
        }
    }
    for text in [
        "",
        "\n",
        ">>>",
        "...",
        "```",
        "In [",
        "Out[1]:",
        ">>> (",
        "(",
        "#",
        "\\",
        "def f():",
        "**init**",
        "class A:\n",
        "@",
        "\u{feff}",
    ] {
        repair(text);
    }
}

#[test]
fn long_texts_take_a_moment_only() {
    for line in [
        "(\n",
        "some words of prose\n",
        ">>> x (\n",
        "if x:\n",
        "In [1]: x\nOut[1]: 1\n",
        "x = = 1\n",
        "@a\n",
        "“\n",
    ] {
        repair(&line.repeat(3_000));
    }
    repair(&format!(">>> {}", "f(x) >>> ".repeat(3_000)));
    repair(&format!(">>> x {}", "a b ".repeat(3_000)));
}
