//! From a judged record to what rules across records ask about.

use std::sync::Arc;

use fairway_spec::Format;
use jiff::civil::Date;
use twox_hash::XxHash3_128;

use super::imprint::{ImprintKey, day_number};
use super::outline::{EventColumns, Outline, SameDay};
use crate::judge::{Datum, Filled};
use crate::plan::{ConditionId, Kind};

/// Takes from each record its keys, the values that must agree, and its references: the half that runs where records are
/// judged, each worker with one of its own.
#[derive(Debug, Clone)]
pub(crate) struct Gleaner {
    outline: Arc<Outline>,
    /// Hashes of the outline's columns in the record at hand; 0 where blank.
    hashes: Vec<u128>,
    scratch: Vec<u8>,
    /// Where events are followed from one submission to the next.
    key: Option<ImprintKey>,
}

/// The event of a record.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(crate) struct Event {
    /// Its kind's number in the code list; `None` where the record is about no event.
    pub kind: Option<u16>,
    pub end: Option<Date>,
    /// Stands for its kind and names under the key of the imprint.
    pub series: u64,
    /// Stands for its kind, names and start; 0 where it cannot be followed.
    pub identity: u64,
}

/// What was gleaned from records that follow one another: hashes, 0 for nothing.
#[derive(Debug, Default, Clone)]
pub(crate) struct Gleanings {
    slots: Vec<u128>,
    events: Vec<Event>,
    width: usize,
}

impl Gleanings {
    /// The slots of each record.
    pub fn rows(&self) -> std::slice::ChunksExact<'_, u128> {
        self.slots.chunks_exact(self.width.max(1))
    }

    /// The event of each record, where events are asked for.
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}

/// Two runs hash alike; nothing is kept from one to the next.
const SEED: u64 = 0x6661_6972_7761_7921;

impl Gleaner {
    pub(super) fn new(outline: Arc<Outline>, key: Option<ImprintKey>) -> Self {
        Self { hashes: vec![0; outline.columns.len()], outline, scratch: Vec::new(), key }
    }

    /// Adds a record as the n-th, counted from 0; those left out before it could not be read. `bytes` are the record as it
    /// lies in the file, without the line end; `applies` answers conditions on it.
    pub fn glean(
        &mut self,
        nth: usize,
        (filled, bytes): (&Filled<'_>, &[u8]),
        applies: &mut dyn FnMut(ConditionId) -> bool,
        into: &mut Gleanings,
    ) {
        let outline = self.outline.clone();
        for (hash, column) in self.hashes.iter_mut().zip(&outline.columns) {
            *hash = value(filled, *column, &mut self.scratch);
        }
        into.width = outline.width;
        into.slots.resize(nth * outline.width, 0);
        for key in &outline.keys {
            let hash = if applies(key.when) { self.key(&key.parts, bytes) } else { 0 };
            into.slots.push(hash);
        }
        let agree = outline.keys.iter().flat_map(|key| &key.agree);
        into.slots.extend(agree.map(|agree| self.hashes[agree.part]));
        for reference in &outline.references {
            let hash = self.hashes[reference.part];
            into.slots.push(if hash != 0 && applies(reference.when) { hash } else { 0 });
        }
        for day in &outline.days {
            into.slots.push(if applies(day.when) { same_day(filled, day) } else { 0 });
        }
        if let Some(columns) = &outline.events {
            into.events.resize(nth, Event::default());
            let mut event = event(filled, columns);
            if let Some(start) = columns.start.and_then(|start| filled.date(start)) {
                (event.series, event.identity) = self.trail(columns, start);
            }
            into.events.push(event);
        }
    }

    /// What an event is followed by: series and identity.
    fn trail(&mut self, columns: &EventColumns, start: Date) -> (u64, u64) {
        let (Some(key), Some(first)) = (&self.key, columns.names.first()) else { return (0, 0) };
        if self.hashes[*first] == 0 {
            return (0, 0);
        }
        self.scratch.clear();
        let hashes = &self.hashes;
        self.scratch.extend(columns.names.iter().flat_map(|part| hashes[*part].to_le_bytes()));
        let series = key.hash(&self.scratch);
        self.scratch.extend(day_number(start).to_le_bytes());
        (series, key.hash(&self.scratch))
    }

    fn key(&mut self, parts: &[usize], bytes: &[u8]) -> u128 {
        match parts {
            [] => hash(bytes),
            [one] => self.hashes[*one],
            several if several.iter().any(|part| self.hashes[*part] == 0) => 0,
            several => {
                self.scratch.clear();
                let hashes = &self.hashes;
                self.scratch.extend(several.iter().flat_map(|part| hashes[*part].to_le_bytes()));
                hash(&self.scratch)
            }
        }
    }
}

fn same_day(filled: &Filled<'_>, asked: &SameDay) -> u128 {
    filled.date(asked.column).map_or(0, |day| 1 + u128::from((day.month(), day.day()) == (asked.month, asked.day)))
}

/// Where the specification has no kinds of event, all are of one.
fn event(filled: &Filled<'_>, columns: &EventColumns) -> Event {
    let kind = match columns.kind {
        Some(column) => kind(filled, column),
        None => Some(0),
    };
    Event { kind, end: columns.end.and_then(|end| filled.date(end)), ..Event::default() }
}

fn kind(filled: &Filled<'_>, column: usize) -> Option<u16> {
    let Kind::Code(table) = &filled.columns.get(column)?.kind else { return None };
    let code = filled.code(column)?;
    Some(table.today(code).unwrap_or(code))
}

#[inline]
fn hash(bytes: &[u8]) -> u128 {
    XxHash3_128::oneshot_with_seed(SEED, bytes).max(1)
}

/// The hash of a cell's value: 0 where it is blank or cannot be read. Values that mean the same have the same.
#[inline]
fn value(filled: &Filled<'_>, column: usize, scratch: &mut Vec<u8>) -> u128 {
    let Some(text) = filled.text(column) else { return 0 };
    match filled.columns.get(column).map(|column| &column.kind) {
        Some(Kind::Code(table)) => match filled.code(column).and_then(|code| table.today(code)) {
            Some(today) => hash(table.text(today).as_bytes()),
            None => hash(text.as_bytes()),
        },
        Some(Kind::Text(Some(Format::NhsNumber))) => {
            scratch.clear();
            scratch.extend(text.bytes().filter(u8::is_ascii_alphanumeric));
            hash(scratch)
        }
        _ => match filled.datum(column) {
            Datum::Date(date) => hash(&[date.year().to_le_bytes(), [date.month() as u8, date.day() as u8]].concat()),
            Datum::Number(number) => hash(&number.to_le_bytes()),
            _ => hash(text.as_bytes()),
        },
    }
}
