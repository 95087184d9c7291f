//! The two-axis results as the Department publishes them: how often each field had which status, validity and value.

use fairway_domain::{OrganisationCode, PrivacyClass};
use rustc_hash::FxHashMap;

use crate::judge::{Slot, State};
use crate::plan::{Column, Kind, Plan};
use crate::{FieldStatus, Validity};

/// One figure: how often a field of an organisation's records had this status, validity and value.
/// Source: the Department's GetDQValues aggregate (organisation, module, field, status, validity, value, count).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualityRow {
    /// The organisation's code in the records; empty where they bear none that can be read.
    pub organisation: String,
    /// The module of the data-quality report that the field belongs to.
    pub module: String,
    /// The header as the specification spells it.
    pub field: String,
    /// First axis.
    pub status: FieldStatus,
    /// Second axis.
    pub validity: Validity,
    /// A value of the field's list (this release's or the one before's), [`QualityRow::NOT_IN_LIST`],
    /// [`QualityRow::PERSONAL`] for fields that describe a person, or empty.
    pub value: String,
    /// How many records.
    pub count: u64,
}

impl QualityRow {
    /// Stands for every value that no list has.
    pub const NOT_IN_LIST: &str = "Not in the list";
    /// Stands for every value that describes a person, as the Department writes it.
    pub const PERSONAL: &str = "N/A - PID";
}

/// Organisations that are told apart in one file: more than there are councils. Records of others count under none.
const MOST_ORGANISATIONS: usize = 1000;
/// Longest code of an organisation in bytes: an NHS number in the wrong column is none.
const LONGEST_CODE: usize = 6;
/// Values of a list that are told apart. Longer lists (practices, locations) count as one.
pub(crate) const MOST_VALUES: usize = 4096;
const STATUSES: [FieldStatus; 4] =
    [FieldStatus::Mandatory, FieldStatus::Applicable, FieldStatus::NotApplicable, FieldStatus::Undetermined];

/// Where each count stands. A column has a row for each status; a row has one cell each for blank, a value of no list that
/// passes, and one that does not, and then two for each value of its list, one where it passes and one where it does not.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    lanes: Vec<Lane>,
    size: usize,
    organisation: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lane {
    at: usize,
    values: usize,
}

impl Lane {
    pub const BLANK: u16 = 0;
    /// A value of no list.
    pub const OTHER: u16 = 1;
    /// How many cells come before those of values.
    pub const REST: u16 = 3;

    fn width(self) -> usize {
        self.values * 2 + usize::from(Self::REST)
    }

    /// Where a cell counts that stands at `cell` of a row.
    #[inline(always)]
    pub fn index(self, status: FieldStatus, cell: u16) -> usize {
        self.at + status as usize * self.width() + usize::from(cell)
    }
}

impl Grid {
    pub fn new(columns: &[Column<'_>], organisation: Option<usize>) -> Self {
        let mut size = 0;
        let lane = |column: &Column<'_>| {
            let values = match &column.kind {
                Kind::Code(table) if table.values.len() <= MOST_VALUES => table.values.len(),
                _ => 0,
            };
            let lane = Lane { at: size, values };
            size += lane.width() * STATUSES.len();
            lane
        };
        let lanes = columns.iter().map(lane).collect();
        Self { lanes, size, organisation }
    }

    pub fn len(&self) -> usize {
        self.size
    }

    /// The column that holds the organisation's code.
    pub fn organisation(&self) -> Option<usize> {
        self.organisation
    }

    /// Where a cell of this status and content is counted; `passes` is false where a rule says otherwise.
    #[inline]
    pub fn index(&self, column: usize, status: FieldStatus, slot: &Slot, passes: bool) -> usize {
        let lane = self.lane(column);
        let cell = match (slot.state, slot.code()) {
            (State::Blank | State::Absent, _) => Lane::BLANK,
            (_, Some(code)) if usize::from(code) < lane.values => Lane::REST + code,
            _ => Lane::OTHER,
        };
        let beside = match cell {
            Lane::BLANK => 0,
            _ if passes => 0,
            Lane::OTHER => 1,
            _ => lane.values,
        };
        lane.index(status, cell) + beside
    }

    /// Where a column's cells are counted.
    pub fn lane(&self, column: usize) -> Lane {
        self.lanes.get(column).copied().unwrap_or_default()
    }

    fn rows_of(&self, plan: &Plan<'_>, organisation: &str, counts: &[u64], rows: &mut Vec<QualityRow>) {
        for (lane, column) in self.lanes.iter().zip(&plan.columns) {
            let width = lane.width();
            let counted = counts.get(lane.at..lane.at + width * STATUSES.len()).unwrap_or_default();
            // Values first, then what is none of them.
            let rest = usize::from(Lane::REST);
            let of_row = |row: usize| (rest..width).chain(0..rest).map(move |cell| (row, cell));
            for (row, cell) in (0..STATUSES.len()).flat_map(of_row) {
                let Some(count) = counted.get(row * width + cell).filter(|count| **count > 0) else { continue };
                let status = STATUSES[row];
                let (validity, value) = meaning(*lane, column, status, cell);
                rows.push(QualityRow {
                    organisation: organisation.to_owned(),
                    module: column.field.module.clone(),
                    field: column.field.header.clone(),
                    status,
                    validity,
                    value,
                    count: *count,
                });
            }
        }
    }
}

