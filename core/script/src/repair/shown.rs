//! Values that a prompt shows and a script does not.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::line::{self, Line};
use crate::parse;

/// Methods and functions that are called for what they do.
const ACTIONS: &[&str] = &[
    "add",
    "add_all",
    "append",
    "begin",
    "clear",
    "clear_mappers",
    "close",
    "close_all",
    "commit",
    "configure",
    "configure_mappers",
    "connect",
    "create",
    "create_all",
    "delete",
    "detach",
    "dispose",
    "drop",
    "drop_all",
    "enable_load",
    "execute",
    "expire",
    "expire_all",
    "expunge",
    "expunge_all",
    "extend",
    "flush",
    "help",
    "insert",
    "listen",
    "mapper",
    "pop",
    "print",
    "pprint",
    "prepare",
    "refresh",
    "remove",
    "reverse",
    "rollback",
    "set",
    "setattr",
    "sort",
    "update",
    "basicConfig",
    "setLevel",
    "reflect",
    "collect",
    "exit",
    "quit",
];

/// Built-in functions that are called for their value.
const VALUES: &[&str] = &[
    "abs",
    "all",
    "any",
    "bool",
    "dict",
    "dir",
    "float",
    "getattr",
    "hasattr",
    "id",
    "int",
    "isinstance",
    "len",
    "inspect",
    "list",
    "max",
    "min",
    "repr",
    "set",
    "sorted",
    "str",
    "sum",
    "tuple",
    "type",
    "vars",
    "select",
    "text",
];

/// Prints the value of a statement that was typed at a prompt. `output` is whether the transcript shows one.
pub(super) fn print_value(lines: &mut [Line], output: bool) {
    let text = line::text(lines);
    let Ok(module) = parse::parse(&text) else { return };
    let [Stmt::Expr(stmt)] = module.body.as_slice() else { return };
    if !shows(&stmt.value, output) {
        return;
    }
    // Parentheses around the whole value are not part of its range: the statement's range has them.
    wrap(
        lines,
        stmt.start().to_usize(),
        stmt.end().to_usize(),
        ("print(repr(", "))"),
        "a prompt shows values; a script prints them",
    );
}

fn shows(value: &Expr, output: bool) -> bool {
    match value {
        Expr::Call(call) => match &*call.func {
            Expr::Attribute(attribute) => !ACTIONS.contains(&attribute.attr.as_str()),
            Expr::Name(name) => {
                !ACTIONS.contains(&name.id.as_str()) && (output || VALUES.contains(&name.id.as_str()))
            }
            _ => output,
        },
        Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) | Expr::Await(_) => false,
        _ => true,
    }
}

/// Whether a call is made for what it does.
pub(super) fn is_action(value: &Expr) -> bool {
    value.is_call_expr() && !shows(value, true)
}

/// Puts text before and after a range of the lines' text.
fn wrap(lines: &mut [Line], start: usize, end: usize, (before, after): (&str, &str), why: &str) {
    let mut from = 0;
    for line in lines.iter_mut().filter(|line| !line.gone) {
        let to = from + line.text.len();
        let mut text = line.text.clone();
        // The end first, so that the start's offset still holds.
        if (from..=to).contains(&end) && text.is_char_boundary(end - from) {
            text.insert_str(end - from, after);
        }
        if (from..=to).contains(&start) && text.is_char_boundary(start - from) {
            text.insert_str(start - from, before);
        }
        line.change(text, why);
        from = to + 1;
    }
}
