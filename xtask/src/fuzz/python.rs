//! Random statements as Python text, made from a list of choices: the same list gives the same statement,
//! a shorter one a simpler statement.

/// What stands before the statements in a script.
pub(super) const PREAMBLE: &str = r#"from sqlalchemy import *
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import aliased

metadata = MetaData()
item = Table(
    "item", metadata,
    Column("id", Integer, primary_key=True), Column("Count", Integer, key="count"), Column("weight", Float),
    Column("price", Numeric(10, 2)), Column("name", String(30)), Column("order", Boolean), Column("day", Date),
)
part = Table(
    "part", metadata,
    Column("id", Integer, primary_key=True), Column("item_id", ForeignKey("item.id")), Column("label", Text),
    Column("size", Integer, default=7), schema="stock",
)
DIALECTS = [("default", None), ("sqlite", sqlite.dialect()), ("postgresql", postgresql.dialect()), ("mysql", mysql.dialect())]


def show(number, make):
    for name, dialect in DIALECTS:
        try:
            compiled = make().compile(dialect=dialect)
            print(f"@{number} {name}", repr(str(compiled)), compiled.params)
        except Exception as error:
            print(f"@{number} {name}", type(error).__name__, repr(str(error)))


"#;

/// What kind of value an expression has.
#[derive(Clone, Copy)]
enum Sort {
    Number,
    Text,
    Condition,
    Day,
}

const SORTS: [Sort; 4] = [Sort::Number, Sort::Text, Sort::Condition, Sort::Day];

/// Writes a statement; where the choices end, the simplest is taken.
pub(super) struct Writer<'a> {
    choices: &'a [u8],
    /// The collections of columns that can be used here, as Python text.
    scopes: Vec<Scope>,
}

/// Something in FROM, and its columns of each sort.
#[derive(Clone)]
struct Scope {
    columns: [Vec<String>; 4],
}

impl Scope {
    fn item(name: &str) -> Scope {
        let c = |names: &[&str]| names.iter().map(|column| format!("{name}.c.{column}")).collect();
        Scope { columns: [c(&["id", "count", "weight", "price"]), c(&["name"]), c(&["order"]), c(&["day"])] }
    }

    fn part(name: &str) -> Scope {
        let c = |names: &[&str]| names.iter().map(|column| format!("{name}.c.{column}")).collect();
        Scope { columns: [c(&["id", "item_id", "size"]), c(&["label"]), Vec::new(), Vec::new()] }
    }

    /// The columns `c0`, `c1`, … of a statement in FROM.
    fn of(text: &str, sorts: &[Sort]) -> Scope {
        let mut columns: [Vec<String>; 4] = Default::default();
        for (place, &sort) in sorts.iter().enumerate() {
            columns[sort as usize].push(format!("{text}.c.c{place}"));
        }
        Scope { columns }
    }
}

impl<'a> Writer<'a> {
    /// A statement from these choices.
    pub(super) fn statement(choices: &'a [u8]) -> String {
        let mut writer = Writer { choices, scopes: vec![Scope::item("item")] };
        match writer.pick(8) {
            5 => writer.update(),
            6 => writer.insert(),
            7 => {
                let condition = writer.expr(Sort::Condition, 3);
                format!("delete(item).where({condition})")
            }
            _ => writer.query(3),
        }
    }

    fn pick(&mut self, below: usize) -> usize {
        match self.choices.split_first() {
            Some((&first, rest)) => {
                self.choices = rest;
                usize::from(first) % below
            }
            None => 0,
        }
    }

