//! Statements made from a list of choices: the same list is the same statement,
//! a shorter one is a simpler statement, so that a failure can be made small.

use ormscope::schema::{Column, Schema, SchemaError, Table};
use ormscope::sql::{Delete, Expr, From, Insert, Kind, Operator, Select, SetOp, Statement, Update, Window};
use ormscope::types::{Date, SqlType, TableId, Value};

/// What kind of value an expression has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sort {
    Int,
    Float,
    Text,
    Bool,
    Date,
}

const SORTS: [Sort; 5] = [Sort::Int, Sort::Float, Sort::Text, Sort::Bool, Sort::Date];

const TEXTS: [&str; 9] = ["", "a", "O'Neil", "50%", "a_b", "back\\slash", "say \"x\"", ":n ?", "é🦀\n"];

/// Two tables, of which the second refers to the first.
pub struct World {
    pub schema: Schema,
    pub item: TableId,
    pub part: TableId,
}

impl World {
    pub fn new() -> Result<World, SchemaError> {
        let mut schema = Schema::default();
        let metadata = schema.add_metadata(Default::default());
        let id = || Column::new("id", SqlType::Integer).primary_key();
        let item = Table::new("item")
            .column(id())
            .column(Column::new("Count", SqlType::Integer))
            .column(Column::new("weight", SqlType::Float { precision: None }))
            .column(Column::new("name", SqlType::Text))
            .column(Column::new("order", SqlType::Boolean))
            .column(Column::new("made on", SqlType::Date));
        let item = schema.add_table(metadata, item)?;
        let part = Table::new("part")
            .column(id())
            .column(Column::new("item_id", SqlType::Integer).references("item.id"))
            .column(Column::new("label", SqlType::String { length: Some(20) }));
        let part = schema.add_table(metadata, part)?;
        Ok(World { schema, item, part })
    }
}

/// Makes statements from choices; where these end, the simplest is chosen.
pub struct Generator<'a> {
    world: &'a World,
    choices: &'a [u8],
    /// The columns that an expression may have here.
    columns: Vec<(Sort, Expr)>,
    /// How many names were made up.
    names: usize,
}

impl<'a> Generator<'a> {
    pub fn new(world: &'a World, choices: &'a [u8]) -> Generator<'a> {
        Generator { world, choices, columns: Vec::new(), names: 0 }
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

    fn columns_of(&self, from: &From) -> Vec<(Sort, Expr)> {
        let columns = from.columns(&self.world.schema).into_iter().map(Expr::from);
        columns.filter_map(|column| Some((sort_of(&column.sql_type())?, column))).collect()
    }

    /// Something inside, with other columns to use.
    fn with<T>(&mut self, columns: Vec<(Sort, Expr)>, make: impl FnOnce(&mut Self) -> T) -> T {
        let around = std::mem::replace(&mut self.columns, columns);
        let made = make(self);
        self.columns = around;
        made
    }

    /// Any statement.
    pub fn statement(&mut self) -> Statement {
        let item = From::from(self.world.item);
        let columns = self.columns_of(&item);
        match self.pick(8) {
            0..5 => self.query(4).into(),
            5 => self.with(columns, |at| {
                let sort = SORTS[at.pick(5)];
                let key = ["Count", "weight", "name", "order", "made on"][sort as usize];
                Update::of(at.world.item).value(key, at.expr(sort, 4)).where_(at.expr(Sort::Bool, 3)).into()
            }),
            6 => self.with(columns, |at| Delete::from(at.world.item).where_(at.expr(Sort::Bool, 4)).into()),
            _ => {
                let insert = Insert::into(self.world.item).value("Count", self.expr(Sort::Int, 3));
                insert.value("name", self.expr(Sort::Text, 3)).value("order", self.expr(Sort::Bool, 2)).into()
            }
        }
    }

    /// A select, or a set operation between two.
    pub fn query(&mut self, depth: usize) -> Select {
        let sorts: Vec<Sort> = (0..=self.pick(3)).map(|_| SORTS[self.pick(5)]).collect();
        if depth > 1 && self.pick(5) == 1 {
            let ops = [SetOp::Union, SetOp::UnionAll, SetOp::Except, SetOp::Intersect];
            let op = ops[self.pick(4)];
            // Sorted parts are put in parentheses, which SQLite does not take.
            let mut part = || Select { order_by: Vec::new(), ..self.select(&sorts, depth - 1) };
            return Select::combined(op, vec![part(), part()]);
        }
        let select = self.select(&sorts, depth);
        match self.pick(4) {
            1 => select.distinct(),
            // Any row is as good as another, so that LIMIT is only written where it takes all.
            2 => select.limit(1_000_000).offset(0),
            _ => select,
        }
    }

