//! From a judged record to what rules across records ask about.

use std::sync::Arc;

use fairway_spec::Format;
use jiff::civil::Date;
use twox_hash::XxHash3_128;

use super::imprint::{ImprintKey, day_number};
use super::outline::{Agree, EventColumns, Outline};
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
}

/// What an event is followed by from one submission to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Footprint {
    /// Which record has it.
    pub nth: usize,
    /// Stands for its kind and names under the key of the imprint.
    pub series: u64,
    /// Stands for its kind, names and start.
    pub identity: u64,
}

/// A value that must be a key of some record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Referring {
    pub nth: usize,
    /// Member of [`Outline::references`].
    pub reference: usize,
    pub key: u128,
}

/// What was gleaned from records that follow one another: hashes, days and counts.
#[derive(Debug, Default, Clone)]
pub(crate) struct Gleanings {
    /// For each record, its keys; 0 where it takes no part.
    keys: Vec<u128>,
    /// For each record, what must agree; 0 where that is blank.
    values: Vec<u32>,
    /// How many keys and values a record has.
    widths: (usize, usize),
    /// The event of each record, where events are asked for.
    pub events: Vec<Event>,
    pub referring: Vec<Referring>,
    pub footprints: Vec<Footprint>,
    /// For each rule about one day of the year: days, and how many of them are that day.
    pub days: Vec<(u64, u64)>,
}

impl Gleanings {
    /// The keys and the values of each record.
    pub fn rows(&self) -> impl Iterator<Item = (&[u128], &[u32])> {
        let (keys, values) = self.widths;
        let keys = self.keys.chunks_exact(keys.max(1));
        keys.enumerate()
            .map(move |(nth, row)| (row, self.values.get(nth * values..(nth + 1) * values).unwrap_or_default()))
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.keys.len() / self.widths.0.max(1)
    }

    /// Makes room for the n-th record; those left out before it have nothing.
    fn reach(&mut self, nth: usize, outline: &Outline) {
        self.widths = (outline.keys.len(), outline.agreeing);
        self.keys.resize(nth * outline.keys.len(), 0);
        self.values.resize(nth * outline.agreeing, 0);
        self.days.resize(outline.days.len(), (0, 0));
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
        let Self { outline, hashes, scratch, key } = self;
        let outline: &Outline = outline;
        into.reach(nth, outline);
        for (hash, column) in hashes.iter_mut().zip(&outline.columns) {
            *hash = value(filled, *column, scratch);
        }
        for keyed in &outline.keys {
            let takes_part = keyed.when == 0 || applies(keyed.when);
            into.keys.push(if takes_part { key_of(&keyed.parts, hashes, bytes, scratch) } else { 0 });
            into.values.extend(keyed.agree.iter().map(|agree| said(filled, agree, hashes)));
        }
        for (number, reference) in outline.references.iter().enumerate() {
            let key = hashes[reference.part];
            if key != 0 && applies(reference.when) {
                into.referring.push(Referring { nth, reference: number, key });
            }
        }
        for (asked, (days, hits)) in outline.days.iter().zip(&mut into.days) {
            if let Some(day) = filled.date(asked.column).filter(|_| applies(asked.when)) {
                *days += 1;
                *hits += u64::from((day.month(), day.day()) == (asked.month, asked.day));
            }
        }
        if let Some(columns) = &outline.events {
            into.events.resize(nth, Event::default());
            into.events.push(event(filled, columns));
            if let Some(key) = key {
                into.footprints.extend(footprint(nth, filled, (columns, key), scratch));
            }
        }
    }
}

/// What an event is followed by; nothing where its start or the first of its names is blank.
fn footprint(
    nth: usize,
    filled: &Filled<'_>,
    (columns, key): (&EventColumns, &ImprintKey),
    scratch: &mut Vec<u8>,
) -> Option<Footprint> {
    let start = filled.date(columns.start?)?;
    let mut names = Vec::with_capacity(columns.names.len() * 16 + 4);
    for (number, column) in columns.names.iter().enumerate() {
        let name = value(filled, *column, scratch);
        if number == 0 && name == 0 {
            return None;
        }
        names.extend(name.to_le_bytes());
    }
    let series = key.hash(&names);
    names.extend(day_number(start).to_le_bytes());
    Some(Footprint { nth, series, identity: key.hash(&names) })
}

/// The key of a record: of its bytes where it has no parts, else of its values together; 0 where one of them is blank.
#[inline]
fn key_of(parts: &[usize], hashes: &[u128], bytes: &[u8], scratch: &mut Vec<u8>) -> u128 {
    match parts {
        [] => hash(bytes),
        [one] => hashes[*one],
        several if several.iter().any(|part| hashes[*part] == 0) => 0,
        several => {
            scratch.clear();
            scratch.extend(several.iter().flat_map(|part| hashes[*part].to_le_bytes()));
            hash(scratch)
        }
    }
}

/// What a record says where records must agree: a day or a code as it is, of text 32 bits of its hash (of so many differences,
/// one in four thousand million goes unseen). 0 where it says nothing.
#[inline]
fn said(filled: &Filled<'_>, agree: &Agree, hashes: &[u128]) -> u32 {
    match (agree.part, filled.datum(agree.column)) {
        (_, Datum::Date(day)) => (day_number(day) as u32).max(1),
        (_, Datum::Code(_)) => kind(filled, agree.column).map_or(0, |code| u32::from(code) + 1),
        (Some(part), _) if hashes[part] != 0 => (hashes[part] as u32).max(1),
        _ => 0,
    }
}

/// Where the specification has no kinds of event, all are of one.
fn event(filled: &Filled<'_>, columns: &EventColumns) -> Event {
    let kind = match columns.kind {
        Some(column) => kind(filled, column),
        None => Some(0),
    };
    Event { kind, end: columns.end.and_then(|end| filled.date(end)) }
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
            Datum::Real(number) => hash(&number.to_bits().to_le_bytes()),
            Datum::Number(number) => hash(&number.to_le_bytes()),
            _ => hash(text.as_bytes()),
        },
    }
}
