//! What was published before, as disclosure control reads it and as the ledger keeps it.

use std::collections::{BTreeMap, BTreeSet};

use fairway_deid::disclosure::{Definition, Protected, Published, PublishedCell, Range, Shown};
use fairway_domain::{Digest, Fault, FaultExt};
use fairway_store::{NumberShown, PublishedNumber, PublishedTable};
use jiff::{ToSpan, tz::TimeZone};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::dimension::IMPORT;
use super::{Plan, WHAT};
use crate::{Service, VerbError, VerbResult};

const UNREADABLE: &str = "published table cannot be read";

/// A definition as the ledger keeps it.
#[derive(Serialize, Deserialize)]
struct Kept {
    by: Vec<String>,
    filter: BTreeMap<String, BTreeSet<String>>,
}

impl Service {
    /// The tables of the last months that count the same.
    pub(super) async fn published_before(&self, plan: &Plan) -> VerbResult<Vec<Published>> {
        let months = i64::from(plan.profile.audit.months);
        let since = self.clock.now().to_zoned(TimeZone::UTC).checked_sub(months.months()).fault(UNREADABLE)?;
        let tables = self.store.published_tables(&plan.request.dataset, since.timestamp()).await?;
        one_magnitude(plan, &tables)?;
        let same = tables.iter().filter(|table| table.counted == plan.counted);
        Ok(same.map(published).collect::<Result<_, Fault>>()?)
    }
}

fn published(table: &PublishedTable) -> Result<Published, Fault> {
    let cell = |number: &PublishedNumber| {
        let shown = match number.shown {
            NumberShown::Count => Shown::Count(number.low),
            NumberShown::Small => Shown::Small,
            NumberShown::Withheld => Shown::Withheld,
        };
        let key = serde_json::from_str(&number.row_key).fault(UNREADABLE)?;
        Ok(PublishedCell { key, shown, range: Range { low: number.low, high: number.high } })
    };
    let Kept { by, filter } = kept(table)?;
    let day = table.published_at.to_zoned(TimeZone::UTC).date();
    let id = format!("the table by {} of {day} ({})", by.join(", "), &table.id.to_string()[..8]);
    let cells = table.numbers.iter().map(cell).collect::<Result<_, Fault>>()?;
    Ok(Published { id, definition: Definition { by, filter }, cells })
}

fn kept(table: &PublishedTable) -> Result<Kept, Fault> {
    serde_json::from_str(&table.definition).fault(UNREADABLE)
}

/// Sums and averages of one column are published for one partition of the same records and in one way: two of them, or two
/// partitions, could be taken from one another, and no audit looks at that.
fn one_magnitude(plan: &Plan, tables: &[PublishedTable]) -> VerbResult<()> {
    let Some(column) = plan.request.measure.column() else { return Ok(()) };
    let imports: BTreeSet<String> = plan.imports.iter().map(|one| one.import.to_string()).collect();
    for table in tables {
        let of_column = table.measure.split_once(' ').is_some_and(|(word, of)| word != "percent" && of == column);
        let mut kept = kept(table)?;
        let theirs = kept.filter.remove(IMPORT).unwrap_or_default();
        if !of_column || theirs.is_disjoint(&imports) {
            continue;
        }
        let same = kept.by == plan.request.by && kept.filter == plan.request.filter && theirs == imports;
        if !same || table.measure != plan.request.measure.to_string() || table.counted != plan.counted {
            let why = format!("{} by {} was published of the same records", table.measure, kept.by.join(", "));
            let next = format!("Publish {column} in one way and by one set of dimensions");
            return Err(VerbError::refused(WHAT, why, next));
        }
    }
    Ok(())
}

/// A table as the ledger keeps it.
pub(super) fn record(plan: &Plan, definition: &Definition, protected: &Protected) -> Result<PublishedTable, Fault> {
    const UNWRITABLE: &str = "published table cannot be written";
    let kept = Kept { by: definition.by.clone(), filter: definition.filter.clone() };
    let definition = serde_json::to_string(&kept).fault(UNWRITABLE)?;
    let mut hash = Sha256::new();
    let measure = plan.request.measure.to_string();
    for part in [&plan.request.dataset, plan.counted.as_str(), &measure, &plan.profile.name, &definition] {
        hash.update(part);
        hash.update([0]);
    }
    let mut numbers = Vec::with_capacity(protected.cells.len());
    for cell in &protected.cells {
        let number = PublishedNumber {
            row_key: serde_json::to_string(&cell.key).fault(UNWRITABLE)?,
            shown: match cell.shown {
                Shown::Count(_) => NumberShown::Count,
                Shown::Small => NumberShown::Small,
                Shown::Withheld => NumberShown::Withheld,
            },
            low: cell.range.low,
            high: cell.range.high,
        };
        hash.update(format!("{}\0{:?}\0{:?}\0", number.row_key, number.low, number.high));
        numbers.push(number);
    }
    Ok(PublishedTable {
        id: Digest(hash.finalize().into()),
        dataset: plan.request.dataset.clone(),
        counted: plan.counted,
        measure,
        profile: plan.profile.name.clone(),
        definition,
        agreement: plan.agreement.clone(),
        published_at: jiff::Timestamp::UNIX_EPOCH,
        numbers,
    })
}
