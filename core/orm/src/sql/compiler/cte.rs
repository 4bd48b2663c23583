//! Common table expressions: `WITH name AS (…)`.
//!
//! A CTE is written where it is met, and kept until the statement in front of
//! which it stands is done. SQLAlchemy counterpart: `SQLCompiler.visit_cte`.

use std::rc::Rc;

use super::context::Context;
use super::fragment::Fragment;
use super::{CompileError, Compiler, Parameter};
use crate::sql::names::alias_name;
use crate::sql::{Affix, Alias, AliasOf, AnonId, Cte, LabelStyle, SelectItem, Statement};

/// The CTEs met so far.
#[derive(Default)]
pub(super) struct Ctes {
    /// Those that are not yet put in front of their statement, in order.
    pending: Vec<Pending>,
}

impl Ctes {
    /// Drops those of a statement that has no place for them, and tells their
    /// parameters, which are known all the same.
    pub(super) fn forget(&mut self, level: usize) -> Vec<Parameter> {
        let (forgotten, kept) =
            std::mem::take(&mut self.pending).into_iter().partition(|one| one.level == level);
        self.pending = kept;
        let forgotten: Vec<Pending> = forgotten;
        forgotten.into_iter().flat_map(|one| one.text.parameters).map(|(_, parameter)| parameter).collect()
    }
}

/// A CTE that waits for its statement.
struct Pending {
    alias: Rc<Alias>,
    /// The name under which it is known.
    name: Rc<str>,
    /// The depth of the statement in front of which it stands.
    level: usize,
    /// Whether it stands where it is used.
    nesting: bool,
    text: Fragment,
}

/// What a CTE that continues another continues.
fn reference(alias: &Alias) -> AnonId {
    alias.cte().and_then(|cte| cte.restates).unwrap_or(alias.id)
}