    fn one_of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.pick(texts.len())]
    }

    fn update(&mut self) -> String {
        let value = self.expr(Sort::Number, 3);
        let condition = self.expr(Sort::Condition, 3);
        match self.pick(4) {
            1 => format!(
                "update(item).values(count={value}, name={}).where({condition})",
                self.expr(Sort::Text, 2)
            ),
            2 => {
                self.scopes.push(Scope::part("part"));
                let joined = self.expr(Sort::Condition, 2);
                format!("update(item).values(count={value}).where(item.c.id == part.c.item_id, {joined})")
            }
            3 => format!(
                "update(item).values({{item.c.count: {value}}}).where({condition}).returning(item.c.id)"
            ),
            _ => format!("update(item).values(count={value}).where({condition})"),
        }
    }

    fn insert(&mut self) -> String {
        let around = std::mem::take(&mut self.scopes);
        let (number, text) = (self.expr(Sort::Number, 2), self.expr(Sort::Text, 2));
        self.scopes = around;
        match self.pick(7) {
            1 => format!("insert(item).values([dict(count={number}, name={text}), dict(count=2, name='b')])"),
            2 => {
                let select = self.select(&[Sort::Number, Sort::Text], 2);
                format!("insert(part).from_select(['item_id', 'label'], {select})")
            }
            3 => {
                let value = self.expr(Sort::Number, 2);
                format!(
                    "sqlite.insert(item).values(id=1, count={number}).on_conflict_do_update(index_elements=['id'], set_=dict(count={value}))"
                )
            }
            4 => format!(
                "(lambda new: new.on_conflict_do_update(index_elements=[item.c.id], set_=dict(count=new.excluded.count + {number}), where=new.excluded.name != {text}))(postgresql.insert(item).values(id=1, count=2))"
            ),
            5 => format!(
                "(lambda new: new.on_duplicate_key_update(count=new.inserted.count, name={text}))(mysql.insert(item).values(id=1, count={number}))"
            ),
            6 => {
                format!("insert(part).values(item_id={number}).returning(part.c.id, part.c.label.label('l'))")
            }
            _ => format!("insert(item).values(count={number}, name={text})"),
        }
    }

    /// A select or a set operation; its columns are named `c0`, `c1`, …
    fn query(&mut self, depth: usize) -> String {
        let count = 1 + self.pick(3);
        let sorts: Vec<Sort> = (0..count).map(|_| SORTS[self.pick(4)]).collect();
        self.query_of(&sorts, depth)
    }

    fn query_of(&mut self, sorts: &[Sort], depth: usize) -> String {
        let first = self.select(sorts, depth);
        if depth > 1 && self.pick(5) == 1 {
            let op = self.one_of(&["union", "union_all", "except_", "intersect"]);
            let second = self.select(sorts, depth - 1);
            let end = self.one_of(&["", ".order_by('c0')", ".limit(3)"]);
            return format!("{op}({first}, {second}){end}");
        }
        first
    }

    fn select(&mut self, sorts: &[Sort], depth: usize) -> String {
        // The text of something in FROM is written twice, so it must be one object: a lambda's argument.
        let (argument, given) = match if depth > 1 { self.pick(6) } else { 0 } {
            1 => (Some("a"), "item.alias()".to_owned()),
            2 => (Some("a"), "part.alias('p')".to_owned()),
            kind @ (3 | 4) => {
                let inner: Vec<Sort> = (0..=self.pick(2)).map(|_| SORTS[self.pick(4)]).collect();
                let around = std::mem::replace(&mut self.scopes, vec![Scope::item("item")]);
                let query = self.query_of(&inner, depth - 1);
                self.scopes = around;
                let end = if kind == 3 {
                    ["subquery()", "subquery('s')"][self.pick(2)]
                } else {
                    ["cte()", "cte('w')"][self.pick(2)]
                };
                let name = if kind == 3 { "s" } else { "w" };
                let scope = Scope::of(name, &inner);
                return self.select_with(sorts, depth, name, &format!("({query}).{end}"), scope);
            }
            5 => {
                self.scopes.push(Scope::part("part"));
                let select = self.plain(sorts, depth, "");
                self.scopes.pop();
                let join = self.one_of(&[".join(part)", ".outerjoin(part)", ".join_from(item, part)"]);
                return format!("{}{join}{}", select.0, select.1);
            }
            _ => (None, String::new()),
        };
        match argument {
            Some(name) => {
                let scope = if given.starts_with("item") { Scope::item(name) } else { Scope::part(name) };
                self.select_with(sorts, depth, name, &given, scope)
            }
            None => {
                let (head, tail) = self.plain(sorts, depth, "");
                head + &tail
            }
        }
    }

    fn select_with(&mut self, sorts: &[Sort], depth: usize, name: &str, given: &str, scope: Scope) -> String {
        self.scopes.push(scope);
        let from = self.one_of(&["", "select_from", "join"]);
        let from = match from {
            "join" => format!(".select_from(item).join({name}, {})", self.expr(Sort::Condition, 1)),
            "select_from" => format!(".select_from({name})"),
            _ => String::new(),
        };
        let (head, tail) = self.plain(sorts, depth, &from);
        self.scopes.pop();
        format!("(lambda {name}: {head}{tail})({given})")
    }

    /// `select(…)`, and what follows.
    fn plain(&mut self, sorts: &[Sort], depth: usize, from: &str) -> (String, String) {
        let mut exprs = Vec::new();
        for (place, &sort) in sorts.iter().enumerate() {
            let expr = if self.pick(6) == 1 { self.window() } else { self.expr(sort, depth) };
            exprs.push(format!("({expr}).label('c{place}')"));
        }
        let mut tail = from.to_owned();
        for _ in 0..self.pick(3) {
            tail += &match self.pick(6) {
                0 => format!(".where({})", self.expr(Sort::Condition, depth)),
                1 => format!(".order_by({}.desc().nulls_last(), 'c0')", self.grouped(Sort::Number)),
                2 => {
                    format!(".group_by({}).having(func.count() > {})", self.grouped(Sort::Text), self.pick(5))
                }
                3 => ".distinct()".to_owned(),
                4 => format!(".limit({}).offset({})", self.pick(9), self.pick(9)),
                _ => ".with_for_update()".to_owned(),
            };
        }
        (format!("select({})", exprs.join(", ")), tail)
    }

    fn grouped(&mut self, sort: Sort) -> String {
        format!("({})", self.expr(sort, 1))
    }

    fn window(&mut self) -> String {
        let function = self.one_of(&[
            "func.row_number()",
            "func.rank()",
            "func.sum(item.c.count)",
            "func.count(item.c.id.distinct())",
        ]);
        let end = self.one_of(&["", ", rows=(None, 0)", ", range_=(-2, 3)", ", partition_by=item.c.name"]);
        format!("{function}.over(order_by={}{end})", self.grouped(Sort::Number))
    }

    fn leaf(&mut self, sort: Sort) -> String {
        let columns: Vec<String> =
            self.scopes.iter().rev().flat_map(|scope| scope.columns[sort as usize].iter().cloned()).collect();
        let at = self.pick(columns.len() + 2);
        if let Some(column) = columns.get(at) {
            return column.clone();
        }
        match sort {
            Sort::Number => self.one_of(&[
                "literal(5)",
                "literal(-1)",
                "literal(2.5)",
                "literal_column('7')",
                "null()",
                "bindparam('given', 3)",
            ]),
            Sort::Text => self.one_of(&[
                "literal('x')",
                "literal('50%')",
                "func.current_user()",
                "literal_column(\"'a'\")",
            ]),
            Sort::Condition => {
                self.one_of(&["true()", "false()", "literal(True)", "literal_column('1', Boolean)"])
            }
            Sort::Day => self.one_of(&["func.current_date()", "cast('2024-01-01', Date)", "func.now()"]),
        }
        .to_owned()
    }

    /// An expression of a sort, without an operator outside of parentheses.
    fn expr(&mut self, sort: Sort, depth: usize) -> String {
        if depth == 0 || self.choices.is_empty() {
            return self.leaf(sort);
        }
        let depth = depth - 1;
        match self.pick(10) {
            0 | 1 => self.leaf(sort),
            2 => {
                let (when, then, other) =
                    (self.expr(Sort::Condition, depth), self.expr(sort, depth), self.expr(sort, depth));
                format!("case(({when}, {then}), else_={other})")
            }
            3 if depth > 0 => {
                let select = self.select(&[sort], depth);
                format!("({select}).scalar_subquery()")
            }
            _ => match sort {
                Sort::Number => self.number(depth),
                Sort::Text => self.text(depth),
                Sort::Condition => self.condition(depth),
                Sort::Day => format!("func.coalesce({}, {})", self.expr(sort, depth), self.expr(sort, depth)),
            },
        }
    }

    fn number(&mut self, depth: usize) -> String {
        let left = self.expr(Sort::Number, depth);
        match self.pick(12) {
            op @ 0..7 => {
                let op = ["+", "-", "*", "/", "//", "%", "-"][op];
                format!("({left} {op} {})", self.expr(Sort::Number, depth))
            }
            7 => format!("(-{left})"),
            8 => format!("func.coalesce({left}, {})", self.expr(Sort::Number, depth)),
            9 => format!(
                "cast({}, {})",
                self.expr(Sort::Text, depth),
                self.one_of(&["Integer", "Numeric(8, 2)", "Float"])
            ),
            10 => format!("func.length({})", self.expr(Sort::Text, depth)),
            _ => format!("extract({}, {})", self.one_of(&["'year'", "'month'"]), self.expr(Sort::Day, depth)),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        let left = self.expr(Sort::Text, depth);
        match self.pick(7) {
            0 => format!("({left} + {})", self.expr(Sort::Text, depth)),
            1 => format!("({left}).concat({})", self.expr(Sort::Text, depth)),
            2 => format!("func.lower({left})"),
            3 => format!("cast({}, String(9))", self.expr(Sort::Number, depth)),
            4 => format!("collate({left}, 'NOCASE')"),
            5 => format!("type_coerce({left}, Unicode)"),
            _ => format!("({left}).op('%%')({})", self.expr(Sort::Text, depth)),
        }
    }

    fn condition(&mut self, depth: usize) -> String {
        match self.pick(16) {
            op @ 0..6 => {
                let op = ["==", "!=", "<", "<=", ">", ">="][op];
                format!("({} {op} {})", self.expr(Sort::Number, depth), self.expr(Sort::Number, depth))
            }
            6 => {
                format!("and_({}, {})", self.expr(Sort::Condition, depth), self.expr(Sort::Condition, depth))
            }
            7 => format!("or_({}, {})", self.expr(Sort::Condition, depth), self.expr(Sort::Condition, depth)),
            8 => format!("not_({})", self.expr(Sort::Condition, depth)),
            9 => {
                let (left, method) = (
                    self.expr(Sort::Text, depth),
                    self.one_of(&[
                        "like",
                        "ilike",
                        "contains",
                        "startswith",
                        "endswith",
                        "icontains",
                        "not_like",
                    ]),
                );
                format!("({left}).{method}({})", self.expr(Sort::Text, depth))
            }
            10 => format!("({}).in_([1, 2, 3])", self.expr(Sort::Number, depth)),
            11 => {
                let sort = SORTS[self.pick(2)];
                let left = self.expr(sort, depth);
                let method = self.one_of(&["in_", "not_in"]);
                format!("({left}).{method}({})", self.select(&[sort], depth.max(1)))
            }
            12 => {
                format!("({}).between({}, 9)", self.expr(Sort::Number, depth), self.expr(Sort::Number, depth))
            }
            13 => format!("({}).is_(None)", self.expr(Sort::Text, depth)),
            14 => format!(
                "({}).is_distinct_from({})",
                self.expr(Sort::Number, depth),
                self.expr(Sort::Number, depth)
            ),
            _ => format!("exists({})", self.select(&[Sort::Number], depth.max(1))),
        }
    }
}
