//! Lists of organisations as they are published, turned into facts.

use std::path::Path;

use fairway_domain::{Confidence, FactKind, Fault, FaultExt, OrganisationCode, OrganisationFact};
use jiff::civil::{Date, date};

use crate::reference::{COUNCIL_CHANGES, COUNCILS};

const CCGS: &str = "organisations/ccg21_to_icb22.csv";
const ICBS: &str = "organisations/icb_2022.csv";
const SUPPORT_UNITS: &str = "organisations/support_units.csv";

/// The first day of the integrated care boards: CCGs ended the day before (Health and Care Act 2022, section 14Z27).
const FIRST_DAY_OF_BOARDS: Date = date(2022, 7, 1);

const COUNCIL_SOURCE: &str = "councils with adult social services responsibilities 2021-22";
const CHANGE_SOURCE: &str = "changes of councils 2021 to 2025";
const CCG_SOURCE: &str = "clinical commissioning groups of April 2021 and integrated care boards of July 2022";
const ICB_SOURCE: &str = "integrated care boards of 2022";

/// A table with named columns.
struct Table {
    rows: csv::Reader<std::fs::File>,
    headers: csv::StringRecord,
}

impl Table {
    fn open(path: &Path) -> Result<Self, Fault> {
        let name = path.file_name().unwrap_or_default().display();
        let mut rows = csv::Reader::from_path(path).fault(format!("list {name} cannot be read"))?;
        let headers = rows.headers().fault(format!("list {name} has no headings"))?.clone();
        Ok(Self { rows, headers })
    }

    /// Calls `take` with each row as a function from heading to cell; blank where there is none.
    fn each(&mut self, mut take: impl FnMut(&dyn Fn(&str) -> String) -> Result<(), Fault>) -> Result<(), Fault> {
        for row in self.rows.records() {
            let row = row.fault("list of organisations cannot be read")?;
            let cell = |heading: &str| {
                let at = self.headers.iter().position(|known| known.trim_start_matches('\u{feff}') == heading);
                at.and_then(|at| row.get(at)).unwrap_or_default().trim().to_owned()
            };
            take(&cell)?;
        }
        Ok(())
    }
}

/// Makes facts of one organisation with one source.
struct About<'a> {
    organisation: OrganisationCode,
    days: (Option<Date>, Option<Date>),
    source: &'a str,
    confidence: Confidence,
}

impl About<'_> {
    fn fact(&self, kind: FactKind, value: &str) -> Option<OrganisationFact> {
        (!value.is_empty()).then(|| OrganisationFact {
            organisation: self.organisation.clone(),
            kind,
            value: value.to_owned(),
            detail: String::new(),
            from: self.days.0,
            until: self.days.1,
            source: self.source.to_owned(),
            confidence: self.confidence,
        })
    }

    fn facts(&self, facts: &[(FactKind, &str)]) -> Vec<OrganisationFact> {
        facts.iter().filter_map(|(kind, value)| self.fact(*kind, value)).collect()
    }
}

/// Every fact of the lists below a folder of reference data.
pub(super) fn read(reference: &Path) -> Result<Vec<OrganisationFact>, Fault> {
    let mut facts = councils(&reference.join(COUNCILS))?;
    changes(&reference.join(COUNCIL_CHANGES), &mut facts)?;
    facts.extend(groups(&reference.join(CCGS))?);
    facts.extend(boards(&reference.join(ICBS))?);
    facts.extend(own(&reference.join(SUPPORT_UNITS))?);
    Ok(facts)
}

fn councils(path: &Path) -> Result<Vec<OrganisationFact>, Fault> {
    let mut facts = Vec::new();
    Table::open(path)?.each(|cell| {
        let about = About {
            organisation: code(&cell("la_code_ods"))?,
            days: (None, day(&cell("end_date_if_abolished"))?),
            source: COUNCIL_SOURCE,
            confidence: Confidence::Verified,
        };
        facts.extend(about.facts(&[
            (FactKind::Kind, "council"),
            (FactKind::Name, &cell("name")),
            (FactKind::Ods, &cell("la_code_ods")),
            (FactKind::Gss, &cell("gss_code")),
            (FactKind::Region, &cell("region")),
        ]));
        Ok(())
    })?;
    Ok(facts)
}

/// Splits and new codes of councils.
fn changes(path: &Path, facts: &mut Vec<OrganisationFact>) -> Result<(), Fault> {
    Table::open(path)?.each(|cell| match day(&cell("effective"))? {
        Some(from) => succession(facts, cell, from),
        None => {
            recoded(facts, cell);
            Ok(())
        }
    })
}

/// A code that changed, on a day that is not known.
fn recoded(facts: &mut Vec<OrganisationFact>, cell: &dyn Fn(&str) -> String) {
    let same = facts.iter().find(|fact| fact.kind == FactKind::Gss && fact.value == cell("old_gss"));
    let Some(organisation) = same.map(|fact| fact.organisation.clone()) else { return };
    let about = About { organisation, days: (None, None), source: CHANGE_SOURCE, confidence: Confidence::Inferred };
    let detail = format!("recoded in {}; the day was not found", cell("effective"));
    facts.extend(about.fact(FactKind::Gss, &cell("new_gss")).map(|fact| OrganisationFact { detail, ..fact }));
}

