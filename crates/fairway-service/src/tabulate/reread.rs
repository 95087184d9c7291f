//! A table as it would leave: its files are read back, held against one another and against what was protected, and its
//! numbers are audited anew with all that were published before.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use fairway_deid::disclosure::{Definition, Profile, Published, PublishedCell, Shown, Totals, protect};
use fairway_deid::measure::{self, ColumnPlan, MeasurePlan, Tells};
use fairway_domain::{ColumnKind, Digest, ExtractFacts, Fault, FaultExt, FigureFacts, FileFacts};
use fairway_spec::Spec;

use super::document::{ALL, harmless};
use super::released::senders;
use super::{MadeTable, TABLE_CSV, TABLE_HTML, TABLE_JSON, TableDocument, page};
use crate::gate;

/// What a table was made as.
pub(super) struct Expected<'a> {
    pub made: &'a MadeTable,
    /// Every release of its specification.
    pub all: &'a [Arc<Spec>],
}

/// What the files in `folder` are, and how many cells were read.
pub(super) fn facts(folder: &Path, expected: &Expected<'_>) -> Result<(ExtractFacts, u64), Fault> {
    const WHAT: &str = "table cannot be read back";
    let read = |name: &str| fs::read(folder.join(name)).fault(WHAT);
    let (csv, json, html) = (read(TABLE_CSV)?, read(TABLE_JSON)?, read(TABLE_HTML)?);
    let measured = measure::csv(&plan(expected), TABLE_CSV, csv.as_slice())?;
    let mut facts = measured.facts;
    // Rows stand in the order of their values, which everybody knows.
    facts.in_order.clear();
    facts.key_is_the_recorded_one = true;
    // What cannot be read tells nothing that another file does.
    let told: Option<TableDocument> = serde_json::from_slice(&json).ok();
    let (same, shown) = match &told {
        Some(told) => (told.csv()? == csv, page::render(told)?.into_bytes() == html),
        None => (false, false),
    };
    let Some(first) = facts.files.first_mut() else { return Err(Fault::new(WHAT)) };
    first.canonical = same;
    let content = first.content;
    let like_it = |name: &str, bytes: &[u8], is_alike: bool, canonical: bool| FileFacts {
        name: name.into(),
        columns: told.as_ref().map(TableDocument::header).unwrap_or_default(),
        rows: first.rows,
        bytes: bytes.len() as u64,
        content: if is_alike { content } else { Digest([0; 32]) },
        canonical,
    };
    let anew = told.as_ref().map(serde_json::to_vec_pretty).transpose().fault(WHAT)?;
    let others = [
        like_it(TABLE_JSON, &json, same, anew.as_deref() == Some(&json)),
        like_it(TABLE_HTML, &html, same && shown, true),
    ];
    facts.files.extend(others);
    if let Some(told) = &told {
        facts.areas = senders(&told.senders);
        facts.days = told.period[0].parse().ok().zip(told.period[1].parse().ok());
        facts.figures = Some(audited(told, expected.made));
    }
    Ok((facts, measured.cells))
}

fn plan(expected: &Expected<'_>) -> MeasurePlan {
    let column = |name: String| {
        let listed = gate::codes(expected.all, &name);
        let with_totals = |codes: Arc<rustc_hash::FxHashSet<String>>| {
            let safe = codes.iter().map(|code| harmless(code)).chain([ALL.to_owned()]);
            Arc::new(safe.collect())
        };
        ColumnPlan { name, kind: ColumnKind::Text, tells: Tells::Something, codes: listed.map(with_totals) }
    };
    MeasurePlan { columns: expected.made.table.header().into_iter().map(column).collect(), ..MeasurePlan::default() }
}

/// Audits a table as it was read: as one more that was published, beside which the same table would have to be safe.
fn audited(told: &TableDocument, made: &MadeTable) -> FigureFacts {
    let (plan, profile) = (&made.plan, &made.plan.profile);
    let read = Published {
        id: "the table as it would leave".into(),
        definition: Definition { by: made.definition.by.clone(), filter: made.definition.filter.clone() },
        cells: cells(told, profile, plan.national),
    };
    let count = |shown: Shown| read.cells.iter().filter(|cell| cell.shown == shown).count() as u64;
    // A count that is small is told by itself, whatever else is known.
    let scale = profile.scale(plan.national);
    let is_bare = |cell: &&PublishedCell| matches!(cell.shown, Shown::Count(count) if scale.is_small(count));
    let bare = read.cells.iter().filter(is_bare).count();
    let (numbers, small, withheld) = (read.cells.len() as u64, count(Shown::Small), count(Shown::Withheld));
    let tables: Vec<Published> = made.earlier.iter().cloned().chain([read]).collect();
    let protected = protect(profile, &made.population, &made.definition, plan.national, &tables);
    let (report, passed) = match protected {
        Ok(protected) => (protected.report, true),
        Err((_, report)) => (*report, false),
    };
    // A number that the data do not bear out is no range to them.
    let outdated = report.earlier_cells_outdated.saturating_sub(made.report.earlier_cells_outdated);
    FigureFacts {
        profile: told.profile.clone(),
        numbers,
        small,
        withheld,
        held_against: made.earlier.len() as u64,
        narrowed: (bare + if passed { 0 } else { report.gaps.len().max(1) }) as u64,
        untrue: differing(told, &made.table).max(outdated as u64),
    }
}

/// The numbers of a table as readers understand them: those that say a count, a small one or nothing.
fn cells(told: &TableDocument, profile: &Profile, national: bool) -> Vec<PublishedCell> {
    let scale = profile.scale(national);
    let shown = |text: &str| match text {
        small if small == profile.small.symbol => Some(Shown::Small),
        withheld if withheld == profile.withheld.symbol => Some(Shown::Withheld),
        number => number.parse().ok().map(Shown::Count),
    };
    let cell = |key: Vec<Option<String>>, text: &str| {
        shown(text).map(|shown| PublishedCell { key, shown, range: scale.range(shown) })
    };
    let rows = told.rows.iter().map(|row| (row.values.iter().cloned().map(Some).collect(), &row.number));
    // Sums of what is shown tell nothing that their rows do not.
    let own = profile.rounding.totals == Totals::Own;
    let totals = told.totals.iter().filter(|_| own).map(|total| (total.values.clone(), &total.number));
    rows.chain(totals).filter_map(|(key, text)| cell(key, text)).collect()
}

/// Lines that are not those that were protected; one where something else differs.
fn differing(told: &TableDocument, made: &TableDocument) -> u64 {
    if told == made {
        return 0;
    }
    let rows = told.rows.iter().zip(&made.rows).filter(|(told, made)| told != made).count();
    let totals = told.totals.iter().zip(&made.totals).filter(|(told, made)| told != made).count();
    let beyond = told.rows.len().abs_diff(made.rows.len()) + told.totals.len().abs_diff(made.totals.len());
    (rows + totals + beyond).max(1) as u64
}

#[cfg(test)]
mod tests;
