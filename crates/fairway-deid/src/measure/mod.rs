//! What an extract tells, measured on its bytes while they stream by: identifiers, pseudonyms, ages on days, groups of people,
//! form and order. One reading, no value kept but as a number of 64 bits; memory grows with people, not with rows times
//! columns.

mod births;
mod cells;
mod content;
mod groups;
mod order;
mod pseudonyms;

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use fairway_domain::{ColumnKind, ExtractFacts, Fault, FaultExt, FileFacts};
use jiff::civil::Date;
use rustc_hash::FxHashSet;

use crate::scan::{CellScan, Scanner};

pub use content::Content;

use births::Births;
use content::Hashed;
use groups::{Groups, Providers};
use order::Orders;
use pseudonyms::Pseudonyms;

/// What an extract was granted as, and what in it tells what.
#[derive(Debug, Clone, Default)]
pub struct MeasurePlan {
    /// Its columns, in order.
    pub columns: Vec<ColumnPlan>,
    /// What every pseudonym of it begins with.
    pub key_id: String,
    /// Columns that say whom a row is about, the first that is filled; none where a row is all there is of a person.
    pub person: Vec<usize>,
    /// Columns that others may know of a person.
    pub known: Vec<usize>,
    /// The recipient, where it sent rows of the extract and learns something beside them.
    pub own: Option<OwnPlan>,
    /// Ages in full years, and the days they are of.
    pub ages: Vec<AgePlan>,
    /// The column of the month of birth, as a number.
    pub birth_month: Option<usize>,
    /// The column of the year of birth.
    pub birth_year: Option<usize>,
    /// The limits.
    pub limits: MeasureLimits,
}

/// A column of an extract.
#[derive(Debug, Clone)]
pub struct ColumnPlan {
    /// Its name.
    pub name: String,
    /// What its cells are.
    pub kind: ColumnKind,
    /// What it tells.
    pub tells: Tells,
    /// The values there are, where there is a list.
    pub codes: Option<Arc<FxHashSet<String>>>,
}

/// What a column tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tells {
    /// Something that the other parts of the plan may speak of.
    Something,
    /// The number of the row.
    Number,
    /// The sender.
    Area,
    /// A day of the reporting period.
    PeriodDay,
    /// Whom or what it is about, as a pseudonym.
    Pseudonym,
    /// Whom it is about, as a pseudonym, or a sender's code, an underscore and a pseudonym.
    Combined,
    /// The provider.
    Provider,
    /// How the person is known.
    LinkClass,
}

/// A recipient that is also a source.
#[derive(Debug, Clone)]
pub struct OwnPlan {
    /// Its code.
    pub code: String,
    /// The column of the sender; where the extract has none, any row may be the recipient's.
    pub area: Option<usize>,
    /// The columns that it sent.
    pub columns: Vec<usize>,
}

/// An age in full years.
#[derive(Debug, Clone)]
pub struct AgePlan {
    /// The column of the age.
    pub age: usize,
    /// The columns of the day it is of, the first that is filled.
    pub at: Vec<usize>,
}

/// What groups and windows are held against.
#[derive(Debug, Clone, Copy, Default)]
pub struct MeasureLimits {
    /// Days that must stay open for a birth.
    pub birth_window_days: u32,
    /// People of a group that is not small.
    pub small_group: u32,
    /// People of a group of the recipient's own that is not small.
    pub own_people: u32,
    /// People of a provider that is not small.
    pub provider_people: u32,
}

/// What was measured.
#[derive(Debug)]
pub struct Measured {
    /// The facts, with those of the file measured; what takes other files is for the caller to add.
    pub facts: ExtractFacts,
    /// Sixty bits of each pseudonym, sorted, each once.
    pub pseudonyms: Vec<u64>,
    /// Cells read, with the header.
    pub cells: u64,
}

