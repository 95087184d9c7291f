use std::collections::BTreeSet;

use fairway_deid::disclosure::{Protected, Shown, Totals};
use fairway_domain::{Fault, FaultExt};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::magnitude::heading;
use super::{Counted, Plan};

/// A protected table, as everybody may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableDocument {
    /// What it is about.
    pub title: String,
    /// The dataset.
    pub dataset: String,
    /// Its dimensions.
    pub by: Vec<String>,
    /// Values that records have to be counted, by dimension; in words.
    pub only: Vec<String>,
    /// What is counted: `people` or `events`.
    pub counted: String,
    /// What the further number of each row is, if there is one.
    pub measure: Option<String>,
    /// First and last day of the reporting periods.
    pub period: [String; 2],
    /// Senders whose records are in it.
    pub senders: Vec<String>,
    /// The profile of disclosure control.
    pub profile: String,
    /// The agreement it was made under, if any.
    pub agreement: Option<String>,
    /// The day it was made.
    pub made_on: String,
    /// What symbols and numbers mean.
    pub notes: Vec<String>,
    /// Its rows.
    pub rows: Vec<TableRow>,
    /// Its totals.
    pub totals: Vec<TableTotal>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// A value a dimension; blank where nothing was recorded.
    pub values: Vec<String>,
    /// The number, or a symbol.
    pub number: String,
    /// The further number, or a symbol.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
}

/// A total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableTotal {
    /// A value a dimension; nothing for all of them together.
    pub values: Vec<Option<String>>,
    /// The number, or a symbol.
    pub number: String,
}

/// In place of a value, for all of them together.
pub(super) const ALL: &str = "All";

impl TableDocument {
    pub(super) fn new(plan: &Plan, protected: &Protected, measures: Option<Vec<String>>, today: Date) -> Self {
        let (mut rows, mut totals) = (Vec::new(), Vec::new());
        for (at, cell) in protected.cells.iter().enumerate() {
            let number = plan.profile.text(cell.shown);
            match cell.key.iter().cloned().collect::<Option<Vec<String>>>() {
                Some(values) => {
                    rows.push(TableRow { values, number, measure: measures.as_ref().map(|all| all[at].clone()) });
                }
                None => totals.push(TableTotal { values: cell.key.clone(), number }),
            }
        }
        totals.extend(protected.sums.iter().map(|(values, sum)| TableTotal {
            values: values.clone(),
            number: sum.map_or_else(|| plan.profile.text(Shown::Withheld), |sum| sum.to_string()),
        }));
        let senders: BTreeSet<&str> = plan.imports.iter().map(|one| one.organisation.as_str()).collect();
        let first = plan.imports.iter().map(|one| one.period.0).min().unwrap_or(today);
        let last = plan.imports.iter().map(|one| one.period.1).max().unwrap_or(today);
        let only = plan.request.filter.iter().map(|(name, values)| {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            format!("{name}: {}", values.join(" or "))
        });
        Self {
            title: format!("{}: {} by {}", plan.title, plan.counted.as_str(), plan.request.by.join(" and ")),
            dataset: plan.request.dataset.clone(),
            by: plan.request.by.clone(),
            only: only.collect(),
            counted: plan.counted.as_str().into(),
            measure: heading(&plan.request.measure),
            period: [first.to_string(), last.to_string()],
            senders: senders.into_iter().map(str::to_owned).collect(),
            profile: plan.profile.name.clone(),
            agreement: plan.agreement.as_ref().map(|one| one.as_str().to_owned()),
            made_on: today.to_string(),
            notes: notes(plan, protected),
            rows,
            totals,
        }
    }

    /// What its columns are called.
    pub fn header(&self) -> Vec<String> {
        self.by.iter().chain([&self.counted]).chain(&self.measure).cloned().collect()
    }

    /// Lines of the table, totals among them.
    pub(super) fn lines(&self) -> u64 {
        (self.rows.len() + self.totals.len()) as u64
    }

    /// The table as comma-separated values (RFC 4180, UTF-8): dimensions, number, and the further number if there is one.
    /// Totals follow the rows, with `All` for a dimension. A cell that a spreadsheet could take for a formula begins with an
    /// apostrophe.
    ///
    /// # Errors
    /// Never with what is held in memory.
    pub fn csv(&self) -> Result<Vec<u8>, Fault> {
        const UNWRITABLE: &str = "table cannot be written";
        let mut file = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        file.write_record(self.header()).fault(UNWRITABLE)?;
        for row in &self.rows {
            let cells = row.values.iter().chain([&row.number]).chain(&row.measure);
            file.write_record(cells.map(|cell| harmless(cell))).fault(UNWRITABLE)?;
        }
        for total in &self.totals {
            let values = total.values.iter().map(|value| value.as_deref().unwrap_or(ALL));
            let further = self.measure.as_ref().map(|_| "");
            file.write_record(values.chain([total.number.as_str()]).chain(further).map(harmless)).fault(UNWRITABLE)?;
        }
        file.into_inner().fault(UNWRITABLE)
    }
}

pub(super) fn harmless(cell: &str) -> String {
    let is_number = cell.parse::<f64>().is_ok();
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') if !is_number => format!("'{cell}"),
        _ => cell.to_owned(),
    }
}

fn notes(plan: &Plan, protected: &Protected) -> Vec<String> {
    let scale = plan.profile.scale(plan.national);
    let mut notes = Vec::new();
    if let Some((from, to)) = scale.small {
        notes.push(format!("{}: {from} to {to}.", plan.profile.small.symbol));
    }
    if protected.report.withheld > 0 {
        let symbol = &plan.profile.withheld.symbol;
        notes.push(format!("{symbol}: not shown, so that no other number can be worked out; it may be any number."));
    }
    if scale.round_to > 1 {
        notes.push(format!("Other numbers are rounded to the nearest {}.", scale.round_to));
    }
    match plan.profile.rounding.totals {
        Totals::SumOfShown if !protected.sums.is_empty() => notes.push(format!(
            "Totals are sums of the numbers shown; {} counts as nought in them.",
            plan.profile.small.symbol
        )),
        Totals::SumOfShown if plan.counted == Counted::People => {
            notes.push("A person can be in several rows, so there are no totals.".into());
        }
        _ => {}
    }
    if plan.national {
        notes.push("The table is of the whole country.".into());
    }
    notes
}
