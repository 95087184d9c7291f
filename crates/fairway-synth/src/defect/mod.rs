//! Cells spoiled on purpose, one a record, each written down with what it was: what a check has to find.

mod kinds;
mod wrong;

use std::path::Path;

use crate::SynthError;
use crate::chance::Chance;
use crate::files::Table;
use crate::person::Period;
use crate::row::Row;
use crate::template::Cell;

pub(crate) use kinds::KINDS;

/// What can be known while a cell is spoiled.
pub(crate) struct Scene<'a> {
    pub row: &'a Row,
    pub period: Period,
    /// The record before, as it was written; without cells where there is none.
    pub previous: &'a Row,
}

/// Cells with what they are to be.
pub(crate) type Changes = Vec<(Cell, String)>;

/// One way to spoil a record.
pub(crate) struct Kind {
    pub name: &'static str,
    pub family: &'static str,
    /// The rule of the specification that it breaks.
    pub rule: &'static str,
    /// What to change, or `None` where this record cannot be spoiled this way.
    pub spoil: fn(&Scene<'_>, &mut Chance) -> Option<Changes>,
}

/// How often a kind is drawn for one record. A fifth of the kinds fit any record, so that this is enough.
const TRIES: usize = 100;

/// Spoils records and writes down how.
pub(crate) struct Spoiling {
    table: Table,
    share: f64,
    period: Period,
    previous: Option<Row>,
    /// Records spoiled.
    pub records: u64,
}

impl Spoiling {
    pub(crate) fn create(dir: &Path, share: f64, period: Period) -> Result<Self, SynthError> {
        let header = ["record", "column", "kind", "family", "rule", "original", "spoiled"];
        let table = Table::create(dir, "defects.csv", &header)?;
        Ok(Self { table, share, period, previous: None, records: 0 })
    }

    /// Spoils the record, if chance has it so.
    pub(crate) fn pass(&mut self, record: u64, row: &mut Row, chance: &mut Chance) -> Result<(), SynthError> {
        if chance.share(self.share) {
            self.spoil(record, row, chance)?;
        }
        if self.share > 0.0 {
            self.previous.get_or_insert_with(|| Row::new(row.edition)).copy(row);
        }
        Ok(())
    }

    fn spoil(&mut self, record: u64, row: &mut Row, chance: &mut Chance) -> Result<(), SynthError> {
        let previous = self.previous.get_or_insert_with(|| Row::new(row.edition));
        let scene = Scene { row, period: self.period, previous };
        // Drawn anew until one fits, so that those that always fit do not crowd out the rest.
        let found = (0..TRIES).find_map(|_| {
            let kind = KINDS.get(chance.index(KINDS.len()))?;
            Some((kind, (kind.spoil)(&scene, chance)?))
        });
        let Some((kind, changes)) = found else { return Ok(()) };
        for (cell, spoiled) in changes {
            let number = record.to_string();
            let original = row.get(cell);
            self.table.row([&number, cell.header(), kind.name, kind.family, kind.rule, original, &spoiled])?;
            row.set(cell, &spoiled);
        }
        self.records += 1;
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<u64, SynthError> {
        self.table.finish()
    }
}