/// Measures a CSV of an extract; its first record is the header.
///
/// # Errors
/// When the file cannot be read to its end.
pub fn csv(plan: &MeasurePlan, name: &str, file: impl Read) -> Result<Measured, Fault> {
    const WHAT: &str = "extract cannot be read back";
    let mut table = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 18)
        .from_reader(Hashed::new(file));
    let scanner = Scanner::new();
    let mut measure = Measure::new(plan, &scanner);
    let mut record = csv::ByteRecord::new();
    let mut anew = content::Canonical::new();
    let mut header = csv::ByteRecord::new();
    while table.read_byte_record(&mut record).fault(WHAT)? {
        anew.take(&record)?;
        if header.is_empty() {
            header.clone_from(&record);
            measure.header(&record);
        } else {
            measure.row(&record);
        }
    }
    let bytes = table.position().byte();
    let canonical = anew.finish()? == table.into_inner().finish();
    let columns = header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    Ok(measure.finish(
        &header,
        FileFacts { name: name.into(), columns, rows: 0, bytes, content: fairway_domain::Digest([0; 32]), canonical },
    ))
}

struct Measure<'a> {
    plan: &'a MeasurePlan,
    scan: CellScan<'a>,
    content: Content,
    rows: u64,
    counts: BTreeMap<(usize, Wrong), u64>,
    areas: BTreeMap<String, u64>,
    links: BTreeMap<String, u64>,
    days: Option<(Date, Date)>,
    pseudonyms: Pseudonyms,
    births: Births,
    groups: Groups,
    own: Groups,
    providers: Providers,
    orders: Orders,
}

/// What may be wrong with a cell, besides what it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wrong {
    Misfit,
    Unlisted,
    Formula,
    Foreign,
    Day,
}

impl<'a> Measure<'a> {
    fn new(plan: &'a MeasurePlan, scanner: &'a Scanner) -> Self {
        let limits = plan.limits;
        Self {
            plan,
            scan: CellScan::new(scanner),
            content: Content::default(),
            rows: 0,
            counts: BTreeMap::new(),
            areas: BTreeMap::new(),
            links: BTreeMap::new(),
            days: None,
            pseudonyms: Pseudonyms::new(&plan.key_id),
            births: Births::new(limits.birth_window_days),
            groups: Groups::new(limits.small_group),
            own: Groups::new(limits.own_people),
            providers: Providers::new(limits.provider_people),
            orders: Orders::default(),
        }
    }

    fn header(&mut self, record: &csv::ByteRecord) {
        for (at, cell) in record.iter().enumerate() {
            self.scan.cell(at, cell);
        }
        self.scan.end_of_record(record.len());
    }

    fn row(&mut self, record: &csv::ByteRecord) {
        self.rows += 1;
        for (at, cell) in record.iter().enumerate() {
            self.content.cell(cell);
            self.cell(at, cell);
        }
        self.content.end_of_row();
        self.scan.end_of_record(record.len());
        self.people(record);
    }

    fn cell(&mut self, at: usize, cell: &[u8]) {
        let Some(column) = self.plan.columns.get(at) else { return self.scan.cell(at, cell) };
        if cell.is_empty() {
            return;
        }
        match column.tells {
            Tells::Pseudonym | Tells::Combined => return self.pseudonym(at, column.tells, cell),
            Tells::Area => count(&mut self.areas, cell),
            Tells::LinkClass => count(&mut self.links, cell),
            Tells::PeriodDay => self.day(cell),
            Tells::Provider | Tells::Something | Tells::Number => {}
        }
        if column.tells != Tells::Number {
            self.orders.take(at, cell);
        }
        if cells::is_formula(cell) {
            self.note(at, Wrong::Formula);
        }
        if !cells::fits(column.kind, cell) {
            self.note(at, Wrong::Misfit);
        }
        if column.kind == ColumnKind::Text && cells::is_day(cell) {
            self.note(at, Wrong::Day);
        }
        let listed = |codes: &Arc<FxHashSet<String>>| std::str::from_utf8(cell).is_ok_and(|cell| codes.contains(cell));
        match &column.codes {
            // What is in the list was put there by whoever published it.
            Some(codes) if listed(codes) => {}
            Some(_) => {
                self.note(at, Wrong::Unlisted);
                self.scan.cell(at, cell);
            }
            None => self.scan.cell(at, cell),
        }
    }

    fn pseudonym(&mut self, at: usize, tells: Tells, cell: &[u8]) {
        if !self.pseudonyms.take(tells == Tells::Combined, cell) {
            self.note(at, Wrong::Foreign);
            self.scan.cell(at, cell);
        }
    }

