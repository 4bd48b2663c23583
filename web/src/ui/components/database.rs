//! The database from both sides: as committed, and as the transaction sees it.

use ormscope_host::protocol::{DatabaseView, RowMark, RowView, TableView, View};
use yew::prelude::*;

use crate::ui::shared::Shared;
use crate::ui::words::{count, grouped};

/// What the tab shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct DatabaseProps {
    /// The moment.
    pub(crate) view: Option<Shared<View>>,
    /// SQLite's version, once it is known.
    pub(crate) sqlite: String,
}

/// The rows on both sides.
#[component]
pub(crate) fn Database(DatabaseProps { view, sqlite }: &DatabaseProps) -> Html {
    let databases = view.as_ref().map(|view| view.databases.as_slice()).unwrap_or_default();
    if databases.is_empty() {
        return html! { <p class="empty">{ "No engine yet. The rows of every table appear here, committed and not." }</p> };
    }
    html! {
        // It scrolls, so the keyboard must reach it.
        <div class="databases" tabindex="0" role="group" aria-label="Databases">
            { for databases.iter().map(database) }
            if !sqlite.is_empty() {
                <p class="database-engine">{ format!("SQLite {sqlite}, inside this page") }</p>
            }
        </div>
    }
}

fn database(database: &DatabaseView) -> Html {
    html! {
        <section class="database" key={database.engine}>
            <h2 class="database-head">
                <span class="database-url">{ &database.url }</span>
                if database.in_transaction {
                    <span class="chip chip-open">{ "in transaction" }</span>
                } else {
                    <span class="chip chip-quiet">{ "all committed" }</span>
                }
            </h2>
            if database.tables.is_empty() {
                <p class="empty">{ "No table yet." }</p>
            }
            { for database.tables.iter().map(|each| table(each, database.in_transaction)) }
        </section>
    }
}

fn table(table: &TableView, in_transaction: bool) -> Html {
    html! {
        <section class="table" key={table.name.clone()} data-table={table.name.clone()}>
            <h3 class="table-name">{ &table.name }<span>{ summary(table, in_transaction) }</span></h3>
            <div class="sides">
                { side(table, "committed", &table.committed, table.committed_total, &table.inside) }
                { side(table, "in this transaction", &table.inside, table.inside_total, &table.committed) }
            </div>
        </section>
    }
}

fn summary(table: &TableView, in_transaction: bool) -> String {
    let marked = |rows: &[RowView], mark| rows.iter().filter(|row| row.mark == mark).count();
    let parts = [
        (marked(&table.inside, RowMark::Added), "added"),
        (marked(&table.inside, RowMark::Changed), "changed"),
        (marked(&table.committed, RowMark::Removed), "removed"),
    ];
    let words: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{} {word}", grouped(*n))).collect();
    match (words.is_empty(), in_transaction) {
        (false, _) => words.join(", "),
        (true, true) => "the same on both sides".to_owned(),
        (true, false) => count(table.committed_total as usize, "row"),
    }
}

fn side(table: &TableView, name: &str, rows: &[RowView], total: u32, others: &[RowView]) -> Html {
    let hidden = (total as usize).saturating_sub(rows.len());
    html! {
        <div class="side">
            <table>
                <caption>{ name }</caption>
                <thead><tr>
                    <th class="mark" scope="col"><span class="visually-hidden">{ "difference" }</span></th>
                    { for table.columns.iter().map(|column| html! { <th scope="col">{ column }</th> }) }
                </tr></thead>
                <tbody>
                    { for rows.iter().map(|each| row(each, twin(each, others))) }
                </tbody>
            </table>
            if rows.is_empty() { <p class="side-empty">{ "no rows" }</p> }
            if hidden > 0 { <p class="side-empty">{ format!("and {} more", grouped(hidden)) }</p> }
        </div>
    }
}

/// The same row on the other side, found by its first cell: that is the key in nearly
/// every table, and where it is not, no single cell is marked.
fn twin<'a>(row: &RowView, others: &'a [RowView]) -> Option<&'a RowView> {
    if row.mark != RowMark::Changed {
        return None;
    }
    others.iter().find(|other| other.mark == RowMark::Changed && other.cells.first() == row.cells.first())
}

fn row(row: &RowView, twin: Option<&RowView>) -> Html {
    let (class, sign, word) = match row.mark {
        RowMark::Same => ("same", "", ""),
        RowMark::Added => ("added", "+", "added"),
        RowMark::Changed => ("changed", "~", "changed"),
        RowMark::Removed => ("removed", "−", "removed"),
    };
    html! {
        <tr class={format!("row-{class}")}>
            <td class="mark" title={word}>
                <span aria-hidden="true">{ sign }</span><span class="visually-hidden">{ word }</span>
            </td>
            { for row.cells.iter().enumerate().map(|(at, cell)| {
                let differs = twin.is_some_and(|twin| twin.cells.get(at) != Some(cell));
                html! { <td class={classes!(differs.then_some("differs"), (cell == "None").then_some("null"))}>{ cell }</td> }
            }) }
        </tr>
    }
}