    /// A select of columns of these sorts, named `c0`, `c1`, …
    fn select(&mut self, sorts: &[Sort], depth: usize) -> Select {
        let (from, join) = self.from(depth);
        let mut columns = self.columns_of(&from);
        columns.extend(join.iter().flat_map(|join| self.columns_of(join)));
        let around = self.columns.clone();
        columns.extend(around);
        self.with(columns, |at| {
            let grouped = at.pick(4) == 3;
            let exprs = sorts
                .iter()
                .map(|&sort| if grouped { at.expr(sort, depth) } else { at.selected(sort, depth) });
            let exprs: Vec<Expr> = exprs.collect();
            let named = exprs.iter().enumerate().map(|(place, expr)| expr.named_as(&format!("c{place}")));
            let mut select = Select::of(named).select_from(&from);
            if let Some(join) = join {
                let on = at.expr(Sort::Bool, depth - 1);
                select =
                    if at.pick(2) == 1 { select.outer_join_on(join, on) } else { select.join_on(join, on) };
            }
            if at.pick(2) == 1 {
                select = select.where_(at.expr(Sort::Bool, depth));
            }
            // A number by itself would be the number of a column there.
            let computed = |expr: Expr| Expr::func("coalesce", [expr, Expr::null()]);
            if grouped {
                return select
                    .group_by(exprs.into_iter().map(computed))
                    .having(Expr::func("count", []).ge(1));
            }
            match at.pick(3) {
                1 => select.order_by([computed(at.expr(Sort::Int, 2)).desc(), at.leaf(Sort::Text)]),
                _ => select,
            }
        })
    }

    fn fresh_name(&mut self) -> String {
        self.names += 1;
        format!("chosen {}", self.names)
    }

    /// What to select from, and what to join it with.
    fn from(&mut self, depth: usize) -> (From, Option<From>) {
        let item = From::from(self.world.item).aliased(None);
        let part = From::from(self.world.part).aliased(None);
        match if depth > 1 { self.pick(5) } else { 0 } {
            1 => (item.into(), Some(part.into())),
            2 => (self.with(Vec::new(), |at| at.query(depth - 1)).subquery(None).into(), None),
            3 => {
                let select = self.with(Vec::new(), |at| at.query(depth - 1));
                (select.cte(&self.fresh_name()).into(), None)
            }
            4 => (
                part.into(),
                Some(self.with(Vec::new(), |at| at.query(depth - 1)).subquery(Some("s")).into()),
            ),
            _ => (item.into(), None),
        }
    }

    /// What stands among a select's columns: windows may, too.
    fn selected(&mut self, sort: Sort, depth: usize) -> Expr {
        if sort == Sort::Int && self.pick(4) == 3 {
            let window = Window {
                partition_by: vec![self.expr(Sort::Bool, 1)],
                order_by: vec![self.expr(Sort::Int, 1).desc()],
                frame: None,
            };
            return Expr::func("rank", []).over(window);
        }
        self.expr(sort, depth)
    }

    /// An expression of a sort.
    pub fn expr(&mut self, sort: Sort, depth: usize) -> Expr {
        if depth == 0 || self.choices.is_empty() {
            return self.leaf(sort);
        }
        let depth = depth - 1;
        match self.pick(12) {
            1 => {
                let whens = vec![(self.expr(Sort::Bool, depth), self.expr(sort, depth))];
                Expr::case(None, whens, Some(self.expr(sort, depth)))
            }
            2 => Expr::func("coalesce", [self.expr(sort, depth), self.expr(sort, depth)]),
            3 if depth > 1 && self.pick(2) == 0 => {
                let columns = self.columns.clone();
                let select = self.with(columns, |at| at.select(&[sort], depth - 1));
                Expr::case(None, vec![(Expr::exists(&select), self.leaf(sort))], None)
            }
            3 if depth > 1 => {
                let inner = From::from(self.world.item).aliased(None);
                let columns = self.columns_of(&(&inner).into());
                self.with(columns, |at| Select::of([Expr::func("min", [at.expr(sort, depth - 1)])]))
                    .select_from(&inner)
                    .scalar()
            }
            4 => Expr::new(Kind::TypeCoerce { element: self.expr(sort, depth), sql_type: type_of(sort) }),
            _ => match sort {
                Sort::Int => self.int(depth),
                Sort::Float => self.float(depth),
                Sort::Text => self.text(depth),
                Sort::Bool => self.bool(depth),
                Sort::Date => self.leaf(sort),
            },
        }
    }

    fn leaf(&mut self, sort: Sort) -> Expr {
        let columns: Vec<Expr> =
            self.columns.iter().filter(|(own, _)| *own == sort).map(|(_, column)| column.clone()).collect();
        let at = self.pick(columns.len() + 3);
        if let Some(column) = columns.get(at) {
            return column.clone();
        }
        let value = match sort {
            Sort::Int => Value::Int([0, 1, -1, 7, 1 << 40, i64::MAX][self.pick(6)]),
            Sort::Float => Value::Float([0.0, 1.5, -2.25, 1e300, 0.1, 1e-9][self.pick(6)]),
            Sort::Text => Value::text(TEXTS[self.pick(TEXTS.len())]),
            Sort::Bool => Value::Bool(self.pick(2) == 1),
            Sort::Date => Value::Date(Date { year: 2024, month: 2, day: 1 + self.pick(28) as u8 }),
        };
        if self.pick(6) == 5 {
            return Expr::null().cast(type_of(sort));
        }
        Expr::bind("param", value, type_of(sort))
    }