/// What a cell of a row counts.
fn meaning(lane: Lane, column: &Column<'_>, status: FieldStatus, cell: usize) -> (Validity, String) {
    let blank = if status == FieldStatus::Mandatory { Validity::BlankMandatory } else { Validity::BlankAllowed };
    if let Some(cell) = cell.checked_sub(usize::from(Lane::REST)) {
        let Kind::Code(table) = &column.kind else { return (Validity::Valid, String::new()) };
        let code = cell % lane.values;
        let value = if column.field.class == PrivacyClass::Direct { QualityRow::PERSONAL } else { table.values[code] };
        let validity = match (cell < lane.values, code < table.current) {
            (false, _) => Validity::Invalid,
            (true, true) => Validity::Valid,
            (true, false) => Validity::Release1,
        };
        return (validity, value.to_owned());
    }
    let value = match (&column.kind, column.field.class) {
        _ if cell == 0 => "",
        (_, PrivacyClass::Direct) => QualityRow::PERSONAL,
        (Kind::Code(_), _) => {
            if lane.values == 0 {
                ""
            } else {
                QualityRow::NOT_IN_LIST
            }
        }
        (_, PrivacyClass::Quasi) => QualityRow::PERSONAL,
        _ => "",
    };
    let validity = [blank, Validity::Valid, Validity::Invalid][cell];
    (validity, value.to_owned())
}

/// What one block's records count. Mostly one organisation's: others' go to a table of their own.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Codes in the order of their first record.
    organisations: Vec<String>,
    first: Vec<u32>,
    others: FxHashMap<(u32, u32), u32>,
}

impl Counts {
    pub fn new(grid: &Grid) -> Self {
        let organisations = if grid.organisation.is_none() { vec![String::new()] } else { Vec::new() };
        Self { organisations, first: vec![0; grid.len()], ..Self::default() }
    }

    /// The number of an organisation in this block. Codes that no organisation could have count under none, so that
    /// what stands in the wrong column is not repeated.
    #[inline]
    pub fn organisation(&mut self, code: Option<&str>) -> u32 {
        let code = code.unwrap_or_default();
        if self.organisations.first().is_some_and(|first| first == code) { 0 } else { self.other_organisation(code) }
    }

    fn other_organisation(&mut self, code: &str) -> u32 {
        let code = if code.len() <= LONGEST_CODE && code.parse::<OrganisationCode>().is_ok() { code } else { "" };
        let at = self.organisations.iter().position(|known| known == code).unwrap_or_else(|| {
            self.organisations.push(code.to_owned());
            self.organisations.len() - 1
        });
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// Counts one that was counted at `from` at `to` instead.
    pub fn shift(&mut self, organisation: u32, from: usize, to: usize) {
        let count = match self.first.get_mut(from) {
            Some(count) if organisation == 0 => count,
            _ => self.others.entry((organisation, u32::try_from(from).unwrap_or(u32::MAX))).or_default(),
        };
        *count = count.saturating_sub(1);
        self.add(organisation, to);
    }

    #[inline(always)]
    pub fn add(&mut self, organisation: u32, index: usize) {
        match self.first.get_mut(index) {
            Some(count) if organisation == 0 => *count += 1,
            _ => *self.others.entry((organisation, u32::try_from(index).unwrap_or(u32::MAX))).or_default() += 1,
        }
    }
}

/// The counts of all blocks.
#[derive(Debug, Default)]
pub(crate) struct Quality {
    organisations: Vec<(String, Vec<u64>)>,
    numbers: FxHashMap<String, usize>,
}

impl Quality {
    pub fn add(&mut self, grid: &Grid, counts: &Counts) {
        let numbers: Vec<usize> = counts.organisations.iter().map(|code| self.number(grid, code)).collect();
        if let Some(first) = numbers.first() {
            let sums = self.organisations[*first].1.iter_mut();
            sums.zip(&counts.first).for_each(|(sum, count)| *sum += u64::from(*count));
        }
        for ((organisation, index), count) in &counts.others {
            let sums = numbers.get(*organisation as usize).and_then(|number| self.organisations.get_mut(*number));
            if let Some(sum) = sums.and_then(|(_, sums)| sums.get_mut(*index as usize)) {
                *sum += u64::from(*count);
            }
        }
    }

    fn number(&mut self, grid: &Grid, code: &str) -> usize {
        if let Some(number) = self.numbers.get(code) {
            return *number;
        }
        if self.organisations.len() >= MOST_ORGANISATIONS && !code.is_empty() {
            return self.number(grid, "");
        }
        let number = self.organisations.len();
        self.organisations.push((code.to_owned(), vec![0; grid.len()]));
        self.numbers.insert(code.to_owned(), number);
        number
    }

    /// By organisation, and then in the order of fields, statuses and values.
    pub fn into_rows(mut self, grid: &Grid, plan: &Plan<'_>) -> Vec<QualityRow> {
        self.organisations.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut rows = Vec::new();
        self.organisations.iter().for_each(|(code, counts)| grid.rows_of(plan, code, counts, &mut rows));
        rows
    }
}