impl Compiler<'_> {
    /// Writes the name of a CTE in FROM, and meets it.
    pub(super) fn cte_reference(&mut self, alias: &Rc<Alias>) -> Result<(), CompileError> {
        self.meet_cte(alias, false)?;
        let own = alias_name(self.schema, alias);
        let own = self.name(&own);
        match alias.cte().and_then(|cte| cte.alias_of.clone()) {
            Some(original) => {
                let name = alias_name(self.schema, &original);
                let name = self.name(&name);
                self.ident(&name);
                self.push(self.rules().alias_keyword());
                self.ident(&own);
            }
            None => self.ident(&own),
        }
        Ok(())
    }

    /// Meets the CTEs that were added to a statement.
    pub(super) fn independent_ctes(&mut self, ctes: &[(Rc<Alias>, bool)]) -> Result<(), CompileError> {
        ctes.iter().try_for_each(|(alias, here)| self.meet_cte(alias, *here))
    }

    /// Writes a CTE that was not met yet.
    fn meet_cte(&mut self, alias: &Rc<Alias>, here: bool) -> Result<(), CompileError> {
        let Some(cte) = alias.cte() else { return Ok(()) };
        if let Some(original) = &cte.alias_of {
            // Another name of a CTE stands for that one.
            return self.meet_cte(original, here);
        }
        let name = alias_name(self.schema, alias);
        let name = self.name(&name);
        let nesting = cte.nesting || here;
        let level = if nesting { self.levels.len() } else { 1 };
        let key = reference(alias);
        if let Some(at) = self.ctes.pending.iter().position(|one| reference(&one.alias) == key) {
            if here {
                if self.ctes.pending[at].nesting {
                    return Err(CompileError::Compile(
                        "CTE is stated as 'nest_here' in more than one location".into(),
                    ));
                }
                self.ctes.pending[at].level = level;
                self.ctes.pending[at].nesting = true;
            }
            let known = &self.ctes.pending[at].alias;
            if known.id == alias.id || known.cte().is_some_and(|known| known.restates == Some(alias.id)) {
                return Ok(());
            }
            if cte.restates != Some(known.id) {
                return Ok(());
            }
            // One that continues the one that is known takes its place.
            self.ctes.pending.remove(at);
        } else if self
            .ctes
            .pending
            .iter()
            .any(|one| one.name == name && one.level == level && one.alias.id != alias.id)
        {
            return Err(CompileError::Compile(format!(
                "Multiple, unrelated CTEs found with the same name: {}",
                crate::types::python_str(&name)
            )));
        }
        self.ctes.pending.push(Pending {
            alias: Rc::clone(alias),
            name: Rc::clone(&name),
            level,
            nesting,
            text: Fragment::default(),
        });
        let text = self.apart(|this| this.cte_text(alias, cte, &name))?;
        // Those that it uses stand before it.
        if let Some(at) = self.ctes.pending.iter().position(|one| one.alias.id == alias.id) {
            let mut one = self.ctes.pending.remove(at);
            one.text = text;
            self.ctes.pending.push(one);
        }
        Ok(())
    }

    /// `name(a, b) AS (…)`
    fn cte_text(&mut self, alias: &Rc<Alias>, cte: &Cte, name: &Rc<str>) -> Result<(), CompileError> {
        self.ident(name);
        let AliasOf::Statement(statement) = &alias.of else { return Ok(()) };
        if cte.recursive || matches!(**statement, Statement::Values(_)) {
            let columns = self.cte_columns(statement);
            self.push("(");
            self.list(columns, ", ", |this, name| {
                let name = this.name(&name);
                this.ident(&name);
                Ok(())
            })?;
            self.push(")");
        }
        self.push(" AS ");
        let before = self.out.text.len();
        self.affixes(&cte.prefixes, Context::PLAIN)?;
        if self.out.text.len() > before {
            self.push(" ");
        }
        self.push("\n(");
        let cx = Context { in_cte: true, literal_binds: self.given.literal_binds, ..Context::PLAIN };
        self.statement_in_from(statement, false, cx)?;
        self.push(")");
        let suffixes: Vec<Affix> = self.own_affixes(&cte.suffixes);
        if !suffixes.is_empty() {
            self.push(" ");
            self.affixes(&suffixes, Context::PLAIN)?;
            self.push(" ");
        }
        Ok(())
    }

    /// The names in parentheses after the name of a recursive CTE.
    fn cte_columns(&self, statement: &Statement) -> Vec<crate::sql::Name> {
        let (exprs, style) = match statement {
            Statement::Select(select) => (select.expressions(self.schema), select.names_style()),
            Statement::Values(from) => {
                return from.columns(self.schema).into_iter().map(|column| column.name).collect();
            }
            Statement::Insert(insert) => (self.returned(&insert.returning), LabelStyle::Disambiguate),
            Statement::Update(update) => (self.returned(&update.returning), LabelStyle::Disambiguate),
            Statement::Delete(delete) => (self.returned(&delete.returning), LabelStyle::Disambiguate),
            _ => return Vec::new(),
        };
        let names = crate::sql::names::column_names(self.schema, &exprs, style, true);
        let names = names
            .into_iter()
            .filter(|name| !name.repeated)
            .filter_map(|name| name.fallback.or_else(|| name.key.map(crate::sql::Name::Fixed)));
        names.collect()
    }

    fn returned(&self, items: &[SelectItem]) -> Vec<crate::sql::Expr> {
        crate::sql::columns::items_expressions(self.schema, items)
    }

    /// Puts the CTEs of the statement that is being finished in front of it:
    /// where it starts in the text. With `following`, those of the statement
    /// just inside as well.
    pub(super) fn render_ctes(&mut self, start: usize, outermost: bool, following: bool) {
        if let Some(preamble) = self.take_ctes(outermost, following) {
            self.out.insert(start, preamble);
        }
    }

    /// `WITH a AS (…), b AS (…)`, for the statement that is being finished.
    pub(super) fn take_ctes(&mut self, outermost: bool, following: bool) -> Option<Fragment> {
        let level = self.levels.len();
        let belongs = |one: &Pending| {
            outermost
                || (one.nesting && level > 1 && (one.level == level || (following && one.level == level + 1)))
        };
        if !self.ctes.pending.iter().any(belongs) {
            return None;
        }
        let (own, rest): (Vec<Pending>, Vec<Pending>) =
            std::mem::take(&mut self.ctes.pending).into_iter().partition(belongs);
        self.ctes.pending = rest;
        let recursive = own.iter().any(|one| one.alias.cte().is_some_and(|cte| cte.recursive));
        let mut preamble = Fragment::default();
        preamble.push_str(self.rules().cte_preamble(recursive));
        for (at, one) in own.into_iter().enumerate() {
            preamble.push_str(if at > 0 { ", \n" } else { " " });
            preamble.append(one.text);
        }
        preamble.push_str("\n ");
        Some(preamble)
    }

    /// What is put before or after something in this dialect.
    fn own_affixes(&self, list: &[Affix]) -> Vec<Affix> {
        let name = self.dialect.name();
        let own = |affix: &&Affix| affix.dialect.as_deref().is_none_or(|for_| for_ == "*" || for_ == name);
        list.iter().filter(own).cloned().collect()
    }

    /// Writes what is put before or after something, with spaces between.
    pub(super) fn affixes(&mut self, list: &[Affix], cx: Context<'_>) -> Result<(), CompileError> {
        let own = self.own_affixes(list);
        self.list(&own, " ", |this, affix| this.expr(&affix.sql, cx))
    }

    /// Writes what follows the first word of a statement, with a space after it.
    pub(super) fn prefixes(&mut self, list: &[Affix], cx: Context<'_>) -> Result<(), CompileError> {
        if !self.own_affixes(list).is_empty() {
            self.affixes(list, cx)?;
            self.push(" ");
        }
        Ok(())
    }
}