    fn day(&mut self, cell: &[u8]) {
        if let Some(day) = cells::day(cell) {
            let (first, last) = self.days.unwrap_or((day, day));
            self.days = Some((first.min(day), last.max(day)));
        }
    }

    fn people(&mut self, record: &csv::ByteRecord) {
        let plan = self.plan;
        let filled = |at: &usize| record.get(*at).filter(|cell| !cell.is_empty());
        let person = plan.person.iter().find_map(filled).map_or(self.rows, groups::hash_one);
        if !plan.known.is_empty() {
            self.groups.take(person, plan.known.iter().map(|at| record.get(*at).unwrap_or_default()));
        }
        if let Some(own) = &plan.own
            && own.area.is_none_or(|area| record.get(area) == Some(own.code.as_bytes()))
        {
            self.own.take(person, own.columns.iter().map(|at| record.get(*at).unwrap_or_default()));
        }
        for (at, column) in plan.columns.iter().enumerate() {
            if column.tells == Tells::Provider
                && let Some(provider) = filled(&at)
            {
                self.providers.take(provider, person);
            }
        }
        for ages in &plan.ages {
            let age = record.get(ages.age).and_then(cells::number);
            let day = ages.at.iter().find_map(filled).and_then(cells::day);
            if let (Some(age), Some(day)) = (age, day) {
                let number = |at: Option<usize>| at.and_then(|at| record.get(at)).and_then(cells::number);
                self.births.take(person, (age, day), (number(plan.birth_year), number(plan.birth_month)));
            }
        }
    }

    fn note(&mut self, at: usize, wrong: Wrong) {
        *self.counts.entry((at, wrong)).or_default() += 1;
    }

    fn counted(&self, wrong: Wrong) -> Vec<(String, u64)> {
        let of = self.counts.iter().filter(|((_, of), _)| *of == wrong);
        of.filter_map(|((at, _), count)| Some((self.plan.columns.get(*at)?.name.clone(), *count))).collect()
    }

    fn finish(mut self, header: &csv::ByteRecord, file: FileFacts) -> Measured {
        let plan = self.plan;
        let name = |at: usize| plan.columns.get(at).map(|column| column.name.clone());
        let names = |columns: &[usize]| columns.iter().filter_map(|at| name(*at)).collect();
        let days = self.counted(Wrong::Day).into_iter().map(|(column, count)| (column, "date".to_owned(), count));
        let mut facts = ExtractFacts {
            files: vec![FileFacts { rows: self.rows, content: std::mem::take(&mut self.content).finish(), ..file }],
            areas: self.areas.clone().into_iter().collect(),
            days: self.days,
            identifiers: days.collect(),
            misfits: self.counted(Wrong::Misfit),
            unlisted: self.counted(Wrong::Unlisted),
            formulas: self.counted(Wrong::Formula),
            foreign: self.counted(Wrong::Foreign),
            in_order: self.orders.in_order().filter_map(name).collect(),
            births: self.births.facts(),
            groups: self.groups.facts(names(&plan.known)),
            own: plan.own.as_ref().map(|own| self.own.facts(names(&own.columns))),
            small_providers: self.providers.small(),
            links: self.links.clone().into_iter().collect(),
            ..ExtractFacts::default()
        };
        let report = self.scan.finish(header);
        facts.identifiers.extend(
            report
                .tallies
                .into_iter()
                .map(|tally| (tally.column.unwrap_or_else(|| "the file".into()), tally.kind.to_string(), tally.count)),
        );
        let pseudonyms = std::mem::replace(&mut self.pseudonyms, Pseudonyms::new("")).finish();
        facts.pseudonyms = pseudonyms.len() as u64;
        Measured { facts, pseudonyms, cells: report.cells }
    }
}

/// Most codes of senders and classes that are told apart: more than that is something else.
const MOST_CODES: usize = 1_000;

fn count(counts: &mut BTreeMap<String, u64>, cell: &[u8]) {
    let text = String::from_utf8_lossy(cell);
    if let Some(count) = counts.get_mut(&*text) {
        *count += 1;
    } else if counts.len() < MOST_CODES {
        counts.insert(text.into_owned(), 1);
    }
}

#[cfg(test)]
mod tests;
