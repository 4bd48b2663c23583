//! Documents show alternatives one after the other; a script can run one of them.

use std::collections::BTreeMap;

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtClassDef};
use ruff_text_size::TextRange;

use super::line::{self, Line};
use crate::parse::{self, Lines};

/// The servers whose drivers are not here, by the start of their URLs.
const SERVERS: &[(&str, &str)] = &[
    ("postgresql", "PostgreSQL"),
    ("postgres", "PostgreSQL"),
    ("mysql", "MySQL"),
    ("mariadb", "MariaDB"),
    ("oracle", "Oracle"),
    ("mssql", "SQL Server"),
];

/// Comments out what repeats a class or replaces the engine.
pub(super) fn set_aside(lines: &mut [Line], notes: &mut Vec<String>) {
    let text = line::text(lines);
    let Ok(module) = parse::parse(&text) else { return };
    let places = Lines::new(&text);
    let kept: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| !line.gone).map(|(place, _)| place).collect();
    let number = |range: TextRange, lines: &[Line]| {
        let ordinal = places.line(range.start()) as usize;
        kept.get(ordinal.saturating_sub(1)).and_then(|place| lines.get(*place)).map_or(0, |line| line.number)
    };
    let mut aside: Vec<(TextRange, String)> = Vec::new();
    let mut tables: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut engines = 0;
    for stmt in &module.body {
        match stmt {
            Stmt::ClassDef(class) => {
                let Some(table) = table_name(class) else { continue };
                let line = number(class.range, lines);
                let known = tables.entry((class.name.as_str(), table)).or_insert(line);
                if *known != line {
                    aside.push((class.range, "an alternative to the lines above: run it by itself".into()));
                    notes.push(format!(
                        "`{}` is defined in line {known} and again in line {line}. A table is mapped once, so the \
                         second definition is set aside: run it by itself.",
                        class.name
                    ));
                }
            }
            Stmt::Assign(assign) => {
                let Some(url) = engine_url(&assign.value) else { continue };
                match server(url).filter(|_| engines > 0) {
                    Some(server) => aside.push((assign.range, format!("no driver for {server} here"))),
                    None => engines += 1,
                }
            }
            Stmt::Expr(expr) => {
                if let Some(server) = engine_url(&expr.value).and_then(server).filter(|_| engines > 0) {
                    aside.push((expr.range, format!("no driver for {server} here")));
                }
            }
            _ => {}
        }
    }
    for (range, why) in aside {
        let (first, last) = (places.line(range.start()) as usize, places.line(range.end()) as usize);
        for place in kept.iter().take(last).skip(first.saturating_sub(1)) {
            if let Some(line) = lines.get_mut(*place).filter(|line| !line.is_blank()) {
                let text = format!("# {}", line.text);
                line.change(text, &why);
            }
        }
    }
}

/// The class's `__tablename__`.
fn table_name(class: &StmtClassDef) -> Option<&str> {
    class.body.iter().find_map(|stmt| match stmt {
        Stmt::Assign(assign) => match (assign.targets.first(), &*assign.value) {
            (Some(Expr::Name(name)), Expr::StringLiteral(text)) if name.id == "__tablename__" => {
                Some(text.value.to_str())
            }
            _ => None,
        },
        _ => None,
    })
}

/// The URL that `create_engine` is called with.
fn engine_url(value: &Expr) -> Option<&str> {
    let Expr::Call(ExprCall { func, arguments, .. }) = value else { return None };
    let name = match &**func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    match arguments.args.first() {
        Some(Expr::StringLiteral(url)) if name == "create_engine" => Some(url.value.to_str()),
        _ => None,
    }
}

/// The server that a URL is for.
fn server(url: &str) -> Option<&'static str> {
    let scheme = url.split(':').next().unwrap_or("");
    let dialect = scheme.split('+').next().unwrap_or("");
    SERVERS.iter().find(|(start, _)| *start == dialect).map(|(_, name)| *name)
}