/// A council that took the place of another on a day. What another list says of either gets its days.
fn succession(facts: &mut Vec<OrganisationFact>, cell: &dyn Fn(&str) -> String, from: Date) -> Result<(), Fault> {
    let (old_ods, new_ods, new_gss) = (cell("old_la_code_ods"), cell("new_la_code_ods"), cell("new_gss"));
    let (ended, successor) = (code(&old_ods)?, code(if new_ods.is_empty() { &new_gss } else { &new_ods })?);
    let last = from.yesterday().ok();
    let council = |name: &str, ods: &str, gss: &str| {
        let facts = [(FactKind::Kind, "council"), (FactKind::Name, name), (FactKind::Ods, ods), (FactKind::Gss, gss)];
        facts.map(|(kind, value)| (kind, value.to_owned()))
    };
    let both = [
        (&ended, (None, last), council(&cell("old_name"), &old_ods, &cell("old_gss"))),
        (&successor, (Some(from), None), council(&cell("new_name"), &new_ods, &new_gss)),
    ];
    for (organisation, days, said) in both {
        let about = about_change(organisation, days);
        for (kind, value) in said {
            let known = facts.iter_mut().find(|fact| fact.organisation == *organisation && fact.kind == kind);
            match known {
                Some(fact) => (fact.from, fact.until) = (fact.from.or(days.0), fact.until.or(days.1)),
                None => facts.extend(about.fact(kind, &value)),
            }
        }
    }
    let how = cell("note").split(';').next().unwrap_or_default().to_owned();
    let succession = about_change(&ended, (Some(from), None)).fact(FactKind::Successor, successor.as_str());
    facts.extend(succession.map(|fact| OrganisationFact { detail: how, ..fact }));
    Ok(())
}

fn about_change(organisation: &OrganisationCode, days: (Option<Date>, Option<Date>)) -> About<'static> {
    About { organisation: organisation.clone(), days, source: CHANGE_SOURCE, confidence: Confidence::Verified }
}

/// Clinical commissioning groups: each ended when its board began, which kept its code for a part of itself.
fn groups(path: &Path) -> Result<Vec<OrganisationFact>, Fault> {
    let mut facts = Vec::new();
    let last = FIRST_DAY_OF_BOARDS.yesterday().ok();
    Table::open(path)?.each(|cell| {
        let ods = cell("ccg_ods_3char_retained_as_sub_icb_location");
        let (source, confidence) = (CCG_SOURCE, Confidence::Verified);
        let about = About { organisation: code(&ods)?, days: (None, last), source, confidence };
        facts.extend(about.facts(&[
            (FactKind::Kind, "ccg"),
            (FactKind::Name, &cell("ccg21_name")),
            (FactKind::Ods, &ods),
            (FactKind::Gss, &cell("ccg21_gss")),
        ]));
        let after = About { days: (Some(FIRST_DAY_OF_BOARDS), None), ..about };
        let detail = "became part of an integrated care board, which keeps the code for a sub-ICB location".to_owned();
        let successor = after.fact(FactKind::Successor, &cell("icb_gss"));
        facts.extend(successor.map(|fact| OrganisationFact { detail, ..fact }));
        Ok(())
    })?;
    Ok(facts)
}

fn boards(path: &Path) -> Result<Vec<OrganisationFact>, Fault> {
    let mut facts = Vec::new();
    Table::open(path)?.each(|cell| {
        let gss = cell("icb_gss");
        let days = (Some(FIRST_DAY_OF_BOARDS), None);
        let about = About { organisation: code(&gss)?, days, source: ICB_SOURCE, confidence: Confidence::Verified };
        facts.extend(about.facts(&[
            (FactKind::Kind, "icb"),
            (FactKind::Name, &cell("icb_name")),
            (FactKind::Gss, &gss),
        ]));
        Ok(())
    })?;
    Ok(facts)
}

/// A list in Fairway's own layout: a fact a row.
pub(super) fn own(path: &Path) -> Result<Vec<OrganisationFact>, Fault> {
    let mut facts = Vec::new();
    Table::open(path)?.each(|cell| {
        facts.push(OrganisationFact {
            organisation: code(&cell("organisation"))?,
            kind: cell("fact").parse().fault("list has a kind of fact that is none")?,
            value: cell("value"),
            detail: cell("detail"),
            from: day(&cell("from"))?,
            until: day(&cell("until"))?,
            source: cell("source"),
            confidence: cell("confidence").parse().fault("list has a confidence that is none")?,
        });
        Ok(())
    })?;
    let blank = |fact: &&OrganisationFact| fact.value.is_empty() || fact.source.is_empty();
    match facts.iter().find(blank) {
        Some(fact) => {
            Err(Fault::new(format!("list says {} of {} without a value or a source", fact.kind, fact.organisation)))
        }
        None => Ok(facts),
    }
}

fn code(text: &str) -> Result<OrganisationCode, Fault> {
    text.parse().fault("list has an organisation whose code is none")
}

/// A day written year-month-day; nothing where the cell is blank or names a year alone.
fn day(text: &str) -> Result<Option<Date>, Fault> {
    match text.len() {
        0 | 4 => Ok(None),
        _ => text.parse().map(Some).fault("list has a day that is none"),
    }
}