    fn int(&mut self, depth: usize) -> Expr {
        let op = self.pick(12);
        let left = self.expr(Sort::Int, depth);
        match op {
            0 => left + self.expr(Sort::Int, depth),
            1 => left - self.expr(Sort::Int, depth),
            2 => left * self.expr(Sort::Int, depth),
            3 => left % 7,
            4 => -Expr::func("abs", [left]), // As in SQLAlchemy, `- -1` written out would be a comment.
            5 => left.floor_div(3),
            6 => left.binary(Operator::BitwiseAnd, self.expr(Sort::Int, depth)),
            7 => left.binary(Operator::BitwiseOr, self.expr(Sort::Int, depth)),
            8 => left.binary(Operator::LeftShift, Expr::literal(Value::Int(3))),
            9 => left.unary(Operator::BitwiseNot),
            10 => Expr::func("length", [self.expr(Sort::Text, depth)]),
            _ => self.expr(Sort::Text, depth).cast(SqlType::Integer),
        }
    }

    fn float(&mut self, depth: usize) -> Expr {
        let op = self.pick(5);
        let left = self.expr(Sort::Float, depth);
        match op {
            0 => left + self.expr(Sort::Float, depth),
            1 => left - self.expr(Sort::Int, depth),
            2 => left * self.expr(Sort::Float, depth),
            3 => left / self.expr(Sort::Float, depth),
            _ => self.expr(Sort::Int, depth).cast(type_of(Sort::Float)),
        }
    }

    fn text(&mut self, depth: usize) -> Expr {
        let op = self.pick(5);
        let left = self.expr(Sort::Text, depth);
        match op {
            0 => left.concat(self.expr(Sort::Text, depth)),
            1 => left + self.expr(Sort::Text, depth),
            2 => Expr::func("lower", [left]),
            3 => Expr::func("substr", [left, Expr::literal(Value::Int(2))]),
            _ => self.expr(Sort::Int, depth).cast(SqlType::String { length: Some(9) }),
        }
    }

    fn bool(&mut self, depth: usize) -> Expr {
        let sort = SORTS[self.pick(5)];
        match self.pick(13) {
            0 => {
                let ops = [
                    Operator::Eq,
                    Operator::Ne,
                    Operator::Lt,
                    Operator::Ge,
                    Operator::IsDistinct,
                    Operator::IsNotDistinct,
                ];
                let op = ops[self.pick(6)].clone();
                self.expr(sort, depth).binary(op, self.expr(sort, depth))
            }
            1 => self.expr(Sort::Bool, depth) & self.expr(Sort::Bool, depth),
            2 => self.expr(Sort::Bool, depth) | self.expr(Sort::Bool, depth),
            3 => !self.expr(Sort::Bool, depth),
            4 => self.expr(sort, depth).is_null(),
            5 => self.expr(Sort::Text, depth).like(self.expr(Sort::Text, depth)),
            6 => self.expr(Sort::Text, depth).contains(TEXTS[self.pick(TEXTS.len())]),
            7 => self.expr(Sort::Text, depth).starts_with(self.expr(Sort::Text, depth)),
            8 => self.expr(Sort::Int, depth).in_((0..self.pick(4)).map(|value| value as i64)),
            9 => {
                let left = self.expr(sort, depth);
                let columns = self.columns.clone();
                let select = self.with(columns, |at| at.select(&[sort], depth.max(1)));
                left.in_select(&select)
            }
            10 => {
                // As in SQLAlchemy, `a OR b` is not put in parentheses there.
                let sort = if sort == Sort::Bool { Sort::Int } else { sort };
                let (low, high) = (self.expr(sort, depth), self.expr(sort, depth));
                self.expr(sort, depth).between(low, high, false)
            }
            11 => {
                let columns = self.columns.clone();
                Expr::exists(&self.with(columns, |at| at.select(&[sort], depth.max(1))))
            }
            _ => self.expr(Sort::Text, depth).ilike("%A%"),
        }
    }
}

fn type_of(sort: Sort) -> SqlType {
    match sort {
        Sort::Int => SqlType::Integer,
        Sort::Float => SqlType::Float { precision: None },
        Sort::Text => SqlType::Text,
        Sort::Bool => SqlType::Boolean,
        Sort::Date => SqlType::Date,
    }
}

fn sort_of(sql_type: &SqlType) -> Option<Sort> {
    Some(match sql_type {
        SqlType::Integer => Sort::Int,
        SqlType::Float { .. } => Sort::Float,
        SqlType::Text | SqlType::String { .. } => Sort::Text,
        SqlType::Boolean => Sort::Bool,
        SqlType::Date => Sort::Date,
        _ => return None,
    })
}
