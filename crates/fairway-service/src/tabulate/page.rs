//! The table as one page: no script, no other file, and nothing in it that the table does not show.

use askama::Template;
use fairway_domain::{Fault, FaultExt};

use super::document::ALL;
use super::{TableDocument, TableRow};

#[derive(Template)]
#[template(path = "table.html")]
struct Page<'a> {
    style: &'static str,
    table: &'a TableDocument,
    facts: Vec<(&'static str, String)>,
    rows: Vec<View<'a>>,
    /// Values and number.
    totals: Vec<(Vec<&'a str>, &'a str)>,
}

struct View<'a> {
    values: Vec<&'a str>,
    number: &'a str,
    measure: Option<&'a str>,
    /// Length of the bar in percent of the longest; none for a symbol.
    bar: Option<u64>,
}

const STYLE: &str = include_str!("../../templates/table.css");
const NOT_RECORDED: &str = "Not recorded";

/// The page.
pub(super) fn render(table: &TableDocument) -> Result<String, Fault> {
    let charted =
        |row: &TableRow| row.measure.as_ref().unwrap_or(&row.number).parse::<f64>().ok().filter(|n| *n >= 0.0);
    let longest = table.rows.iter().filter_map(charted).fold(0.0_f64, f64::max);
    let view = |row| View {
        bar: charted(row).filter(|_| longest > 0.0).map(|n| (n * 100.0 / longest).round() as u64),
        values: row.values.iter().map(|value| if value.is_empty() { NOT_RECORDED } else { value.as_str() }).collect(),
        number: &row.number,
        measure: row.measure.as_deref(),
    };
    let totals = table.totals.iter().map(|total| {
        let values = total.values.iter().map(|value| match value.as_deref() {
            None => ALL,
            Some("") => NOT_RECORDED,
            Some(value) => value,
        });
        (values.collect(), total.number.as_str())
    });
    let page = Page {
        style: STYLE,
        table,
        facts: facts(table),
        rows: table.rows.iter().map(view).collect(),
        totals: totals.collect(),
    };
    page.render().fault("table cannot be written")
}

fn facts(table: &TableDocument) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("Dataset", table.dataset.clone()),
        ("Reporting periods", format!("{} to {}", table.period[0], table.period[1])),
        ("Senders", table.senders.len().to_string()),
        ("Protected by", table.profile.clone()),
        ("Made on", table.made_on.clone()),
    ];
    if !table.only.is_empty() {
        facts.insert(1, ("Only", table.only.join("; ")));
    }
    facts.extend(table.agreement.clone().map(|agreement| ("Agreement", agreement)));
    facts
}

impl TableDocument {
    /// The table as a page that stands alone: no script, no other file.
    ///
    /// # Errors
    /// Never with what is held in memory.
    pub fn html(&self) -> Result<String, Fault> {
        render(self)
    }
}
